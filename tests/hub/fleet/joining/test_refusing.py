"""Who is shut out is on the broker's list, whoever else writes it, and even if the hub died before it was."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.joining.service import shut_out
from samut_hub.fleet.models import Device
from samut_hub.fleet.revocations import write_revocations
from samut_hub.jobs.schedule import open_huey, schedule
from samut_hub.web.hub import Hub
from tests.hub.conftest import Clock, Libraries, SignIn, on_sqlite
from tests.hub.fleet.joining.test_claims import refused_serials


@pytest.fixture
def config(hub_app: Flask, clock: Clock) -> Config:
    hub: Hub = hub_app.extensions["samut"]
    make_authority(hub.config.secrets, clock(), ("127.0.0.1",))
    write_revocations(hub.config.secrets, (), clock())
    return hub.config


@pytest.fixture
def kiosk(database: Database, libraries: Libraries, clock: Clock) -> int:
    """The serial number of its certificate."""
    with database.session(libraries.north) as session:
        session.add(Device(id="kiosk-1", role="kiosk", name="Kiosk", added_at=clock(), changed_at=clock()))
        session.flush()
        session.add(DeviceCertificate(serial="abc", device_id="kiosk-1", issued_at=clock()))
    return 0xABC


@pytest.fixture
def broker(config: Config, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as the broker is, and ends when it is told to read its list again."""
    program = tmp_path / "mosquitto"
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o700)
    with subprocess.Popen([program, "60"]) as process:
        config.broker_pid_file.parent.mkdir(parents=True, exist_ok=True)
        config.broker_pid_file.write_text(str(process.pid))
        yield process
        process.kill()


@on_sqlite
def test_those_who_write_the_list_at_the_same_moment_lose_nobody(config: Config, clock: Clock) -> None:
    def write(serial: int) -> bool:
        return write_revocations(config.secrets, [f"{serial:x}"], clock())

    with ThreadPoolExecutor(8) as many:
        assert all(many.map(write, range(1, 41)))
    assert refused_serials(config.secrets) == set(range(1, 41))
    assert not write(7), "it is there already"


@pytest.mark.requirement("H-15")
def test_what_the_books_shut_out_comes_to_the_list_even_if_the_hub_died_in_between(
    config: Config, kiosk: int, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        shut_out(session, "kiosk-1", clock())
    assert refused_serials(config.secrets) == set()
    huey = open_huey(config)
    schedule(huey, config, database, clock)
    (again,) = (task for task in huey._registry.periodic_tasks if task.name.endswith("shut_out_again"))
    again.execute()
    assert refused_serials(config.secrets) == {kiosk}


def test_what_was_not_written_into_the_books_is_not_on_the_list(
    config: Config, kiosk: int, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.open(libraries.north) as session:
        shut_out(session, "kiosk-1", clock())
        session.rollback()
    assert refused_serials(config.secrets) == set()


def shown_after_shutting_out(browser: FlaskClient) -> str:
    return browser.post("/devices/joining/kiosk-1/shut-out", follow_redirects=True).text


def test_the_page_says_so_when_the_broker_could_not_be_told(config: Config, kiosk: int, sign_in: SignIn) -> None:
    page = shown_after_shutting_out(sign_in("administrator"))
    assert "Kiosk is shut out for good." in page
    assert "Now start the broker again" in page
    assert refused_serials(config.secrets) == {kiosk}


def test_a_broker_beside_the_hub_is_told(
    config: Config, kiosk: int, sign_in: SignIn, broker: subprocess.Popen[bytes]
) -> None:
    page = shown_after_shutting_out(sign_in("administrator"))
    assert "Now start the broker again" not in page
    assert broker.wait(10) < 0
