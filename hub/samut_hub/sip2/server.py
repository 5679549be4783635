"""The SIP2 server: one process, one event loop for all connections, a few threads for database and passwords."""

import asyncio
import logging
import signal
import ssl
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from samut_hub.sip2 import pins, service
from samut_hub.sip2.accounts import Attempt
from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import Answer, Kind, Line, Lines, Request
from samut_hub.sip2.dialogue import Ask, Dialogue, HangUp, Send
from samut_hub.sip2.policy import Pin
from samut_hub.staff.attempts import SignInRefusedError

log = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE_THREADS, PASSWORD_THREADS = 8, 2
MOST_CONNECTIONS = 1000
MOST_STRANGERS = 300
"""Connections from one address that have not signed in."""
SIGN_IN_SECONDS, IDLE_SECONDS, WRITE_SECONDS = 30.0, 3600.0, 30.0
REFRESH_SECONDS = 10.0
PIECE = 4096


class Server:
    """`start`, then `close`. `port` is the one it listens on."""

    def __init__(
        self, counter: service.Counter, *, host: str, port: int, context: ssl.SSLContext | None = None
    ) -> None:
        self._counter = counter
        self._host, self._port, self._context = host, port, context
        self._talks: dict[asyncio.Task[None], Dialogue] = {}
        self._strangers: Tally[str] = Tally()
        self._database = ThreadPoolExecutor(DATABASE_THREADS, "sip2-database")
        self._passwords = ThreadPoolExecutor(PASSWORD_THREADS, "sip2-passwords")

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, self._host, self._port, ssl=self._context)
        self._refreshing = asyncio.create_task(self._keep_fresh())

    @property
    def port(self) -> int:
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def run(self, stopped: asyncio.Event) -> None:
        await self.start()
        log.info("SIP2 on %s port %s%s", self._host, self.port, ", with TLS" if self._context else "")
        await stopped.wait()
        await self.close()

    async def close(self) -> None:
        """Requests that are being carried out are finished, not answered."""
        self._server.close()
        self._refreshing.cancel()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(self._refreshing, *self._talks, return_exceptions=True)
        for threads in (self._database, self._passwords):
            threads.shutdown()

    async def refresh(self) -> None:
        """Take over what changed in accounts; who signed in with what is no longer good is cut off."""
        talks = [(task, talk.client) for task, talk in self._talks.items() if talk.client is not None]
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

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The whole life of a connection. Its end is the client's, ours, or a fault that ends nothing else."""
        task = asyncio.current_task()
        address = str((writer.get_extra_info("peername") or ("",))[0])
        dialogue = Dialogue()
        if task is None or len(self._talks) >= MOST_CONNECTIONS or self._strangers[address] >= MOST_STRANGERS:
            log.warning("too many connections: one from %s refused", address)
            writer.close()
            return
        self._talks[task] = dialogue
        try:
            await _Talk(self, dialogue, address, reader, writer).go_on()
        except asyncio.CancelledError:
            log.debug("connection from %s cut off", address)
        except (OSError, TimeoutError, ssl.SSLError):
            log.debug("connection from %s lost", address)
        except Exception:  # whatever one client brings about, the others are served
            log.exception("connection from %s closed", address)
        finally:
            del self._talks[task]
            writer.close()

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    async def enter(self, attempt: Attempt) -> Client | None:
        """The client that signs in here, or None."""
        try:
            client = await self._in(self._passwords, lambda: self._counter.enter(attempt))
        except SignInRefusedError as refused:
            log.warning("SIP2 sign-in from %s refused: %s", attempt.address, refused.fault)
            return None
        return client if client is not None and self.has_room(client) else None

    async def enter_by_address(self, address: str) -> Client | None:
        client = await self._in(self._database, lambda: self._counter.enter_by_address(address))
        return client if client is not None and self.has_room(client) else None

    def has_room(self, client: Client) -> bool:
        """Whether the account may have one more connection."""
        own = (talk.client for talk in self._talks.values() if talk.client is not None)
        same = sum(one.account.id == client.account.id for one in own)
        if same >= client.account.connections:
            log.warning("%s has %s connections already", client.account.login, same)
        return same < client.account.connections

    def status(self) -> Answer:
        """For who has not signed in."""
        return service.status(self._counter.clock(), None)

    async def answer(self, client: Client, request: Request) -> Answer:
        pin = Pin.NOT_ASKED
        if pins.is_asked(client, request):
            pin = await self._in(self._passwords, lambda: self._counter.try_pin(client, request))
        return await self._in(self._database, lambda: self._counter.answer(client, request, pin))

    def stranger(self, address: str, change: int) -> None:
        """Count one more or one less connection from there that has not signed in."""
        self._strangers[address] += change
        if not self._strangers[address]:
            del self._strangers[address]


class _Talk:
    """A connection and its dialogue, line by line: the next is taken when the one before is answered."""

    def __init__(
        self,
        server: Server,
        dialogue: Dialogue,
        address: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server, self._dialogue, self._address = server, dialogue, address
        self._reader, self._writer = reader, writer
        self._lines = Lines()

    async def go_on(self) -> None:
        self._server.stranger(self._address, 1)
        try:
            async with asyncio.timeout(SIGN_IN_SECONDS):
                self._dialogue.client = await self._server.enter_by_address(self._address)
                while self._dialogue.client is None:
                    if not await self._next():
                        return
        finally:
            self._server.stranger(self._address, -1)
        while await self._next(IDLE_SECONDS):
            pass

    async def _next(self, seconds: float | None = None) -> bool:
        """Wait for a piece and answer the lines it completes; False is the end."""
        async with asyncio.timeout(seconds):
            piece = await self._reader.read(PIECE)
        for line in self._lines.feed(piece):
            if not await self._answer(line):
                return False
        return bool(piece)

    async def _answer(self, line: Line) -> bool:
        step = self._dialogue.take(line)
        if isinstance(step, Ask):
            step = await self._carry_out(step)
        if isinstance(step, HangUp):
            log.warning("connection from %s closed: %s", self._address, step.why)
            return False
        self._writer.write(step.line + (line.end if line.end == b"\r\n" else b"\r"))
        async with asyncio.timeout(WRITE_SECONDS):
            await self._writer.drain()
        return True

    async def _carry_out(self, ask: Ask) -> Send | HangUp:
        answer = await self._answer_to(ask.request)
        if isinstance(answer, HangUp):
            return answer
        return Send(self._dialogue.say(answer, ask.framed))

    async def _answer_to(self, request: Request) -> Answer | HangUp:
        if request.kind is Kind.LOGIN:
            return self._dialogue.signed_in(await self._sign_in(request))
        client = self._dialogue.client
        if client is None:
            return self._server.status()
        return await self._server.answer(client, request)

    async def _sign_in(self, request: Request) -> Client | None:
        """Encrypted logins are not in the specification; who claims to send one is not understood."""
        if set(request.fixed.values()) - {"0", " "}:
            return None
        login, password = request.get("CN"), request.get("CO")
        return await self._server.enter(Attempt(login=login, password=password, address=self._address))


async def serve_until_told(server: Server) -> None:
    """Run until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await server.run(stopped)
