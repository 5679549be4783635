"""`samut demo`: one command brings everything up, Ctrl-C ends it, and what is in the way is said in a sentence."""

import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.ports import free_ports
from tests.system.world import BIN, PATIENCE, get, post, wait_until

MINUTES = 120.0
LISTENS_ANYWHERE = ("pcscd",)
"""Debian's virtual reader knows no other way; it is there only with virtual hardware."""


@dataclass
class Demo:
    """A running `samut demo` and what it printed."""

    home: Path
    first_port: int
    process: "subprocess.Popen[str]"
    said: str = ""

    def wait_ready(self) -> None:
        assert self.process.stdout is not None
        deadline = time.monotonic() + MINUTES
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ready in") or time.monotonic() > deadline:
                break
        assert "Ready in" in self.said, self.said

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> str:
        """Ctrl-C; what it says until it has ended."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return rest


def start(home: Path, first_port: int, env: dict[str, str] | None = None) -> Demo:
    # What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
    listening = ["env", "--default-signal=INT", "setpriv", "--pdeathsig", "TERM"]
    command = [*listening, BIN / "samut", "--home", home, "demo", "--ports", str(first_port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env or dict(os.environ)
    )
    return Demo(home, first_port, process)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = start(tmp_path_factory.mktemp("demo"), free_ports(8))
    try:
        demo.wait_ready()
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.interrupt()


def sign_ins(said: str) -> dict[str, str]:
    return dict(re.findall(r"Sign in as\s+(\S+)\s+password (\S+)", said))


def sign_in(port: int, name: str, password: str) -> http.client.HTTPResponse:
    """As a browser does, with the token of the form and the cookie that came with it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token is not None
    cookie = (page.getheader("Set-Cookie") or "").split(";")[0]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    body = f"csrf_token={token[1]}&username={name}&password={password}"
    connection.request("POST", "/sign-in", body, headers)
    return connection.getresponse()


@pytest.mark.requirement("H-23", "W-13")
def test_one_command_brings_up_hub_gate_kiosk_and_desk(demo: Demo) -> None:
    """On this computer alone: nothing listens to, or speaks with, anything beyond it."""
    hub, _, gate, kiosk = range(demo.first_port, demo.first_port + 4)
    desk = demo.first_port + 6
    for port in (hub, gate, kiosk, desk):
        assert f"http://127.0.0.1:{port}/" in demo.said
    assert set(sign_ins(demo.said)) == {"administrator", "librarian", "assistant"}
    for name, password in sign_ins(demo.said).items():
        assert sign_in(hub, name, password).status == 302
    assert sign_in(hub, "librarian", "wrong").status != 302

    cards = (demo.home / "gate-1" / "bench.json").read_text()
    card = re.search(r'"kind": "uid", "value": "(\w+)"', cards)
    assert card is not None
    wait_until("the gate knows people", lambda: (demo.home / "gate-1" / "replica.db").exists())
    wait_until("the gate opens", lambda: _opens(gate, card[1]))
    assert b"<" in get(kiosk, "/")
    assert b"/desk/desk.js" in get(desk, "/")
    for process in demo.processes():
        for connection in process.net_connections("inet"):
            ends = [connection.raddr] if process.name() in LISTENS_ANYWHERE else [connection.laddr, connection.raddr]
            assert {end.ip.removeprefix("::ffff:") for end in ends if end} <= {"127.0.0.1", "::1"}, connection


def _opens(gate: int, card: str) -> bool:
    post(gate, "/bench/tap", {"part": "reader_in", "kind": "uid", "value": card})
    return b'"openings":0' not in get(gate, "/bench/state")


def test_started_twice_it_says_which_port_is_taken_and_each_home_has_its_own_sign_ins(
    demo: Demo, tmp_path: Path
) -> None:
    second = start(tmp_path, demo.first_port)
    said, _ = second.process.communicate(timeout=PATIENCE)
    assert second.process.returncode == 2
    assert said == (
        f"Port {demo.first_port} for the hub is in use by another program. End that program, or choose another port, "
        f"for example: make run PORTS={demo.first_port + 100}.\n"
    )
    other = (tmp_path / "secrets" / "demo-sign-ins.json").read_text()
    assert (demo.home / "secrets" / "demo-sign-ins.json").stat().st_mode & 0o077 == 0
    assert not [password for password in sign_ins(demo.said).values() if password in other]


NOTHING_FOUND = """
import shutil
shutil.which = lambda *_, **__: None
from samut_hub.cli import main
main()
"""


def test_it_says_what_is_not_installed(tmp_path: Path) -> None:
    """Samut looks in PATH and where Debian keeps servers; here it finds nothing in either."""
    done = subprocess.run(
        [BIN / "python", "-c", NOTHING_FOUND, "--home", tmp_path, "demo", "--ports", str(free_ports(8))],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert done.stderr == "The program “mosquitto” is missing. Install it: apt-get install mosquitto.\n"


def test_ctrl_c_ends_everything(demo: Demo) -> None:
    """Last of this file: it ends the demo."""
    running = demo.processes()
    assert len(running) >= 6
    rest = demo.interrupt()
    assert "Stopping" in rest
    assert demo.process.returncode == 0
    _, alive = psutil.wait_procs(running, 10)
    assert alive == []
