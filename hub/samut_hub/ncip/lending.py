"""CheckOutItem, CheckInItem and RenewItem: the same use cases as at the desk."""

from xml.etree.ElementTree import Element

from samut_hub.catalogue.models import Item, Place
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.service import lend, renew, take_back
from samut_hub.ncip.asked import Asked
from samut_hub.ncip.problems import CHECKOUT, NOT_CHECKED_OUT, RENEWAL, ProblemError
from samut_hub.ncip.writing import Scheme, holder, if_any, leaf, listed, moment, money
from samut_hub.sip2 import words
from samut_hub.sip2.policy import amount
from samut_hub.sip2.words import Say
from samut_rules.reasons import Code, Reason

Answer = list[Element | None]


def check_out(asked: Asked) -> Answer:
    member, item = asked.member(), asked.item()
    cost = item.service_charge or 0
    if cost > _acknowledged(asked):
        raise _costs(asked, cost)
    made = lend(asked.session, member=member, item=item, now=asked.now, source=asked.partner.source)
    if made.loan is None:
        raise asked.refused(CHECKOUT, made.decision.reasons)
    return [asked.item_id(item.barcode), asked.user_id(member), moment("DateDue", made.loan.due_at)]


def is_still_lent(asked: Asked) -> bool:
    """To the member who is named: only then a repetition is answered as before."""
    loan, member = open_loan_of(asked.session, asked.item()), asked.member()
    return loan is not None and loan.member_id == member.id


def check_in(asked: Asked) -> Answer:
    """What was not on loan is here all the same: it is set aside for who waits, and the answer says what is wrong."""
    account = asked.partner.account
    done = take_back(
        asked.session,
        item=asked.item(),
        now=asked.now,
        source=asked.partner.source,
        sets_aside=account.fulfil_holds,
    )
    if done.loan is None or done.member is None:
        said = words.said(Say.NOT_ON_LOAN, asked.language)
        raise ProblemError(NOT_CHECKED_OUT, said, element="ItemId", value=done.item.barcode)
    fine = done.fine.amount
    return [
        asked.item_id(done.item.barcode),
        asked.user_id(done.member),
        _route(asked, done.item) if done.hold is not None and account.alerts else None,
        _fine(asked, fine, done.fine.days_late) if fine else None,
    ]


def is_still_here(asked: Asked) -> bool:
    return open_loan_of(asked.session, asked.item()) is None


def renew_item(asked: Asked) -> Answer:
    member, item = asked.member(), asked.item()
    loan = open_loan_of(asked.session, item)
    if loan is None or loan.member_id != member.id:
        raise asked.refused(RENEWAL, (Reason(Code.NOT_ON_LOAN),))
    if not asked.partner.account.renewals:
        raise ProblemError(RENEWAL.otherwise, words.said(Say.NO_RENEWALS, asked.language))
    done = renew(asked.session, loan=loan, now=asked.now, source=asked.partner.source)
    if not done.decision.allowed:
        raise asked.refused(RENEWAL, done.decision.reasons)
    about = [asked.item_id(item.barcode), asked.user_id(member)]
    return [*about, moment("DateDue", loan.due_at), leaf("RenewalCount", loan.renewals)]


def _acknowledged(asked: Asked) -> int:
    """What the member agreed to pay, in satang; another currency is nothing."""
    fee = "AcknowledgedFeeAmount"
    value = asked.request.text(fee, "MonetaryValue")
    is_own = asked.request.text(fee, "CurrencyCode") == asked.currency
    return int(value) if is_own and value.isascii() and value.isdigit() and len(value) < 12 else 0


def _costs(asked: Asked, satang: int) -> ProblemError:
    """The member is asked whether to pay, and the request comes again with the fee acknowledged."""
    told = words.said(Say.COSTS, asked.language, amount=amount(satang))
    problem = ProblemError(CHECKOUT.otherwise, told, element="AcknowledgedFeeAmount")
    problem.fee = money("RequiredFeeAmount", satang, asked.currency)
    return problem


def _route(asked: Asked, item: Item) -> Element:
    """The item is for somebody who waits."""
    return holder(
        "RoutingInformation",
        leaf("RoutingInstructions", words.reason(Reason(Code.SET_ASIDE), asked.language)),
        holder("Destination", location(asked, item, "Current Location")),
        listed("RequestType", "Hold", Scheme.REQUEST),
    )


def location(asked: Asked, item: Item, kind: str) -> Element:
    """The library and the item's place in it."""
    place = None if item.place_id is None else asked.session.get(Place, item.place_id)
    names = [asked.partner.library.name(asked.language), *([place.name] if place is not None else [])]
    levels = [
        holder("LocationNameInstance", leaf("LocationNameLevel", level), leaf("LocationNameValue", name))
        for level, name in enumerate(names, 1)
    ]
    return holder("Location", listed("LocationType", kind, Scheme.LOCATION), holder("LocationName", *levels))


def _fine(asked: Asked, satang: int, days: int) -> Element:
    told = words.said(Say.LATE, asked.language, days=days, amount=amount(satang))
    return fiscal(asked, "Fine", satang, told)


def fiscal(asked: Asked, kind: str, satang: int, told: str) -> Element:
    return holder(
        "FiscalTransactionInformation",
        listed("FiscalActionType", "Assess", Scheme.FISCAL_ACTION),
        listed("FiscalTransactionType", kind, Scheme.FISCAL_KIND),
        money("Amount", satang, asked.currency),
        if_any("FiscalTransactionDescription", told),
    )
