"""An item is lost, found again, claimed returned or missing: what becomes of it and what it costs."""

from dataclasses import dataclass
from datetime import datetime

from samut_rules.calendar import Calendar
from samut_rules.choices import LostRefund
from samut_rules.loan import ItemStatus
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason


@dataclass(frozen=True, slots=True)
class Mishap:
    """What is to be written down. Money is satang.

    `ends_loan`: the member no longer has the item. `stops_fine`: the overdue fine does not run on from now.
    `reason` is why it cannot be done, and then nothing else counts.
    """

    status: ItemStatus
    price: int = 0
    processing_fee: int = 0
    ends_loan: bool = False
    stops_fine: bool = False
    reason: Reason | None = None
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back, or taken off what is still owed; satang."""

    price: int = 0
    fine: int = 0
    trace: tuple[str, ...] = ()


def lost(terms: LoanTerms, price: int | None) -> Mishap:
    """The member pays the item's price, else that of its kind, and for the work. The fine stops."""
    told = [] if price is not None or terms.default_price is None else [terms.told("default_price")]
    if "processing_fee" in terms.won:
        told.append(terms.told("processing_fee"))
    return Mishap(
        ItemStatus.LOST,
        price=max(0, _price(terms, price)),
        processing_fee=max(0, terms.processing_fee),
        ends_loan=True,
        stops_fine=True,
        trace=tuple(told),
    )


def found_again(
    terms: LoanTerms, calendar: Calendar, *, lost_at: datetime, now: datetime, price: int, fine: int
) -> Refund:
    """The price and the fine that were charged are given back as the rules say; the work was done and stays paid."""
    days = (calendar.local_day(now) - calendar.local_day(lost_at)).days
    if terms.lost_refund_days is not None and days > terms.lost_refund_days:
        return Refund(trace=(f"found after {days} days", terms.told("lost_refund_days")))
    told = (terms.told("lost_refund"),)
    if terms.lost_refund == LostRefund.NOTHING:
        return Refund(trace=told)
    return Refund(price, fine if terms.lost_refund == LostRefund.PRICE_AND_FINE else 0, told)


def claimed_returned(terms: LoanTerms | None, claims: int) -> Mishap:
    """The member says that the item came back; it is looked for, costs nothing meanwhile, and stays on the account.

    `claims`: how often the member said so before.
    """
    most = terms.max_claims if terms else None
    if terms is None or most is None:
        return Mishap(ItemStatus.MISSING, stops_fine=True)
    reason = Reason(Code.CLAIMS_USED, {"limit": most}) if claims >= most else None
    return Mishap(ItemStatus.MISSING, stops_fine=True, reason=reason, trace=(terms.told("max_claims"),))


def missing() -> Mishap:
    """Nobody has it and it is not in its place: nobody pays."""
    return Mishap(ItemStatus.MISSING)


def _price(terms: LoanTerms, price: int | None) -> int:
    return price if price is not None else terms.default_price or 0
