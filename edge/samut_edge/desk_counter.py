"""The desk while the hub is away: staff sign in, members borrow and return by the same rules, one scan at a time."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from samut_edge.books import Books
from samut_edge.clerk import Clerk
from samut_edge.clock import Clock
from samut_edge.desk_staff import DeskStaff
from samut_edge.devices.printer import CANNOT_PRINT, Printer, PrinterError
from samut_edge.flows import desk as flow
from samut_edge.flows.desk import DeskState, Line, Meaning, What
from samut_edge.flows.kiosk_states import Language
from samut_edge.kiosk_slip import Library, slip_for
from samut_edge.outbox import Outbox
from samut_edge.slip import Slip
from samut_edge.uplink import Uplink
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.configuration import DeskSettings

LOOK_SECONDS = 0.5
NOBODY = m.MemberAsked(number="0")
"""Asked to hear whether the hub answers at all."""
OUT = (Code.ITEM_ON_LOAN, Code.ITEM_ALREADY_YOURS)
AWAY = {
    Language.THAI: "ติดต่อระบบกลางไม่ได้ชั่วคราว เคาน์เตอร์นี้บันทึกไว้แล้ว และจะส่งเข้าระบบให้เอง",
    Language.ENGLISH: "The main system was away for a moment. This desk kept a record and will send it on by itself.",
}


class HubThereError(Exception):
    """The hub answers, so staff work on its pages, with their password."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """`text` of a code or typed, or `card`, the hash of one."""

    text: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """The member keeps the item of this bar code longer; with none given, all that the member has."""

    barcode: str = ""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The member goes; with `token`, so does who was signed in with it."""

    token: str = ""


@dataclass(frozen=True, slots=True)
class Hub:
    """`away_since` is None while it is connected. `waiting` events have not reached it."""

    away_since: datetime | None
    waiting: int


class DeskCounter:
    """One person works here at a time; `token` is known to that person's page alone.

    Everything is done in its turn, in `run`; a clerk that raises ends `run`, and with it the agent.
    """

    def __init__(
        self,
        settings: DeskSettings,
        clerk: Clerk,
        books: Books,
        *,
        staff: DeskStaff,
        printer: Printer | None,
        link: tuple[Uplink, Outbox],
        library: Callable[[], Library],
        clock: Clock,
    ) -> None:
        self._idle = settings.idle_minutes * 60
        self._clerk = clerk
        self._books = books
        self._staff = staff
        self._printer = printer
        self._uplink, self._outbox = link
        self._clock = clock
        self.library = library
        self.state = DeskState()
        self.token = ""
        self.slip_failed = False
        self._work: asyncio.Queue[Scanned | Keep | Goodbye] = asyncio.Queue()
        self._touched = time.monotonic()
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether somebody works here."""
        return self.state.worker is not None

    @property
    def user(self) -> str:
        """The user name of who works here; empty when nobody does."""
        return "" if self.state.worker is None else self.state.worker[0]

    @property
    def knows_staff(self) -> bool:
        return not self._staff.is_empty

    @property
    def prints(self) -> bool:
        return self._printer is not None and self._printer.status.state not in CANNOT_PRINT

    def hub(self) -> Hub:
        return Hub(self._uplink.away_since, len(self._outbox))

    async def sign_in(self, username: str, pin: str) -> str:
        """The token of the person's page. Raises PinRefusedError, and HubThereError while the hub answers."""
        if self.hub().away_since is None and (await self._clerk.find_member(NOBODY)).from_hub:
            raise HubThereError
        person = await self._staff.sign_in(username, pin)
        self.token = secrets.token_urlsafe(24)
        self._touched = time.monotonic()
        self._become(DeskState(worker=(person.username, person.name)))
        return self.token

    def sign_out(self) -> None:
        """After all that was scanned before. What was done stays in the outbox; the page forgets it."""
        self._work.put_nowait(Goodbye(self.token))

    def scan(self, scanned: Scanned) -> None:
        """From the page's box or a reader; nobody signed in, nothing happens."""
        if self.is_open:
            self._touched = time.monotonic()
            self._work.put_nowait(scanned)

    def renew(self, keep: Keep) -> None:
        """From the list of the member's loans."""
        self._touched = time.monotonic()
        self._work.put_nowait(keep)

    def end_session(self) -> None:
        """After all that was scanned before."""
        self._touched = time.monotonic()
        self._work.put_nowait(Goodbye())

    async def print_slip(self, language: Language) -> None:
        """Of what was done for this member; the page says when it did not come out."""
        receipt = flow.receipt_of(self.state)
        if receipt is None or self._printer is None:
            return
        slip = slip_for(receipt, language, library=self.library(), now=self._clock())
        try:
            await self._printer.print_slip(_of_a_desk(slip, language))
            self.slip_failed = False
        except PrinterError:
            self.slip_failed = True
        self._tell()

    async def run(self) -> None:
        """Never ends by itself."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_around())
            while True:
                match await self._work.get():
                    case Goodbye(token=token):
                        self._say_goodbye(token)
                    case Scanned() as scanned:
                        await self._take(scanned)
                    case Keep(barcode=barcode):
                        await self._renew(barcode)

    async def changes(self) -> AsyncIterator[None]:
        """Now, and each time something looks different."""
        while True:
            changed = self._changed
            yield
            await changed.wait()

    async def _look_around(self) -> None:
        """The link comes and goes by itself, and so do people who forget to sign out."""
        seen = (self.hub(), self.prints)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.is_open and time.monotonic() - self._touched > self._idle:
                self.sign_out()
            if (self.hub(), self.prints) != seen:
                seen = (self.hub(), self.prints)
                self._tell()

    def _say_goodbye(self, token: str) -> None:
        if not token:
            self._become(flow.say_goodbye(self.state))
        elif token == self.token:
            self.token = ""
            self._become(DeskState())

    async def _take(self, scanned: Scanned) -> None:
        if not self.is_open:
            return
        asked = m.MemberAsked(card=scanned.card) if scanned.card else m.MemberAsked(number=scanned.text)
        item = self._books.item(scanned.text) if scanned.text else None
        is_member = self._books.member(asked) is not None
        match flow.meaning_of(self.state, item, is_member=is_member, now=self._clock()):
            case Meaning.OPEN:
                await self._open(asked)
            case Meaning.LEND if item is not None and self.state.guest is not None:
                await self._lend(item, self.state.guest)
            case Meaning.TAKE_BACK if item is not None:
                await self._take_back(item)
            case Meaning.SCANNED_TWICE if item is not None:
                self._line(Line(What.SCANNED_TWICE, self._clock(), item.barcode, item.title))
            case _:
                self._line(Line(What.UNKNOWN, self._clock(), scanned.text[-4:]))

    async def _open(self, asked: m.MemberAsked) -> None:
        found = (await self._clerk.find_member(asked)).body
        if found.known:
            self._become(flow.welcome(self.state, found))
        else:
            self._line(Line(What.UNKNOWN, self._clock(), reasons=found.reasons))

    async def _lend(self, item: m.ItemRow, guest: flow.Guest) -> None:
        answer = await self._clerk.check_out(m.CheckoutAsked(member=guest.number, barcode=item.barcode))
        if any(reason.code in OUT for reason in answer.body.decision.reasons):
            await self._take_back(item)
        else:
            self._become(flow.lent(self.state, answer, self._clock()))

    async def _take_back(self, item: m.ItemRow) -> None:
        answer = await self._clerk.check_in(m.CheckinAsked(barcode=item.barcode))
        self._become(flow.returned(self.state, answer, self._clock()))

    async def _renew(self, barcode: str) -> None:
        guest = self.state.guest
        if guest is None:
            return
        for loan in guest.loans:
            if barcode in ("", loan.barcode):
                asked = m.RenewalAsked(member=guest.number, barcode=loan.barcode, seen=False)
                self._become(flow.renewed(self.state, await self._clerk.renew(asked), self._clock()))

    def _line(self, line: Line) -> None:
        self._become(flow.add_line(self.state, line))

    def _become(self, state: DeskState) -> None:
        self.state = state
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _of_a_desk(slip: Slip, language: Language) -> Slip:
    return replace(slip, notice=AWAY[language]) if slip.notice else slip
