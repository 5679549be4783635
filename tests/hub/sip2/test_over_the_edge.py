"""A machine that speaks no TLS reaches the hub through an edge device."""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from Sip2.wrapper import Sip2Wrapper

from samut_edge.devices.part import PartState
from samut_edge.identity import PAIR_FILE
from samut_edge.settings import Settings, read_settings
from samut_edge.sip2_line import Sip2Line, hub_of
from samut_hub.config import Config
from samut_hub.fleet.certificates import issue, make_authority
from samut_hub.sip2.cli import tls_context
from samut_hub.sip2.server import Server
from samut_hub.sip2.service import Counter
from tests.hub.circulation.conftest import BOOKS, MANEE, School
from tests.hub.conftest import PASSWORD
from tests.hub.sip2.conftest import LOGIN, STAMP, AddAccount, Machine, Running, serving, wait_until
from tests.ports import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SETTINGS = """
device = "lobby"
role = "gate"
[hub]
host = "{host}"
url = "http://127.0.0.1:8480"
[gate]
directions = {{}}
[parts]
[sip2]
hub_port = {hub}
port = {port}
connections = 2
"""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The hub's authority with the certificate of its servers, and those of a device."""
    now = datetime.now(UTC)
    make_authority(tmp_path, now, ("localhost",))
    issued = issue(tmp_path, "lobby", now)
    (tmp_path / "device.crt").write_bytes(issued.certificate)
    (tmp_path / "device.key").write_bytes(issued.key)
    return tmp_path


@pytest.fixture
def hub(secrets: Path, counter: Counter, school: School, account: AddAccount) -> Iterator[Running]:
    account(networks=["127.0.0.1/32"])
    files = {"sip2_certificate": str(secrets / "broker.crt"), "sip2_key": str(secrets / "broker.key")}
    context = tls_context(Config(home=secrets, **files))  # type: ignore[arg-type]
    with serving(Server(counter, host="127.0.0.1", port=0, context=context)) as running:
        yield running


Lay = Callable[..., Settings]


@pytest.fixture
def lay(secrets: Path) -> Lay:
    """lay(port): the settings of a device whose hub listens there."""

    def lay(port: int, *, host: str = "localhost", more: str = "") -> Settings:
        (secrets / "settings.toml").write_text(SETTINGS.format(host=host, hub=port, port=free_port()) + more)
        return read_settings(secrets / "settings.toml")

    return lay


@contextmanager
def running_line(settings: Settings) -> Iterator[Sip2Line]:
    """The line of the device, at work until the end of the context."""
    assert settings.sip2 is not None
    line, loop = Sip2Line(settings.sip2, hub_of(settings, settings.sip2)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(line.__aenter__(), loop).result(10)
    try:
        wait_until("the line has looked for its hub", lambda: line.status.detail != "not started")
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(line.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def port_of(settings: Settings) -> int:
    assert settings.sip2 is not None
    return settings.sip2.port


@pytest.mark.parametrize("joined", [False, True], ids=["by copied files", "by a code"])
@pytest.mark.requirement("H-19")
def test_a_pupil_at_a_machine_without_tls(
    hub: Running, lay: Lay, school: School, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, joined: bool
) -> None:
    """The client of PyPI signs in and lends through the device; the hub itself answers only through TLS."""
    caplog.set_level(logging.DEBUG)
    settings = lay(hub.server.port)
    if joined:
        copied = [tmp_path / "device.crt", tmp_path / "device.key"]
        (tmp_path / PAIR_FILE).write_bytes(b"".join(file.read_bytes() for file in copied))
        for file in copied:
            file.unlink()
    with running_line(settings) as line:
        chosen = {
            "hostName": "127.0.0.1",
            "hostPort": port_of(settings),
            "socketTimeout": 30,
            "tlsEnable": False,
            "institutionId": "north",
            "scLocation": "hall",
            "language": "001",
            "logfile_path": str(tmp_path),
            "loglevel": "WARNING",
        }
        client = Sip2Wrapper(chosen)
        assert client.login_device(LOGIN, PASSWORD)
        assert client.login_patron(MANEE)
        sip = client.return_sip2()
        lent = sip.sip_checkout_response(sip.get_response(sip.sip_checkout_request(BOOKS[0])))
        assert lent["fixed"]["Ok"] == "1"
        assert [loan.item.barcode for loan in school.loans(MANEE)] == [BOOKS[0]]
        assert line.status.detail.endswith("1 of 2 connected")
        client.disconnect()
        wait_until("the machine is gone", lambda: line.status.detail.endswith("none connected"))
    assert PASSWORD not in caplog.text
    assert MANEE not in caplog.text
    in_the_clear = Machine(hub.server.port)
    in_the_clear.send(b"9900802.00\r")
    assert not in_the_clear.receive().startswith(b"98")


def test_long_answers_and_many_messages_pass_whole(hub: Running, lay: Lay) -> None:
    settings = lay(hub.server.port)
    with running_line(settings):
        machine = Machine(port_of(settings))
        assert machine.ask(f"9300CN{LOGIN}|CO{PASSWORD}|") == "941"
        line = machine.sealed(f"17{STAMP}AO|AB{BOOKS[0]}|") + b"\r"
        machine.send(line * 200)
        assert {machine.receive()[:4] for _ in range(200)} == {b"1803"}


def test_more_machines_than_the_settings_say_are_hung_up_on(hub: Running, lay: Lay) -> None:
    settings = lay(hub.server.port)
    with running_line(settings):
        first, second = (Machine(port_of(settings)) for _ in range(2))
        for machine in (first, second):
            assert machine.ask("9900802.00").startswith("98")
        assert Machine(port_of(settings)).receive() == b""
        first.close()
        wait_until("there is room again", lambda: _is_answered(port_of(settings)))


def _is_answered(port: int) -> bool:
    machine = Machine(port)
    machine.send(machine.sealed("9900802.00") + b"\r")
    return machine.receive().startswith(b"98")


def test_a_machine_of_another_address_is_hung_up_on(hub: Running, lay: Lay) -> None:
    settings = lay(hub.server.port, more='clients = ["192.168.1.20"]')
    with running_line(settings):
        assert Machine(port_of(settings)).receive() == b""


def test_a_hub_that_is_away_is_a_state_and_comes_back(
    counter: Counter, secrets: Path, lay: Lay, school: School, account: AddAccount
) -> None:
    account()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(secrets / "broker.crt", secrets / "broker.key")
    port = free_port()
    settings = lay(port)
    with running_line(settings) as line:
        assert (line.status.state, "cannot be reached" in line.status.detail) == (PartState.OFFLINE, True)
        assert Machine(port_of(settings)).receive() == b""
        with serving(Server(counter, host="127.0.0.1", port=port, context=context)):
            machine = Machine(port_of(settings))
            assert machine.ask("9900802.00").startswith("98")
            assert line.status.state is PartState.READY
        assert machine.receive() == b""


@pytest.mark.parametrize("stranger", ["another name", "in the clear"])
def test_what_is_not_the_hub_is_told_nothing(
    stranger: str, counter: Counter, secrets: Path, hub: Running, lay: Lay, account: AddAccount
) -> None:
    with serving(Server(counter, host="127.0.0.1", port=0)) as plain:
        port, host = (
            (plain.server.port, "localhost") if stranger == "in the clear" else (hub.server.port, "127.0.0.1")
        )
        with running_line(lay(port, host=host)) as line:
            assert line.status.state is PartState.OFFLINE
            told = "does not speak TLS" if stranger == "in the clear" else "is not the hub"
            assert told in line.status.detail
