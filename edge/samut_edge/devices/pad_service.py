"""Conversation with a reader service of the shape of Deichman's FEIG service: JSON and server-sent events.

Its own /alarmOn, /alarmOff and /write reach all tags that lie there, and it does not tell what a tag says to the
exit. A service that says `Addressed` in /.status takes a `tagid` with each of them, and tells tags' `Afi` in /scan.
(Source: digibib/go-feig, docs/Integration.md and cmd/handlers.go. Not tried with a real reader.)
"""

from collections.abc import AsyncIterator, Collection
from urllib.parse import urlencode

import aiohttp
import msgspec

from samut_edge.devices.running_part import AwayError
from samut_edge.devices.service_tag import ServiceTag


class PadService:
    """Methods raise aiohttp.ClientError, TimeoutError, or msgspec.DecodeError for an answer of another form."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session

    async def start(self) -> None:
        await self._ask("start")

    async def scan(self) -> dict[str, ServiceTag]:
        """What lies there, as it is read now, by chip number."""
        return msgspec.json.decode(await self._ask("scan"), type=dict[str, ServiceTag])

    async def command(self, command: str, chips: Collection[str], lying: Collection[str], **more: object) -> None:
        """To exactly these tags. Raises AwayError when the service cannot tell them from others that lie there."""
        if await self._is_addressed():
            for chip in chips:
                await self._ask(f"{command}?{urlencode({'tagid': chip, **more})}")
        elif set(chips) == set(lying):
            await self._ask(f"{command}?{urlencode(more)}")
        else:
            raise AwayError("the service cannot tell these tags from the others that lie there")

    async def events(self, silence: float) -> AsyncIterator[tuple[str, bytes]]:
        """As (name, data). Raises aiohttp.SocketTimeoutError after so many seconds without any."""
        patience = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=silence)
        async with self._session.get(f"{self._url}/events/", timeout=patience, raise_for_status=True) as stream:
            async for event in _events(stream.content):
                yield event

    async def _is_addressed(self) -> bool:
        status = msgspec.json.decode(await self._ask(".status"))
        return isinstance(status, dict) and status.get("Addressed") is True

    async def _ask(self, path: str) -> bytes:
        patience = aiohttp.ClientTimeout(total=5)
        async with self._session.get(f"{self._url}/{path}", timeout=patience, raise_for_status=True) as answer:
            return await answer.read()


async def _events(stream: aiohttp.StreamReader) -> AsyncIterator[tuple[str, bytes]]:
    """Server-sent events; WHATWG HTML 9.2.6, without the parts the service does not use."""
    event, body = "", b""
    async for line in stream:
        field, _, value = line.rstrip(b"\r\n").partition(b":")
        if field == b"event":
            event = value.strip().decode("ascii", "replace")
        elif field == b"data":
            body += value.strip()
        elif not line.strip():
            if event:
                yield event, body
            event, body = "", b""
