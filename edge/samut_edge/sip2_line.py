"""SIP2 for kiosks that speak no TLS: what they say in the clear goes on to the hub through TLS, and back.

Bytes pass as they come; none are kept or logged. A kiosk whose hub is away is hung up on, as by a router: it asks
again and signs in anew, as a session of SIP2 is of one connection.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from samut_edge.devices.part import PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.identity import pair_of
from samut_edge.settings import Settings
from samut_wire.configuration import Sip2Settings

log = logging.getLogger(__name__)

PIECE = 4096
CONNECT_SECONDS, FAREWELL_SECONDS = 5.0, 5.0
LOOK_SECONDS = 30.0
"""How often the hub is looked for while no kiosk is connected."""
_ALIVE = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 15), (socket.TCP_KEEPCNT, 4))
"""A kiosk or hub that was switched off is noticed after two minutes."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Hub:
    """Where the hub's SIP2 server is. `context` is made anew for each connection, as certificates are renewed."""

    host: str
    port: int
    context: Callable[[], ssl.SSLContext]

    async def connect(self) -> Streams:
        """Raises AwayError; also when what answers there is not the hub."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(self.host, self.port, ssl=self.context())
        except ssl.SSLCertVerificationError as error:
            raise AwayError(f"{self} is not the hub: {error.verify_message}") from None
        except ssl.SSLError:
            raise AwayError(f"{self} does not speak TLS") from None
        except TimeoutError:
            raise AwayError(f"{self} does not answer") from None
        except OSError as error:
            raise AwayError(f"{self} cannot be reached: {error.strerror or error}") from None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def hub_of(settings: Settings, wanted: Sip2Settings) -> Hub:
    """The hub of this device, known by the certificate of its own authority."""
    hub = settings.hub

    def context() -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=str(settings.file(hub.ca)))
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        pair = pair_of(settings)
        made.load_cert_chain(pair.certificate, pair.key)
        return made

    return Hub(hub.host, wanted.hub_port, context)


class Sip2Line(RunningPart):
    """Listens for kiosks, each with a connection of its own to the hub."""

    def __init__(self, settings: Sip2Settings, hub: Hub) -> None:
        super().__init__("sip2", lambda event: None)
        self._settings, self._hub = settings, hub
        self._clients = {ip_address(client) for client in settings.clients}
        self._calls: set[asyncio.Task[None]] = set()

    async def _work(self) -> None:
        wanted = self._settings
        try:
            server = await asyncio.start_server(self._take, wanted.listen, wanted.port, limit=PIECE, backlog=16)
        except OSError as error:
            raise AwayError(f"{wanted.listen}:{wanted.port} cannot be used: {error.strerror or error}") from None
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            server.close()
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    async def _look(self) -> None:
        """Whether the hub is there, so that it is known before a kiosk asks."""
        if self._calls:
            return
        try:
            _, writer = await self._hub.connect()
        except AwayError as away:
            self._became(PartState.OFFLINE, str(away))
        else:
            await _end(writer)
            self._became_ready()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, call = str(writer.get_extra_info("peername")[0]), asyncio.current_task()
        if call is None or not self._lets_in(address):
            log.warning("SIP2 connection from %s refused: it is not in the settings, or there are too many", address)
            writer.transport.abort()
            return
        self._calls.add(call)
        try:
            await self._carry((reader, writer))
        except AwayError as away:
            self._became(PartState.OFFLINE, str(away))
        except (OSError, TimeoutError):
            log.debug("SIP2 connection from %s lost", address)
        finally:
            self._calls.discard(call)
            writer.transport.abort()
            if self.status.state is PartState.READY:
                self._became_ready()

    def _lets_in(self, address: str) -> bool:
        own = ip_address(address.partition("%")[0])
        is_known = not self._clients or own in self._clients
        return is_known and len(self._calls) < self._settings.connections

    async def _carry(self, near: Streams) -> None:
        """Until one of both hangs up; what it said last still reaches the other."""
        far = await self._hub.connect()
        self._became_ready()
        try:
            for _, writer in (near, far):
                _keep_alive(writer)
            ways = [asyncio.create_task(_pump(near[0], far[1])), asyncio.create_task(_pump(far[0], near[1]))]
            try:
                done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in done:
                    way.result()
            finally:
                for way in ways:
                    way.cancel()
            await _end(near[1])
            await _end(far[1])
        finally:
            far[1].transport.abort()

    def _became_ready(self) -> None:
        there = f"{len(self._calls)} of {self._settings.connections} connected" if self._calls else "none connected"
        self._became(PartState.READY, f"{self._hub}, {there}")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One takes no more than the other can read."""
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await writer.wait_closed()


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option, value in _ALIVE:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
