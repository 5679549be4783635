"""What else tells of people, and goes in its time: reservations, conflicts, what merges and imports would undo."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, Update, cast, delete, exists, func, or_, select, update

from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import OPEN_HOLD, Conflict, Hold, Loan
from samut_hub.db import Database
from samut_hub.fleet.models import StrangeLetter
from samut_hub.members.importing.models import ImportedMember, MemberImport
from samut_hub.members.importing.policy import UNDONE_WITHIN
from samut_hub.members.merging.models import MemberMerge
from samut_hub.privacy.parts import in_parts
from samut_hub.visits.models import GuestPass

MERGES = timedelta(days=90)
"""How long a merge of members can be undone: it keeps the whole of the one that went."""
LETTERS = timedelta(days=30)
"""How long a technician may look at what a device said and nobody could carry out."""
_OF_MEMBERS = ("before", "after", "values_before", "values_after")

Removed = MemberMerge | StrangeLetter | Hold | Booking


def forget(database: Database, library_id: int, now: datetime, loans_until: datetime | None) -> None:
    """`loans_until`: before then loans are nobody's; None where the library keeps them for ever."""
    merges = now - MERGES if loans_until is None else max(now - MERGES, loans_until)
    _remove(database, library_id, MemberMerge, MemberMerge.at < merges)
    _remove(database, library_id, StrangeLetter, StrangeLetter.at < now - LETTERS)
    in_parts(database, library_id, _imported(now - UNDONE_WITHIN), _empty)
    if loans_until is not None:
        _forget_lending(database, library_id, loans_until)


def forget_guests(database: Database, library_id: int, until: datetime) -> None:
    """The pass itself stays for the counts."""
    named = select(GuestPass.id).where(GuestPass.valid_until < until, GuestPass.name != "")
    in_parts(
        database, library_id, named, lambda ids: [update(GuestPass).where(GuestPass.id.in_(ids)).values(name="")]
    )


def _forget_lending(database: Database, library_id: int, until: datetime) -> None:
    """Ended reservations go; a booking names its loan, so it stays as long as that is a member's."""
    still_known = exists().where(Loan.id == Booking.loan_id, Loan.member_id.is_not(None))
    ended = (Hold.state.not_in(OPEN_HOLD), ~Hold.left_aside, func.coalesce(Hold.ended_at, Hold.placed_at) < until)
    _remove(database, library_id, Hold, *ended)
    over = (Booking.state != BookingState.BOOKED.value, func.coalesce(Booking.ended_at, Booking.ends_at) < until)
    _remove(database, library_id, Booking, *over, ~still_known)
    settled = select(Conflict.id).where(Conflict.settled_at < until, Conflict.member != "")
    in_parts(
        database, library_id, settled, lambda ids: [update(Conflict).where(Conflict.id.in_(ids)).values(member="")]
    )


def _remove(database: Database, library_id: int, table: type[Removed], *which: ColumnElement[bool]) -> None:
    old = select(table.id).where(*which)
    in_parts(database, library_id, old, lambda ids: [delete(table).where(table.id.in_(ids))])


def _imported(until: datetime) -> Select[int]:
    """Of imports that cannot be undone any more: whom they touched stays, what those were does not."""
    asked = MemberImport.undo_asked_at
    old = select(MemberImport.id).where(MemberImport.begun_at < until, asked.is_(None) | (asked < until))
    is_full = or_(*(cast(getattr(ImportedMember, name), Text) != "{}" for name in _OF_MEMBERS))
    known = (ImportedMember.import_id.in_(old), ImportedMember.at < until)
    return select(ImportedMember.id).where(*known, is_full | ImportedMember.photo_before.is_not(None))


def _empty(ids: Sequence[int]) -> list[Update]:
    nothing: dict[str, Any] = {name: {} for name in _OF_MEMBERS}
    return [update(ImportedMember).where(ImportedMember.id.in_(ids)).values(**nothing, photo_before=None)]
