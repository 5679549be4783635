"""What else tells of people, and goes in its time: reservations, conflicts, what merges and imports would undo."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Update, delete, exists, func, select, update
from sqlalchemy.orm import Session

from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import OPEN_HOLD, Conflict, Hold, Loan
from samut_hub.db import Database
from samut_hub.fleet.models import StrangeLetter
from samut_hub.members.importing.models import ImportedMember, MemberImport
from samut_hub.members.importing.policy import UNDONE_WITHIN
from samut_hub.members.merging.models import MemberMerge

MERGES = timedelta(days=90)
"""How long a merge of members can be undone: it keeps the whole of the one that went."""
LETTERS = timedelta(days=30)
"""How long a technician may look at what a device said and nobody could carry out."""


def forget(database: Database, library_id: int, now: datetime, loans_until: datetime | None) -> None:
    """`loans_until`: before then loans are nobody's; None where the library keeps them for ever."""
    merges = now - MERGES if loans_until is None else max(now - MERGES, loans_until)
    statements = [
        delete(MemberMerge).where(MemberMerge.at < merges),
        _imported(now - UNDONE_WITHIN),
        delete(StrangeLetter).where(StrangeLetter.at < now - LETTERS),
        *([] if loans_until is None else _lending(loans_until)),
    ]
    for statement in statements:
        with database.session(library_id) as session:
            _carry_out(session, statement)


def _lending(until: datetime) -> list[Delete | Update]:
    """Ended reservations go; a booking names its loan, so it stays as long as that is a member's."""
    still_known = exists().where(Loan.id == Booking.loan_id, Loan.member_id.is_not(None))
    return [
        delete(Hold).where(
            Hold.state.not_in(OPEN_HOLD), ~Hold.left_aside, func.coalesce(Hold.ended_at, Hold.placed_at) < until
        ),
        delete(Booking).where(
            Booking.state != BookingState.BOOKED.value,
            func.coalesce(Booking.ended_at, Booking.ends_at) < until,
            ~still_known,
        ),
        update(Conflict).where(Conflict.settled_at < until, Conflict.member != "").values(member=""),
    ]


def _imported(until: datetime) -> Update:
    """Of imports that cannot be undone any more: whom they touched stays, what those were does not."""
    asked = MemberImport.undo_asked_at
    old = select(MemberImport.id).where(MemberImport.begun_at < until, asked.is_(None) | (asked < until))
    nothing: dict[str, Any] = {
        "before": {},
        "after": {},
        "values_before": {},
        "values_after": {},
        "photo_before": None,
    }
    known = (ImportedMember.import_id.in_(old), ImportedMember.at < until)
    return update(ImportedMember).where(*known).values(**nothing)


def _carry_out(session: Session, statement: Delete | Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
