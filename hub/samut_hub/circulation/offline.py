"""What an edge device decided while the hub was away, brought into the hub's books.

Conflicts are settled as Koha does: the same member keeps the item (renewal); somebody else with an older loan has
evidently returned it; somebody else with a newer loan is a librarian's case. Nothing is dropped.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.charges.service import take_off
from samut_hub.circulation.booking.booked import fetch, lock_units, own_fetched
from samut_hub.circulation.fines import lower_fine
from samut_hub.circulation.found_again import GONE, put_right
from samut_hub.circulation.late_news import (
    TOLD_LATE,
    is_overpaid,
    leave_to_staff,
    returned_before,
    was_judged,
)
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.locking import lock, lock_open, lock_with_loser
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.service import Made, close_loan, count_loans, open_loan, take_back
from samut_hub.circulation.setting_aside import left_behind, taken_away, was_away
from samut_hub.circulation.suspensions import is_suspended_for
from samut_hub.circulation.told_dates import due_of_loan
from samut_hub.db import prepared
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_number


@dataclass(frozen=True, slots=True)
class OfflineLoan:
    """A loan made at `at` by `device`, and `heard` of now. `due` was told to the member; see `told_dates`.

    `by` is who of the staff worked at the device, if one did: then it is the loan of their desk.
    """

    device: str
    member: str
    barcode: str
    at: datetime
    heard: datetime
    due: datetime
    trace: tuple[str, ...]
    by: str = ""

    @property
    def source(self) -> str:
        return f"desk:{self.by}" if self.by else self.device


@dataclass(frozen=True, slots=True)
class OfflineReturn:
    """Handed in at `at`, which ends the loan and its fine; who waits is told when it is `heard`, unless the device
    is one where nothing is set aside."""

    device: str
    barcode: str
    at: datetime
    heard: datetime
    sets_aside: bool = True
    by: str = ""

    @property
    def source(self) -> str:
        return f"desk:{self.by}" if self.by else self.device


@dataclass(frozen=True, slots=True)
class CancelledLoan:
    """A loan that the hub made at `lent_at`, and of which `device` never heard: the member left without the item."""

    device: str
    member: str
    barcode: str
    lent_at: datetime
    heard: datetime


def record_loan(session: Session, made: OfflineLoan) -> Loan | None:
    """Bring the loan into the books; None when it waits for a librarian."""
    item = item_by_barcode(session, made.barcode)
    member = member_by_number(session, made.member)
    if item is not None and member is not None:
        return _record_known(session, made, member, item)
    _leave(session, ConflictKind.UNKNOWN_ITEM if item is None else ConflictKind.UNKNOWN_MEMBER, made)
    return None


def record_return(session: Session, made: OfflineReturn) -> None:
    """Bring the return into the books; what does not fit waits for a librarian."""
    item = item_by_barcode(session, made.barcode)
    loan = open_loan_of(session, item) if item is not None else None
    if item is None:
        _leave_return(session, ConflictKind.UNKNOWN_ITEM, made)
    elif loan is None and item.status in GONE:
        _take_back(session, item, made)
    elif loan is None:
        _leave_return(session, ConflictKind.RETURN_NOT_ON_LOAN, made)
    elif loan.lent_at > made.at:
        before = _ended_by(session, loan, made.at)
        if before is None:
            _leave_return(session, ConflictKind.RETURN_BEFORE_LOAN, made)
        else:
            _end_earlier(session, before, made)
    else:
        if made.heard - made.at > TOLD_LATE and was_judged(session, loan):
            lock(session, loan.borrower)
            if not returned_before(session, loan, made.at, made.heard):
                leave_to_staff(session, loan, device=made.device, at=made.at)
        _take_back(session, item, made)


def _take_back(session: Session, item: Item, made: OfflineReturn) -> None:
    take_back(
        session,
        item=item,
        now=made.heard,
        source=made.source,
        returned_at=made.at,
        sets_aside=made.sets_aside,
    )


def _ended_by(session: Session, later: Loan, at: datetime) -> Loan | None:
    """The loan that was open at that moment, and of whose return nothing was known but that the item was lent again:
    another device told of that first."""
    return session.scalar(
        select(Loan).where(
            Loan.item_id == later.item_id,
            Loan.member_id.is_not(None),
            Loan.returned_at == later.lent_at,
            Loan.lent_at <= at,
        )
    )


def _end_earlier(session: Session, loan: Loan, made: OfflineReturn) -> None:
    """The loan ended when the item was handed in, and so did its fine."""
    lock(session, loan.borrower)
    loan.returned_at, loan.returned_through = made.at, made.source
    session.flush()
    is_clear = not was_judged(session, loan) or returned_before(session, loan, made.at, made.heard)
    fine = lower_fine(session, loan, made.at, made.heard)
    if not is_clear or is_suspended_for(loan) or is_overpaid(session, loan, fine):
        leave_to_staff(session, loan, device=made.device, at=made.at)


def cancel_loan(session: Session, undone: CancelledLoan) -> bool:
    """As if it had not been: the member waits again or finds the item set aside again. Whether there was one."""
    item, borrower = item_by_barcode(session, undone.barcode), member_by_number(session, undone.member)
    if item is None or borrower is None:
        return False
    lock(session, borrower)
    loan = open_loan_of(session, item)
    if loan is None or (loan.member_id, loan.lent_at, loan.source) != (
        borrower.id,
        undone.lent_at,
        undone.device,
    ):
        return False
    take_off(session, member=borrower, loan_id=loan.id, now=undone.heard)
    session.delete(loan)
    count_loans(borrower, loan, -1)
    session.flush()
    left_behind(session, item, borrower, collected_at=undone.lent_at, now=undone.heard)
    return True


def _record_known(session: Session, made: OfflineLoan, member: Member, item: Item) -> Loan | None:
    before = open_loan_of(session, item)
    if before is not None and before.member_id == member.id and before.lent_at >= made.at:
        if made.due > before.due_at:
            before.due_at = max(before.due_at, due_of_loan(session, made, member, item))
        return before
    if before is not None and before.lent_at > made.at:
        _leave(session, ConflictKind.NEWER_LOAN, made)
        return None
    ended = _seen_since(session, made, item)
    if before is not None and lock_open(session, before):
        close_loan(session, before, at=made.at, source=made.source, heard=made.heard)
    lock_with_loser(session, member, item)
    lock_units(session, item.title)
    put_right(session, item, made.heard)
    if ended is None:
        taken_away(session, item, member, made.heard)
    else:
        was_away(session, item, member, lent_at=made.at, now=made.heard)
    due = due_of_loan(session, made, member, item, is_over=ended is not None)
    decided = Made(made.at, due, made.source, made.trace)
    loan = open_loan(session, member=member, item=item, made=decided)
    booking = own_fetched(session, item, member, at=made.at)
    if booking is not None:
        fetch(session, booking, item, loan, made.heard)
    if ended is not None:
        close_loan(session, loan, at=ended, source=made.source, heard=made.heard)
        _settle_return(session, item, ended, made)
    return loan


def _settle_return(session: Session, item: Item, at: datetime, made: OfflineLoan) -> None:
    """A return that waited because its loan was not known has found it."""
    waiting = update(Conflict).where(
        Conflict.barcode == item.barcode,
        Conflict.kind == ConflictKind.RETURN_NOT_ON_LOAN,
        Conflict.happened_at == at,
        Conflict.settled_at.is_(None),
    )
    session.execute(waiting.values(settled_at=at, settled_by=made.device))


_SEEN_SINCE = prepared(
    select(
        select(func.min(Loan.lent_at))
        .where(Loan.item_id == bindparam("item"), Loan.lent_at > bindparam("at"))
        .scalar_subquery(),
        select(func.min(Loan.returned_at))
        .where(Loan.item_id == bindparam("item"), Loan.returned_at > bindparam("at"))
        .scalar_subquery(),
        select(func.min(Conflict.happened_at))
        .where(
            Conflict.barcode == bindparam("barcode"),
            Conflict.kind == ConflictKind.RETURN_NOT_ON_LOAN,
            Conflict.happened_at > bindparam("at"),
        )
        .scalar_subquery(),
    )
)
"""When the item was first lent, returned and handed in after that moment."""


def _seen_since(session: Session, made: OfflineLoan, item: Item) -> datetime | None:
    """When the item was first seen in the library after this loan, if the hub knows: lent, returned or handed in."""
    seen = session.execute(_SEEN_SINCE, {"item": item.id, "barcode": item.barcode, "at": made.at}).one()
    return min((moment for moment in seen if moment is not None), default=None)


def _leave(session: Session, kind: ConflictKind, made: OfflineLoan) -> None:
    _add(session, kind, made.device, made.member, made.barcode, made.at, f"due {made.due:%Y-%m-%d}")


def _leave_return(session: Session, kind: ConflictKind, made: OfflineReturn) -> None:
    _add(session, kind, made.device, "", made.barcode, made.at, "")


def _add(
    session: Session, kind: ConflictKind, device: str, member: str, barcode: str, at: datetime, detail: str
) -> None:
    session.add(Conflict(kind=kind, device=device, member=member, barcode=barcode, happened_at=at, detail=detail))
    session.flush()
