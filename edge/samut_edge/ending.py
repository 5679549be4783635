"""The agent ends to be started anew: at once, or when whoever stands before the kiosk has finished."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from samut_edge.setting_up import restart

MOST_SECONDS = 120.0
"""After so long it ends all the same: a screen that nobody touches goes home long before."""


class Ending:
    """Call it to end the agent, as often as you like. `visit_over` returns between two visits; None: nobody is
    interrupted here."""

    def __init__(
        self,
        visit_over: Callable[[], Awaitable[None]] | None = None,
        *,
        end: Callable[[], None] = restart,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._visit_over = visit_over
        self._end = end
        self._most_seconds = most_seconds
        self._waiting: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        if self._visit_over is None:
            self._end()
        elif self._waiting is None:
            self._waiting = asyncio.create_task(self._end_after(self._visit_over))

    async def _end_after(self, visit_over: Callable[[], Awaitable[None]]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._most_seconds):
                await visit_over()
        self._end()
