"""What words look like when they are sent: with what a member has on loan now, or with an example."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from samut_hub.charges.models import ChargeKind, Receipt
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.models import OPEN_HOLD, Hold
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.notices.facts import HELD, Facts, Line, Telling, facts_of, my_address
from samut_hub.notices.gathering import due_mark, expiry_mark, moment_mark
from samut_hub.notices.letters import Press
from samut_hub.notices.policy import OF_LOANS, OVERDUE, Channel, Kind
from samut_hub.notices.rendering import Message, as_letter_by_mail, as_message
from samut_hub.notices.texts import Words, charge_words, fill, frame
from samut_hub.spoken import say_baht, say_day

MOST = 5
"""Loans in a preview."""
_TITLES = {"th": "ปลาบู่ทอง", "en": "The Golden Goby"}
_PEOPLE = {"th": "มานี มีใจ", "en": "Manee Meechai"}
_CLASS = {"th": "ป.4/1", "en": "P.4/1"}
_NEWS = {
    "th": ("สัปดาห์รักการอ่าน", "พบกันที่ห้องสมุดวันจันทร์นี้"),
    "en": ("Reading week", "See you at the library on Monday."),
}


@dataclass(frozen=True, slots=True)
class Look:
    """`is_example`: the data are made up, as no member was named, or the member has nothing of the kind."""

    message: Message
    is_example: bool


def look_at(press: Press, key: tuple[Kind, Channel, str], words: Words, member: Member | None) -> Look:
    """In the language of the words, whatever the member chose."""
    kind, channel, language = key
    facts = None if member is None else _of_member(press, kind, member, language)
    compose = as_letter_by_mail if channel is Channel.EMAIL else as_message
    return Look(compose(words, facts or _example(press, kind, language)), facts is None)


def _of_member(press: Press, kind: Kind, member: Member, language: str) -> Facts | None:
    refs = _refs(press, kind, member)
    if not refs:
        return None
    wanted = Telling(member, kind, {kind.value: refs}, language)
    (facts,) = facts_of(press.session, press.library, [wanted], press.now, press.home)
    return None if facts.is_past else facts


def _refs(press: Press, kind: Kind, member: Member) -> dict[str, str]:
    calendar = calendar_of(press.session, press.library)
    if kind in OF_LOANS or kind is Kind.SLIP:
        loans = open_loans(press.session, member, MOST)
        return {str(loan.id): HELD if kind is Kind.SLIP else due_mark(calendar, loan.due_at) for loan in loans}
    if kind in (Kind.HOLD_READY, Kind.HOLD_CANCELLED):
        is_ready = kind is Kind.HOLD_READY
        of = select(Hold).where(Hold.member_id == member.id, Hold.state.in_(OPEN_HOLD) == is_ready)
        holds = press.session.scalars(of.order_by(Hold.id.desc()).limit(1))
        return {str(hold.id): moment_mark(hold.ready_at if is_ready else hold.ended_at) for hold in holds}
    if kind is Kind.RECEIPT:
        last = select(Receipt.id).where(Receipt.member_id == member.id).order_by(Receipt.id.desc()).limit(1)
        return {str(receipt_id): "" for receipt_id in press.session.scalars(last)}
    if kind is Kind.EXPIRY and member.expires_on is not None:
        return {str(member.id): expiry_mark(member.expires_on)}
    return {}


def _example(press: Press, kind: Kind, language: str) -> Facts:
    today = calendar_of(press.session, press.library).local_day(press.now)
    days = 8 if kind in OVERDUE else -1
    due, first = say_day(today - timedelta(days=days), language), _TITLES[language]
    detail = fill(frame(language)["late" if days > 0 else "due"], {"due": due, "days": str(days)})
    values = {
        "name": _PEOPLE[language],
        "number": "20014",
        "class": _CLASS[language],
        "library": press.library.name(language),
        "day": say_day(today, language),
        "link": my_address(press.library, press.home),
        "count": "1",
        "debt": say_baht(800, language),
        "owes": fill(frame(language)["owes"], {"debt": say_baht(800, language)}),
        "keep_until": say_day(today + timedelta(days=3), language),
        "expires": say_day(today + timedelta(days=14), language),
        "receipt": "2570/000123",
        "amount": say_baht(2_000, language),
        **dict(zip(("news_title", "news_text"), _NEWS[language], strict=True)),
    }
    member = Member(number="20014", name_th=_PEOPLE["th"], name_en=_PEOPLE["en"])
    lines = [Line(first, "" if kind in (Kind.HOLD_READY, Kind.HOLD_CANCELLED) else detail, "B00012", due)]
    if kind is Kind.RECEIPT:
        lines = [Line(charge_words(language)[ChargeKind.OVERDUE.value], values["amount"])]
    return Facts(kind, member, language, values, lines)
