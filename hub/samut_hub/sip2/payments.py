"""Money that machines take from members: it comes into the books as at the desk, with a receipt, and once.

Machines tell of a payment again when they did not hear the answer, for days if the hub is away; and they begin to
count their payments anew, each day or whenever they are switched on, some with a clock that stands still or starts at
the same date each time. Neither number nor date tells the two apart. What does: before a member pays the machine asks
what is owed; what it tells again comes without a new question, or is dated before it. Other money, or that of another
member, is another payment whatever its number.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from samut_hub.charges.books import Teller, Tender, WrongAmountError
from samut_hub.charges.models import Receipt
from samut_hub.charges.policy import AmountError, Method, satang_of
from samut_hub.charges.service import pay_fee
from samut_hub.circulation.locking import lock
from samut_hub.members.models import Member
from samut_hub.sip2 import words
from samut_hub.sip2.asked import CLOCK_TOLERANCE, Asked
from samut_hub.sip2.codec import Answer
from samut_hub.sip2.dates import moment_of
from samut_hub.sip2.policy import amount
from samut_hub.sip2.repeats import LATELY
from samut_hub.sip2.words import Say
from samut_rules.reasons import Code, Reason

ONE_DAY = timedelta(days=1)
A_VISIT = timedelta(hours=1)
"""So long after it was asked about a member may still be paying. The same money under the same number so soon after
is one payment, though a new day has begun."""
DAYS_BACK = 8
"""On how many days a payment of an impossible date is looked for: it was booked on the day the hub heard of it."""


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
    return _receipt_of_before(asked, member, satang) or _pay(asked, member, satang)


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
    """The same money of the same member under the same number: told again within minutes, or later without that the
    machine asked about the member since."""
    own = _day(asked)
    days = {own, own - ONE_DAY, *(_day_of(asked, asked.now) - back * ONE_DAY for back in range(DAYS_BACK))}
    told = select(Receipt).where(
        Receipt.reference.in_({_reference(asked, day) for day in days} - {""}),
        Receipt.till == asked.client.source,
        Receipt.member_id == member.id,
        Receipt.amount == satang,
    )
    for receipt in asked.session.scalars(told.order_by(Receipt.id.desc())):
        if _can_be(asked, receipt, own):
            is_new = receipt.paid_at <= asked.now - LATELY and _was_asked_about(asked, since=receipt.paid_at)
            return None if is_new else receipt
    return None


def _can_be(asked: Asked, receipt: Receipt, own: date) -> bool:
    """Whether the payment with this receipt may be the one told of now, by its day."""
    if receipt.reference == _reference(asked, own):
        return True
    if receipt.reference == _reference(asked, own - ONE_DAY) and receipt.paid_at > asked.now - A_VISIT:
        return True
    said = asked.moment("at")
    if said is None or said > asked.now + CLOCK_TOLERANCE:
        return True
    return asked.now - CLOCK_TOLERANCE > said and receipt.paid_at > said - CLOCK_TOLERANCE


def _reference(asked: Asked, day: date) -> str:
    """Day and number (BK) of a payment, which machines count each for itself; one that counts none gives it the time
    of its clock. Empty where it says neither."""
    number = asked.request.get("BK") or asked.request.fixed["at"][8:].strip()
    return f"{asked.client.source} {day} {number}" if number else ""


def _day(asked: Asked) -> date:
    """On which it took the money, however long ago it says that was. Today, where it asked about the member just
    before: then its clock is wrong."""
    said = asked.happened("at")
    is_now = said < asked.now - CLOCK_TOLERANCE and _was_asked_about(asked, since=asked.now - A_VISIT)
    return _day_of(asked, asked.now if is_now else said)


def _was_asked_about(asked: Asked, *, since: datetime) -> bool:
    """Whether the machine asked what the member owes since then, and lately, and took the money after that by its own
    clock, whatever that shows."""
    enquiry = asked.client.last_enquiry(asked.request.get("AA"))
    if enquiry is None or enquiry.heard <= max(since, asked.now - A_VISIT):
        return False
    paid, before = asked.moment("at"), moment_of(enquiry.said, asked.client.library.zone)
    return paid is None or before is None or paid >= before


def _day_of(asked: Asked, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(asked.client.library.zone)).date()


def _pay(asked: Asked, member: Member, satang: int) -> Receipt:
    method = Method(asked.client.account.payments)
    tender = Tender(satang, method, _reference(asked, _day(asked)), is_own_count=True)
    teller = Teller(till=asked.client.source, now=asked.now)
    try:
        with asked.session.begin_nested():
            return pay_fee(asked.session, member, tender=tender, teller=teller)
    except WrongAmountError as wrong:
        raise _RefusedError(asked.say(Say.OWES_LESS, left=amount(wrong.left))) from None


def _answer(asked: Asked, done: str, said: str) -> Answer:
    about = (asked.institution, asked.patron, ("BK", asked.request.get("BK")))
    return asked.answer(f"38{done}{asked.stamp}", about, asked.screen(said))
