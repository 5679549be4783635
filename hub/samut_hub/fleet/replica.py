"""What edge devices must know to decide alone: rows of the replica, noted when they change, numbered, sent.

Whatever writes a member, a card, an item, a title's name or the library's rules leaves a `ReplicaChange` in the same
transaction (see `noting`). The worker numbers them afterwards, one version for each batch, so that versions have no
gaps whatever order transactions commit in.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from samut_hub.db import prepared
from samut_hub.fleet.models import DeviceCommand, ReplicaChange
from samut_hub.fleet.noting import EVERYTHING, Noted
from samut_hub.fleet.replica_rows import noted_rows
from samut_hub.libraries.models import Library
from samut_wire import messages as m

BATCH = 500
LARGEST_DELTA = 1_000
KEPT_VERSIONS = 5_000
"""A device that is further behind, by rows or by versions, gets a whole snapshot."""


class Waiting(NamedTuple):
    """Whether there are orders to send, and changes without a version."""

    orders: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What brought the replica of a library to this version from the one before."""

    library_id: int
    version: int
    noted: Noted


_WAITING = prepared(
    select(exists().where(DeviceCommand.sent_at.is_(None)), exists().where(ReplicaChange.version.is_(None)))
)
_UNNUMBERED = prepared(
    select(ReplicaChange.id, ReplicaChange.library_id, ReplicaChange.kind, ReplicaChange.key)
    .where(ReplicaChange.version.is_(None))
    .order_by(ReplicaChange.id)
    .limit(BATCH)
)
_OF_MEMBERS = prepared(
    select(ReplicaChange.id, ReplicaChange.library_id, ReplicaChange.kind, ReplicaChange.key)
    .where(ReplicaChange.version.is_(None), ReplicaChange.kind.in_(("member", "gone:member")))
    .order_by(ReplicaChange.id)
    .limit(BATCH)
)
_RAISED = prepared(
    update(Library)
    .where(Library.id == bindparam("library"))
    .values(replica_version=Library.replica_version + 1)
    .returning(Library.replica_version)
    .execution_options(synchronize_session=False)
)
_NUMBERED = prepared(
    update(ReplicaChange)
    .where(ReplicaChange.id.in_(bindparam("ids", expanding=True)))
    .values(version=bindparam("now_of"))
    .execution_options(synchronize_session=False)
)


def what_waits(session: Session) -> Waiting:
    """One question that takes no lock, as it is asked all the time."""
    return Waiting(*session.execute(_WAITING).one())


def number_changes(session: Session) -> list[Step]:
    """Give the oldest unnumbered changes their versions; returns how far which libraries went forward by that. Where
    more wait than go at once, those of members go first: who was blocked must not wait for an import of titles."""
    found = session.execute(_UNNUMBERED).all()
    if len(found) == BATCH:
        found = session.execute(_OF_MEMBERS).all() or found
    rows = defaultdict(list)
    for row in found:
        rows[row.library_id].append(row)
    return [
        Step(
            library_id,
            _number(session, library_id, [row.id for row in rows[library_id]]),
            frozenset((row.kind, row.key) for row in rows[library_id]),
        )
        for library_id in sorted(rows)
    ]


def _number(session: Session, library_id: int, ids: list[int]) -> int:
    version: int = session.execute(_RAISED, {"library": library_id}).scalar_one()
    session.execute(_NUMBERED, {"ids": ids, "now_of": version})
    return version


def delta_of(session: Session, step: Step) -> m.ReplicaDelta | None:
    """What devices must be told that know all before the step, as nearly all do; None when only a snapshot helps."""
    return _delta(session, step.library_id, step.noted, after=step.version - 1, version=step.version)


def delta_after(session: Session, library: Library, after: int) -> m.ReplicaDelta | None:
    """What changed since that version; None when only a snapshot helps."""
    if not _is_kept(session, library, after):
        return None
    changes = select(ReplicaChange.kind, ReplicaChange.key).where(
        ReplicaChange.library_id == library.id, ReplicaChange.version > after
    )
    noted = frozenset((kind, key) for kind, key in session.execute(changes))
    return _delta(session, library.id, noted, after=after, version=library.replica_version)


def _delta(session: Session, library_id: int, noted: Noted, *, after: int, version: int) -> m.ReplicaDelta | None:
    if len(noted) > LARGEST_DELTA or any(kind == EVERYTHING for kind, _key in noted):
        return None
    return m.ReplicaDelta(after=after, version=version, rows=tuple(noted_rows(session, library_id, noted)))


def _is_kept(session: Session, library: Library, after: int) -> bool:
    """Whether all changes after that version are still here. Version 0 is a device that knows nothing."""
    if after < 1 or after > library.replica_version:
        return False
    oldest = session.scalar(select(func.min(ReplicaChange.version)).where(ReplicaChange.library_id == library.id))
    return after == library.replica_version or (oldest is not None and oldest <= after + 1)


def forget_old_changes(session: Session) -> None:
    """Keep only what a device that was away a while can still catch up with."""
    for library in session.scalars(select(Library)):
        last = library.replica_version - KEPT_VERSIONS
        session.execute(
            delete(ReplicaChange).where(ReplicaChange.library_id == library.id, ReplicaChange.version <= last)
        )
