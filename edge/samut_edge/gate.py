"""A gate at work: what its parts tell goes through the flow, what the flow says is done. The hub is asked only of who
is not known here."""

import asyncio
import logging
import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from samut_edge.books import MOST_WAITING, Books
from samut_edge.clock import Clock
from samut_edge.devices.gate_io import GateIO
from samut_edge.events import CardTapped, CodeScanned, Input, InputChanged, PartEvent, TagPassed
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate import step
from samut_edge.flows.gate_occupancy import day_begins, recounted
from samut_edge.flows.gate_states import GateRules, GateState, Now
from samut_edge.gate_memory import GateMemory
from samut_edge.gate_people import first_name, tag_of, tap_of
from samut_edge.outbox import Outbox
from samut_edge.taps import TapTimes
from samut_edge.uplink import HubAwayError, Uplink
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.configuration import GateSettings
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
Happening = CardTapped | CodeScanned | InputChanged | TagPassed | ev.Answered | ev.Ticked | ev.Order


@dataclass(frozen=True, slots=True)
class GateMessage:
    """What the gate's screen shows for a few seconds. `code` is empty when all is well."""

    opens: bool
    direction: str
    name: str
    code: str
    values: dict[str, str | int]
    at: datetime


class Gate:
    """Takes its parts' events one after the other; `shown` is the last message, `version` is raised, and
    `changed` told, with whatever the screen shows. Its count lies in `folder`."""

    def __init__(
        self,
        settings: GateSettings,
        books: Books,
        outbox: Outbox,
        uplink: Uplink,
        *,
        card_key: bytes,
        clock: Clock,
        folder: Path,
    ) -> None:
        self.settings = settings
        self.books = books
        self._outbox = outbox
        self._uplink = uplink
        self._card_key = card_key
        self._clock = clock
        self._memory = GateMemory(folder / "gate.db")
        self._counted_to = 0
        self.state = self._remembered()
        self._events: asyncio.Queue[Happening] = asyncio.Queue()
        self._under_way: set[asyncio.Task[None]] = set()
        self.io: GateIO | None = None
        self.taps = TapTimes()
        self.shown: GateMessage | None = None
        self.version = 0
        self.changed = asyncio.Condition()

    @property
    def rules(self) -> GateRules:
        has_beams = self.io is not None and Input.BEAM_OUTER in self.io.inputs
        exit_seconds = self.io.exit_seconds if self.io is not None else 0.0
        return GateRules(self.settings, self.books.opening_hours, has_beams, exit_seconds)

    @property
    def alarms(self) -> tuple[str, ...]:
        """What goes on now that staff should know of."""
        state = self.state
        going_on = {
            "fire": Input.FIRE in state.inputs,
            "emergency": state.emergency,
            "locked": state.locked,
            "tamper": Input.TAMPER in state.inputs,
        }
        alarm = (state.alarm.kind,) if state.alarm else ()
        return tuple(dict.fromkeys((*(name for name, on in going_on.items() if on), *alarm)))

    def now(self) -> Now:
        return Now(self._clock(), time.monotonic())

    def happen(self, event: PartEvent) -> None:
        """An event of one of the gate's parts."""
        if isinstance(event, CardTapped | CodeScanned | InputChanged | TagPassed):
            self._events.put_nowait(event)

    def obey(self, order: ev.Order) -> str:
        """An order from the hub; empty when it is carried out, else why not."""
        if isinstance(order, m.ClassLetIn) and (self.state.locked or self.state.is_evacuating):
            return "nobody is let in now"
        self._events.put_nowait(order)
        return ""

    def identify(self) -> None:
        if self.io is not None:
            self.io.say_yes()
            self.io.say_no()

    async def run(self) -> None:
        """Never ends by itself."""
        if self.state.emergency and self.io is not None:
            self.io.stay_open(True)
        try:
            while True:
                await self._take(await self._next())
        finally:
            self._memory.close()

    async def _next(self) -> Happening:
        try:
            async with asyncio.timeout(TICK_SECONDS):
                return await self._events.get()
        except TimeoutError:
            return ev.Ticked()

    async def _take(self, happening: Happening) -> None:
        now, before = self.now(), self.state
        event = self._understood(happening, now)
        self.state, done = step(self.state, event, now, self.rules)
        seen_ns = happening.seen_ns if isinstance(happening, CardTapped | CodeScanned) else None
        await self._carry_out(done, now, seen_ns)
        if done or self.state is not before:
            self.version += 1
            async with self.changed:
                self.changed.notify_all()

    def _understood(self, happening: Happening, now: Now) -> ev.Event:
        match happening:
            case CardTapped() | CodeScanned():
                direction = self.settings.directions.get(happening.part, "in")
                return tap_of(happening, direction, self.books, now.at, key=self._card_key)
            case TagPassed(secured=True):
                return tag_of(happening, self.books) or ev.Ticked()
            case TagPassed():
                return ev.Ticked()
            case _:
                return happening

    async def _carry_out(self, done: ev.Done, now: Now, seen_ns: int | None) -> None:
        for number, action in enumerate(done):
            match action:
                case ev.Keep():
                    await self._keep(action, now, done[number:])
                case ev.Save(key=key, anew=anew):
                    self._memory.save(self.state, self._counted_to, key, anew=anew)
                case ev.Ask():
                    self._begin(action)
                case ev.Show():
                    self.shown = _message(action, now.at)
                case _:
                    self._move(action, seen_ns)

    def _move(self, action: ev.Action, seen_ns: int | None) -> None:
        """What is seen and heard at the gate itself."""
        if self.io is None:
            return
        match action:
            case ev.Open(seconds=seconds, direction=direction, for_class=for_class):
                self.io.open(seconds, direction, for_class=for_class)
                if seen_ns is not None:
                    self.taps.note(time.perf_counter_ns() - seen_ns)
            case ev.CloseToClass():
                self.io.close_to_class()
            case ev.StayOpen(on=on):
                self.io.stay_open(on)
            case ev.SayYes():
                self.io.say_yes()
            case ev.SayNo():
                self.io.say_no()
            case ev.SoundAlarm(seconds=seconds):
                self.io.sound_alarm(seconds)

    async def _keep(self, keep: ev.Keep, now: Now, done: ev.Done) -> None:
        letter = self._uplink.letter(keep.body, at=now.at)
        try:
            await self._outbox.add(keep.kind, letter)
        except sqlite3.Error as error:
            if keep.kind is Kind.PASSAGE:
                await self._let_out(done)
                raise
            log.warning("%s was not kept: %s. Is the disk full?", keep.kind, error)
            return
        self._counted_to = self._outbox.place_of(letter.id) or self._counted_to

    async def _let_out(self, done: ev.Done) -> None:
        """The passage cannot be kept (disk full or broken), which ends the agent, and an open gate with it. Nobody is
        locked in for that: it ends when the gate has been open as long as ever."""
        for action in done:
            if isinstance(action, ev.Open) and action.direction == "out":
                self._move(action, None)
                await asyncio.sleep(action.seconds)

    def _begin(self, ask: ev.Ask) -> None:
        """The gate goes on while the hub is asked."""
        task = asyncio.create_task(self._ask(ask))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _ask(self, ask: ev.Ask) -> None:
        seconds = self.settings.hub_seconds
        letter = self._uplink.letter(ask.asked, ends=seconds)
        found = None
        try:
            found = await self._uplink.ask(Kind.ASK_ENTRY, letter, m.EntryAnswered, seconds)
        except HubAwayError as away:
            log.info("unknown card: %s", away)
        self._events.put_nowait(ev.Answered(ask.question, found))

    def _remembered(self) -> GateState:
        """What was saved, with the events that were kept after it."""
        calendar = self.books.rules.calendar
        kept = self._memory.load(day_begins(self._clock(), calendar))
        missed = self._outbox.waiting(kept.counted_to, MOST_WAITING)
        occupancy, by_beams = kept.occupancy, self.settings.counts == "beams"
        for one in missed:
            occupancy = recounted(occupancy, one.letter.body, one.letter.at, by_beams=by_beams)
        self._counted_to = missed[-1].seq if missed else kept.counted_to
        return GateState(occupancy, emergency=kept.emergency, locked=kept.locked)


def _message(show: ev.Show, at: datetime) -> GateMessage:
    reason = show.reason
    is_hint = reason is None or reason.code is Code.REPEATED_TAP
    return GateMessage(
        opens=show.opens,
        direction=show.direction,
        name=first_name(show.name),
        code="" if reason is None or is_hint else reason.code,
        values={} if reason is None else dict(reason.values),
        at=at,
    )
