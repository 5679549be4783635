"""What comes from the hub without being asked for: orders of staff, changes of the replica, offers of snapshots."""

import asyncio
import logging
import os
import signal

from samut_edge.gate import Gate
from samut_edge.replica import Replica
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

LONGEST_OPENING = 30.0
"""Seconds; no order from afar holds a gate open longer."""


class Orders:
    """`take` is called for each letter in its turn; what takes long goes on beside it. Orders are done once."""

    def __init__(self, uplink: Uplink, replica: Replica, fetcher: SnapshotFetcher, gate: Gate | None) -> None:
        self._uplink = uplink
        self._replica = replica
        self._fetcher = fetcher
        self._gate = gate
        self._carried_out: set[str] = set()
        self._fetching: asyncio.Task[None] | None = None
        self._held: list[m.ReplicaDelta] = []

    async def take(self, kind: Kind, letter: Letter) -> None:
        match letter.body:
            case m.ReplicaDelta():
                await self._follow(letter.body)
            case m.SnapshotOffered():
                self._fetch(letter.body)
            case m.GateOpened() | m.DeviceIdentified() | m.AgentRestarted():
                await self._carry_out(letter)
            case _:
                log.info("answer came too late: %s", kind)

    async def _follow(self, delta: m.ReplicaDelta) -> None:
        """A delta that comes while a snapshot is under way waits for it."""
        if self._fetching is not None:
            self._held.append(delta)
        elif not self._replica.apply(delta):
            await self._ask_for_snapshot()

    async def _ask_for_snapshot(self) -> None:
        await self._uplink.tell(Kind.ASK_REPLICA, m.ReplicaAsked(version=self._replica.version))

    def _fetch(self, offer: m.SnapshotOffered) -> None:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_until_taken(offer))

    async def _fetch_until_taken(self, offer: m.SnapshotOffered) -> None:
        try:
            taken = await self._fetcher.take(offer)
        finally:
            self._fetching = None
        if not taken:
            await self._ask_for_snapshot()
        held, self._held = self._held, []
        for delta in held:
            await self._follow(delta)

    async def _carry_out(self, letter: Letter) -> None:
        if letter.id in self._carried_out:
            return
        self._carried_out.add(letter.id)
        detail = self._do(letter.body)
        await self._uplink.tell(Kind.COMMAND_DONE, m.CommandDone(id=letter.id, done=not detail, detail=detail))
        if isinstance(letter.body, m.AgentRestarted):
            os.kill(os.getpid(), signal.SIGTERM)

    def _do(self, body: m.Message) -> str:
        """Empty when done, else why not."""
        match body:
            case m.GateOpened(seconds=seconds) if self._gate is not None:
                self._gate.open_by_staff(min(seconds, LONGEST_OPENING))
            case m.GateOpened():
                return "this device is not a gate"
            case m.DeviceIdentified() if self._gate is not None:
                self._gate.identify()
            case m.DeviceIdentified():
                return "this device has no lamp"
            case _:
                pass
        return ""
