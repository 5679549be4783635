"""Find what somebody did: by time, person, kind of thing, thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.auditing import AuditEntry
from samut_hub.errors import NotFoundError

PAGE = 50
MOST_IN_FILE = 20_000
COUNTED = 10_000
"""Entries that are counted; a library has millions after some years, and nobody turns so many pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that is said must fit. `words` are of the thing's name, or its key; `who` begins a user name."""

    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    kind: str = ""
    action: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """One page, the latest first. `total` stops at COUNTED."""

    entries: Sequence[AuditEntry]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def find(session: Session, asked: Asked, page: int = 1) -> FoundEntries:
    """In the session's library."""
    some = select(AuditEntry.id).where(*_conditions(asked)).limit(COUNTED)
    total = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    return FoundEntries(_latest(session, asked, PAGE, (page - 1) * PAGE), total, page)


def for_file(session: Session, asked: Asked) -> Sequence[AuditEntry]:
    """As many as a file takes, the latest first."""
    return _latest(session, asked, MOST_IN_FILE)


def entry_by_id(session: Session, entry_id: int) -> AuditEntry:
    """Raises NotFoundError, also for an entry of another library."""
    found = session.scalar(select(AuditEntry).where(AuditEntry.id == entry_id))
    if found is None:
        raise NotFoundError(f"There is no entry {entry_id}.")
    return found


def _latest(session: Session, asked: Asked, limit: int, offset: int = 0) -> Sequence[AuditEntry]:
    wanted = select(AuditEntry).where(*_conditions(asked)).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return session.scalars(wanted.limit(limit).offset(offset)).all()


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = []
    if asked.since is not None:
        wanted.append(AuditEntry.at >= asked.since)
    if asked.until is not None:
        wanted.append(AuditEntry.at < asked.until)
    if asked.kind:
        wanted.append(AuditEntry.kind == asked.kind)
    if asked.action:
        wanted.append(AuditEntry.action == asked.action)
    if asked.who:
        wanted.append(AuditEntry.who.istartswith(asked.who, autoescape=True))
    if asked.words:
        wanted.append(or_(AuditEntry.name.icontains(asked.words, autoescape=True), AuditEntry.thing == asked.words))
    return wanted
