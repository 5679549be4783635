"""What a bench uses inside the machine: saying what was seen, and waiting with an emulated processor's patience."""

import asyncio
import faulthandler
import json
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

PATIENCE = 60.0
SAID = Path("/dev/ttyS1")


def say(name: str, seen: Any) -> None:
    """One line to the host, where a test compares it."""
    with SAID.open("w") as line:
        line.write(json.dumps({"name": name, "seen": seen}) + "\n")
    print(name, seen, flush=True)


async def until(true: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether it came true in time; a bench says so instead of stopping."""
    end = time.monotonic() + seconds
    while not (came := true()) and time.monotonic() < end:
        await asyncio.sleep(0.01)
    return bool(came)


def run(bench: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """The bench from its beginning to its end, which is said too; one that hangs shows where on the screen."""
    faulthandler.dump_traceback_later(2 * PATIENCE, repeat=True)
    asyncio.run(bench())
    say("end", True)
