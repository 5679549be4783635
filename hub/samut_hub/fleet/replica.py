"""What edge devices must know to decide alone: rows of the replica, noted when they change, numbered, sent.

Whatever writes a member, a card, an item, a title's name or the library's rules leaves a `ReplicaChange` in the same
transaction (see `noting`). The worker numbers them afterwards, one version for each batch, so that versions have no
gaps whatever order transactions commit in.
"""

from itertools import groupby

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from samut_hub.fleet.models import ReplicaChange
from samut_hub.fleet.noting import EVERYTHING
from samut_hub.fleet.replica_rows import noted_rows
from samut_hub.libraries.models import Library
from samut_wire import messages as m

BATCH = 500
LARGEST_DELTA = 1_000
KEPT_VERSIONS = 5_000
"""A device that is further behind, by rows or by versions, gets a whole snapshot."""


def has_unnumbered(session: Session) -> bool:
    """Whether any change waits for its version; a look that takes no lock."""
    return session.scalar(select(ReplicaChange.id).where(ReplicaChange.version.is_(None)).limit(1)) is not None


def number_changes(session: Session) -> set[int]:
    """Give the oldest unnumbered changes their versions; returns the libraries that went forward."""
    found = session.execute(
        select(ReplicaChange.id, ReplicaChange.library_id)
        .where(ReplicaChange.version.is_(None))
        .order_by(ReplicaChange.id)
        .limit(BATCH)
    )
    rows = sorted(found, key=lambda row: row.library_id)
    libraries = set()
    for library_id, group in groupby(rows, key=lambda row: row.library_id):
        version = _next_version(session, library_id)
        ids = [row.id for row in group]
        session.execute(update(ReplicaChange).where(ReplicaChange.id.in_(ids)).values(version=version))
        libraries.add(library_id)
    return libraries


def _next_version(session: Session, library_id: int) -> int:
    raised = (
        update(Library)
        .where(Library.id == library_id)
        .values(replica_version=Library.replica_version + 1)
        .returning(Library.replica_version)
        .execution_options(synchronize_session=False)
    )
    return session.execute(raised).scalar_one()


def delta_after(session: Session, library: Library, after: int) -> m.ReplicaDelta | None:
    """What changed since that version; None when only a snapshot helps."""
    current = library.replica_version
    if not _is_kept(session, library, after):
        return None
    changes = select(ReplicaChange.kind, ReplicaChange.key).where(
        ReplicaChange.library_id == library.id, ReplicaChange.version > after
    )
    noted = {(kind, key) for kind, key in session.execute(changes)}
    if len(noted) > LARGEST_DELTA or any(kind == EVERYTHING for kind, _key in noted):
        return None
    return m.ReplicaDelta(after=after, version=current, rows=tuple(noted_rows(session, library, noted)))


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
