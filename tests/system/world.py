"""A whole hub with broker, worker, a gate and a kiosk, each a process of its own that a test can kill and start."""

import contextlib
import getpass
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.demo import Ports, lay_out_demo
from samut_hub.fleet.models import Device
from samut_hub.members.models import Member
from samut_hub.models import Base
from samut_hub.mqtt.broker import write_broker_files
from tests.ports import free_ports

BIN = Path(sys.executable).parent
PATIENCE = 60.0
DEVICES = ("gate-1", "kiosk-1")


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
        self.ports = Ports.beginning_at(free_ports(8))
        laid_out = lay_out_demo(home, self.ports.hub, datetime.now(UTC))
        self.config: Config = laid_out.config
        Base.registry.configure()
        self.database = Database(self.config.database_url)
        _open_shortly(home / "gate-1" / "settings.toml")
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
        """All pages answer, both devices have the replica, are seen by the hub, and their parts work."""
        for port in (self.ports.hub, self.ports.gate, self.ports.kiosk):
            wait_until(f"port {port} answers", lambda port=port: answers(port))
        for device in DEVICES:
            wait_until(f"{device} is ready", lambda device=device: self.is_ready(device))

    def is_ready(self, device_id: str) -> bool:
        """Whether the hub sees the device online with a replica and all its parts. Nobody looks into the device's
        own replica: while a second program has that file open, a new snapshot cannot take its place cleanly."""
        device = self.device(device_id)
        ready = all(part["state"] == "ready" for part in device.parts)
        return device.online and device.replica_version > 0 and ready

    def device(self, device_id: str) -> Device:
        with self.database.session(None, writes=False) as session:
            return session.get_one(Device, device_id)

    def tail(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")[-3000:]

    def page(self, device: str) -> int:
        """The port of the device's page."""
        return self.ports.gate if device == "gate-1" else self.ports.kiosk

    def bench(self, device: str, path: str, body: dict[str, object]) -> int:
        """A hand at the virtual bench of a device; the HTTP status."""
        status, _ = post(self.page(device), f"/bench/{path}", body)
        return status

    def tap(self, card: str, reader: str = "reader_in") -> int:
        """Hold a card to the gate; returns when it was read."""
        return self.bench("gate-1", "tap", {"part": reader, "kind": "uid", "value": card})

    def join(self, device: str, *, joined: bool) -> None:
        """Plug the device's network cable in or out."""
        assert self.bench(device, "network", {"joined": joined}) == 204

    def bench_state(self, device: str) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(get(self.page(device), "/bench/state"))
        return state

    def gate(self) -> dict[str, Any]:
        """Relay and lamps of the gate, and how often it opened."""
        gate: dict[str, Any] = self.bench_state("gate-1")["gates"][0]
        return gate

    def outbox_length(self, device: str) -> int:
        """As it is on the device's disk."""
        return events_on_disk(self.home / device)

    def cards(self) -> list[dict[str, str]]:
        cards: list[dict[str, str]] = json.loads((self.home / "gate-1" / "bench.json").read_text())["cards"]
        return cards

    def members(self) -> list[str]:
        with self.database.session(None, writes=False) as session:
            return list(session.scalars(select(Member.number).order_by(Member.id)))

    def free_items(self) -> list[str]:
        """Bar codes of items on the shelf."""
        out = select(Loan.item_id).where(Loan.returned_at.is_(None))
        with self.database.session(None, writes=False) as session:
            free = select(Item.barcode).where(Item.id.not_in(out), Item.status == "available").order_by(Item.id)
            return list(session.scalars(free))

    def _command(self, name: str) -> list[str]:
        if name == "broker":
            mosquitto = next(p for p in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(p).exists())
            return [mosquitto, "-c", str(write_broker_files(self.config, getpass.getuser()))]
        if name in ("hub", "worker"):
            return [str(BIN / "samut"), "--home", str(self.home), "serve" if name == "hub" else "worker"]
        return [str(BIN / "samut-edge"), "run", str(self.home / name / "settings.toml")]

    def _env(self) -> dict[str, str]:
        return {**os.environ, "SAMUT_HOME": str(self.home)}


@contextlib.contextmanager
def running_world(home: Path) -> Iterator[World]:
    """A world with everything started and ready."""
    world = World(home)
    try:
        world.start(*World.PROGRAMS)
        try:
            world.wait_ready()
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(map(world.tail, World.PROGRAMS))) from error
        yield world
    finally:
        world.stop()


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


def events_on_disk(folder: Path) -> int:
    """How many events wait in the outbox of the device that lives in this folder."""
    with contextlib.closing(sqlite3.connect(folder / "outbox.db")) as file:
        length: int = file.execute("SELECT count(*) FROM outbox").fetchone()[0]
        return length


def _open_shortly(settings: Path) -> None:
    """So that each tap is an opening of its own: while the relay is on, a tap only keeps it on for longer."""
    settings.write_text(settings.read_text().replace("[gate]\n", "[gate]\nopen_seconds = 0.4\n", 1))
