"""Start-up time of the demo, and what its processes hold in memory."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import psutil

from samut_hub import demo as product
from tests.bench.figures import Figure
from tests.ports import free_ports
from tests.system.test_demo import start
from tests.system.world import World, answers, running_world, wait_until

SETTLE_SECONDS = 5.0


@contextmanager
def world_on(folder: Path, database: str = "") -> Iterator[World]:
    """Hub, worker, broker and agents; with an address, on that database instead of SQLite."""
    with on_database(database), running_world(folder) as world:
        yield world


@contextmanager
def hub_alone(folder: Path, database: str = "") -> Iterator[World]:
    """The same without the demo's own devices."""
    with on_database(database):
        world = World(folder)
    try:
        world.start("broker", "hub", "worker")
        wait_until("the pages answer", lambda: answers(world.ports.hub))
        yield world
    finally:
        world.stop()


@contextmanager
def on_database(database: str) -> Iterator[None]:
    """Homes that are laid out meanwhile are on that database; without an address, on SQLite."""
    settings = product.HUB_SETTINGS + (f'database = "{database}"\n' if database else "")
    with mock.patch.object(product, "HUB_SETTINGS", settings):
        yield


def measure_start() -> list[Figure]:
    """The one command, on a home that is new and again on the same."""
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as home:
        port = free_ports(8)
        first, second = _start_and_stop(Path(home), port), _start_and_stop(Path(home), port)
    return [
        Figure("Start of everything, new home", first, "s", None, "with database, keys, demo library"),
        Figure("Start of everything, again", second, "s", 10),
    ]


def _start_and_stop(home: Path, port: int) -> float:
    began = time.monotonic()
    demo = start(home, port)
    demo.wait_ready()
    took = time.monotonic() - began
    demo.interrupt()
    return took


def measure_memory(world: World) -> list[Figure]:
    """After the work: PSS, which shares what processes have in common among them."""
    time.sleep(SETTLE_SECONDS)
    names = {"hub": "pages", "broker": "broker", "worker": "worker", "gate-1": "gate agent", "kiosk-1": "kiosk agent"}
    figures = [Figure(f"Memory, {said}", _megabytes(world.running[name].pid), "MB") for name, said in names.items()]
    return [*figures, Figure("Memory, all of these", sum(figure.value for figure in figures), "MB", 400)]


def _megabytes(pid: int) -> float:
    """Of the process and those it started (gunicorn's worker, the virtual readers' daemon)."""
    process = psutil.Process(pid)
    return sum(one.memory_full_info().pss for one in (process, *process.children(recursive=True))) / 1e6
