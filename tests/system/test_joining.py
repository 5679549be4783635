"""A device joins with a code, by itself, and its certificate renews itself. Real hub, broker and agent."""

import http.client
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sqlalchemy import delete, select

from samut_hub.demo import CODE
from samut_hub.fleet.certificates import DEVICE_YEARS, issue
from samut_hub.fleet.enrolment import NewDevice
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.joining.refusing import refuse_revoked
from samut_hub.fleet.joining.service import code_of, make_claim, shut_out
from samut_hub.fleet.models import Device
from samut_hub.libraries.service import library_by_code
from samut_wire.joining import ClaimCode
from samut_wire.topics import DeviceRole
from tests.ports import free_port
from tests.system.mqtt_guest import Guest, is_turned_away
from tests.system.world import BIN, World, wait_until


class Joining:
    """A computer on which the agent was started for the first time, in a folder that is still empty."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.folder = world.home / f"new-{name}"
        self.port = free_port()

    def code(self) -> ClaimCode:
        now = datetime.now(UTC)
        with self.world.database.session(None) as session:
            session.info["library_id"] = library_by_code(session, CODE).id
            new = NewDevice(self.name, DeviceRole.KIOSK, "ตู้ใหม่")
            _, token = make_claim(session, self.world.config, new, by="test", now=now)
        return code_of(self.world.config, token)

    @contextmanager
    def running(self) -> Iterator[None]:
        command = [str(BIN / "samut-edge"), "run", str(self.folder / "settings.toml"), "--join-host", "127.0.0.1"]
        with (self.world.home / f"{self.name}.log").open("ab") as log:
            agent = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command, "--join-port", str(self.port)], stdout=log, stderr=log
            )
        try:
            yield
        finally:
            agent.kill()
            agent.wait(20)

    def type_code(self, **fields: str) -> str:
        """What the page says then."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", "/join", urllib.parse.urlencode(fields), headers)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def page_answers(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/join")
            return b"Join the library" in connection.getresponse().read()
        except OSError:
            return False

    def is_online(self) -> bool:
        with self.world.database.session(None, writes=False) as session:
            device = session.get(Device, self.name)
            return device is not None and device.online and device.replica_version > 0

    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "device.pem").read_bytes())

    def guest(self, pair: Path) -> Guest:
        return Guest(self.world.config.mqtt_port, self.name, self.folder / "ca.crt", pair, pair)

    def serials(self) -> set[str]:
        with self.world.database.session(None, writes=False) as session:
            of_device = DeviceCertificate.device_id == self.name
            return set(session.scalars(select(DeviceCertificate.serial).where(of_device)))


@pytest.mark.requirement("H-15")
def test_a_kiosk_joins_in_seconds_without_a_terminal(world: World) -> None:
    kiosk = Joining(world, "joining-1")
    with kiosk.running():
        wait_until("the page for joining answers", kiosk.page_answers)
        code = kiosk.code()
        impostor = ClaimCode(code.url, code.token, "0" * 64)
        assert "is not the hub of this code" in kiosk.type_code(code=str(impostor))
        assert "Joined as joining-1" in kiosk.type_code(code=str(code))
        wait_until("the kiosk is on the fleet page", kiosk.is_online, 30)
    assert kiosk.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.requirement("H-15")
def test_a_code_in_a_file_is_used_also_after_the_agent_was_killed_while_it_joined(world: World) -> None:
    kiosk = Joining(world, "joining-2")
    kiosk.folder.mkdir(mode=0o700)
    (kiosk.folder / "claim.txt").write_text(str(kiosk.code()))
    killed = "import os, signal, sys\n" + (
        "left = 4\n"
        "def count(event, arguments):\n"
        "    global left\n"
        "    if event == 'os.rename':\n"
        "        left -= 1\n"
        "        if left < 0:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(count)\n"
        "from samut_edge.cli import main\n"
        "main()\n"
    )
    arguments = [
        "run",
        str(kiosk.folder / "settings.toml"),
        "--join-host",
        "127.0.0.1",
        "--join-port",
        str(kiosk.port),
    ]
    first = subprocess.run([sys.executable, "-c", killed, *arguments], check=False, timeout=60, capture_output=True)
    assert first.returncode == -9, first.stderr.decode()
    assert not (kiosk.folder / "settings.toml").exists()
    with kiosk.running():
        wait_until("the kiosk is on the fleet page", kiosk.is_online, 30)
    assert not (kiosk.folder / "claim.txt").exists()
    assert len(kiosk.serials()) == 1, "the same key got the same certificate"


@pytest.mark.requirement("H-14")
@pytest.mark.requirement("H-15")
def test_a_certificate_renews_itself_and_both_are_refused_once_the_device_is_shut_out(world: World) -> None:
    kiosk = Joining(world, "joining-3")
    kiosk.folder.mkdir(mode=0o700)
    (kiosk.folder / "claim.txt").write_text(str(kiosk.code()))
    with kiosk.running():
        wait_until("the kiosk is on the fleet page", kiosk.is_online, 30)
    old = end_soon(kiosk)
    before = kiosk.serials()
    with kiosk.running():
        wait_until("it has a new certificate", lambda: lasts(kiosk.certificate()), 40)
        new = kiosk.folder / "device.pem"
        wait_until("the hub knows it", lambda: len(kiosk.serials()) == len(before) + 1)
        wait_until("it is online with it", kiosk.is_online)
    for pair in (old, new):
        assert not is_turned_away(kiosk.guest(pair))
    with world.database.session(None) as session:
        session.info["library_id"] = library_by_code(session, CODE).id
        shut_out(session, kiosk.name, datetime.now(UTC))
    assert refuse_revoked(world.database, world.config, datetime.now(UTC))
    for pair in (old, new):
        wait_until("the thief is turned away", lambda pair=pair: is_turned_away(kiosk.guest(pair)), 10)


@pytest.mark.requirement("H-15")
def test_a_device_whose_certificate_ended_says_what_to_do_and_joins_again_as_itself(world: World) -> None:
    kiosk = Joining(world, "joining-4")
    kiosk.folder.mkdir(mode=0o700)
    (kiosk.folder / "claim.txt").write_text(str(kiosk.code()))
    with kiosk.running():
        wait_until("the kiosk is on the fleet page", kiosk.is_online, 30)
    end_soon(kiosk, days=-2)
    wait_until("its will was told", lambda: not kiosk.is_online(), 40)
    old = kiosk.serials()
    with kiosk.running():
        wait_until("it says so", lambda: "Join again" in kiosk.world.tail(kiosk.name), 30)
        assert "Joined as joining-4" in kiosk.type_code(code=str(kiosk.code()))
        wait_until("the kiosk is on the fleet page again", kiosk.is_online, 30)
    with world.database.session(None, writes=False) as session:
        own = session.scalars(select(DeviceCertificate).where(DeviceCertificate.device_id == kiosk.name)).all()
    assert {one.serial for one in own if one.revoked_at is not None} == old


def end_soon(kiosk: Joining, days: int = 10) -> Path:
    """Give the kiosk, in place of its own, a certificate of the hub that ends, or ended, so many days from now;
    returns a copy of it."""
    made_then = datetime.now(UTC) - timedelta(days=365 * DEVICE_YEARS - days)
    issued = issue(kiosk.world.config.secrets, kiosk.name, made_then)
    (kiosk.folder / "device.pem").write_bytes(issued.certificate + issued.key)
    copy = kiosk.folder / "old.pem"
    copy.write_bytes(issued.certificate + issued.key)
    certificate = x509.load_pem_x509_certificate(issued.certificate)
    with kiosk.world.database.session(None) as session:
        device = session.get_one(Device, kiosk.name)
        session.execute(delete(DeviceCertificate).where(DeviceCertificate.device_id == kiosk.name))
        session.add(
            DeviceCertificate(
                serial=f"{certificate.serial_number:x}",
                library_id=device.library_id,
                device_id=device.id,
                certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
                issued_at=made_then,
                ends_at=certificate.not_valid_after_utc,
            )
        )
    return copy


def lasts(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) > timedelta(days=365)
