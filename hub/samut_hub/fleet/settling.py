"""How staff put right what a device decided alone: one choice each, carried out once, by the rules of circulation.

Pressing twice does it once: the command's id is that of the conflict. What cannot be done now leaves it open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Never

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.loans import locked_loan_of, open_loan_of
from samut_hub.circulation.locking import lock
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.offline import (
    CancelledLoan,
    OfflineLoan,
    OfflineReturn,
    cancel_loan,
    record_loan,
    record_return,
)
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.security import tell_of_settled
from samut_hub.circulation.service import Made, close_loan, open_loan, take_back
from samut_hub.commands import answer_given, once
from samut_hub.errors import NotFoundError
from samut_hub.fleet.letters import kept_letter
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_number
from samut_wire import messages as m

SOURCE = "conflicts"


class Choice(StrEnum):
    """What staff can say to a conflict."""

    SEEN = "seen"  # the books are right as they stand, or were put right by hand
    EARLIER = "earlier"  # who borrowed at the device has the item
    LATER = "later"  # who is in the books has it
    AGAIN = "again"  # enter it now, as what was missing is there
    FOR_MEMBER = "for_member"  # enter it for another member number
    IS_HERE = "is_here"  # the item is here: take it back
    RULES_DATE = "rules_date"  # due on the date that the rules give


class Fault(StrEnum):
    """Why a choice cannot be carried out now."""

    NO_ITEM = "no_item"
    NO_MEMBER = "no_member"
    NO_LOAN = "no_loan"
    NO_LETTER = "no_letter"
    NOT_OF_THIS = "not_of_this"


class CannotSettleError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


CHOICES: dict[ConflictKind, tuple[Choice, ...]] = {
    ConflictKind.UNKNOWN_MEMBER: (Choice.FOR_MEMBER, Choice.AGAIN, Choice.SEEN),
    ConflictKind.UNKNOWN_ITEM: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.NEWER_LOAN: (Choice.EARLIER, Choice.LATER, Choice.SEEN),
    ConflictKind.RETURN_NOT_ON_LOAN: (Choice.SEEN,),
    ConflictKind.RETURN_BEFORE_LOAN: (Choice.IS_HERE, Choice.SEEN),
    ConflictKind.RENEWAL_WITHOUT_LOAN: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.DUE_TOO_LATE: (Choice.SEEN, Choice.RULES_DATE),
    ConflictKind.DUE_IMPOSSIBLE: (Choice.SEEN,),
    ConflictKind.LATENESS_IN_DOUBT: (Choice.SEEN,),
    ConflictKind.LOAN_UNWRITTEN: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.RENEWAL_UNWRITTEN: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.RETURN_UNWRITTEN: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.CANCEL_UNWRITTEN: (Choice.AGAIN, Choice.SEEN),
    ConflictKind.PASSAGE_UNWRITTEN: (Choice.SEEN,),
}
"""The likeliest first; kinds that are not here are only seen to."""


def choices_of(kind: str) -> tuple[Choice, ...]:
    return CHOICES.get(ConflictKind(kind), (Choice.SEEN,))


@dataclass(frozen=True, slots=True)
class Settling:
    """Who settles which conflict, and for which `member` where that is asked."""

    session: Session
    conflict: Conflict
    by: str
    now: datetime
    member: str = ""

    @property
    def source(self) -> str:
        return f"desk:{self.by}"


def settle(
    session: Session, conflict_id: int, choice: Choice, *, by: str, now: datetime, member: str = ""
) -> Conflict:
    """Carry the choice out and settle the conflict; once settled, the first choice and name stay. Raises
    CannotSettleError, and NotFoundError."""
    found = session.scalar(select(Conflict).where(Conflict.id == conflict_id).with_for_update())
    if found is None:
        raise NotFoundError(f"There is no conflict {conflict_id}.")
    if found.settled_at is None:
        settling = Settling(session, found, by, now, member)
        once(session, SOURCE, str(conflict_id), choice, now, do=lambda: _carry_out(settling, choice))
    return found


def _carry_out(settling: Settling, choice: Choice) -> bytes:
    if choice not in choices_of(settling.conflict.kind):
        raise CannotSettleError(Fault.NOT_OF_THIS)
    if choice is not Choice.SEEN:
        DOING[choice](settling)
    conflict = settling.conflict
    conflict.settled_at, conflict.settled_by, conflict.settled_how = settling.now, settling.by, choice.value
    tell_of_settled(settling.session, conflict)
    return b""


def _earlier_has_it(settling: Settling) -> None:
    """The later loan never was: it ends when it began, so it costs nobody anything."""
    session, conflict = settling.session, settling.conflict
    item, member = _item(settling), _member(settling, conflict.member)
    other = locked_loan_of(session, item)
    if other is not None and other.member_id == member.id:
        return
    if other is not None:
        close_loan(session, other, at=other.lent_at, source=settling.source, heard=settling.now)
    lock(session, member)
    made = Made(conflict.happened_at, _told_due(settling), settling.source, _trace(settling))
    open_loan(session, member=member, item=item, made=made)


def _later_has_it(settling: Settling) -> None:
    """The earlier loan came to an end by then, and stands in the history as one that did."""
    session, conflict = settling.session, settling.conflict
    item, member = _item(settling), _member(settling, conflict.member)
    later = open_loan_of(session, item)
    ended = settling.now if later is None else max(later.lent_at, conflict.happened_at)
    session.add(
        Loan(
            item=item,
            member=member,
            lent_at=conflict.happened_at,
            due_at=_told_due(settling),
            returned_at=ended,
            source=conflict.device,
            returned_through=settling.source,
            trace=_trace(settling),
        )
    )
    session.flush()


def _enter_again(settling: Settling) -> None:
    kind = ConflictKind(settling.conflict.kind)
    if kind in FROM_LETTERS:
        FROM_LETTERS[kind](settling)
    elif kind is ConflictKind.RENEWAL_WITHOUT_LOAN:
        _renew(settling)
    elif settling.conflict.member:
        _lend_to(settling, settling.conflict.member)
    else:
        _item(settling)
        record_return(settling.session, OfflineReturn(**_of(settling)))


def _for_member(settling: Settling) -> None:
    _lend_to(settling, settling.member)


def _lend_to(settling: Settling, number: str) -> None:
    conflict = settling.conflict
    _item(settling)
    member = _member(settling, number)
    made = OfflineLoan(
        device=conflict.device,
        member=member.number,
        barcode=conflict.barcode,
        at=conflict.happened_at,
        heard=settling.now,
        due=_told_due(settling),
        trace=tuple(_trace(settling)),
    )
    record_loan(settling.session, made)


def _renew(settling: Settling) -> None:
    conflict = settling.conflict
    item, member = _item(settling), _member(settling, conflict.member)
    loan = open_loan_of(settling.session, item)
    if loan is None or loan.member_id != member.id:
        raise CannotSettleError(Fault.NO_LOAN)
    loan.due_at = max(loan.due_at, _told_due(settling))


def _take_back(settling: Settling) -> None:
    take_back(settling.session, item=_item(settling), now=settling.now, source=settling.source)


def _set_rules_date(settling: Settling) -> None:
    """Of the loan that was made or renewed then; one that the member made since has a date of its own."""
    item, member = _item(settling), _member(settling, settling.conflict.member)
    loan = locked_loan_of(settling.session, item)
    if loan is None or loan.member_id != member.id or loan.lent_at > settling.conflict.happened_at:
        raise CannotSettleError(Fault.NO_LOAN)
    loan.due_at = datetime.fromisoformat(settling.conflict.detail.split()[1])


def _unwritten_loan(settling: Settling) -> None:
    letter, body = kept_letter(settling.session, settling.conflict, m.LoanRecorded) or _no_letter()
    _both_known(settling, body.member)
    if body.decision.due_at is not None:
        due = body.decision.due_at + (settling.conflict.happened_at - letter.at)
        record_loan(
            settling.session,
            OfflineLoan(**_of(settling), member=body.member, due=due, trace=body.decision.trace, by=body.by),
        )


def _unwritten_renewal(settling: Settling) -> None:
    letter, body = kept_letter(settling.session, settling.conflict, m.RenewalRecorded) or _no_letter()
    _both_known(settling, body.member)
    if body.decision.due_at is not None:
        due = body.decision.due_at + (settling.conflict.happened_at - letter.at)
        record_renewal(
            settling.session, OfflineRenewal(**_of(settling), member=body.member, due=due, seen=body.seen, by=body.by)
        )


def _unwritten_return(settling: Settling) -> None:
    _, body = kept_letter(settling.session, settling.conflict, m.ReturnRecorded) or _no_letter()
    _item(settling)
    record_return(settling.session, OfflineReturn(**_of(settling), by=body.by))


def _unwritten_cancel(settling: Settling) -> None:
    letter, body = kept_letter(settling.session, settling.conflict, m.CheckoutCancelled) or _no_letter()
    device = settling.conflict.device
    asked = answer_given(settling.session, device, letter.id)
    if asked is not None:
        cancel_loan(settling.session, CancelledLoan(device, body.member, body.barcode, asked.at, settling.now))


DOING: dict[Choice, Callable[[Settling], None]] = {
    Choice.EARLIER: _earlier_has_it,
    Choice.LATER: _later_has_it,
    Choice.AGAIN: _enter_again,
    Choice.FOR_MEMBER: _for_member,
    Choice.IS_HERE: _take_back,
    Choice.RULES_DATE: _set_rules_date,
}
FROM_LETTERS: dict[ConflictKind, Callable[[Settling], None]] = {
    ConflictKind.LOAN_UNWRITTEN: _unwritten_loan,
    ConflictKind.RENEWAL_UNWRITTEN: _unwritten_renewal,
    ConflictKind.RETURN_UNWRITTEN: _unwritten_return,
    ConflictKind.CANCEL_UNWRITTEN: _unwritten_cancel,
}


def _of(settling: Settling) -> dict[str, Any]:
    """What every report of a device says."""
    conflict = settling.conflict
    return {
        "device": conflict.device,
        "barcode": conflict.barcode,
        "at": conflict.happened_at,
        "heard": settling.now,
    }


def _no_letter() -> Never:
    raise CannotSettleError(Fault.NO_LETTER)


def _item(settling: Settling) -> Item:
    found = item_by_barcode(settling.session, settling.conflict.barcode)
    if found is None:
        raise CannotSettleError(Fault.NO_ITEM)
    return found


def _member(settling: Settling, number: str) -> Member:
    found = member_by_number(settling.session, number)
    if found is None:
        raise CannotSettleError(Fault.NO_MEMBER)
    return found


def _both_known(settling: Settling, number: str) -> None:
    _item(settling)
    _member(settling, number)


def _told_due(settling: Settling) -> datetime:
    """The end of the day that the member was told; today's where that is not known."""
    library = library_of(settling.session, settling.conflict.library_id)
    calendar = calendar_of(settling.session, library)
    word, _, day = settling.conflict.detail.partition(" ")
    told = date.fromisoformat(day) if word == "due" else calendar.local_day(settling.now)
    return calendar.end_of(told)


def _trace(settling: Settling) -> list[str]:
    return [f"lent at {settling.conflict.device} while the hub was away; settled by {settling.by}"]
