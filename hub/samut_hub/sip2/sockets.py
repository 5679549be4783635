"""Sockets of the SIP2 server: where it listens, how a connection begins, and how it ends for certain."""

import asyncio
import socket
import ssl

HANDSHAKE_SECONDS, FAREWELL_SECONDS = 10.0, 10.0
WAITING = 128
"""Connections that the kernel keeps until they are taken."""
_ALIVE = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 15), (socket.TCP_KEEPCNT, 4))
"""A machine that was switched off is noticed after two minutes."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def listen(host: str, port: int) -> list[socket.socket]:
    """On all addresses that the name has. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listening = [socket.create_server(address, family=family, backlog=WAITING) for family, *_, address in found]
    for one in listening:
        one.setblocking(False)
    return listening


async def begin(connection: socket.socket, context: ssl.SSLContext | None) -> Streams:
    """With TLS if there is a context. Raises OSError, ssl.SSLError."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _ALIVE:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol,
        connection,
        ssl=context,
        ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def end(writer: asyncio.StreamWriter) -> None:
    """Once all is sent; a client that does not take it in time has been waited for long enough."""
    writer.close()
    async with asyncio.timeout(FAREWELL_SECONDS):
        await writer.wait_closed()
