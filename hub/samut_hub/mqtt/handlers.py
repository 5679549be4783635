"""What each message of an edge device means to the hub: one function each, one table, one transaction around it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import shown_title
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation import offline
from samut_hub.circulation.facts import standing
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.service import Checkin, lend, take_back
from samut_hub.commands import answer_given, once
from samut_hub.fleet import service as fleet
from samut_hub.fleet.desks import service as desks
from samut_hub.fleet.models import Device
from samut_hub.members.enrolling import service as enrolling
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_card, member_by_number
from samut_hub.visits.service import Passage, record_passage
from samut_rules.loan import Decision, ItemStatus
from samut_rules.reasons import Code, Reason
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind

SHOWN_LOANS = 50
CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A letter with all that a handler needs beside it."""

    session: Session
    device: Device
    kind: Kind
    letter: Letter
    now: datetime

    @property
    def heard(self) -> fleet.Heard:
        return fleet.Heard(self.now, self.letter.at)

    @property
    def happened_at(self) -> datetime:
        """When it happened by the device's clock, or now when that clock cannot be right."""
        earliest, latest = self.device.added_at - CLOCK_TOLERANCE, self.now + CLOCK_TOLERANCE
        return self.letter.at if earliest <= self.letter.at <= latest else self.now


@dataclass(frozen=True, slots=True)
class Reply:
    """A letter that goes back once the transaction is committed."""

    kind: Kind
    body: m.Message


Handler = Callable[[Received], Reply | None]
T = TypeVar("T", bound=m.Message)


def handle(received: Received) -> Reply | None:
    """Do what the message asks; the caller commits, then sends the reply."""
    return HANDLERS[received.kind](received)


def _state(received: Received) -> None:
    body = _body(received, m.DeviceState)
    fleet.note_state(received.device, body, received.heard)


def _description(received: Received) -> None:
    fleet.note_parts(received.device, _body(received, m.DeviceDescription).parts, received.heard)


def _health(received: Received) -> None:
    fleet.note_health(received.device, _body(received, m.DeviceHealth), received.heard)


def _done(received: Received) -> None:
    body = _body(received, m.CommandDone)
    fleet.note_done(received.session, received.device, body, received.now)
    if not body.done:
        enrolling.note_fault(received.session, body.id, received.device.id, body.detail)


def _passage(received: Received) -> Reply:
    body = _body(received, m.PassageRecorded)
    passage = Passage(
        device=received.device.id,
        reader=body.reader,
        direction=body.direction,
        member=body.member,
        allowed=body.allowed,
        reasons=tuple(reason.code for reason in body.reasons),
        at=received.happened_at,
    )
    return _event(received, lambda: record_passage(received.session, passage))


def _loan(received: Received) -> Reply:
    body = _body(received, m.LoanRecorded)
    if body.decision.due_at is None or _was_lent_online(received):
        return _event(received, lambda: None)
    made = offline.OfflineLoan(
        device=received.device.id,
        member=body.member,
        barcode=body.barcode,
        at=received.happened_at,
        heard=received.now,
        due=body.decision.due_at + (received.happened_at - received.letter.at),
        trace=body.decision.trace,
        by=body.by,
    )
    return _event(received, lambda: offline.record_loan(received.session, made))


def _was_lent_online(received: Received) -> bool:
    """The kiosk asked first, the answer came too late, and the same command comes again as an event."""
    before = answer_given(received.session, received.device.id, received.letter.id)
    if before is None or before.kind != Kind.ASK_CHECKOUT:
        return False
    return msgspec.json.decode(before.answer, type=m.CheckoutAnswered).decision.allowed


def _was_returned_online(received: Received) -> bool:
    before = answer_given(received.session, received.device.id, received.letter.id)
    if before is None or before.kind != Kind.ASK_CHECKIN:
        return False
    return msgspec.json.decode(before.answer, type=m.CheckinAnswered).returned


def _return(received: Received) -> Reply:
    body = _body(received, m.ReturnRecorded)
    made = offline.OfflineReturn(received.device.id, body.barcode, received.happened_at, received.now, by=body.by)
    if _was_returned_online(received):
        return _event(received, lambda: None)
    return _event(received, lambda: offline.record_return(received.session, made))


def _cancel(received: Received) -> Reply:
    body = _body(received, m.CheckoutCancelled)
    asked = answer_given(received.session, received.device.id, received.letter.id)

    def undo() -> None:
        if asked is not None:
            undone = offline.CancelledLoan(received.device.id, body.member, body.barcode, asked.at, received.now)
            offline.cancel_loan(received.session, undone)

    return _event(received, undo)


def _identity(received: Received) -> None:
    body, station = _body(received, m.IdentityRead), received.device.id
    enrolling.note_identity(received.session, received.letter.re, station, body, received.now)


def _read(received: Received) -> None:
    desks.note_read(received.session, received.device, _body(received, m.PartRead), received.now)


def _outbox_of(received: Received) -> str:
    return f"{received.device.id}/outbox"


def _event(received: Received, record: Callable[[], object]) -> Reply:
    """Record an event of the outbox once, and acknowledge it however often it comes."""

    def do() -> bytes:
        record()
        return b""

    once(received.session, _outbox_of(received), received.letter.id, received.kind, received.now, do=do)
    return Reply(Kind.ACKNOWLEDGED, m.EventsAcknowledged(ids=(received.letter.id,)))


def _ask_member(received: Received) -> Reply:
    asked = _body(received, m.MemberAsked)
    session = received.session
    member = member_by_card(session, asked.card) if asked.card else member_by_number(session, asked.number)
    if member is None:
        reasons = (_shown(Reason(Code.MEMBER_UNKNOWN)),)
        return Reply(Kind.MEMBER, m.MemberFound(known=False, reasons=reasons))
    return Reply(Kind.MEMBER, _found(received, member))


def _found(received: Received, member: Member) -> m.MemberFound:
    loans = open_loans(received.session, member, SHOWN_LOANS)
    return m.MemberFound(
        known=True,
        number=member.number,
        name=member.name_th,
        loans=tuple(
            m.LoanShown(
                barcode=loan.item.barcode,
                title=shown_title(loan.item),
                due_at=loan.due_at,
                overdue=loan.due_at < received.now,
            )
            for loan in loans
        ),
        debt=member.debt,
        reasons=tuple(map(_shown, standing(received.session, member, received.now))),
    )


def _ask_checkout(received: Received) -> Reply | None:
    """A question whose outcome has already come as an event is answered by nobody."""
    if answer_given(received.session, _outbox_of(received), received.letter.id) is not None:
        return None
    answer = _once(received, lambda: _check_out(received, _body(received, m.CheckoutAsked)))
    return Reply(Kind.CHECKOUT, msgspec.json.decode(answer, type=m.CheckoutAnswered))


def _check_out(received: Received, asked: m.CheckoutAsked) -> m.CheckoutAnswered:
    member = member_by_number(received.session, asked.member)
    item = item_by_barcode(received.session, asked.barcode)
    if member is None or item is None:
        unknown = Reason(Code.ITEM_UNKNOWN, {"barcode": asked.barcode}) if member else Reason(Code.MEMBER_UNKNOWN)
        refused = m.DecisionMade(allowed=False, reasons=(_shown(unknown),))
        return m.CheckoutAnswered(barcode=asked.barcode, title="", decision=refused)
    checkout = lend(received.session, member=member, item=item, now=received.now, source=received.device.id)
    return m.CheckoutAnswered(
        barcode=item.barcode, title=shown_title(item), decision=_decision_shown(checkout.decision)
    )


def _ask_checkin(received: Received) -> Reply:
    answer = _once(received, lambda: _check_in(received, _body(received, m.CheckinAsked)))
    return Reply(Kind.CHECKIN, msgspec.json.decode(answer, type=m.CheckinAnswered))


def _check_in(received: Received, asked: m.CheckinAsked) -> m.CheckinAnswered:
    item = item_by_barcode(received.session, asked.barcode)
    if item is None:
        unknown = _shown(Reason(Code.ITEM_UNKNOWN, {"barcode": asked.barcode}))
        return m.CheckinAnswered(barcode=asked.barcode, returned=False, reasons=(unknown,))
    checkin = take_back(received.session, item=item, now=received.now, source=received.device.id)
    return m.CheckinAnswered(
        barcode=item.barcode,
        returned=True,
        title=shown_title(item),
        was_on_loan=checkin.loan is not None,
        fine=checkin.fine.amount,
        days_late=checkin.fine.days_late,
        reasons=_for_the_desk(checkin),
    )


def _for_the_desk(checkin: Checkin) -> tuple[m.ReasonGiven, ...]:
    """Why the member is asked to take to the desk what the kiosk took back."""
    if checkin.item.status == ItemStatus.TO_CHECK:
        return (_shown(Reason(Code.KIT_TO_CHECK)),)
    return () if checkin.hold is None else (_shown(Reason(Code.SET_ASIDE)),)


def _once(received: Received, do: Callable[[], m.Message]) -> bytes:
    return once(
        received.session,
        received.device.id,
        received.letter.id,
        received.kind,
        received.now,
        do=lambda: msgspec.json.encode(do()),
    )


def _decision_shown(decision: Decision) -> m.DecisionMade:
    return m.DecisionMade(
        allowed=decision.allowed,
        reasons=tuple(map(_shown, decision.reasons)),
        due_at=decision.due,
        trace=decision.trace,
    )


def _shown(reason: Reason) -> m.ReasonGiven:
    return m.ReasonGiven(code=reason.code, values=dict(reason.values))


def _body(received: Received, kind: type[T]) -> T:
    """The body, which the codec has already checked against the table."""
    if not isinstance(received.letter.body, kind):
        raise TypeError(f"{received.kind} carries {type(received.letter.body).__name__}")
    return received.letter.body


HANDLERS: dict[Kind, Handler] = {
    Kind.STATE: _state,
    Kind.DESCRIPTION: _description,
    Kind.HEALTH: _health,
    Kind.COMMAND_DONE: _done,
    Kind.PASSAGE: _passage,
    Kind.LOAN: _loan,
    Kind.RETURN: _return,
    Kind.CANCEL: _cancel,
    Kind.ASK_MEMBER: _ask_member,
    Kind.ASK_CHECKOUT: _ask_checkout,
    Kind.ASK_CHECKIN: _ask_checkin,
    Kind.READ: _read,
    Kind.IDENTITY: _identity,
}
"""Every message to the hub but `req/replica`, which the door answers itself as it needs no transaction's reply."""
