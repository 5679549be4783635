"""The life of a part that looks for its hardware, works with it, loses it and looks again."""

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from samut_edge.devices.part import Emit, PartState, PartStatus
from samut_edge.events import PartChanged

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0


class AwayError(Exception):
    """The hardware cannot be reached now; the sentence becomes the part's status."""


class RunningPart(ABC):
    """Begins `_work` again, after a short and growing pause, each time the hardware was lost.

    A fault that is not AwayError is a mistake in the driver: it goes to the event loop's exception handler.
    """

    def __init__(self, name: str, emit: Emit) -> None:
        self.name = name
        self._emit = emit
        self._status = PartStatus(PartState.OFFLINE, "not started")
        self._life: asyncio.Task[None] | None = None
        self._pause = FIRST_PAUSE

    @property
    def status(self) -> PartStatus:
        return self._status

    @abstractmethod
    async def _work(self) -> None:
        """Connect, say `_became`, and work until the hardware is lost: then raise AwayError."""

    def _became(self, state: PartState, detail: str = "") -> None:
        status = PartStatus(state, detail)
        if state is not PartState.OFFLINE:
            self._pause = FIRST_PAUSE
        if status != self._status:
            self._status = status
            self._emit(PartChanged(self.name))

    async def __aenter__(self) -> Self:
        self._life = asyncio.create_task(self._live(), name=self.name)
        self._life.add_done_callback(self._tell_fault)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait([self._life])

    async def _live(self) -> None:
        while True:
            try:
                await self._work()
            except AwayError as away:
                self._became(PartState.OFFLINE, str(away))
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _tell_fault(self, life: asyncio.Task[None]) -> None:
        fault = None if life.cancelled() else life.exception()
        if fault is not None:
            message = f"The driver of part “{self.name}” failed"
            life.get_loop().call_exception_handler({"message": message, "exception": fault, "task": life})
