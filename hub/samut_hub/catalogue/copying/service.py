"""Copy cataloguing: what this hub's shared catalogue and other libraries have, and taking a record over.

The hub's own titles are the central database of its libraries: a title that one of them described is there for all.
No use case commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from pymarc import Record
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue import service as catalogue
from samut_hub.catalogue.copying.asking import Reply
from samut_hub.catalogue.copying.known import KNOWN
from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.copying.policy import Address, Fault, Kind, Wanted
from samut_hub.catalogue.copying.reading import record_in
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import RecordError, read_record, write_record
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.errors import NotFoundError

Row = TypeVar("Row", Target, CopySearch, CopyHit)

KEPT_FOR = timedelta(days=1)
"""How long found records wait to be chosen."""
MOST_CENTRAL = 20
_COLUMNS = tuple(Address.__dataclass_fields__)


class Into(StrEnum):
    """What becomes of a record: copies of the title that is here already, its record too, or a title of its own."""

    EXISTING = "existing"
    REPLACE = "replace"
    NEW = "new"


class Told(msgspec.Struct, frozen=True):
    """What one library answered: how many records it has, or what was the matter; `damaged` could not be read."""

    name: str
    total: int = 0
    fault: Fault | None = None
    detail: str = ""
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A title that is here already, and how many copies the library has of it."""

    title: Title
    copies: int


def targets(session: Session) -> Sequence[Target]:
    """All libraries that can be asked, in their order."""
    return session.scalars(select(Target).order_by(Target.position, Target.id)).all()


def targets_on(session: Session) -> Sequence[Target]:
    wanted = select(Target).where(Target.is_on.is_(True))
    return session.scalars(wanted.order_by(Target.position, Target.id)).all()


def target_by_id(session: Session, target_id: int) -> Target:
    """Raises NotFoundError."""
    return _one(session, Target, target_id)


def hit_by_id(session: Session, hit_id: int) -> CopyHit:
    """Raises NotFoundError."""
    return _one(session, CopyHit, hit_id)


def search_by_id(session: Session, search_id: int) -> CopySearch:
    """Raises NotFoundError."""
    return _one(session, CopySearch, search_id)


def add_known_targets(session: Session) -> int:
    """Add the well-known libraries that are not there yet, switched off; how many."""
    there = {(kind, host) for kind, host in session.execute(select(Target.kind, Target.host))}
    new = [one for one in KNOWN if (one[2].kind.value, one[2].host) not in there]
    for name, licence, address in new:
        add_target(session, Target(name=name, licence=licence, **_columns(address)))
    return len(new)


def add_target(session: Session, target: Target) -> None:
    """The last of the list."""
    last = session.scalar(select(func.max(Target.position))) or 0
    target.position = last + 1
    session.add(target)
    session.flush()


def address_of(target: Target) -> Address:
    return Address(**{**{name: getattr(target, name) for name in _COLUMNS}, "kind": Kind(target.kind)})


def central_titles(session: Session, index: TitleIndex, wanted: Wanted) -> list[Title]:
    """Titles of this hub that fit; by ISBN those of the database, where they stand the moment they are saved."""
    if wanted.isbn:
        found = select(Title).where(Title.isbn == wanted.isbn, Title.merged_into_id.is_(None))
        return list(session.scalars(found.order_by(Title.id).limit(MOST_CENTRAL)))
    parts = [q.Term(text, field) for field, text in (("title", wanted.title), ("author", wanted.author)) if text]
    if not parts:
        return []
    hits = index.search(q.And(tuple(parts)) if len(parts) > 1 else parts[0], per_page=MOST_CENTRAL)
    return catalogue.titles_in_order(session, hits.ids)


def keep_search(
    session: Session, wanted: Wanted, replies: Sequence[tuple[Target, Reply]], *, staff_id: int, now: datetime
) -> CopySearch:
    """Keep what the libraries answered until the person has chosen; what nobody chose is forgotten in time."""
    _forget(session, now - KEPT_FOR)
    read = [(target, reply, _hits(target, reply)) for target, reply in replies]
    told = [
        Told(target.name, reply.answer.total, reply.fault, reply.detail, len(reply.answer.records) - len(hits))
        for target, reply, hits in read
    ]
    search = CopySearch(
        staff_id=staff_id,
        at=now,
        isbn=wanted.isbn,
        title=wanted.title,
        author=wanted.author,
        answers=msgspec.to_builtins(told),
    )
    session.add(search)
    session.flush()
    rows = [hit for *_, hits in read for hit in hits]
    for position, hit in enumerate(rows):
        hit.search_id, hit.position = search.id, position
    session.add_all(rows)
    session.flush()
    return search


def told_by(search: CopySearch) -> list[Told]:
    return msgspec.convert(search.answers, list[Told])


def hits_of(session: Session, search: CopySearch) -> Sequence[CopyHit]:
    return session.scalars(select(CopyHit).where(CopyHit.search_id == search.id).order_by(CopyHit.position)).all()


def the_one(search: CopySearch, hits: Sequence[CopyHit]) -> CopyHit | None:
    """The record of a scanned book, when there is exactly one that says it has this ISBN."""
    fitting = [hit for hit in hits if search.isbn and hit.isbn == search.isbn]
    return fitting[0] if len(fitting) == 1 else None


def known_titles(session: Session, hits: Sequence[CopyHit]) -> dict[int, Known]:
    """For each hit the title here that it is probably of: the same ISBN, or the same title and author."""
    isbns, keys = {hit.isbn for hit in hits} - {""}, {hit.match_key for hit in hits} - {""}
    wanted = select(Title).where(or_(Title.isbn.in_(isbns), Title.match_key.in_(keys)))
    found = session.scalars(wanted.where(Title.merged_into_id.is_(None)).order_by(Title.id.desc()).limit(200)).all()
    by_isbn, by_key = {one.isbn: one for one in found}, {one.match_key: one for one in found}
    copies = catalogue.copies_of(session, [one.id for one in found])
    known = {}
    for hit in hits:
        title = (by_isbn.get(hit.isbn) if hit.isbn else None) or (
            by_key.get(hit.match_key) if hit.match_key else None
        )
        if title is not None:
            known[hit.id] = Known(title, copies[title.id].total if title.id in copies else 0)
    return known


def copy_record(session: Session, hit: CopyHit, into: Title | None, *, version: int = 0, now: datetime) -> Title:
    """The title that the record becomes: a new one, or `into` with this record in the place of its own.

    Where it came from and on what terms is kept. Raises TitleChangedError when `into` is not of `version` any more.
    """
    record = record_in_hit(hit)
    if into is None:
        into = catalogue.add_record(session, record, now=now, source=hit.source)
    else:
        catalogue.edit_record(session, into, record, version=version, now=now)
        into.source = hit.source
    into.licence = hit.licence
    session.flush()
    return into


def record_in_hit(hit: CopyHit) -> Record:
    """The whole record."""
    return read_record(hit.record)


def described(hit: CopyHit) -> Description:
    """The record as titles are shown."""
    return describe(record_in_hit(hit))


def _hits(target: Target, reply: Reply) -> list[CopyHit]:
    read = (_hit(target, data) for data in reply.answer.records)
    return [hit for hit in read if hit is not None]


def _hit(target: Target, data: bytes) -> CopyHit | None:
    """None for a record that cannot be read, or has no title."""
    try:
        record = record_in(data, target.coding)
        said = describe(record)
        written = write_record(record)
    except (RecordError, UnicodeError):
        return None
    if not said.title:
        return None
    return CopyHit(
        source=target.name,
        licence=target.licence,
        title=said.title,
        author=said.author,
        publisher=said.publisher,
        year=said.year,
        isbn=said.isbn,
        match_key=catalogue.match_key_of(said.title, said.author),
        record=written,
    )


def _forget(session: Session, before: datetime) -> None:
    old = select(CopySearch.id).where(CopySearch.at < before)
    session.execute(delete(CopyHit).where(CopyHit.search_id.in_(old)).execution_options(synchronize_session=False))
    session.execute(delete(CopySearch).where(CopySearch.at < before).execution_options(synchronize_session=False))


def _columns(address: Address) -> dict[str, Any]:
    return {**{name: getattr(address, name) for name in _COLUMNS}, "kind": address.kind.value}


def _one(session: Session, kind: type[Row], number: int) -> Row:
    found = session.get(kind, number)
    if found is None:
        raise NotFoundError(f"There is no {kind.__name__} {number} in this library.")
    return found
