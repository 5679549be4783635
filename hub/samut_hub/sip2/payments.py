"""Money that machines take from members: it comes into the books as at the desk, with a receipt, and once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from samut_hub.charges.books import Teller, Tender, WrongAmountError
from samut_hub.charges.models import Receipt
from samut_hub.charges.policy import AmountError, Method, satang_of
from samut_hub.charges.service import TransferTakenError, pay_fee
from samut_hub.circulation.locking import lock
from samut_hub.members.models import Member
from samut_hub.sip2 import words
from samut_hub.sip2.asked import Asked
from samut_hub.sip2.codec import Answer
from samut_hub.sip2.policy import amount
from samut_hub.sip2.words import Say
from samut_rules.reasons import Code, Reason

ONE_DAY = timedelta(days=1)
TOLD_LATE = timedelta(days=3)
"""A machine tells of a payment so long after it; one whose date is older has a clock that stands still."""
AROUND_MIDNIGHT = timedelta(hours=1)
"""The same money under the same number so soon after is one payment, though a new day has begun."""


class _RefusedError(Exception):
    """Nothing was recorded; the text says why."""


def fee_paid(asked: Asked) -> Answer:
    """37 → 38. Paid is what is owed longest. The machine's own till is where the money lies."""
    try:
        receipt = _receipt(asked)
    except _RefusedError as refused:
        return _answer(asked, "N", str(refused))
    return _answer(asked, "Y", asked.say(Say.PAID, amount=amount(receipt.amount), number=receipt.shown_number))


def _receipt(asked: Asked) -> Receipt:
    """Of this payment, also where it was told of before. Raises _RefusedError."""
    if not asked.client.account.takes_payments:
        raise _RefusedError(asked.say(Say.NO_PAYMENTS))
    if not asked.is_let_in:
        raise _RefusedError(asked.pin_fault)
    member, satang = asked.member(), _satang(asked)
    if member is None:
        raise _RefusedError(words.reason(Reason(Code.MEMBER_UNKNOWN), asked.language))
    lock(asked.session, member)
    before = _receipt_of_before(asked, member, satang)
    if before is None:
        return _pay(asked, member, satang)
    if (before.member_id, before.amount) != (member.id, satang):
        raise _RefusedError(_known(asked, before))
    return before


def _satang(asked: Asked) -> int:
    own, said = asked.client.account.currency, asked.request.fixed["currency"].strip()
    if said not in ("", own):
        raise _RefusedError(asked.say(Say.OTHER_CURRENCY, code=said, own=own))
    text = asked.request.get("BV")
    try:
        return satang_of(text)
    except AmountError:
        raise _RefusedError(asked.say(Say.NO_AMOUNT, text=text)) from None


def _receipt_of_before(asked: Asked, member: Member, satang: int) -> Receipt | None:
    """What bears the number on the same day; or on the day before, where a machine told it again past midnight; or on
    the day that the machine says, however long ago, where it is the same money of the same member."""
    today, yesterday = _reference(asked, _day(asked)), _reference(asked, _day(asked) - ONE_DAY)
    if not today:
        return None
    as_said = _reference(asked, _day_of(asked, asked.happened("at")))
    told = select(Receipt).where(
        Receipt.reference.in_({today, yesterday, as_said}), Receipt.till == asked.client.source
    )
    for receipt in asked.session.scalars(told.order_by(Receipt.id.desc())):
        is_same = (receipt.member_id, receipt.amount) == (member.id, satang)
        is_told_again = receipt.reference == as_said or receipt.paid_at > asked.now - AROUND_MIDNIGHT
        if receipt.reference == today or (is_same and is_told_again):
            return receipt
    return None


def _reference(asked: Asked, day: date) -> str:
    """Machines count their payments (BK) anew each day, each for itself. Empty for one that counts none."""
    number = asked.request.get("BK")
    return f"{asked.client.source} {day} {number}" if number else ""


def _day(asked: Asked) -> date:
    """On which it took the money, of a number not heard of before: it may not have been able to tell at once."""
    said = asked.happened("at")
    moment = said if said > asked.now - TOLD_LATE else asked.now
    return _day_of(asked, moment)


def _day_of(asked: Asked, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(asked.client.library.zone)).date()


def _pay(asked: Asked, member: Member, satang: int) -> Receipt:
    tender = Tender(satang, Method(asked.client.account.payments), _reference(asked, _day(asked)))
    teller = Teller(till=asked.client.source, now=asked.now)
    try:
        with asked.session.begin_nested():
            return pay_fee(asked.session, member, tender=tender, teller=teller)
    except WrongAmountError as wrong:
        raise _RefusedError(asked.say(Say.OWES_LESS, left=amount(wrong.left))) from None
    except TransferTakenError as taken:
        raise _RefusedError(_known(asked, taken.receipt)) from None


def _known(asked: Asked, receipt: Receipt) -> str:
    return asked.say(Say.PAYMENT_KNOWN, text=asked.request.get("BK"), number=receipt.shown_number)


def _answer(asked: Asked, done: str, said: str) -> Answer:
    about = (asked.institution, asked.patron, ("BK", asked.request.get("BK")))
    return asked.answer(f"38{done}{asked.stamp}", about, asked.screen(said))
