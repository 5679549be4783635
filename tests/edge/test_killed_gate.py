"""A gate that is killed in the middle of a rush, again and again: what it counts is what it kept."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.edge.drivers.heard import story
from tests.edge.standing_gate import standing

RUSH = """
import asyncio, sys
from pathlib import Path
from samut_edge.events import CodeScanned
from tests.edge.standing_gate import standing

async def main():
    async with standing(Path(sys.argv[1]), repeat_seconds=0.0) as at:
        print("ready", flush=True)
        while True:
            await at.happens(CodeScanned("in", "10001", 0))

asyncio.run(main())
"""
ROUNDS = 4


def rush(folder: Path, seconds: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RUSH, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    child.stdout.close()


@pytest.mark.requirement("H-03")
@story
async def test_the_count_is_right_after_each_kill(tmp_path: Path) -> None:
    chance = random.Random(5)
    before = 0
    for _ in range(ROUNDS):
        await asyncio.to_thread(rush, tmp_path, 0.1 + chance.random() / 5)
        async with standing(tmp_path) as at:
            kept = len(at.passages())
            assert at.inside == kept > before
            before = kept
