"""A gate at work: card → decision from the replica → event on disk → relay. The hub is not asked."""

import asyncio
import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from samut_edge.books import Books
from samut_edge.clock import Clock
from samut_edge.devices.gate_io import GateIO
from samut_edge.events import CardKind, CardTapped, CodeScanned, PartEvent
from samut_edge.flows.gate import Direction, GateState, Tap, Verdict, decide_tap
from samut_edge.local_clerk import shown
from samut_edge.outbox import Outbox
from samut_edge.taps import TapTimes
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.configuration import GateSettings
from samut_wire.topics import Kind


@dataclass(frozen=True, slots=True)
class GateMessage:
    """What the gate's screen shows for a few seconds. `code` is empty when all is well."""

    opens: bool
    direction: Direction
    name: str
    code: str
    values: dict[str, str | int]
    at: datetime


class Gate:
    """Takes its parts' events one after the other; `shown` is the last message, `changed` is set with each."""

    def __init__(
        self, settings: GateSettings, books: Books, outbox: Outbox, uplink: Uplink, *, card_key: bytes, clock: Clock
    ) -> None:
        self._settings = settings
        self._books = books
        self._outbox = outbox
        self._uplink = uplink
        self._card_key = card_key
        self._clock = clock
        self._state = GateState()
        self._events: asyncio.Queue[CardTapped | CodeScanned] = asyncio.Queue()
        self.io: GateIO | None = None
        self.taps = TapTimes()
        self.shown: GateMessage | None = None
        self.changed = asyncio.Condition()

    def happen(self, event: PartEvent) -> None:
        """An event of one of the gate's parts."""
        if isinstance(event, CardTapped | CodeScanned):
            self._events.put_nowait(event)

    async def run(self) -> None:
        """Never ends by itself."""
        while True:
            await self._take(await self._events.get())

    def open_by_staff(self, seconds: float) -> None:
        """Somebody at the hub opens the gate."""
        if self.io is not None:
            self.io.open(seconds)
            self.io.say_yes()

    def identify(self) -> None:
        if self.io is not None:
            self.io.say_yes()
            self.io.say_no()

    async def _take(self, event: CardTapped | CodeScanned) -> None:
        direction = self._settings.directions.get(event.part, "in")
        asked, card = self._asked(event)
        row = self._books.member(asked)
        now = self._clock()
        facts = self._books.member_facts(row, now) if row else None
        tap = Tap(card, direction, facts, now)
        repeat = timedelta(seconds=self._settings.repeat_seconds)
        self._state, verdict = decide_tap(self._state, tap, self._books.rules.calendar, repeat)
        if verdict.counts:
            try:
                await self._record(event.part, direction, row.number if row else "", verdict, now)
            except sqlite3.Error:
                self._let_out(direction)
                raise
        self._act(verdict, event.seen_ns)
        await self._show(verdict, direction, row.name if row else "", now)

    def _asked(self, event: CardTapped | CodeScanned) -> tuple[m.MemberAsked, str]:
        if isinstance(event, CodeScanned):
            return m.MemberAsked(number=event.text.strip()), event.text.strip()
        if event.kind is CardKind.NUMBER:
            return m.MemberAsked(number=event.value), event.value
        card = card_hash(self._card_key, event.kind, event.value)
        return m.MemberAsked(card=card), card

    async def _record(self, reader: str, direction: Direction, member: str, verdict: Verdict, now: datetime) -> None:
        body = m.PassageRecorded(
            reader=reader,
            direction=direction,
            allowed=verdict.opens,
            member=member,
            reasons=tuple(map(shown, verdict.reasons)),
        )
        await self._outbox.add(Kind.PASSAGE, self._uplink.letter(body, at=now))

    def _let_out(self, direction: Direction) -> None:
        """The passage cannot be kept (disk full or broken), which ends the agent; but nobody is locked in for it."""
        if direction == "out" and self.io is not None:
            self.io.open(self._settings.open_seconds)

    def _act(self, verdict: Verdict, seen_ns: int) -> None:
        if self.io is None:
            return
        if not verdict.opens:
            self.io.say_no()
            return
        self.io.open(self._settings.open_seconds)
        self.taps.note(time.perf_counter_ns() - seen_ns)
        self.io.say_yes()

    async def _show(self, verdict: Verdict, direction: Direction, name: str, now: datetime) -> None:
        reason = verdict.reasons[0] if verdict.reasons else None
        self.shown = GateMessage(
            opens=verdict.opens,
            direction=direction,
            name=name,
            code=reason.code if reason else "",
            values=dict(reason.values) if reason else {},
            at=now,
        )
        async with self.changed:
            self.changed.notify_all()
