"""A library of a few members and books that lends by the real rules, and a printer and readers to stand beside it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Literal, Self

import segno

from samut_edge.clerk import Answer
from samut_edge.devices.pad import Security
from samut_edge.devices.part import PartState, PartStatus
from samut_edge.devices.printer import PrinterError
from samut_edge.slip import Slip
from samut_rules.calendar import Calendar
from samut_rules.fines import fine_for
from samut_rules.lending import decide_loan
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal
from samut_rules.standing import MEMBER_RULES
from samut_wire import messages as m
from samut_wire.cards import card_hash

CARD_KEY = b"the key of this library"
NOW = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
CALENDAR = Calendar("Asia/Bangkok", frozenset({5, 6}))
TERMS = LoanTerms(
    loan_days=15, max_items=5, max_renewals=1, fine_per_day=200, fine_cap=5000, won={"loan_days": "all"}
)
NOBODY = MemberFacts("", None, "", 0, 0, 0)


@dataclass
class SmallLibrary:
    """A clerk. `slip_by` are the ways to send slips, `joining` who may join LINE, by number.

    `away` lets the local rules answer; `slow` holds every answer back until it is set."""

    members: dict[str, MemberFacts] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    items: dict[str, ItemFacts] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    slip_by: dict[str, Literal["line", "email"]] = field(default_factory=dict)
    joining: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    away: bool = False
    slow: asyncio.Event | None = None
    lent: list[tuple[str, str]] = field(default_factory=list)
    renewed: list[tuple[str, str]] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    security: list[m.SecurityRecorded] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    holds: dict[str, tuple[m.HoldShown, ...]] = field(default_factory=dict)

    def add_member(self, number: str, name: str, *, uid: str) -> None:
        self.members[number] = replace(NOBODY, number=number)
        self.names[number] = name
        self.cards[card_hash(CARD_KEY, "uid", uid)] = number

    def add_item(self, barcode: str, title: str, *, status: ItemStatus = ItemStatus.AVAILABLE) -> None:
        self.items[barcode] = ItemFacts(barcode, status)
        self.titles[barcode] = title

    def lend(self, barcode: str, number: str, due_at: datetime) -> None:
        self.items[barcode] = replace(self.items[barcode], lent_to=number, due_at=due_at)

    async def find_member(self, asked: m.MemberAsked) -> Answer[m.MemberFound]:
        await self._pause()
        member = self.members.get(asked.number or self.cards.get(asked.card, ""))
        if member is None:
            return Answer(m.MemberFound(known=False, reasons=_given([Reason(Code.MEMBER_UNKNOWN)])), not self.away)
        facts = self._facts(member, ItemFacts("", ItemStatus.AVAILABLE))
        reasons = [reason for rule in MEMBER_RULES if (reason := rule(facts, NOW))]
        found = m.MemberFound(
            known=True,
            number=member.number,
            name=self.names[member.number],
            loans=self._loans(member.number),
            debt=member.debt,
            reasons=_given(reasons),
            visit="" if self.away else f"visit of {member.number}",
            slip_by="" if self.away else self.slip_by.get(member.number, ""),
            joins_line=not self.away and member.number in self.joining,
            pays=not self.away and member.debt > 0,
            holds=() if self.away else self.holds.get(member.number, ()),
            member_type=self.types.get(member.number, "pupil"),
            expires_on=member.expires_on,
        )
        return Answer(found, not self.away)

    async def check_out(self, asked: m.CheckoutAsked) -> Answer[m.CheckoutAnswered]:
        await self._pause()
        item = self.items.get(asked.barcode)
        if item is None:
            unknown = m.DecisionMade(allowed=False, reasons=_given([_unknown(asked.barcode)]))
            body = m.CheckoutAnswered(barcode=asked.barcode, title="", decision=unknown)
            return Answer(body, not self.away)
        decision = decide_loan(self._facts(self.members[asked.member], item), NOW)
        if decision.allowed:
            self.items[asked.barcode] = replace(item, lent_to=asked.member, due_at=decision.due)
            self.lent.append((asked.member, asked.barcode))
        made = m.DecisionMade(allowed=decision.allowed, reasons=_given(decision.reasons), due_at=decision.due)
        body = m.CheckoutAnswered(barcode=asked.barcode, title=self.titles[asked.barcode], decision=made)
        return Answer(body, not self.away)

    async def renew(self, asked: m.RenewalAsked) -> Answer[m.RenewalAnswered]:
        await self._pause()
        item = self.items[asked.barcode]
        decision = decide_renewal(self._facts(self.members[asked.member], item), NOW)
        if decision.allowed:
            self.items[asked.barcode] = replace(item, due_at=decision.due, renewals=item.renewals + 1)
            self.renewed.append((asked.member, asked.barcode))
        made = m.DecisionMade(allowed=decision.allowed, reasons=_given(decision.reasons), due_at=decision.due)
        body = m.RenewalAnswered(barcode=asked.barcode, title=self.titles[asked.barcode], decision=made)
        return Answer(body, not self.away)

    async def send_slip(self, asked: m.SlipAsked) -> bool:
        await self._pause()
        self.sent += [] if self.away else [asked.visit]
        return not self.away

    async def join_line(self, asked: m.LineAsked) -> m.LineAnswered:
        await self._pause()
        if self.away:
            return m.LineAnswered()
        drawn = segno.make("https://line.me/R/oaMessage/%40samut/?SAMUT-7KQ2-M9XW", error="m", micro=False)
        squares = tuple("".join("1" if square else "0" for square in row) for row in drawn.matrix)
        return m.LineAnswered(squares=squares, seconds=300)

    async def pay(self, asked: m.PayAsked) -> m.PayAnswered:
        await self._pause()
        if self.away:
            return m.PayAnswered()
        drawn = segno.make("00020101021229370016A000000677010111011300668123456785303764540512.505802TH6304ABCD")
        squares = tuple("".join("1" if square else "0" for square in row) for row in drawn.matrix)
        return m.PayAnswered(squares=squares, amount=1250, name="ห้องสมุดโรงเรียนบ้านหนองน้ำใส")

    async def record_security(self, news: m.SecurityRecorded) -> None:
        self.security.append(news)

    async def check_in(self, asked: m.CheckinAsked) -> Answer[m.CheckinAnswered]:
        await self._pause()
        item = self.items.get(asked.barcode)
        if item is None:
            reasons = _given([_unknown(asked.barcode)])
            return Answer(m.CheckinAnswered(barcode=asked.barcode, returned=False, reasons=reasons), not self.away)
        fine = fine_for(TERMS, CALENDAR, item.due_at or NOW, NOW)
        self.items[asked.barcode] = replace(item, lent_to="", due_at=None)
        self.returned.append(asked.barcode)
        body = m.CheckinAnswered(
            barcode=asked.barcode,
            returned=True,
            title=self.titles[asked.barcode],
            was_on_loan=bool(item.lent_to),
            fine=fine.amount,
            days_late=fine.days_late,
        )
        return Answer(body, not self.away)

    def _facts(self, member: MemberFacts, item: ItemFacts) -> LoanFacts:
        loans = self._loans(member.number)
        counted = replace(member, open_loans=len(loans), overdue_loans=sum(loan.overdue for loan in loans))
        return LoanFacts(counted, item, TERMS, CALENDAR, debt_limit=5000)

    def _loans(self, number: str) -> tuple[m.LoanShown, ...]:
        return tuple(
            m.LoanShown(barcode=i.barcode, title=self.titles[i.barcode], due_at=i.due_at, overdue=i.due_at < NOW)
            for i in self.items.values()
            if i.lent_to == number and i.due_at is not None
        )

    async def _pause(self) -> None:
        if self.slow is not None:
            await self.slow.wait()


class StandingPart:
    """A part that is there and stays so until somebody changes its status."""

    def __init__(self, name: str, state: PartState = PartState.READY) -> None:
        self.name = name
        self.status = PartStatus(state)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class TagTray(StandingPart):
    """A pad that writes tags. `stubborn` tags take nothing; `orders` are those that came, with what was lent by then.
    It writes when `holds` is set."""

    def __init__(self, library: SmallLibrary) -> None:
        super().__init__("pad")
        self.stubborn: set[str] = set()
        self.away: set[str] = set()
        self.orders: list[tuple[str, bool, tuple[str, ...]]] = []
        self.holds: asyncio.Event | None = None
        self._library = library

    async def set_security(self, barcode: str, *, secured: bool) -> Security:
        if self.holds is not None:
            await self.holds.wait()
        if barcode in self.away:
            return Security.NO_TAG
        self.orders.append((barcode, secured, tuple(lent for _, lent in self._library.lent)))
        return Security.PENDING if barcode in self.stubborn else Security.DONE


class PaperTray(StandingPart):
    """A printer that keeps its slips. `jams` makes it fail; it prints when `holds` is set."""

    def __init__(self, name: str = "printer", state: PartState = PartState.READY) -> None:
        super().__init__(name, state)
        self.slips: list[Slip] = []
        self.jams = False
        self.holds: asyncio.Event | None = None

    async def ask_status(self) -> PartStatus:
        return self.status

    async def print_slip(self, slip: Slip, *, job: str = "") -> PartStatus:
        if self.holds is not None:
            await self.holds.wait()
        if self.jams:
            raise PrinterError("The slip is not printed: the paper is jammed.")
        self.slips.append(slip)
        return self.status


def school_library() -> SmallLibrary:
    """Somchai may borrow; Piti can be told by e-mail, Manee by LINE. Malee has a book that is overdue; Malai
    has three, one of them renewed as often as allowed; the atlas is not for loan. Chujai owes something and has
    something to fetch; Wandee is a librarian."""
    library = SmallLibrary()
    library.add_member("10001", "สมชาย ใจดี", uid="04A1B2C3D4E580")
    library.add_member("10002", "มาลี ศรีสุข", uid="04FFEEDDCCBBAA")
    library.add_member("10004", "ปิติ ชูใจ", uid="0455667788AA80")
    library.add_member("10005", "มานี รักเผ่าไทย", uid="0499887766AA80")
    library.slip_by |= {"10004": "email", "10005": "line"}
    library.joining.add("10004")
    library.add_member("10006", "ชูใจ เลิศล้ำ", uid="0466554433AA80")
    library.members["10006"] = replace(library.members["10006"], debt=1250, expires_on=date(2027, 3, 31))
    kept_until = datetime(2026, 11, 28, 16, 59, 59, tzinfo=UTC)
    library.holds["10006"] = (m.HoldShown(title="ขุนช้างขุนแผน", place="เคาน์เตอร์ชั้น 2", keep_until=kept_until),)
    library.add_member("90001", "ครูวันดี ศรีสว่าง", uid="0412121212AA80")
    library.types["90001"] = "librarian"
    library.add_item("30000012", "เจ้าชายน้อย")
    library.add_item("30000029", "แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์")
    library.add_item("30000036", "The Very Hungry Caterpillar")
    library.add_item("30000043", "ก้านกล้วย ผจญภัยในป่าใหญ่ ตอน ศึกยุทธหัตถีและเพื่อนแท้แห่งพงไพร ฉบับภาพสี่สี")
    library.add_item("30000050", "แผนที่โลกฉบับนักเรียน", status=ItemStatus.REFERENCE)
    library.add_item("30000067", "นิทานอีสป ๑๐๐ เรื่อง")
    library.add_item("30000074", "ขายหัวเราะ เล่ม 12")
    library.add_member("10003", "มาลัย แก้วตา", uid="0411223344AA80")
    library.add_item("30000081", "พระอภัยมณี ตอน หนีนางผีเสื้อสมุทร")
    library.add_item("30000098", "สามก๊ก ฉบับเยาวชน")
    library.add_item("30000104", "Charlotte's Web")
    library.lend("30000081", "10003", datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC))
    library.lend("30000098", "10003", datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC))
    library.lend("30000104", "10003", datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC))
    library.items["30000098"] = replace(library.items["30000098"], renewals=1)
    library.lend("30000067", "10002", datetime(2026, 11, 13, 16, 59, 59, tzinfo=UTC))
    return library


def _given(reasons: list[Reason] | tuple[Reason, ...]) -> tuple[m.ReasonGiven, ...]:
    return tuple(m.ReasonGiven(code=reason.code, values=dict(reason.values)) for reason in reasons)


def _unknown(barcode: str) -> Reason:
    return Reason(Code.ITEM_UNKNOWN, {"barcode": barcode})
