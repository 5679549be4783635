"""Everything on one computer under one supervisor (supervisord): broker, hub, worker and the edge agents there.

Programs that end are started anew; logs are kept in the home folder and turned over at 5 MB.
"""

import getpass
import os
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samut_hub.config import Config
from samut_hub.errors import ConfigError

LEAST_FREE_BYTES = 200_000_000

HEAD = """\
[supervisord]
nodaemon = true
user = {user}
directory = {home}
logfile = {home}/log/supervisor.log
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = {home}/supervisord.pid
childlogdir = {home}/log
silent = true
strip_ansi = true

[unix_http_server]
file = {home}/supervisor.sock
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command = {command}
priority = {priority}
autorestart = true
startretries = 1000
startsecs = 1
stopwaitsecs = 8
killasgroup = true
redirect_stderr = true
stdout_logfile = {home}/log/{name}.log
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 2
environment = SAMUT_HOME="{home}"
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running; it ends with its supervisor. Lower priorities start first and stop last."""

    name: str
    command: tuple[str, ...]
    priority: int

    @property
    def spelled(self) -> str:
        """As a shell would read it: supervisord splits it in the same way."""
        return shlex.join(("setpriv", "--pdeathsig", "TERM", *self.command))


def write_supervisor_file(config: Config, agents: tuple[Path, ...]) -> Path:
    """Write supervisord's configuration for this hub and the edge agents whose settings files are given."""
    (config.home / "log").mkdir(exist_ok=True)
    programs = [
        PROGRAM.format(
            name=program.name,
            command=program.spelled.replace("%", "%%"),
            priority=program.priority,
            home=config.home,
        )
        for program in _programs(config, agents)
    ]
    head = HEAD.format(home=config.home, user=getpass.getuser())
    path = config.home / "supervisord.conf"
    path.write_text(head + "".join(programs))
    return path


def check_machine(config: Config, ports: tuple[tuple[str, int], ...]) -> None:
    """Raise ConfigError with one sentence when something needed is missing, full or taken."""
    for program, package in (("mosquitto", "mosquitto"),):
        if _find(program) is None:
            raise ConfigError(f"The program “{program}” is missing. Install it: apt-get install {package}.")
    free = shutil.disk_usage(config.home).free
    if free < LEAST_FREE_BYTES:
        raise ConfigError(
            f"Only {free // 1_000_000} MB are free at {config.home}; Samut needs 200 MB. Make room and start again."
        )
    for what, port in ports:
        if _is_taken(port):
            raise ConfigError(
                f"Port {port} for {what} is in use by another program. "
                f"End that program, or choose another port, for example: make run PORTS={port + 100}."
            )


def _programs(config: Config, agents: tuple[Path, ...]) -> Iterator[Program]:
    yield Program("broker", (_find("mosquitto") or "mosquitto", "-c", str(config.broker_file)), 10)
    samut = (str(Path(sys.executable).parent / "samut"), "--home", str(config.home))
    yield Program("hub", (*samut, "serve"), 20)
    yield Program("worker", (*samut, "worker"), 30)
    if config.sip2_port:
        yield Program("sip2", (*samut, "sip2", "serve"), 30)
    for settings in agents:
        edge = str(Path(sys.executable).parent / "samut-edge")
        yield Program(settings.parent.name, (edge, "run", str(settings)), 40)


def _find(program: str) -> str | None:
    """Debian keeps servers where the PATH of ordinary users does not look."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
