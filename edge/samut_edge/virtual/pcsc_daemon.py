"""A PC/SC daemon of our own, with virtual readers: Debian's pcscd and vpcd on a private socket, no privileges."""

import asyncio
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from samut_edge.errors import SettingsError
from samut_edge.virtual.own_folder import own_folder

VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PR_SET_PDEATHSIG = 1
LISTEN_FD = 3
START = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec pcscd --foreground --config "$0"'
"""pcscd takes its socket from systemd, or from whoever speaks to it like systemd: LISTEN_PID must be its own id."""

START_SECONDS = 5.0
STOP_SECONDS = 5.0
LIBC = ctypes.CDLL(None)


class PcscDaemon:
    """`ports` of the virtual readers, by reader name; a connection to a port is a card on that reader.

    One per process, because the client library keeps to the first socket it saw.
    """

    def __init__(self, reader_names: list[str]) -> None:
        self.ports = dict.fromkeys(reader_names, 0)
        self.socket_path = own_folder() / "pcscd.sock"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        if not VPCD.exists() or shutil.which("pcscd") is None:
            raise SettingsError("Virtual card readers need the Debian packages pcscd and vsmartcard-vpcd.")
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self.socket_path)
        for _ in range(3):
            self._choose_ports()
            self._spawn()
            if await self._listens():
                return
            await self.stop()
        raise SettingsError(f"pcscd did not start; its messages are in {own_folder() / 'pcscd.log'}.")

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await asyncio.to_thread(_wait_or_kill, process)
        self.socket_path.unlink(missing_ok=True)

    async def restart(self) -> None:
        """What a package upgrade does to an agent."""
        await self.stop()
        await self.start()

    async def plug_in(self, reader: str) -> None:
        """pcscd knows no hot plug for virtual readers, so it starts again with one more."""
        self.ports[reader] = 0
        await self.restart()

    async def unplug(self, reader: str) -> None:
        del self.ports[reader]
        await self.restart()

    def _choose_ports(self) -> None:
        for reader in self.ports:
            self.ports[reader] = _free_pair()

    def _spawn(self) -> None:
        config = own_folder() / "readers"
        shutil.rmtree(config, ignore_errors=True)
        config.mkdir()
        for number, (reader, port) in enumerate(self.ports.items()):
            _write_reader(config, number, reader, port)
        with _listening(self.socket_path) as door, (own_folder() / "pcscd.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", START, str(config)],
                preexec_fn=lambda: _become_child(door.fileno()),
                close_fds=False,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def _listens(self) -> bool:
        """Looks in the kernel's table: to vpcd a trial connection would be a card."""
        end = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < end:
            if set(self.ports.values()) <= _listening_ports():
                return True
            await asyncio.sleep(0.02)
        return False


def _become_child(door: int) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if door != LISTEN_FD:
        os.dup2(door, LISTEN_FD)
    os.set_inheritable(LISTEN_FD, True)


def _write_reader(config: Path, number: int, reader: str, port: int) -> None:
    """vpcd keeps one set of slots per loaded library, so each reader gets a copy of the file."""
    library = config.with_name(f"vpcd{number}.so")
    shutil.copy(VPCD, library)
    (config / f"reader{number}").write_text(
        f'FRIENDLYNAME "{reader}"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {library}\nCHANNELID {port:#x}\n'
    )


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    door.listen(16)
    return door


def _free_pair() -> int:
    """vpcd takes a port and the next. Below the kernel's own choice, so that no connection sits on them by chance."""
    for _ in range(100):
        port = random.randrange(20000, 32000, 2)  # noqa: S311 # not a secret
        if not {port, port + 1} & _listening_ports():
            return port
    raise SettingsError("No free local port for the virtual card readers.")


def _listening_ports() -> set[int]:
    """proc(5): the second column is address:port in hex, the fourth is 0A for LISTEN."""
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = (row.split() for row in Path(table).read_text("ascii").splitlines()[1:])
        ports |= {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A"}
    return ports


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
