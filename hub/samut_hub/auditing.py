"""Who did what: entries that are written in the transaction of what they tell of, and never changed afterwards.

Which tables are followed by themselves is said in `samut_hub.audit.covered`; what is no change of a row, such as a
sign-in or a list of members that was taken away as a file, is noted by `note`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, event, insert
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from samut_hub.db import Base, OfLibrary

LONGEST = 1_000
"""Characters that are kept of a text, before and after."""
FORGETS = "samut_forgets_audit"
"""Execution option of the one statement that may remove entries: that of the retention clock."""
ACTOR = "actor"
"""Under which name a session knows who acts."""
_NATIONAL_ID = re.compile(r"(?<!\d)\d{9}(\d{4})(?!\d)")
_GROUPED_ID = re.compile(r"(?:(?<!\d)|(?<=%20))(?=((?:\d(?:[-–\s+]|%20)?){12}\d)(?!\d))")
"""As on the card, 1-1037-00001-23-4, and as addresses of pages write its blanks; other digits may stand before it."""


class Action(StrEnum):
    """What happened."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    EXPORTED = "exported"


class AuditEntry(OfLibrary, Base):
    """One thing that somebody did. `kind` and `thing` say to what: a table's kind of rows and the key of one.

    `who` is the user name, or what acted in place of a person; `name` is how the thing was called. `changes` are by
    column: [before, after], of added and removed things the columns that were filled.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "library_id", "at"),
        Index("ix_audit_entries_thing", "library_id", "kind", "thing", "at"),
        Index("ix_audit_entries_staff", "library_id", "staff_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    who: Mapped[str]
    action: Mapped[str]
    kind: Mapped[str]
    thing: Mapped[str]
    name: Mapped[str]
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)


class EntryChangedError(Exception):
    """An entry was to be changed or removed: a fault in the program."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in a session. `staff_id` is None for a member and for work that comes by the clock.

    `in_bulk`: long work, which keeps what it does to each row in a journal of its own.
    """

    staff_id: int | None
    who: str
    in_bulk: bool = False


def acts(session: Session, actor: Actor) -> None:
    """From here on the session's changes are this one's."""
    session.info[ACTOR] = actor


def actor_of(session: Session) -> Actor:
    """Nobody is named where the hub itself acts."""
    return session.info.get(ACTOR) or Actor(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What an entry tells."""

    library_id: int
    action: Action
    kind: str
    thing: str
    name: str
    changes: Mapping[str, list[Any]]


def note(session: Session, deed: Deed, *, now: datetime, actor: Actor | None = None) -> None:
    """An entry, written with what the session has done when it commits."""
    write(session, [deed], now=now, actor=actor)


def write(session: Session, deeds: list[Deed], *, now: datetime, actor: Actor | None = None) -> None:
    by = actor or actor_of(session)
    rows = [
        {
            "library_id": deed.library_id,
            "at": now,
            "staff_id": by.staff_id,
            "who": masked(by.who),
            "action": deed.action.value,
            "kind": deed.kind,
            "thing": masked(deed.thing),
            "name": masked(deed.name)[:LONGEST],
            "changes": {name: [kept(one) for one in both] for name, both in deed.changes.items()},
        }
        for deed in deeds
    ]
    session.connection().execute(insert(AuditEntry), rows)


def kept(value: Any) -> Any:
    """A value as the entry keeps it: what JSON can say, no long texts, no national IDs, and no bytes."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    text = masked(value.isoformat() if hasattr(value, "isoformat") else str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def masked(text: str) -> str:
    """Of thirteen digits in a row, which may be a national ID, and of one in groups the last four are left."""
    for found in reversed(list(_GROUPED_ID.finditer(text))):
        digits = re.sub(r"%20|\D", "", found[1])
        if _has_right_check_digit(digits):
            text = f"{text[: found.start(1)]}•••••••••{digits[-4:]}{text[found.end(1) :]}"
    return _NATIONAL_ID.sub(r"•••••••••\1", text)


def _has_right_check_digit(digits: str) -> bool:
    """Modulo 11 with weights 13 to 2, as the Department of Provincial Administration does it."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:12], range(13, 1, -1), strict=True))
    return int(digits[12]) == (11 - total % 11) % 10


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _stay_as_written(mapper: object, connection: object, entry: AuditEntry) -> None:
    raise EntryChangedError(f"The entry {entry.id} cannot be changed.")


@event.listens_for(Session, "do_orm_execute")
def _stay_all_as_written(state: ORMExecuteState) -> None:
    changes = state.is_update or state.is_delete
    if changes and state.bind_mapper is AuditEntry.__mapper__ and not state.execution_options.get(FORGETS):
        raise EntryChangedError("Entries cannot be changed.")
