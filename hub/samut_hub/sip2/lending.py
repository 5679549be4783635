"""Checkout, checkin and renewals: the same use cases as at the desk."""

from datetime import datetime, timedelta

from samut_hub.catalogue.models import Item, shown_title
from samut_hub.circulation import offline
from samut_hub.circulation.facts import loan_facts, whereabouts
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Loan
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.service import Checkin, lend_locked, loans_to_renew, renew, take_back
from samut_hub.circulation.setting_aside import somebody_waits
from samut_hub.circulation.told_dates import is_believable
from samut_hub.members.models import Member
from samut_hub.sip2.asked import Asked, Fields
from samut_hub.sip2.codec import Answer
from samut_hub.sip2.policy import LONGEST_LIST, Alert, amount, count, media_type
from samut_hub.sip2.words import Say
from samut_rules.lending import decide_loan
from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code, Reason

REPEATED = timedelta(minutes=10)
"""A member who asks again so soon for what the same client has just lent has not heard the answer."""


def checkout(asked: Asked) -> Answer:
    """11 → 12."""
    if asked.request.fixed["no_block"] == "Y":
        return _checkout_that_happened(asked)
    if not asked.is_let_in:
        return _said(asked, "12", asked.item(), asked.pin_fault)
    member, item = asked.both()
    if member is None or item is None:
        return _refused(asked, "12", item, *asked.unknown(member, item))
    if item.service_charge and asked.request.get("BO") != "Y":
        return _costs(asked, item, item.service_charge)
    made = lend_locked(asked.session, member=member, item=item, now=asked.now, source=asked.client.source)
    if made.loan is not None:
        return _lent(asked, made.loan, renewed=False)
    if any(reason.code == Code.ITEM_ALREADY_YOURS for reason in made.decision.reasons):
        return _again(asked, item, made.decision.reasons)
    return _refused(asked, "12", item, *made.decision.reasons)


def checkin(asked: Asked) -> Answer:
    """09 → 10. A return without blocking happened already, by the date of return that the client says."""
    item = asked.item()
    if asked.request.fixed["no_block"] == "Y":
        return _checkin_that_happened(asked, item)
    if item is None:
        return asked.answer(
            f"100NU{'Y' if asked.client.account.alerts else 'N'}{asked.stamp}",
            (asked.institution, asked.barcode, ("AQ", "")),
            (("CV", Alert.OTHER.value),) if asked.client.account.alerts else (),
            asked.why(asked.unknown_item),
        )
    done = take_back(
        asked.session,
        item=item,
        now=asked.now,
        source=asked.client.source,
        sets_aside=asked.client.account.fulfil_holds,
    )
    return _taken_back(asked, done)


def renewal(asked: Asked) -> Answer:
    """29 → 30."""
    if not asked.is_let_in:
        return _said(asked, "30", asked.item(), asked.pin_fault)
    member, item = asked.both()
    if member is None or item is None:
        return _refused(asked, "30", item, *asked.unknown(member, item))
    if not asked.client.account.renewals:
        return _said(asked, "30", item, asked.say(Say.NO_RENEWALS))
    loan = open_loan_of(asked.session, item)
    if loan is None or loan.member_id != member.id:
        return _refused(asked, "30", item, Reason(Code.NOT_ON_LOAN))
    if (made := _renewal_that_happened(asked, member, loan)) is not None:
        record_renewal(asked.session, made)
        return _lent(asked, loan, renewed=True, head="30")
    done = renew(asked.session, loan=loan, now=asked.now, source=asked.client.source)
    if not done.decision.allowed:
        return _refused(asked, "30", item, *done.decision.reasons)
    return _lent(asked, loan, renewed=True, head="30")


def renew_all(asked: Asked) -> Answer:
    """65 → 66: each loan as at the desk, what cannot be renewed listed apart."""
    member = asked.member() if asked.is_let_in else None
    if member is None or not asked.client.account.renewals:
        said = asked.screen(asked.pin_fault) or asked.why(Reason(Code.MEMBER_UNKNOWN))
        refused = said if member is None else asked.screen(asked.say(Say.NO_RENEWALS))
        return asked.answer(f"6600000{'0000'}{asked.stamp}", (asked.institution,), refused)
    done: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    for loan in loans_to_renew(asked.session, member, limit=LONGEST_LIST):
        made = renew(asked.session, loan=loan, now=asked.now, source=asked.client.source)
        if made.decision.allowed:
            done.append(("BM", loan.item.barcode))
        else:
            left.append(("BN", loan.item.barcode))
    head = f"661{count(len(done))}{count(len(left))}{asked.stamp}"
    is_part = member.open_loans > len(done) + len(left)
    more = asked.screen(asked.say(Say.MORE_LOANS, most=LONGEST_LIST)) if is_part else ()
    return asked.answer(head, (asked.institution,), tuple(done), tuple(left), more)


def _lent(asked: Asked, loan: Loan, *, renewed: bool, head: str = "12") -> Answer:
    item = loan.item
    parts = asked.say(Say.PARTS, parts=item.parts) if item.parts and not renewed else ""
    return asked.answer(
        f"{head}1{'Y' if renewed else 'N'}UY{asked.stamp}",
        _about(asked, item),
        (("AH", asked.written(loan.due_at)), ("CK", media_type(item.title.material))),
        asked.screen(parts),
    )


def _again(asked: Asked, item: Item, reasons: tuple[Reason, ...]) -> Answer:
    """What the member has already: renewed where client and account say so; else, if it was just lent, told again."""
    loan = open_loan_of(asked.session, item)
    if loan is None:
        return _refused(asked, "12", item, *reasons)
    if _was_just_lent(asked, loan):
        return _lent(asked, loan, renewed=False)
    if asked.request.fixed["renewals"] != "Y" or not asked.client.account.renewals:
        return _refused(asked, "12", item, *reasons)
    done = renew(asked.session, loan=loan, now=asked.now, source=asked.client.source)
    if done.decision.allowed:
        return _lent(asked, loan, renewed=True)
    return _refused(asked, "12", item, *done.decision.reasons)


def _was_just_lent(asked: Asked, loan: Loan) -> bool:
    return loan.source == asked.client.source and asked.now - loan.lent_at < REPEATED and not loan.renewals


def _costs(asked: Asked, item: Item, satang: int) -> Answer:
    """The client asks the member whether to pay, and comes again with BO."""
    fee = (("BT", "01"), ("BH", asked.client.account.currency), ("BV", amount(satang)))
    answer = _said(asked, "12", item, asked.say(Say.COSTS, amount=amount(satang)))
    return Answer(answer.head, (*answer.fields, *fee))


def _taken_back(asked: Asked, done: Checkin) -> Answer:
    item = done.item
    alert = _alert(asked, done) if asked.client.account.alerts else None
    said = [] if done.loan is not None else [asked.say(Say.NOT_ON_LOAN)]
    if done.fine.amount:
        said.append(asked.say(Say.LATE, days=done.fine.days_late, amount=amount(done.fine.amount)))
    if item.parts and done.loan is not None:
        said.append(asked.say(Say.PARTS, parts=item.parts))
    return asked.answer(
        f"101YU{'Y' if alert else 'N'}{asked.stamp}",
        (asked.institution, asked.barcode, ("AQ", asked.client.places.get(item.place_id or 0, ""))),
        (("AJ", shown_title(item)), ("CK", media_type(item.title.material))),
        (("AA", done.member.number),) if done.member is not None else (),
        (("CV", alert.value),) if alert else (),
        asked.why(Reason(Code.SET_ASIDE)) if done.hold is not None else (),
        asked.why(Reason(Code.KIT_TO_CHECK)) if item.status == ItemStatus.TO_CHECK else (),
        asked.screen(*said),
    )


def _alert(asked: Asked, done: Checkin) -> Alert | None:
    """What does not go back to the shelf: reserved, or a kit whose parts are to be checked."""
    if _is_for_another(asked, done):
        return Alert.HOLD_HERE
    return Alert.OTHER if done.item.status == ItemStatus.TO_CHECK else None


def _is_for_another(asked: Asked, done: Checkin) -> bool:
    """Whether somebody waits for the item, also where the client's account sets nothing aside."""
    if done.hold is not None or done.item.status == ItemStatus.RESERVED:
        return True
    is_to_fetch = done.item.status == ItemStatus.AVAILABLE and not asked.client.account.fulfil_holds
    return is_to_fetch and somebody_waits(asked.session, done.item, asked.now)


def _checkout_that_happened(asked: Asked) -> Answer:
    """The item has left already: it is brought into the books, or waits there for a librarian."""
    at = asked.happened("at")
    member, item = asked.member(), asked.item()
    due = _due(asked, member, item, at)
    loan = offline.record_loan(asked.session, _that_happened(asked, member, at, due))
    title = "" if item is None else shown_title(item)
    stands = due if loan is None else loan.due_at
    told = asked.written(stands) if asked.is_let_in else ""  # by the rules for this member
    about = (asked.institution, asked.patron, asked.barcode, ("AJ", title), ("AH", told))
    return asked.answer(f"121NUY{asked.stamp}", about, asked.screen(asked.say(Say.NOTED)))


def _that_happened(asked: Asked, member: Member | None, at: datetime, due: datetime) -> offline.OfflineLoan:
    return offline.OfflineLoan(
        device=asked.client.source,
        member=asked.request.get("AA") if member is None else member.number,
        barcode=asked.request.get("AB"),
        at=at,
        heard=asked.now,
        due=due,
        trace=("lent by a self-service machine without asking",),
    )


def _renewal_that_happened(asked: Asked, member: Member, loan: Loan) -> OfflineRenewal | None:
    """Renewed already without asking, until a day that the member can have believed."""
    at = max(asked.happened("at"), loan.lent_at)
    due = _told_due(asked, at)
    if asked.request.fixed["no_block"] != "Y" or due is None or not is_believable(due, at):
        return None
    return OfflineRenewal(asked.client.source, member.number, loan.item.barcode, at, asked.now, due, seen=True)


def _due(asked: Asked, member: Member | None, item: Item | None, at: datetime) -> datetime:
    """What the client told the member; else what the rules give; else the day of the loan."""
    told = _told_due(asked, at)
    if told is not None:
        return told
    if member is not None and item is not None:
        facts = loan_facts(asked.session, member, item, whereabouts(asked.session, item, member, at).facts, at)
        decided = decide_loan(facts, at).due
        return decided or facts.calendar.end_of(facts.calendar.local_day(at))
    return at


def _told_due(asked: Asked, at: datetime) -> datetime | None:
    told = asked.moment("due")
    return told if told is not None and at < told else None


def _checkin_that_happened(asked: Asked, item: Item | None) -> Answer:
    at = min(asked.happened("returned_at"), asked.happened("at"))
    made = offline.OfflineReturn(
        asked.client.source,
        asked.request.get("AB"),
        at,
        asked.now,
        sets_aside=asked.client.account.fulfil_holds,
    )
    offline.record_return(asked.session, made)
    place = "" if item is None else asked.client.places.get(item.place_id or 0, "")
    about = (asked.institution, asked.barcode, ("AQ", place))
    return asked.answer(f"101YUN{asked.stamp}", about, asked.screen(asked.say(Say.NOTED)))


def _refused(asked: Asked, head: str, item: Item | None, *reasons: Reason) -> Answer:
    return asked.answer(f"{head}0NUN{asked.stamp}", _about(asked, item), (("AH", ""),), asked.why(*reasons))


def _said(asked: Asked, head: str, item: Item | None, sentence: str) -> Answer:
    return asked.answer(f"{head}0NUN{asked.stamp}", _about(asked, item), (("AH", ""),), asked.screen(sentence))


def _about(asked: Asked, item: Item | None) -> Fields:
    title = "" if item is None else shown_title(item)
    return asked.institution, asked.patron, asked.barcode, ("AJ", title)
