"""A kiosk at work: owns the state, feeds it what happens, does what it asks for, tells the pages what to show."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from samut_edge.clerk import Clerk
from samut_edge.devices.pad import Pad, Security
from samut_edge.devices.part import Part, PartState
from samut_edge.devices.printer import CANNOT_PRINT, Printer, PrinterError
from samut_edge.events import CardKind
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk import step
from samut_edge.flows.kiosk_screens import Limits, at_rest
from samut_edge.flows.kiosk_turns import wipe
from samut_edge.kiosk_shown import View
from samut_edge.kiosk_slip import Library, slip_for
from samut_edge.kiosk_staff import Machine, Memory, slip_to_try
from samut_edge.kiosk_view import view_of
from samut_edge.slip import Slip
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.configuration import KioskSettings

TICK_SECONDS = 0.25
AT_REST = k.Welcome | k.Unavailable | k.NotKnown | k.Done


@dataclass(frozen=True, slots=True)
class KioskParts:
    """`book_readers` are scanners and pads. A scanner reads member cards with a bar code too; `pads` are those that
    can release and secure tags."""

    card_readers: Sequence[Part]
    book_readers: Sequence[Part]
    printer: Printer | None
    pads: Sequence[Pad] = ()

    def equipment(self) -> k.Equipment:
        """What works, as far as the parts know without being asked."""
        return k.Equipment(_any_works(self.card_readers), _any_works(self.book_readers), _paper(self.printer))


class Kiosk:
    """Give it every event of its parts with `happen`, on the event loop, and let `run` live in the agent's TaskGroup.

    `card_key` is the library's key for card hashes. `library` is asked each time it is shown, so that a name from a
    newer replica appears by itself. A clerk that raises ends `run`, and with it the agent. `restart` ends the agent.
    """

    def __init__(
        self,
        settings: KioskSettings,
        clerk: Clerk,
        *,
        parts: KioskParts,
        card_key: bytes,
        library: Callable[[], Library],
        restart: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clerk = clerk
        self._parts = parts
        self._card_key = card_key
        self._library = library
        self._restart = restart
        self._memory = Memory(clock)
        self._clock = clock
        self._steady = steady
        self._limits = Limits(idle=settings.idle_seconds)
        house = k.House(settings.security == "pads", frozenset(settings.staff_types))
        self._state = at_rest(steady(), parts.equipment(), house)
        self._shown = (self._state, library())
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._changed = asyncio.Event()

    def happen(self, event: ev.Event) -> None:
        """Something was tapped, scanned, touched or changed."""
        self._memory.note(event)
        self._events.put_nowait(event)

    async def run(self) -> None:
        """Never ends by itself. What a visitor that it is torn from leaves open is kept."""
        try:
            async with asyncio.TaskGroup() as work:
                work.create_task(self._tick())
                self.happen(ev.EquipmentChanged(self._parts.equipment()))
                while True:
                    for action in self._step(await self._events.get()):
                        work.create_task(self._do(action))
        finally:
            self._state, left = wipe(self._state, self._steady())
            for action in left:
                await self._do(action)

    async def visit_over(self) -> None:
        """Returns when no visitor has anything open."""
        async for _ in self.views():
            if isinstance(self._state.screen, AT_REST):
                return

    def view(self) -> View:
        """What every page shows now."""
        return view_of(self._state, self._library(), self.machine(), now=self._steady(), limits=self._limits)

    async def views(self) -> AsyncIterator[View]:
        """The present view, then each new one; a slow page misses those between."""
        while True:
            changed = self._changed
            yield self.view()
            await changed.wait()

    def machine(self) -> Machine:
        """How it is, for staff."""
        parts = self._parts
        printers = () if parts.printer is None else (parts.printer,)
        each = {part.name: part.status for part in (*parts.card_readers, *parts.book_readers, *printers)}
        return Machine(each, self._memory.last())

    def _step(self, event: ev.Event) -> tuple[ev.Action, ...]:
        self._state, actions = step(self._state, event, now=self._steady(), limits=self._limits)
        shown = (self._state, self._library())
        if shown != self._shown:
            self._shown = shown
            self._changed.set()
            self._changed = asyncio.Event()
        return actions

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.happen(ev.Tick())

    async def _do(self, action: ev.Action) -> None:
        match action:
            case ev.LookAtParts():
                self.happen(ev.EquipmentChanged(self._parts.equipment()))
            case ev.AskPrinter():
                await self._ask_printer()
            case ev.PrintSlip():
                self.happen(ev.PrinterDone(action.visit, await self._print(action)))
            case ev.PrintTestSlip():
                slip = slip_to_try(action.language, library=self._library(), now=self._clock())
                self.happen(ev.PrinterDone(action.visit, await self._came_out(slip)))
            case ev.SetTag():
                self.happen(await self._set_tag(action))
            case ev.RecordSecurity():
                await self._clerk.record_security(_news(action))
            case ev.Restart():
                self._restart()
            case _:
                self.happen(await self._ask_clerk(action))

    async def _ask_clerk(
        self,
        action: ev.FindMember | ev.CheckOut | ev.Renew | ev.CheckIn | ev.AskLineCode | ev.AskPayCode | ev.AskSlip,
    ) -> ev.Event:
        match action:
            case ev.FindMember(visit=visit, key=key):
                return ev.MemberAnswered(visit, await self._clerk.find_member(self._member_asked(key)))
            case ev.CheckOut(visit=visit, member=member, barcode=barcode):
                lent = await self._clerk.check_out(m.CheckoutAsked(member=member, barcode=barcode))
                return ev.LoanAnswered(visit, barcode, lent)
            case ev.Renew(visit=visit, member=member, barcode=barcode, seen=seen):
                renewed = await self._clerk.renew(m.RenewalAsked(member=member, barcode=barcode, seen=seen))
                return ev.RenewalAnswered(visit, barcode, renewed)
            case ev.CheckIn(visit=visit, barcode=barcode):
                returned = await self._clerk.check_in(m.CheckinAsked(barcode=barcode))
                return ev.ReturnAnswered(visit, barcode, returned)
            case ev.AskLineCode(visit=visit, of_hub=of_hub):
                return ev.LineAnswered(visit, await self._clerk.join_line(m.LineAsked(visit=of_hub)))
            case ev.AskPayCode(visit=visit, of_hub=of_hub):
                return ev.PayAnswered(visit, await self._clerk.pay(m.PayAsked(visit=of_hub)))
            case ev.AskSlip(visit=visit, of_hub=of_hub):
                return ev.SlipAnswered(visit, await self._clerk.send_slip(m.SlipAsked(visit=of_hub)))

    def _member_asked(self, key: k.MemberKey) -> m.MemberAsked:
        if key.kind is CardKind.NUMBER:
            return m.MemberAsked(number=key.value)
        return m.MemberAsked(card=card_hash(self._card_key, key.kind.value, key.value))

    async def _set_tag(self, action: ev.SetTag) -> ev.SecurityAnswered:
        """On whichever pad it lies."""
        outcome = Security.NO_TAG
        for pad in self._parts.pads:
            outcome = await pad.set_security(action.barcode, secured=action.secured)
            if outcome is not Security.NO_TAG:
                break
        return ev.SecurityAnswered(action.visit, action.barcode, action.secured, outcome)

    async def _ask_printer(self) -> None:
        if self._parts.printer is not None:
            await self._parts.printer.ask_status()
            self.happen(ev.EquipmentChanged(self._parts.equipment()))

    async def _print(self, action: ev.PrintSlip) -> bool:
        """Whether the slip came out whole; the printer's own status tells the staff why not."""
        return await self._came_out(
            slip_for(action.receipt, action.language, library=self._library(), now=self._clock())
        )

    async def _came_out(self, slip: Slip) -> bool:
        if self._parts.printer is None:
            return False
        try:
            await self._parts.printer.print_slip(slip)
        except PrinterError:
            return False
        return True


def _news(action: ev.RecordSecurity) -> m.SecurityRecorded:
    return m.SecurityRecorded(
        barcode=action.barcode,
        secured=action.secured,
        done=action.done,
        member=action.member,
        seen=action.seen,
        of=action.of,
    )


def _any_works(parts: Sequence[Part]) -> bool:
    return any(part.status.state is not PartState.OFFLINE for part in parts)


def _paper(printer: Printer | None) -> k.Paper:
    if printer is None or printer.status.state in CANNOT_PRINT:
        return k.Paper.NONE
    return k.Paper.LOW if printer.status.state is PartState.PAPER_LOW else k.Paper.READY
