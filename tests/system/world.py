"""A whole hub with broker, worker, a gate and a kiosk, each a process of its own that a test can kill and start."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.demo import Ports, lay_out_demo
from samut_hub.members.models import Member
from samut_hub.mqtt.broker import write_broker_files
from tests.postgres import free_port

BIN = Path(sys.executable).parent
PATIENCE = 40.0


def wait_until(what: str, check: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `check` returns once it is true; fails with the sentence when time runs out."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


class World:
    """`start` and `kill` take the names of PROGRAMS. Everything ends with the context of `running_world`."""

    PROGRAMS = ("broker", "hub", "worker", "gate-1", "kiosk-1")

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = Ports.beginning_at(six_free_ports())
        laid_out = lay_out_demo(home, self.ports.hub, datetime.now(UTC))
        self.config: Config = laid_out.config
        self.database = Database(self.config.database_url)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names:
            log = (self.home / f"{name}.log").open("ab")
            self.running[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._command(name)], stdout=log, stderr=log, env=self._env()
            )
            log.close()

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self.running.pop(name)
        process.send_signal(number)
        process.wait(20)

    def stop(self) -> None:
        for name in reversed(self.PROGRAMS):
            if name in self.running:
                self.kill(name, signal.SIGTERM)
        self.database.close()

    def wait_ready(self) -> None:
        """All pages answer, and both devices have the replica."""
        for port in (self.ports.hub, self.ports.gate, self.ports.kiosk):
            wait_until(f"port {port} answers", lambda port=port: answers(port))
        for device in ("gate-1", "kiosk-1"):
            wait_until(f"{device} has a replica", lambda device=device: self._has_replica(device))

    def tail(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")[-3000:]

    def bench(self, device: str, path: str, body: dict[str, object]) -> int:
        """A hand at the virtual bench of a device."""
        port = self.ports.gate if device == "gate-1" else self.ports.kiosk
        status, _ = post(port, f"/bench/{path}", body)
        return status

    def bench_state(self, device: str) -> dict[str, Any]:
        port = self.ports.gate if device == "gate-1" else self.ports.kiosk
        state: dict[str, Any] = json.loads(get(port, "/bench/state"))
        return state

    def cards(self) -> list[dict[str, str]]:
        cards: list[dict[str, str]] = json.loads((self.home / "gate-1" / "bench.json").read_text())["cards"]
        return cards

    def members(self) -> list[str]:
        with self.database.session(None, writes=False) as session:
            return list(session.scalars(select(Member.number).order_by(Member.id)))

    def free_items(self) -> list[str]:
        """Bar codes of items on the shelf."""
        from samut_hub.circulation.models import Loan

        out = select(Loan.item_id).where(Loan.returned_at.is_(None))
        with self.database.session(None, writes=False) as session:
            free = select(Item.barcode).where(Item.id.not_in(out), Item.status == "available").order_by(Item.id)
            return list(session.scalars(free))

    def _has_replica(self, device: str) -> bool:
        from samut_edge.replica import Replica

        path = self.home / device / "replica.db"
        if not path.exists():
            return False
        replica = Replica(path)
        try:
            return replica.version > 0
        finally:
            replica.close()

    def _command(self, name: str) -> list[str]:
        if name == "broker":
            mosquitto = next(p for p in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(p).exists())
            return [mosquitto, "-c", str(write_broker_files(self.config, _user()))]
        if name in ("hub", "worker"):
            return [str(BIN / "samut"), "--home", str(self.home), "serve" if name == "hub" else "worker"]
        return [str(BIN / "samut-edge"), "run", str(self.home / name / "settings.toml")]

    def _env(self) -> dict[str, str]:
        return {**os.environ, "SAMUT_HOME": str(self.home)}


@contextmanager
def running_world(home: Path) -> Iterator[World]:
    """A world with everything started and ready."""
    world = World(home)
    try:
        world.start(*World.PROGRAMS)
        world.wait_ready()
        yield world
    finally:
        world.stop()


def six_free_ports() -> int:
    """The first of six TCP ports in a row that nobody uses."""
    while True:
        first = free_port()
        if first < 60_000 and all(_is_free(port) for port in range(first, first + 6)):
            return first


def answers(port: int) -> bool:
    try:
        get(port, "/health")
    except (OSError, http.client.HTTPException):
        return False
    return True


def get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def post(port: int, path: str, body: dict[str, object]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _user() -> str:
    import getpass

    return getpass.getuser()


__all__ = ["World", "asyncio", "running_world", "wait_until"]
