"""What comes from the hub without being asked for: orders of staff, changes of the replica, offers of snapshots."""

import asyncio
import logging
from collections.abc import Callable

from samut_edge.desk import Desk
from samut_edge.gate import Gate
from samut_edge.recent_log import recent
from samut_edge.replica import Replica
from samut_edge.setting_up import SettingUp, restart
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind

log = logging.getLogger(__name__)


class Orders:
    """`take` is called for each letter in its turn; what takes long goes on beside it. Orders are done once.
    `end` ends the agent."""

    def __init__(
        self,
        uplink: Uplink,
        replica: Replica,
        fetcher: SnapshotFetcher,
        flow: Gate | Desk | None = None,
        *,
        setting_up: SettingUp | None = None,
        end: Callable[[], None] = restart,
    ) -> None:
        self._uplink = uplink
        self._replica = replica
        self._fetcher = fetcher
        self._gate = flow if isinstance(flow, Gate) else None
        self._desk = flow if isinstance(flow, Desk) else None
        self._setting_up = setting_up
        self._end = end
        self._carried_out: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._fetching: asyncio.Task[None] | None = None
        self._held: list[m.ReplicaDelta] = []
        self._following = asyncio.Lock()

    async def take(self, kind: Kind, letter: Letter) -> None:
        match letter.body:
            case m.ReplicaDelta():
                await self._follow(letter.body)
            case m.SnapshotOffered():
                self._fetch(letter.body)
            case m.DeviceConfigured() as wanted if self._setting_up is not None:
                await self._setting_up.take(wanted)
            case m.LogsWanted(lines=lines):
                await self._tell_log(letter, lines)
            case m.EmergencyDeclared() | m.GateLocked() | m.OccupancyCorrected() | m.ClassLetIn():
                await self._carry_out(letter)
            case m.GateOpened() | m.DeviceIdentified() | m.AgentRestarted() | m.UpdateOrdered():
                await self._carry_out(letter)
            case m.SlipOrdered() | m.IdentityWanted():
                self._begin(letter)
            case m.StaffTold() as staff if self._desk is not None:
                self._desk.told_of_staff(staff)
            case _:
                log.info("answer came too late: %s", kind)

    async def _follow(self, delta: m.ReplicaDelta) -> None:
        """A delta that comes while a snapshot is under way waits for it."""
        self._held.append(delta)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """One delta after the other, as they came."""
        async with self._following:
            while self._held and self._fetching is None:
                if not await self._replica.follow(self._held.pop(0)):
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
        await self._catch_up()

    async def _carry_out(self, letter: Letter) -> None:
        if not self._is_new(letter):
            return
        await self._answer(letter, self._do(letter.body))
        if isinstance(letter.body, m.AgentRestarted):
            self._end()

    async def _tell_log(self, letter: Letter, lines: int) -> None:
        if not self._is_new(letter):
            return
        parts = recent.parts(lines)
        for number, text in enumerate(parts, 1):
            await self._uplink.tell(Kind.LOG, m.LogTold(part=number, of=len(parts), text=text), re=letter.id)
        await self._answer(letter, "")

    def _begin(self, letter: Letter) -> None:
        """Paper and people take their time; the letters behind this one do not wait for them."""
        if self._is_new(letter):
            task = asyncio.create_task(self._do_at_desk(letter))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _do_at_desk(self, letter: Letter) -> None:
        detail = "this device is not a desk"
        match letter.body:
            case m.SlipOrdered() as slip if self._desk is not None:
                detail = await self._desk.print_slip(slip, job=letter.id)
            case m.IdentityWanted() as wanted if self._desk is not None:
                detail = await self._desk.read_identity(letter, wanted)
        await self._answer(letter, detail)

    def _is_new(self, letter: Letter) -> bool:
        is_new = letter.id not in self._carried_out
        self._carried_out.add(letter.id)
        return is_new

    async def _answer(self, letter: Letter, detail: str) -> None:
        await self._uplink.tell(Kind.COMMAND_DONE, m.CommandDone(id=letter.id, done=not detail, detail=detail))

    def _do(self, body: m.Message) -> str:
        """Empty when done, else why not."""
        match body:
            case m.GateOpened() | m.EmergencyDeclared() | m.GateLocked() | m.OccupancyCorrected() | m.ClassLetIn():
                return "this device is not a gate" if self._gate is None else self._gate.obey(body)
            case m.DeviceIdentified() if self._gate is not None:
                self._gate.identify()
            case m.DeviceIdentified():
                return "this device has no lamp"
            case m.UpdateOrdered():
                return "this device cannot update itself"
            case _:
                pass
        return ""
