"""Lists of titles: what was searched for, or what came last."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import match_key, normal_number, number_fault
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.search.criteria import EVERYTHING, Filters, Sort
from samut_hub.catalogue.search.index import DEEPEST, TitleIndex
from samut_hub.catalogue.search.query import Node
from samut_hub.catalogue.service import Copies, copies_of, titles_in_order

PAGE = 20
LAST_PAGE = DEEPEST // PAGE


@dataclass(frozen=True, slots=True)
class Found:
    """One page of titles with the library's copies, and how many there are on all pages.

    `facets` as in `criteria.FACETS`. `instead` is a question that finds more, where this one found little.
    """

    titles: Sequence[Title]
    total: int
    copies: dict[int, Copies] = field(default_factory=dict)
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    instead: str = ""

    @property
    def pages(self) -> int:
        return min(max(1, -(-self.total // PAGE)), LAST_PAGE)


def find(
    session: Session,
    index: TitleIndex,
    question: str | Node | None,
    *,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.BEST,
    page: int = 1,
    facets: bool = False,
) -> Found:
    """Titles that fit the question and the filters; without a question all that fit, the last added first.

    Numbers are looked up in the database, where a title stands the moment it is saved.
    """
    if question is None or (isinstance(question, str) and not question.strip()):
        return _latest(session, next(iter(filters.materials), ""), page)
    hits = index.search(question, filters=filters, sort=sort, page=page, per_page=PAGE, facets=facets)
    text = question if isinstance(question, str) else ""
    numbered = [title_id for title_id in _by_number(session, text) if title_id not in hits.ids]
    ids = [*numbered, *hits.ids] if page == 1 else hits.ids
    return _found(session, ids, hits.total + len(numbered))


def titles_with_isbn(session: Session, isbn: str) -> Sequence[Title]:
    """A few titles that have this number already; asked before a title is added."""
    return session.scalars(select(Title).where(Title.isbn == isbn, Title.isbn != "").limit(5)).all()


def _latest(session: Session, material: str, page: int) -> Found:
    wanted = [Title.material == material] if material else []
    total = session.scalar(select(func.count()).select_from(Title).where(*wanted)) or 0
    some = select(Title.id).where(*wanted).order_by(Title.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return _found(session, session.scalars(some).all(), total)


def _by_number(session: Session, text: str) -> Sequence[int]:
    """Titles with this ISBN, or of the library's item with this accession number or bar code."""
    isbn = isbn13(text)
    if isbn and len(text.split()) == 1:
        return session.scalars(select(Title.id).where(Title.isbn == isbn).limit(PAGE)).all()
    number = normal_number(text)
    if number_fault(number, shortest=1) is not None or not any(character.isdigit() for character in number):
        return ()
    key = match_key(number)
    with_it = select(Item.title_id).where(or_(Item.accession_key == key, Item.barcode_key == key))
    return list(dict.fromkeys(session.scalars(with_it)))


def _found(session: Session, ids: Sequence[int], total: int) -> Found:
    return Found(titles_in_order(session, ids), total, copies_of(session, ids) if ids else {})
