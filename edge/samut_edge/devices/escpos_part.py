"""An ESC/POS slip printer, whatever its plug: asks for its state, prints, loses it and finds it again."""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import AsyncIterator

from samut_edge.devices.escpos_channel import EscposChannel
from samut_edge.devices.escpos_job import EscposJob, drawer_pulse, slip_job
from samut_edge.devices.escpos_line import EscposLine
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.part import Emit, PartState, PartStatus
from samut_edge.devices.printer import CANNOT_PRINT, PrinterError
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.errors import SettingsError
from samut_edge.slip import Slip
from samut_edge.slip_image import check_fonts

ASK_EVERY_SECONDS = 5.0
CONNECT_SECONDS = 3.0


class EscposPart(RunningPart):
    """The line is opened for each conversation: most printers take a single one, and a lost one is noticed so.

    Raises SettingsError when this computer cannot draw Thai.
    """

    def __init__(self, name: str, options: EscposOptions, emit: Emit) -> None:
        trouble = check_fonts()
        if trouble:
            raise SettingsError(f"Part “{name}”: {trouble}")
        super().__init__(name, emit)
        self.options = options
        self._turn = asyncio.Lock()
        self._lost = asyncio.Event()

    @property
    @abstractmethod
    def where(self) -> str:
        """For the technician: address or path."""

    @abstractmethod
    async def _open(self) -> EscposChannel:
        """Raises OSError, or AwayError with a better sentence."""

    async def ask_status(self) -> PartStatus:
        try:
            async with self._connected() as line:
                status = await line.status()
        except AwayError as away:
            status = PartStatus(PartState.OFFLINE, str(away))
        self._became(status.state, status.detail)
        return status

    async def print_slip(self, slip: Slip) -> PartStatus:
        return await self.print_job(await asyncio.to_thread(slip_job, slip, self.options))

    async def print_job(self, job: EscposJob) -> PartStatus:
        """Raises PrinterError when it did not come out, or not wholly."""
        begun = False
        try:
            async with self._connected() as line:
                before = await self._ready(line)
                begun = True
                finished = await line.print(job.octets, job.rows, confirm=before.state is not PartState.UNKNOWN)
                return await self._afterwards(line, before, finished=finished)
        except AwayError as away:
            self._became(PartState.OFFLINE, str(away))
            what = "not wholly printed" if begun else "not printed"
            raise PrinterError(f"The slip is {what}: {away}.", begun=begun) from away

    async def open_drawer(self) -> None:
        """Raises PrinterError when the printer cannot be reached, or has no drawer by its settings."""
        if self.options.drawer is None:
            raise PrinterError(f"The printer “{self.name}” has no `drawer` in its settings.")
        try:
            async with self._connected() as line:
                await line.send(drawer_pulse(self.options.drawer))
        except AwayError as away:
            raise PrinterError(f"The drawer stays shut: {away}.") from away

    async def _ready(self, line: EscposLine) -> PartStatus:
        status = await line.status()
        self._became(status.state, status.detail)
        if status.state in CANNOT_PRINT:
            raise PrinterError(f"The slip is not printed: {status.detail}.")
        return status

    async def _afterwards(self, line: EscposLine, before: PartStatus, *, finished: bool) -> PartStatus:
        """A printer that answered before and is silent now was switched off, or pulled out: that is no success."""
        after = await line.status()
        self._became(after.state, after.detail)
        fell_silent = after.state is PartState.UNKNOWN and before.state is not PartState.UNKNOWN
        if not finished and (fell_silent or after.state in CANNOT_PRINT):
            raise PrinterError(f"The slip is not wholly printed: {after.detail}.", begun=True)
        return after

    async def _work(self) -> None:
        while True:
            self._lost.clear()
            status = await self.ask_status()
            if status.state is PartState.OFFLINE:
                raise AwayError(status.detail)
            with contextlib.suppress(TimeoutError):
                # not wait_for: in Python 3.11 that forgets a cancellation which comes together with the event
                async with asyncio.timeout(ASK_EVERY_SECONDS):
                    await self._lost.wait()

    def _became(self, state: PartState, detail: str = "") -> None:
        super()._became(state, detail)
        if state is PartState.OFFLINE:
            self._lost.set()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[EscposLine]:
        """One conversation at a time."""
        async with self._turn:
            channel: EscposChannel | None = None
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    channel = await self._open()
                yield EscposLine(channel)
            except (OSError, EOFError) as error:
                raise AwayError(f"{self.where} does not answer ({error})") from error
            finally:
                if channel is not None:
                    await channel.close()
