"""The school library with a self-service machine of another maker, on a real socket."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from samut_hub.db import Database
from samut_hub.sip2.accounts import AccountFields, NewPassword, add_account
from samut_hub.sip2.codec import checksum
from samut_hub.sip2.server import Server
from samut_hub.sip2.service import Counter
from tests.hub.circulation.conftest import School, school
from tests.hub.conftest import CHEAP, PASSWORD, Clock, Libraries

__all__ = ["Machine", "Running", "School", "school"]

STAMP = "20261123    100000"
"""Ten in the morning at the school, as the clock of the tests shows."""
NEVER = " " * 18
LOGIN = "kiosk"
SECRET = b"not a secret at all, for tests.."


class Running:
    """A server on a thread of its own, and machines that talk to it."""

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self.server, self._loop = server, loop

    def do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type]

    def refresh(self) -> None:
        """What otherwise happens every few seconds."""
        self.do(self.server.refresh())

    def machine(self, login: str = LOGIN, *, encoding: str = "utf-8") -> "Machine":
        """One that has signed in, if it has a login; the server knows of all accounts."""
        self.refresh()
        machine = Machine(self.server.port, encoding)
        if login:
            assert machine.ask(f"9300CN{login}|CO{PASSWORD}|CPhall|").startswith("941")
        return machine


class Machine:
    """A client that speaks exactly as the specification wants it."""

    def __init__(self, port: int, encoding: str = "utf-8", context: ssl.SSLContext | None = None) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self._socket.settimeout(30)
        self._socket.connect(("127.0.0.1", port))
        if context is not None:
            self._socket = context.wrap_socket(self._socket, server_hostname="localhost")
        self._encoding, self._sequence, self._rest = encoding, 0, b""

    def ask(self, text: str) -> str:
        """The answer without its sequence number and checksum, which must be right."""
        line = self.exchange(self.sealed(text))
        body, _, sent = line.rpartition(b"AZ")
        assert int(sent, 16) == checksum(body + b"AZ"), line
        return body.removesuffix(b"AY%d" % self._sequence).decode(self._encoding)

    def sealed(self, text: str) -> bytes:
        self._sequence = (self._sequence + 1) % 10
        body = text.encode(self._encoding) + b"AY%dAZ" % self._sequence
        return body + b"%04X" % checksum(body)

    def exchange(self, line: bytes, end: bytes = b"\r") -> bytes:
        """One line there, one back."""
        self.send(line + end)
        return self.receive()

    def send(self, piece: bytes) -> None:
        self._socket.sendall(piece)

    def send_until_full(self, piece: bytes) -> None:
        """Until the server takes no more, as nothing of what it says is read."""
        self._socket.settimeout(1)
        with suppress(TimeoutError):
            while True:
                self._socket.sendall(piece * 100)

    def is_connected(self, port: int) -> bool:
        """Whether the server's end of this connection, in this process too, is still open."""
        own = self._socket.getsockname()
        mine = (
            one for one in psutil.Process().net_connections("tcp4") if one.raddr == own and one.laddr.port == port
        )
        return any(one.fd != -1 for one in mine)

    def receive_all(self) -> list[bytes]:
        """All lines until the server hangs up."""
        return list(iter(self.receive, b""))

    def receive(self) -> bytes:
        """The next line; nothing when the server has hung up."""
        while b"\r" not in self._rest:
            try:
                piece = self._socket.recv(4096)
            except ConnectionResetError:
                return b""
            if not piece:
                return b""
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\r")
        return line.lstrip(b"\n")

    def close(self) -> None:
        self._socket.close()

    def lend(self, member: str, barcode: str, *, stamp: str = STAMP, more: str = "", renewals: str = "Y") -> str:
        return self.ask(f"11{renewals}N{stamp}{NEVER}AOnorth|AA{member}|AB{barcode}|AC|{more}")

    def take_back(self, barcode: str, *, stamp: str = STAMP) -> str:
        return self.ask(f"09N{stamp}{stamp}APhall|AOnorth|AB{barcode}|AC|")

    def patron(self, member: str, *, summary: str = "", language: str = "001", more: str = "") -> str:
        return self.ask(f"63{language}{STAMP}{summary:<10}AOnorth|AA{member}|AC|{more}")

    def status(self, member: str, *, language: str = "001", more: str = "") -> str:
        return self.ask(f"23{language}{STAMP}AOnorth|AA{member}|AC|{more}")

    def item(self, barcode: str) -> str:
        return self.ask(f"17{STAMP}AOnorth|AB{barcode}|AC|")


def wait_until(what: str, check: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not check():
        assert time.monotonic() < until, f"not so: {what}"
        time.sleep(0.02)


def field(answer: str, name: str) -> str | None:
    """The first value of a field of an answer."""
    return next(iter(fields(answer, name)), None)


def fields(answer: str, name: str) -> list[str]:
    """All its values. The part of fixed length ends where the first field of its message begins."""
    return [part[2:] for part in answer.split("|") if part.startswith(name)] or [
        part.split(name, 1)[1] for part in answer.split("|")[:1] if name in part
    ]


@pytest.fixture
def counter(database: Database, clock: Clock) -> Counter:
    return Counter(database, clock, SECRET)


AddAccount = Callable[..., int]


@pytest.fixture
def account(database: Database, libraries: Libraries, clock: Clock) -> AddAccount:
    """account("kiosk", pin_needed=True): the id of a client's account in north, on this computer."""

    def add(login: str = LOGIN, *, library: str = "north", **chosen: object) -> int:
        fields = AccountFields(**{"networks": ["127.0.0.0/8"], "language": "en", **chosen})  # type: ignore[arg-type]
        with database.session(getattr(libraries, library)) as session:
            return add_account(session, login, NewPassword(PASSWORD, CHEAP), fields, now=clock()).id

    return add


@pytest.fixture
def running(counter: Counter) -> Iterator[Running]:
    with serving(Server(counter, host="127.0.0.1", port=0)) as running:
        yield running


@contextmanager
def serving(server: Server) -> Iterator[Running]:
    """The server on a free port, until the end of the context."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = Running(server, loop)
    running.do(server.start())
    try:
        yield running
    finally:
        running.do(server.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def kiosk(running: Running, school: School, account: AddAccount) -> Machine:
    """Signed in, in a library with people and books."""
    account()
    return running.machine()
