"""A child process with one part at work, for hardware that only a preloaded library shows: one line of JSON an event.

Started as `python -m tests.edge.drivers.part_at_work <driver> <options as JSON>`; ends when its input ends.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from samut_edge.drivers import create_part
from samut_edge.events import PartChanged, PartEvent


class PartAtWork:
    """The parent's end of it: what the part told, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def next(self, what: str) -> dict[str, Any]:
        """The next line, which must be of this kind."""
        assert self._process.stdout is not None
        async with asyncio.timeout(15):
            line = json.loads(await self._process.stdout.readline())
        assert line["what"] == what, line
        return dict(line)

    async def text(self) -> str:
        return str((await self.next("CodeScanned"))["text"])

    async def is_ready(self) -> None:
        """Reads states until it is; anything else fails."""
        while (await self.next("status"))["state"] != "ready":
            pass


@asynccontextmanager
async def at_work(
    driver: str, options: Mapping[str, Any], environment: Mapping[str, str]
) -> AsyncIterator[PartAtWork]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.edge.drivers.part_at_work", driver, json.dumps(options)),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield PartAtWork(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def _work(driver: str, options: Mapping[str, Any]) -> None:
    def tell(event: PartEvent) -> None:
        told = {"what": type(event).__name__, **asdict(event)}
        if isinstance(event, PartChanged):
            told = {"what": "status", "state": part.status.state, "detail": part.status.detail}
        print(json.dumps(told), flush=True)

    part = create_part("scanner", driver, options, tell)
    async with part:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], json.loads(sys.argv[2])))
