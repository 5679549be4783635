"""A counter that is switched off and on, and whose clock nobody can trust."""

import asyncio
import contextlib
import time
from datetime import timedelta
from pathlib import Path

from samut_edge.clock import TrueTime
from tests.soak.faults.day import now
from tests.system.counter import Counter, counter_in


class CounterPlace:
    """Who works here holds `turn`. `off` is by how much its clock is wrong; nothing keeps that clock then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.turn = asyncio.Lock()
        self.off = timedelta()
        self._boot = 0
        self._life = contextlib.AsyncExitStack()
        self.counter: Counter

    async def switch_on(self) -> None:
        self._boot += 1
        began = time.monotonic()
        clock = TrueTime(
            self.folder,
            system=lambda: now() + self.off,
            ticks=lambda: time.monotonic() - began,
            boot=f"boot {self._boot}",
            is_synchronised=lambda: not self.off,
        )
        self.counter = await self._life.enter_async_context(counter_in(self.folder, clock))

    async def switch_off(self) -> None:
        await self._life.aclose()

    async def restart(self, off: timedelta) -> None:
        """Switched on again it shows another time."""
        async with self.turn:
            await self.switch_off()
            self.off = off
            await self.switch_on()
