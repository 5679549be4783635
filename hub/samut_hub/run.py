"""Start everything on this computer, say where it is when it answers, stop everything cleanly at Ctrl-C."""

import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from samut_hub.config import Config
from samut_hub.errors import ConfigError
from samut_hub.supervisor import check_machine, write_supervisor_file

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Something that answers over HTTP when it is ready."""

    name: str
    port: int
    path: str = "/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A hub and agents ready to start. `ports` are all that must be free; `farewell` is printed when all is up."""

    config: Config
    agents: tuple[Path, ...]
    places: tuple[Place, ...]
    ports: tuple[tuple[str, int], ...]
    farewell: str


def run_everything(laid_out: LaidOut) -> None:
    """Returns when everything has stopped."""
    check_machine(laid_out.config, laid_out.ports)
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    file = write_supervisor_file(laid_out.config, laid_out.agents)
    supervisor = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", Path(sys.executable).parent / "supervisord", "-n", "-c", file],
        start_new_session=True,
    )
    try:
        _wait_until_ready(laid_out, supervisor)
        click.echo(f"{laid_out.farewell}\nReady in {time.monotonic() - started:.1f} s. Ctrl-C stops everything.")
        supervisor.wait()
    except KeyboardInterrupt:
        click.echo("Stopping …")
    finally:
        _stop(supervisor)


def _wait_until_ready(laid_out: LaidOut, supervisor: "subprocess.Popen[bytes]") -> None:
    for place in laid_out.places:
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(place):
            if supervisor.poll() is not None or time.monotonic() > deadline:
                raise ConfigError(
                    f"{place.name} did not start. What it said last is in {laid_out.config.home / 'log'}."
                )
            time.sleep(0.1)


def _answers(place: Place) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=2)
    try:
        connection.request("GET", place.path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(supervisor: "subprocess.Popen[bytes]") -> None:
    if supervisor.poll() is None:
        os.kill(supervisor.pid, signal.SIGTERM)
        supervisor.wait()
