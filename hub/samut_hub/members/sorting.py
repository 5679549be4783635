"""Names of members stand where the order of now puts them, also after an upgrade that changes it."""

import icu
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.members.service import sort_key

PREFIXES = 3
"""Goes up when `prefixes.without_prefix` leaves out other words."""
ORDER = f"{PREFIXES}, ICU {icu.ICU_VERSION}"
"""Keys of another version of ICU cannot be compared with those of this one."""
PART = 5_000


def sort_anew(session: Session) -> None:
    """Sort the names of all libraries whose names were sorted by another order."""
    others = session.scalars(select(Library.id).where(Library.names_sorted != ORDER).order_by(Library.id)).all()
    for library_id in others:
        _sort(session, library_id)
        session.execute(update(Library).where(Library.id == library_id).values(names_sorted=ORDER))


def _sort(session: Session, library_id: int) -> None:
    names = select(Member.id, Member.name_th, Member.sort_name).where(Member.library_id == library_id)
    last = 0
    while rows := session.execute(names.where(Member.id > last).order_by(Member.id).limit(PART)).all():
        last = rows[-1].id
        moved = [{"id": row.id, "sort_name": key} for row in rows if (key := sort_key(row.name_th)) != row.sort_name]
        if moved:
            session.execute(update(Member), moved)
