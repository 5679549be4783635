"""The SIP2 server: one process, one event loop for all connections, a few threads for database and passwords."""

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from samut_hub.sip2 import pins, refusals, service, sockets
from samut_hub.sip2.accounts import Attempt
from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import Answer, Request
from samut_hub.sip2.dialogue import Dialogue
from samut_hub.sip2.policy import Networks, Pin, lies_in
from samut_hub.sip2.talk import Talk
from samut_hub.staff.attempts import SignInRefusedError

log = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE_THREADS, PASSWORD_THREADS = 3, 2
"""Python runs one of them at a time: with more, those that hold a lock in the database wait longer for their turn,
and all others for them."""
MOST_CONNECTIONS = 1000
MOST_STRANGERS, MOST_STRANGERS_THERE = 300, 150
"""Connections that have not signed in: of all addresses, and of one."""
REFRESH_SECONDS = 10.0
FULL_SECONDS = 1.0
"""How long nobody is let in after the system had no room for another connection."""


class Server:
    """`start`, then `close`. `port` is the one it listens on."""

    def __init__(
        self, counter: service.Counter, *, host: str, port: int, context: ssl.SSLContext | None = None
    ) -> None:
        self._counter = counter
        self._host, self._port, self._context = host, port, context
        self._talks: dict[Talk, asyncio.Task[None]] = {}
        self._networks: Networks = frozenset()
        self._database = ThreadPoolExecutor(DATABASE_THREADS, "sip2-database")
        self._passwords = ThreadPoolExecutor(PASSWORD_THREADS, "sip2-passwords")

    async def start(self) -> None:
        await self.refresh()
        self._listening = sockets.listen(self._host, self._port)
        doors = (self._let_in(one) for one in self._listening)
        self._own = [asyncio.create_task(work) for work in (self._keep_fresh(), *doors)]

    @property
    def port(self) -> int:
        port: int = self._listening[0].getsockname()[1]
        return port

    async def run(self, stopped: asyncio.Event) -> None:
        await self.start()
        log.info("SIP2 on %s port %s%s", self._host, self.port, ", with TLS" if self._context else "")
        await stopped.wait()
        await self.close()

    async def close(self) -> None:
        """Requests that are being carried out are finished, not answered."""
        ending = (*self._own, *self._talks.values())
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for one in self._listening:
            one.close()
        for threads in (self._database, self._passwords):
            threads.shutdown()

    async def refresh(self) -> None:
        """Take over what changed in accounts; who signed in with what is no longer good is cut off."""
        self._networks = await self._in(self._database, self._counter.networks)
        known = ((task, talk.dialogue.client) for talk, task in self._talks.items())
        talks = [(task, client) for task, client in known if client is not None]
        if not talks:
            return
        wanted = [(client.account.id, client.address) for _, client in talks]
        fresh = await self._in(self._database, lambda: self._counter.known(wanted))
        for (task, client), now in zip(talks, fresh, strict=True):
            if now is None or now.account.password_hash != client.account.password_hash:
                log.info("connection of %s closed: its account was changed", client.account.login)
                task.cancel()
            else:
                client.account, client.library, client.places = now.account, now.library, now.places

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except Exception:  # the database may be away for a while; connections go on with what is known
                log.exception("accounts of SIP2 clients could not be read")

    async def _let_in(self, listening: socket.socket) -> None:
        """Connections from where accounts are, while there is room; all others are closed at once."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(listening)
            except OSError:  # no more files, or a connection that ended before it was taken
                log.warning("a connection could not be taken", exc_info=True)
                await asyncio.sleep(FULL_SECONDS)
                continue
            address = str(peer[0])
            if lies_in(address, self._networks) and self._has_place(address):
                talk = Talk(self, address)
                self._talks[talk] = loop.create_task(self._serve(talk, connection))
            else:
                log.warning("connection from %s refused: no account comes from there, or there are too many", address)
                connection.close()

    def _has_place(self, address: str) -> bool:
        strangers = [talk.address for talk in self._talks if talk.dialogue.client is None]
        is_full = len(self._talks) >= MOST_CONNECTIONS or len(strangers) >= MOST_STRANGERS
        return not is_full and strangers.count(address) < MOST_STRANGERS_THERE

    async def _serve(self, talk: Talk, connection: socket.socket) -> None:
        """The whole life of a connection. Its end is the client's, ours, or a fault that ends nothing else."""
        writer = None
        try:
            reader, writer = await sockets.begin(connection, self._context)
            await talk.go_on(reader, writer)
            await sockets.end(writer)
        except asyncio.CancelledError:
            log.debug("connection from %s cut off", talk.address)
        except (OSError, TimeoutError, ssl.SSLError):
            log.debug("connection from %s lost", talk.address)
        except Exception:  # whatever one client brings about, the others are served
            log.exception("connection from %s closed", talk.address)
        finally:
            del self._talks[talk]
            if writer is None:
                connection.close()
            else:
                writer.transport.abort()  # what a client does not read would keep it open

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    async def enter(self, attempt: Attempt, dialogue: Dialogue) -> Client | None:
        """The client that signs in here, or None."""
        try:
            client = await self._in(self._passwords, lambda: self._counter.enter(attempt))
        except SignInRefusedError as refused:
            log.warning("SIP2 sign-in from %s refused: %s", attempt.address, refused.fault)
            return None
        return client if client is not None and self._has_room(client, dialogue) else None

    async def enter_by_address(self, address: str, dialogue: Dialogue) -> Client | None:
        client = await self._in(self._database, lambda: self._counter.enter_by_address(address))
        return client if client is not None and self._has_room(client, dialogue) else None

    def _has_room(self, client: Client, asking: Dialogue) -> bool:
        """Whether the account may have this connection beside its others."""
        others = (talk.dialogue.client for talk in self._talks if talk.dialogue is not asking)
        same = sum(one.account.id == client.account.id for one in others if one is not None)
        if same >= client.account.connections:
            log.warning("%s has %s connections already", client.account.login, same)
        return same < client.account.connections

    def status(self) -> Answer:
        """For who has not signed in."""
        return service.status(self._counter.clock(), None)

    async def answer(self, client: Client, request: Request) -> Answer:
        """What the hub says; that it cannot now, where it fails."""
        try:
            return await self._answer(client, request)
        except Exception:  # a client without an answer asks again and again, or takes itself out of service
            log.exception("a request of %s could not be carried out", client.account.login)
            return refusals.not_now(client, request, self._counter.clock())

    async def _answer(self, client: Client, request: Request) -> Answer:
        pin = Pin.NOT_ASKED
        if pins.is_asked(client, request):
            pin = await self._in(self._passwords, lambda: self._counter.try_pin(client, request))
        return await self._in(self._database, lambda: self._counter.answer(client, request, pin))


async def serve_until_told(server: Server) -> None:
    """Run until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await server.run(stopped)
