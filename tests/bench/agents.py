"""An edge agent as it runs on a device: how soon it is ready, what it holds, what it uses when nobody comes."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.figures import Figure
from tests.ports import free_port
from tests.system.counter import enrol_device
from tests.system.world import BIN, World, answers, wait_until

QUIET_SECONDS = 30.0
SETTLE_SECONDS = 5.0

GATE = """
[gate]
directions = { reader = "in", second = "out" }

[parts.reader]
driver = "pcsc"

[parts.second]
driver = "serial_rdm6300"
options = { path = "/dev/serial/by-id/reader" }
"""
KIOSK = """
[kiosk]

[parts.reader]
driver = "pcsc"

[parts.scanner]
driver = "serial_line"
options = { path = "/dev/serial/by-id/scanner" }

[parts.pad]
driver = "http_pad"
options = { url = "http://127.0.0.1:9" }

[parts.printer]
driver = "escpos_printer"
options = { host = "127.0.0.1", port = 9 }
"""


def measure_agents(world: World) -> list[Figure]:
    """Each connected to its hub, with real drivers whose hardware is away: they go on looking for it."""
    return [figure for role, parts in (("gate", GATE), ("kiosk", KIOSK)) for figure in _measure(world, role, parts)]


def _measure(world: World, role: str, parts: str) -> Iterator[Figure]:
    folder = _device(world, role, parts)
    port = _page_port(folder)
    with _running(folder, port):
        pass  # what is compiled and cached at the first start is there at the next
    began = time.monotonic()
    with _running(folder, port) as process:
        ready = time.monotonic() - began
        wait_until(f"the hub sees {folder.name}", lambda: world.device(folder.name).online)
        time.sleep(SETTLE_SECONDS)
        before = process.cpu_times()
        time.sleep(QUIET_SECONDS)
        used = sum(process.cpu_times()[:2]) - sum(before[:2])
        held = process.memory_full_info().pss / 1e6
    yield Figure(f"Agent of a {role}, start until ready", ready, "s", 3)
    yield Figure(f"Agent of a {role}, memory", held, "MB", 80)
    yield Figure(f"Agent of a {role}, CPU when nobody comes", 100 * used / QUIET_SECONDS, "% of a core", 2)


def _device(world: World, role: str, parts: str) -> Path:
    """A folder as the hub writes it, with these parts."""
    folder = enrol_device(world.config, world.database, f"quiet-{role}", role)
    path = folder / "settings.toml"
    head, _, _ = path.read_text().partition(f"[{role}]")
    port = free_port()
    path.write_text(head.replace("page_port = 8490", f"page_port = {port}") + parts)
    (folder / "port").write_text(str(port))
    return folder


def _page_port(folder: Path) -> int:
    return int((folder / "port").read_text())


@contextmanager
def _running(folder: Path, port: int) -> Iterator[psutil.Process]:
    log = (folder / "log").open("ab")
    command = ["setpriv", "--pdeathsig", "KILL", str(BIN / "samut-edge"), "run", str(folder / "settings.toml")]
    process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
    try:
        wait_until("the page answers", lambda: answers(port))
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        log.close()
