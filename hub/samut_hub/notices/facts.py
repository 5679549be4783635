"""What notices tell, as it is at this moment: loaded for many at once, and left out where it is no longer so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.charges.models import Charge, ChargeKind, Payment, Receipt
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.notices.gathering import due_mark, expiry_mark, moment_mark
from samut_hub.notices.models import MemberNotices, Notice, NoticeSettings
from samut_hub.notices.policy import OF_LOANS, OVERDUE, Kind
from samut_hub.notices.settings import DEFAULT_LANGUAGE, settings_of
from samut_hub.notices.texts import charge_words, fill, frame
from samut_hub.spoken import say_baht, say_day
from samut_rules.calendar import Calendar

LENT, RETURNED, HELD = "lent", "returned", "held"
"""What a slip says of a loan."""

Row_ = TypeVar("Row_", Loan, Hold, Receipt)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a list. `detail` is for messages; `number`, `due` and `days` for the columns of letters."""

    title: str
    detail: str = ""
    number: str = ""
    due: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom something is told, and of what; `about` as in `Notice`. An empty `language` is the one chosen; with
    another it is only looked at, and the moment does not matter."""

    member: Member
    kind: Kind
    about: Mapping[str, Mapping[str, str]]
    language: str = ""

    @classmethod
    def of(cls, notice: Notice) -> "Telling":
        return cls(notice.member, Kind(notice.kind), notice.about)


@dataclass(slots=True)
class Facts:
    """What is filled into the words of a notice, those of `kind`. `is_past`: nothing of it is so any more."""

    kind: Kind
    member: Member
    language: str
    values: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    also: list[tuple[str, list[Line]]] = field(default_factory=list)
    is_past: bool = False


@dataclass(slots=True)
class _Loaded:
    """All that a batch of notices speaks of, by id."""

    library: Library
    calendar: Calendar
    now: datetime
    home: str
    languages: Mapping[int, str]
    loans: Mapping[int, Loan]
    holds: Mapping[int, Hold]
    receipts: Mapping[int, Receipt]
    payments: Mapping[int, list[Payment]]
    over_after: Mapping[Kind, int]


def facts_of(session: Session, library: Library, told: Sequence[Telling], now: datetime, home: str) -> list[Facts]:
    """In the order of what is told, by a few queries. `home` is the address of the hub."""
    loans = _ids(told, (*OF_LOANS, Kind.SLIP))
    holds, receipts = _ids(told, (Kind.HOLD_READY, Kind.HOLD_CANCELLED)), _ids(told, (Kind.RECEIPT,))
    with_title = joinedload(Loan.item).load_only(Item.barcode).joinedload(Item.title).load_only(Title.title)
    whole_hold = (joinedload(Hold.title), joinedload(Hold.pickup))
    payments = defaultdict(list)
    for payment in session.scalars(_payments_of(receipts)) if receipts else ():
        payments[payment.receipt_id].append(payment)
    languages = select(MemberNotices.member_id, MemberNotices.language)
    of_members = languages.where(MemberNotices.member_id.in_({one.member.id for one in told}))
    loaded = _Loaded(
        library,
        calendar_of(session, library),
        now,
        home,
        {row.member_id: row.language for row in session.execute(of_members)},
        _by_id(session.scalars(select(Loan).where(Loan.id.in_(loans)).options(with_title))),
        _by_id(session.scalars(select(Hold).where(Hold.id.in_(holds)).options(*whole_hold))),
        _by_id(session.scalars(select(Receipt).where(Receipt.id.in_(receipts)))),
        payments,
        _over_after(settings_of(session, library.id)),
    )
    return [_facts(loaded, one) for one in told]


def my_address(library: Library, home: str) -> str:
    """Where the member finds loans and holds."""
    return f"{home.rstrip('/')}/lib/{library.code}/my"


def _facts(loaded: _Loaded, told: Telling) -> Facts:
    member, kind = told.member, told.kind
    language = told.language or loaded.languages.get(member.id, DEFAULT_LANGUAGE)
    values = {
        "name": member.name(language),
        "number": member.number,
        "class": member.group.name if member.group else "–",
        "library": loaded.library.name(language),
        "day": say_day(loaded.calendar.local_day(loaded.now), language),
        "link": my_address(loaded.library, loaded.home),
        "debt": say_baht(member.debt, language),
    }
    values["owes"] = fill(frame(language)["owes"], values) if member.debt else ""
    facts = Facts(kind, member, language, values)
    if kind in OF_LOANS:
        _tell_loans(loaded, facts, told)
    elif kind in (Kind.HOLD_READY, Kind.HOLD_CANCELLED):
        _tell_holds(loaded, facts, told.about[kind], kind)
    elif kind is Kind.RECEIPT:
        _tell_receipts(loaded, facts, told.about[kind])
    elif kind is Kind.SLIP:
        _tell_slip(loaded, facts, told.about[kind])
    elif kind is Kind.EXPIRY:
        facts.values["expires"] = say_day(member.expires_on, language) if member.expires_on else ""
        is_over = member.expires_on is not None and member.expires_on < loaded.calendar.local_day(loaded.now)
        facts.is_past = is_over or expiry_mark(member.expires_on) not in told.about[kind].values()
    else:
        facts.values |= {f"news_{name}": text for name, text in told.about[kind].items()}
    return facts


def _over_after(own: NoticeSettings | None) -> dict[Kind, int]:
    """Days late from which the next reminder tells of a loan, and this one no more."""
    steps = () if own is None else enumerate(pairwise(OVERDUE), start=1)
    return {kind: own.overdue_days[step] for step, (kind, later) in steps if own is not None and later in own.kinds}


def _tell_loans(loaded: _Loaded, facts: Facts, told: Telling) -> None:
    """The most urgent of what is still so gives the words and the list; the rest comes after it."""
    by_kind = {
        kind: lines
        for kind in OF_LOANS
        if (lines := [_loan_line(loaded, facts, loan) for loan in _still(loaded, told, kind)])
    }
    facts.kind = next(iter(by_kind), facts.kind)
    facts.is_past, facts.lines = not by_kind, by_kind.pop(facts.kind, [])
    facts.values["count"] = str(len(facts.lines))
    for kind, lines in by_kind.items():
        word = "overdue" if kind.startswith("overdue") else kind.value
        facts.also.append((frame(facts.language)[f"also_{word}"], lines))


def _still(loaded: _Loaded, told: Telling, kind: Kind) -> list[Loan]:
    refs = told.about.get(kind, {})
    found = [loaded.loans[int(ref)] for ref in refs if int(ref) in loaded.loans]
    return [
        loan
        for loan in found
        if loan.returned_at is None
        and loan.claimed_at is None
        and (told.language or _is_its_time(loaded, kind, loan))
        and due_mark(loaded.calendar, loan.due_at) == refs[str(loan.id)]
    ]


def _is_its_time(loaded: _Loaded, kind: Kind, loan: Loan) -> bool:
    """Of what is due soon nobody is told when it is overdue: the reminders have begun then, and of them the last."""
    if kind not in OVERDUE:
        return loan.due_at > loaded.now
    return kind not in loaded.over_after or _days_late(loaded, loan) < loaded.over_after[kind]


def _days_late(loaded: _Loaded, loan: Loan) -> int:
    return (loaded.calendar.local_day(loaded.now) - loaded.calendar.local_day(loan.due_at)).days


def _loan_line(loaded: _Loaded, facts: Facts, loan: Loan) -> Line:
    words, days = frame(facts.language), _days_late(loaded, loan)
    due = say_day(loaded.calendar.local_day(loan.due_at), facts.language)
    said = words["due" if days <= 0 else "late_by_one" if days == 1 else "late"]
    detail = fill(said, {"due": due, "days": str(days)})
    return Line(loan.item.title.title, detail, loan.item.barcode, due, str(days) if days > 0 else "")


def _tell_holds(loaded: _Loaded, facts: Facts, refs: Mapping[str, str], kind: Kind) -> None:
    is_ready = kind is Kind.HOLD_READY
    holds = [loaded.holds[int(ref)] for ref in refs if int(ref) in loaded.holds]
    good = [hold for hold in holds if refs[str(hold.id)] == moment_mark(hold.ready_at if is_ready else hold.ended_at)]
    if is_ready:
        good = [hold for hold in good if hold.state == HoldState.READY]
        good = [hold for hold in good if hold.keep_until is None or hold.keep_until > loaded.now]
        days = [loaded.calendar.local_day(hold.keep_until) for hold in good if hold.keep_until]
        facts.values["keep_until"] = say_day(min(days), facts.language) if days else ""
    places = [hold.pickup.shown(facts.language) if is_ready and hold.pickup else "" for hold in good]
    facts.lines = [Line(hold.title.title, place) for hold, place in zip(good, places, strict=True)]
    facts.is_past = not good


def _tell_receipts(loaded: _Loaded, facts: Facts, refs: Mapping[str, str]) -> None:
    receipts = [loaded.receipts[int(ref)] for ref in refs if int(ref) in loaded.receipts]
    good = [receipt for receipt in receipts if receipt.voided_at is None]
    facts.is_past = not good
    facts.values["receipt"] = ", ".join(receipt.shown_number for receipt in good)
    facts.values["amount"] = say_baht(sum(receipt.amount for receipt in good), facts.language)
    if good:
        facts.values["day"] = say_day(loaded.calendar.local_day(good[0].paid_at), facts.language)
    facts.lines = [
        Line(_charge_name(payment.charge, facts.language), say_baht(payment.amount, facts.language))
        for receipt in good
        for payment in loaded.payments[receipt.id]
    ]


def _charge_name(charge: Charge, language: str) -> str:
    if charge.own_kind is not None:
        return charge.own_kind.name(language)
    words = charge_words(language)
    return words.get(charge.kind, words[ChargeKind.OTHER.value])


def _tell_slip(loaded: _Loaded, facts: Facts, refs: Mapping[str, str]) -> None:
    """What was lent stays on the slip also when it is given back while the slip waits."""
    words = frame(facts.language)
    for ref, what in refs.items():
        loan = loaded.loans.get(int(ref))
        if loan is not None:
            line = _loan_line(loaded, facts, loan)
            detail = words["returned"] if what == RETURNED else line.detail
            facts.lines.append(Line(line.title, detail, line.number, line.due))
    facts.is_past = not facts.lines


def _ids(told: Iterable[Telling], kinds: Iterable[Kind]) -> set[int]:
    return {int(ref) for one in told for kind in kinds for ref in one.about.get(kind, ())}


def _by_id(rows: Iterable[Row_]) -> dict[int, Row_]:
    return {row.id: row for row in rows}


def _payments_of(receipts: set[int]) -> Any:
    lines = select(Payment).where(Payment.receipt_id.in_(receipts), Payment.kind == "payment").order_by(Payment.id)
    return lines.options(joinedload(Payment.charge).joinedload(Charge.own_kind))
