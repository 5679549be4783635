"""A virtual agent that is killed takes its children with it, and the next one sweeps up."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

AGENT = """
import asyncio
from samut_edge.virtual.pcsc_daemon import PcscDaemon

async def main():
    daemon = PcscDaemon(["Samut in"])
    await daemon.start()
    print("ready", daemon.socket_path.parent, flush=True)
    await asyncio.sleep(0 if {quits} else 600)
    await daemon.stop()

asyncio.run(main())
"""


def start_agent(folder: Path, *, quits: bool = False) -> tuple["subprocess.Popen[str]", Path]:
    agent = subprocess.Popen(
        [sys.executable, "-c", AGENT.format(quits=quits)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert agent.stdout is not None
    word, own_folder = agent.stdout.readline().split()
    assert word == "ready"
    return agent, Path(own_folder)


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_card_daemon_ends_when_its_agent_is_killed_and_its_folder_is_swept_by_the_next() -> None:
    with tempfile.TemporaryDirectory(prefix="t") as name:
        agent, left_behind = start_agent(Path(name))
        (daemon,) = psutil.Process(agent.pid).children()
        assert daemon.name() == "pcscd"
        agent.send_signal(signal.SIGKILL)
        agent.wait(10)
        wait_until(lambda: not daemon.is_running() or daemon.status() == psutil.STATUS_ZOMBIE)
        assert left_behind.exists()
        following, own_folder = start_agent(Path(name), quits=True)
        assert following.wait(10) == 0
        assert not left_behind.exists()
        assert not own_folder.exists()


def test_two_agents_stand_side_by_side(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="t") as name:
        agents = [start_agent(Path(name))[0] for _ in range(2)]
        assert all(agent.poll() is None for agent in agents)
        for agent in agents:
            agent.kill()
            agent.wait(10)
