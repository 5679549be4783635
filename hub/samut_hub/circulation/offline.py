"""What an edge device decided while the hub was away, brought into the hub's books.

Conflicts are settled as Koha does: the same member keeps the item (renewal); somebody else with an older loan has
evidently returned it; somebody else with a newer loan is a librarian's case. Nothing is dropped.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.models import Conflict, Loan
from samut_hub.circulation.service import close_loan, hold, open_loan, open_loan_of, take_back
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_number


class ConflictKind(StrEnum):
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_ITEM = "unknown_item"
    NEWER_LOAN = "newer_loan"  # lent offline, but meanwhile lent to somebody else
    RETURN_NOT_ON_LOAN = "return_not_on_loan"
    RETURN_BEFORE_LOAN = "return_before_loan"  # the item was lent again after this return


@dataclass(frozen=True, slots=True)
class OfflineLoan:
    """A loan made at `at` by `device`. `due` was told to the member and stands."""

    device: str
    member: str
    barcode: str
    at: datetime
    due: datetime
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfflineReturn:
    device: str
    barcode: str
    at: datetime


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
    elif loan is None:
        _leave_return(session, ConflictKind.RETURN_NOT_ON_LOAN, made)
    elif loan.lent_at > made.at:
        _leave_return(session, ConflictKind.RETURN_BEFORE_LOAN, made)
    else:
        take_back(session, item=item, now=made.at, source=made.device)


def _record_known(session: Session, made: OfflineLoan, member: Member, item: Item) -> Loan | None:
    before = open_loan_of(session, item)
    if before is not None and before.member_id == member.id:
        before.due_at = max(before.due_at, made.due)
        return before
    if before is not None and before.lent_at > made.at:
        _leave(session, ConflictKind.NEWER_LOAN, made)
        return None
    if before is not None:
        close_loan(session, before, at=made.at, source=made.device)
    hold(session, member)
    loan = open_loan(
        session, member=member, item=item, at=made.at, due=made.due, source=made.device, trace=made.trace
    )
    _close_if_returned_since(session, loan, made)
    return loan


def _close_if_returned_since(session: Session, loan: Loan, made: OfflineLoan) -> None:
    """Another device may have reported the return of this loan before the loan itself came in."""
    returned = session.scalar(
        select(Conflict)
        .where(
            Conflict.barcode == made.barcode,
            Conflict.kind == ConflictKind.RETURN_NOT_ON_LOAN,
            Conflict.settled_at.is_(None),
            Conflict.happened_at > made.at,
        )
        .order_by(Conflict.happened_at)
        .limit(1)
    )
    if returned is not None:
        close_loan(session, loan, at=returned.happened_at, source=returned.device)
        returned.settled_at, returned.settled_by = returned.happened_at, made.device


def _leave(session: Session, kind: ConflictKind, made: OfflineLoan) -> None:
    _add(session, kind, made.device, made.member, made.barcode, made.at, f"due {made.due:%Y-%m-%d}")


def _leave_return(session: Session, kind: ConflictKind, made: OfflineReturn) -> None:
    _add(session, kind, made.device, "", made.barcode, made.at, "")


def _add(
    session: Session, kind: ConflictKind, device: str, member: str, barcode: str, at: datetime, detail: str
) -> None:
    session.add(Conflict(kind=kind, device=device, member=member, barcode=barcode, happened_at=at, detail=detail))
    session.flush()
