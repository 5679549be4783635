"""A printer with its queue: one slip after the other, none lost by a restart, none twice without saying so."""

import asyncio
import contextlib
import logging
import sqlite3
import uuid
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from samut_edge.clock import Clock
from samut_edge.devices.part import PartStatus
from samut_edge.devices.printer import CANNOT_PRINT, Printer, PrinterError
from samut_edge.print_jobs import PrintJob, PrintJobs
from samut_edge.slip import Slip

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 20.0
"""How long a slip that somebody waits for is kept while the printer cannot print; then that person is told."""
PATIENCE_AFTER_RESTART = 300.0
OLDEST = timedelta(hours=1)
LOOK_SECONDS = 0.5


class SlipQueue:
    """Speaks like the printer. Enter it once the printer is entered: what waited is printed first."""

    def __init__(self, printer: Printer, jobs: PrintJobs, clock: Clock, patience: float = PATIENCE_SECONDS) -> None:
        self.name = printer.name
        self._printer = printer
        self._jobs = jobs
        self._clock = clock
        self._patience = patience
        self._queue: asyncio.Queue[tuple[PrintJob, float]] = asyncio.Queue()
        self._ends: dict[str, asyncio.Future[str]] = {}
        self._life: asyncio.Task[None] | None = None

    @property
    def status(self) -> PartStatus:
        return self._printer.status

    async def ask_status(self) -> PartStatus:
        return await self._printer.ask_status()

    async def print_slip(self, slip: Slip, *, job: str = "") -> PartStatus:
        """Print it, or raise PrinterError.

        `job` is its order's number: the same order is printed once, whenever it comes. Without one every call is a
        job of its own.
        """
        job = job or uuid.uuid4().hex
        trouble = await self._outcome(job)
        if trouble is None:
            if job not in self._ends:
                await self._keep(PrintJob(job, slip, self._clock()))
            trouble = await asyncio.shield(self._ends[job])
        if trouble:
            raise PrinterError(trouble)
        return self._printer.status

    async def __aenter__(self) -> Self:
        for job in await self._jobs.waiting(self.name):
            self._line_up(job, PATIENCE_AFTER_RESTART)
        self._life = asyncio.create_task(self._print_all(), name=f"slips of {self.name}")
        self._life.add_done_callback(self._tell_fault)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait([self._life])

    async def _outcome(self, job: str) -> str | None:
        with contextlib.suppress(sqlite3.Error):
            return await self._jobs.outcome(job)
        return None

    async def _keep(self, job: PrintJob) -> None:
        self._ends[job.id] = asyncio.get_running_loop().create_future()
        try:
            await self._jobs.add(self.name, job)
        except sqlite3.Error as error:
            trouble = f"The slip is not printed: it cannot be kept on the disk ({error}). Make room there."
            self._ends.pop(job.id).set_result(trouble)
            raise PrinterError(trouble) from error
        self._line_up(job, self._patience)

    def _line_up(self, job: PrintJob, patience: float) -> None:
        loop = asyncio.get_running_loop()
        self._ends.setdefault(job.id, loop.create_future())
        self._queue.put_nowait((job, loop.time() + patience))

    async def _print_all(self) -> None:
        while True:
            job, until = await self._queue.get()
            trouble = await self._print(job, until)
            try:
                await self._jobs.end(job.id, self._clock(), trouble)
            except sqlite3.Error as error:
                log.warning("Slip %s may be printed again, as a copy: its end cannot be noted (%s)", job.id, error)
            self._ends.pop(job.id).set_result(trouble)

    async def _print(self, job: PrintJob, until: float) -> str:
        """Empty when it came out, else why not."""
        while True:
            if self._clock() - job.asked_at > OLDEST:
                log.warning("Slip %s is dropped: it is older than an hour", job.id)
                return "The slip is not printed: it waited for more than an hour."
            try:
                return await self._try(job)
            except PrinterError as error:
                job = replace(job, begun=job.begun or error.begun)
                if not self._may_wait(until):
                    log.warning("Slip %s is given up: %s", job.id, error)
                    return str(error)
            except sqlite3.Error as error:
                return f"The slip is not printed: nothing can be noted on the disk ({error}). Make room there."
            except Exception as error:  # whatever is wrong with this slip, the next ones are printed
                log.exception("Slip %s is given up: it cannot be drawn or sent", job.id)
                return f"The slip is not printed ({type(error).__name__}). The device's log tells why."
            await asyncio.sleep(LOOK_SECONDS)

    async def _try(self, job: PrintJob) -> str:
        """A slip of which some may be out already says that it is a copy. Raises PrinterError."""
        status = await self._printer.ask_status()
        if status.state in CANNOT_PRINT:
            raise PrinterError(f"The slip is not {'wholly ' if job.begun else ''}printed: {status.detail}.")
        await self._jobs.begin(job.id)
        try:
            await self._printer.print_slip(replace(job.slip, copy=job.begun))
        except PrinterError as error:
            if not error.begun and not job.begun:
                await self._jobs.begin(job.id, begun=False)
            raise
        return ""

    def _tell_fault(self, life: asyncio.Task[None]) -> None:
        fault = None if life.cancelled() else life.exception()
        if fault is not None:
            message = f"The queue of printer “{self.name}” failed"
            life.get_loop().call_exception_handler({"message": message, "exception": fault, "task": life})

    def _may_wait(self, until: float) -> bool:
        """For paper, a shut cover, power; not where the printer says that all is well."""
        return self._printer.status.state in CANNOT_PRINT and asyncio.get_running_loop().time() < until
