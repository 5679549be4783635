"""The link to the hub: questions with a time limit, the outbox in order, orders and replicas from the hub.

Offline is a state: every method returns, the link comes back by itself.
"""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from samut_edge.clock import Clock, TrueTime, milliseconds
from samut_edge.identity import note_meeting, pair_of
from samut_edge.outbox import Outbox
from samut_edge.replay import WINDOW, Replay
from samut_edge.settings import Settings
from samut_edge.trust import trust
from samut_wire import messages as m
from samut_wire.codec import Letter, decode, encode
from samut_wire.errors import WireError
from samut_wire.ids import command_id
from samut_wire.loading import left_out
from samut_wire.topics import TOPICS, Direction, Kind, read_topic

with left_out("dns"):  # it looks up which host serves MQTT; ours is in the settings
    import aiomqtt

log = logging.getLogger(__name__)

M = TypeVar("M", bound=m.Message)

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0
TIME_SECONDS, TIME_TRIES = 2.0, 3
TIME_AGAIN = 60.0
"""How long, and how often, the hub is asked for the time; one of earlier software does not answer. It may also come
later than its broker: while the time is not known it is asked once more when it confirms, and every minute."""
Receive = Callable[[Kind, Letter], Awaitable[None]]
State = Callable[[], m.DeviceState]


class HubAwayError(Exception):
    """The hub is not connected or did not answer in time; in the second case it may have acted (`asked`)."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__("the hub did not answer" if asked else "the hub is not connected")
        self.asked = asked


class Uplink:
    """One connection to the broker; `away_since` is when it was lost, None while it is there.

    `address` may be a virtual cable's instead of the broker's own.
    """

    def __init__(
        self, settings: Settings, outbox: Outbox, clock: Clock, *, boot: str, address: tuple[str, int]
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._clock = clock
        self._boot = boot
        self._address = address
        self._seq = 0
        self._has_met = False
        self._again = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._questions: dict[str, asyncio.Future[Letter]] = {}
        self._confirmed = asyncio.Event()
        self._hub_is_ahead = timedelta()
        self.away_since: datetime | None = clock()

    @property
    def is_connected(self) -> bool:
        return self._client is not None

    def reconnect(self) -> None:
        """Begin a new connection, as with a new certificate."""
        self._again.set()

    def letter(self, body: m.Message, *, at: datetime | None = None, re: str = "", ends: float = 0) -> Letter:
        """A letter of this boot, in answer to `re`. With `ends` it is void after so many seconds."""
        now = self._clock()
        self._seq += 1
        return Letter(
            id=command_id(milliseconds(now)),
            at=at or now,
            body=body,
            boot=self._boot,
            seq=self._seq,
            re=re,
            exp=now + timedelta(seconds=ends) if ends else None,
        )

    async def ask(self, kind: Kind, letter: Letter, answer: type[M], seconds: float) -> M:
        """Ask the hub and wait so long at most; raises HubAwayError."""
        if self._client is None:
            raise HubAwayError(asked=False)
        waiting: asyncio.Future[Letter] = asyncio.get_running_loop().create_future()
        self._questions[letter.id] = waiting
        try:
            async with asyncio.timeout(seconds):
                await self._publish(kind, letter)
                body = (await waiting).body
        except (TimeoutError, aiomqtt.MqttError):
            raise HubAwayError(asked=True) from None
        finally:
            self._questions.pop(letter.id, None)
        if not isinstance(body, answer):
            raise HubAwayError(asked=True)
        return body

    async def tell(self, kind: Kind, body: m.Message, *, re: str = "") -> None:
        """Send if connected; what is said this way is said again later anyway, or a person does it once more."""
        with contextlib.suppress(aiomqtt.MqttError):
            await self._publish(kind, self.letter(body, re=re))

    async def run(self, receive: Receive, state: State, description: Callable[[], m.DeviceDescription]) -> None:
        """Stay connected until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._connect(state) as client:
                    pause = FIRST_PAUSE
                    await self._live(client, receive, state, description)
            except* (aiomqtt.MqttError, OSError) as away:
                log.info("hub away: %s", away.exceptions)
            finally:
                self._client = None
                self.away_since = self.away_since or self._clock()
            _end_if_cancelled()
            await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 — not all devices in the same moment
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(
        self,
        client: aiomqtt.Client,
        receive: Receive,
        state: State,
        description: Callable[[], m.DeviceDescription],
    ) -> None:
        self._again.clear()
        wanted = [t for t in TOPICS.values() if t.direction is Direction.TO_EDGE]
        await client.subscribe([(topic.of(self._settings.device), topic.qos) for topic in wanted])
        _end_if_cancelled()
        self._client, self.away_since = client, None
        await self._publish(Kind.STATE, self.letter(state()))
        await self._publish(Kind.DESCRIPTION, self.letter(description()))
        async with asyncio.TaskGroup() as tasks:
            works = (self._send_outbox(), self._ask_for_time_again(), self._end_when_asked())
            beside = [tasks.create_task(work) for work in works]
            try:
                async for message in client.messages:
                    await self._take(str(message.topic), message.payload, receive)
            finally:
                for task in beside:
                    task.cancel()

    async def _end_when_asked(self) -> None:
        await self._again.wait()
        raise aiomqtt.MqttError("begun anew")

    @property
    def _knows_time(self) -> bool:
        return not isinstance(self._clock, TrueTime) or self._clock.is_known

    async def _ask_for_time_again(self) -> None:
        while not self._knows_time:
            await asyncio.sleep(TIME_AGAIN)
            await self._learn_time(tries=1)

    async def _learn_time(self, tries: int = TIME_TRIES) -> None:
        """What happened before the time was known goes out with its own."""
        clock = self._clock
        if not isinstance(clock, TrueTime):
            return
        for _ in range(tries):
            if clock.is_kept_by_kernel:
                break
            with contextlib.suppress(HubAwayError):
                await self.ask(Kind.ASK_TIME, self.letter(m.TimeAsked(), ends=TIME_SECONDS), m.TimeTold, TIME_SECONDS)
                break
        await self._outbox.correct()

    async def _take(self, topic: str, payload: object, receive: Receive) -> None:
        try:
            _, row = read_topic(topic)
            letter = decode(row, payload if isinstance(payload, bytes) else b"")
        except WireError as error:
            log.warning("message of the hub dropped: %s", error)
            return
        self._note_meeting()
        if letter.re:
            if letter.re in self._questions and isinstance(self._clock, TrueTime):
                self._clock.learn(letter.at)
            self._hub_is_ahead = letter.at - self._clock()
        if letter.re in self._questions:
            _answer(self._questions[letter.re], letter)
        elif isinstance(letter.body, m.EventsAcknowledged):
            await self._outbox.confirm(letter.body.ids)
            self._confirmed.set()
        elif not letter.is_void(self._clock() + self._hub_is_ahead):
            await receive(row.kind, letter)

    def _note_meeting(self) -> None:
        """From its first letter on the device is of this hub alone."""
        if not self._has_met:
            self._has_met = True
            with contextlib.suppress(OSError):
                note_meeting(self._settings.folder)

    async def _send_outbox(self) -> None:
        """Send what waits, oldest first, for as long as this connection lasts."""
        await self._learn_time()
        replay, moment = Replay(self._outbox), asyncio.get_running_loop().time
        self._confirmed.clear()
        is_first = True
        while True:
            self._outbox.added.clear()
            if self._confirmed.is_set():
                self._confirmed.clear()
                if is_first and not self._knows_time:
                    await self._learn_time(tries=1)
                is_first = False
                replay.confirmed(moment())
            for waiting in replay.due(moment()):
                await self._publish(waiting.kind, waiting.letter)
            await self._something_new(replay.seconds(moment()))

    async def _something_new(self, seconds: float | None) -> None:
        """Wait for a new or a confirmed event, so long at most."""
        news = [asyncio.create_task(event.wait()) for event in (self._outbox.added, self._confirmed)]
        try:
            await asyncio.wait(news, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in news:
                task.cancel()

    async def _publish(self, kind: Kind, letter: Letter) -> None:
        if self._client is None:
            raise aiomqtt.MqttError("not connected")
        topic = TOPICS[kind]
        await self._client.publish(
            topic.of(self._settings.device), encode(letter), qos=topic.qos, retain=topic.retained
        )
        _end_if_cancelled()

    def _connect(self, state: State) -> aiomqtt.Client:
        hub, device = self._settings.hub, self._settings.device
        topic = TOPICS[Kind.STATE]
        will = self.letter(m.DeviceState(online=False))
        knows_time = not isinstance(self._clock, TrueTime) or self._clock.is_kept_by_kernel
        context = trust(self._settings.file(hub.ca), knows_time=knows_time)
        pair = pair_of(self._settings)
        context.load_cert_chain(pair.certificate, pair.key)
        host, port = self._address
        return aiomqtt.Client(
            host,
            port,
            identifier=device,
            clean_session=False,
            keepalive=15,
            timeout=5,
            will=aiomqtt.Will(topic.of(device), encode(will), topic.qos, topic.retained),
            tls_context=context,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            max_inflight_messages=WINDOW,
        )


def _end_if_cancelled() -> None:
    """What the library waits for may hide that this task was told to end: the failure to take leave over a line that
    broke, or (asyncio.wait_for before Python 3.12) an answer that came in the same moment."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _answer(question: asyncio.Future[Letter], letter: Letter) -> None:
    if not question.done():
        question.set_result(letter)
