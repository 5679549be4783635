"""Members come, borrow, renew and return at a kiosk or a desk: each question and each event, one function."""

import msgspec

from samut_hub.catalogue.models import LONGEST_SHOWN, shown_title
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation import offline
from samut_hub.circulation.facts import standing
from samut_hub.circulation.found_again import GONE
from samut_hub.circulation.holds import ready_holds_of
from samut_hub.circulation.loans import open_loan_of, open_loans
from samut_hub.circulation.models import Hold
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.security import TagNews, note_security
from samut_hub.circulation.service import Checkin, lend, renew, take_back
from samut_hub.commands import answer_given
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_card, member_by_number
from samut_hub.mqtt.asked_in_visit import offered
from samut_hub.mqtt.received import (
    Received,
    Reply,
    answer_once,
    body_of,
    outbox_of,
    record_event,
    shown,
    was_done_online,
)
from samut_rules.loan import Decision, ItemStatus, Renewing
from samut_rules.reasons import Code, Reason
from samut_wire import messages as m
from samut_wire.topics import Kind

SHOWN_LOANS = 50


def loan(received: Received) -> Reply:
    body = body_of(received, m.LoanRecorded)
    was_online = was_done_online(received, Kind.ASK_CHECKOUT, m.CheckoutAnswered, lambda one: one.decision.allowed)
    if body.decision.due_at is None or was_online:
        return record_event(received, lambda: None)
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
    return record_event(received, lambda: offline.record_loan(received.session, made))


def renewal(received: Received) -> Reply:
    body = body_of(received, m.RenewalRecorded)
    was_online = was_done_online(received, Kind.ASK_RENEWAL, m.RenewalAnswered, lambda one: one.decision.allowed)
    if body.decision.due_at is None or was_online:
        return record_event(received, lambda: None)
    made = OfflineRenewal(
        device=received.device.id,
        member=body.member,
        barcode=body.barcode,
        at=received.happened_at,
        heard=received.now,
        due=body.decision.due_at + (received.happened_at - received.letter.at),
        seen=body.seen,
        by=body.by,
    )
    return record_event(received, lambda: record_renewal(received.session, made))


def give_back(received: Received) -> Reply:
    body = body_of(received, m.ReturnRecorded)
    made = offline.OfflineReturn(received.device.id, body.barcode, received.happened_at, received.now, by=body.by)
    if was_done_online(received, Kind.ASK_CHECKIN, m.CheckinAnswered, lambda one: one.returned):
        return record_event(received, lambda: None)
    return record_event(received, lambda: offline.record_return(received.session, made))


def cancel(received: Received) -> Reply:
    body = body_of(received, m.CheckoutCancelled)
    asked = answer_given(received.session, received.device.id, received.letter.id)

    def undo() -> None:
        if asked is not None:
            undone = offline.CancelledLoan(received.device.id, body.member, body.barcode, asked.at, received.now)
            offline.cancel_loan(received.session, undone)

    return record_event(received, undo)


def security(received: Received) -> Reply:
    body = body_of(received, m.SecurityRecorded)
    news = TagNews(
        device=received.device.id,
        barcode=body.barcode,
        secured=body.secured,
        done=body.done,
        at=received.happened_at,
        member=body.member,
        seen=body.seen,
        of=body.of,
    )
    return record_event(received, lambda: note_security(received.session, news))


def ask_member(received: Received) -> Reply:
    asked = body_of(received, m.MemberAsked)
    session = received.session
    member = member_by_card(session, asked.card) if asked.card else member_by_number(session, asked.number)
    if member is None:
        reasons = (shown(Reason(Code.MEMBER_UNKNOWN)),)
        return Reply(Kind.MEMBER, m.MemberFound(known=False, reasons=reasons))
    return Reply(Kind.MEMBER, offered(received, member, _found(received, member)))


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
        reasons=tuple(map(shown, standing(received.session, member, received.now))),
        holds=tuple(map(_hold_shown, ready_holds_of(received.session, member))),
        expires_on=member.expires_on,
        member_type=member.type.code,
    )


def _hold_shown(hold: Hold) -> m.HoldShown:
    place = "" if hold.pickup is None else hold.pickup.name
    return m.HoldShown(title=hold.title.title[:LONGEST_SHOWN], place=place, keep_until=hold.keep_until)


def ask_checkout(received: Received) -> Reply | None:
    """A question whose outcome has already come as an event is answered by nobody."""
    if answer_given(received.session, outbox_of(received), received.letter.id) is not None:
        return None
    answer = answer_once(received, lambda: _check_out(received, body_of(received, m.CheckoutAsked)))
    return Reply(Kind.CHECKOUT, msgspec.json.decode(answer, type=m.CheckoutAnswered))


def _check_out(received: Received, asked: m.CheckoutAsked) -> m.CheckoutAnswered:
    member = member_by_number(received.session, asked.member)
    item = item_by_barcode(received.session, asked.barcode)
    if member is None or item is None:
        return m.CheckoutAnswered(barcode=asked.barcode, title="", decision=_refused(_unknown(member, asked.barcode)))
    was_gone = item.status in GONE
    checkout = lend(received.session, member=member, item=item, now=received.now, source=received.device.id)
    return m.CheckoutAnswered(
        barcode=item.barcode,
        title=shown_title(item),
        decision=_decision_shown(checkout.decision),
        found=was_gone,
    )


def ask_renewal(received: Received) -> Reply | None:
    """A question whose outcome has already come as an event is answered by nobody."""
    if answer_given(received.session, outbox_of(received), received.letter.id) is not None:
        return None
    answer = answer_once(received, lambda: _renew(received, body_of(received, m.RenewalAsked)))
    return Reply(Kind.RENEWED, msgspec.json.decode(answer, type=m.RenewalAnswered))


def _renew(received: Received, asked: m.RenewalAsked) -> m.RenewalAnswered:
    member = member_by_number(received.session, asked.member)
    item = item_by_barcode(received.session, asked.barcode)
    if member is None or item is None:
        return m.RenewalAnswered(barcode=asked.barcode, title="", decision=_refused(_unknown(member, asked.barcode)))
    loan, title = open_loan_of(received.session, item), shown_title(item)
    if loan is None or loan.member_id != member.id:
        reason = Reason(Code.NOT_ON_LOAN if loan is None else Code.NOT_YOURS)
        return m.RenewalAnswered(barcode=item.barcode, title=title, decision=_refused(reason))
    renewing = Renewing.SEEN if asked.seen else Renewing.UNSEEN
    made = renew(received.session, loan=loan, now=received.now, source=received.device.id, renewing=renewing)
    return m.RenewalAnswered(barcode=item.barcode, title=title, decision=_decision_shown(made.decision))


def ask_checkin(received: Received) -> Reply:
    answer = answer_once(received, lambda: _check_in(received, body_of(received, m.CheckinAsked)))
    return Reply(Kind.CHECKIN, msgspec.json.decode(answer, type=m.CheckinAnswered))


def _check_in(received: Received, asked: m.CheckinAsked) -> m.CheckinAnswered:
    item = item_by_barcode(received.session, asked.barcode)
    if item is None:
        unknown = shown(Reason(Code.ITEM_UNKNOWN, {"barcode": asked.barcode}))
        return m.CheckinAnswered(barcode=asked.barcode, returned=False, reasons=(unknown,))
    was_gone = item.status in GONE
    checkin = take_back(received.session, item=item, now=received.now, source=received.device.id)
    return m.CheckinAnswered(
        barcode=item.barcode,
        returned=True,
        title=shown_title(item),
        was_on_loan=checkin.loan is not None,
        fine=checkin.fine.amount,
        days_late=checkin.fine.days_late,
        reasons=_for_the_desk(checkin),
        found=was_gone,
    )


def _for_the_desk(checkin: Checkin) -> tuple[m.ReasonGiven, ...]:
    """Why the member is asked to take to the desk what the kiosk took back."""
    if checkin.item.status == ItemStatus.TO_CHECK:
        return (shown(Reason(Code.KIT_TO_CHECK)),)
    return () if checkin.hold is None else (shown(Reason(Code.SET_ASIDE)),)


def _unknown(member: Member | None, barcode: str) -> Reason:
    return Reason(Code.ITEM_UNKNOWN, {"barcode": barcode}) if member else Reason(Code.MEMBER_UNKNOWN)


def _refused(reason: Reason) -> m.DecisionMade:
    return m.DecisionMade(allowed=False, reasons=(shown(reason),))


def _decision_shown(decision: Decision) -> m.DecisionMade:
    return m.DecisionMade(
        allowed=decision.allowed,
        reasons=tuple(map(shown, decision.reasons)),
        due_at=decision.due,
        trace=decision.trace,
    )
