"""Author marks from the library's table, what has a call number already, and the shelf order of a whole library.

No use case commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.classification.keys import call_key, with_volumes
from samut_hub.catalogue.classification.marks import filed_name, initial, mark_of, with_mark
from samut_hub.catalogue.classification.models import AuthorNumber
from samut_hub.catalogue.items import default_scheme, shelf_key
from samut_hub.catalogue.models import Item
from samut_hub.libraries.models import Library
from samut_hub.members.service import sort_key

MOST_LINES = 50_000
SHOWN = 8
PART = 500


class NoTableError(Exception):
    """The file has no lines of a name and a number."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`call_number` is the class as given with the mark; `line` is where the table says so."""

    mark: str
    call_number: str
    line: AuthorNumber


def replace_table(session: Session, lines: Iterable[Sequence[str]]) -> int:
    """Take the table in the place of the one before; how many lines it has. Raises NoTableError.

    Each line begins with a name and its number; others, a heading for one, are passed over.
    """
    found = [(line[0].strip(), line[1].strip()) for line in lines if len(line) > 1 and line[1].strip().isdecimal()]
    rows = [
        {"name": name, "key": sort_key(name), "number": number, "library_id": session.info["library_id"]}
        for name, number in dict(found).items()
        if initial(name)
    ][:MOST_LINES]
    if not rows:
        raise NoTableError
    session.execute(delete(AuthorNumber))
    session.execute(insert(AuthorNumber), rows)
    return len(rows)


def lines_in_table(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuthorNumber)) or 0


def suggest(session: Session, author: str, title: str, call_number: str) -> Suggestion | None:
    """The author mark by the library's table; None when it has no line for such a name."""
    name = filed_name(author) or title
    line = _line_for(session, name)
    if line is None:
        return None
    mark = mark_of(author, title, line.number)
    return Suggestion(mark, with_mark(call_number, mark), line)


def items_with(session: Session, call_number: str, scheme: str = "") -> Sequence[Item]:
    """A few of the library's items that have this call number, whatever volume or copy."""
    key = call_key(call_number, scheme or default_scheme(session))
    if not key:
        return ()
    first, end = with_volumes(key)
    same = (Item.call_key >= first, Item.call_key < end)
    return session.scalars(select(Item).where(*same).order_by(Item.call_key).limit(SHOWN)).all()


def set_scheme(session: Session, library: Library, scheme: str) -> None:
    """How the library builds its call numbers from now on. Its items are put in order by `arrange_part`."""
    library.scheme = scheme
    session.flush()


def arrange_part(session: Session, last: int) -> tuple[int, int]:
    """Give the next items behind that id their place on the shelf; the last id and how many there were."""
    items = session.scalars(select(Item).where(Item.id > last).order_by(Item.id).limit(PART)).all()
    default = default_scheme(session)
    for item in items:
        item.call_key = shelf_key(item, default) or None
    session.flush()
    return (items[-1].id, len(items)) if items else (last, 0)


def _line_for(session: Session, name: str) -> AuthorNumber | None:
    """The last line of the table up to the name, of the same initial; else the first of that initial."""
    key, letter = sort_key(name), initial(name)
    if not letter:
        return None
    before = select(AuthorNumber).where(AuthorNumber.key <= key).order_by(AuthorNumber.key.desc()).limit(1)
    after = select(AuthorNumber).where(AuthorNumber.key > key).order_by(AuthorNumber.key).limit(1)
    found = (session.scalar(before), session.scalar(after))
    return next((line for line in found if line is not None and initial(line.name) == letter), None)
