"""RFID pads behind a reader service with the interface of Deichman's FEIG service: JSON and server-sent events.

The service watches the tags; what it reports is settled here, so that a book that is lifted and put back is one book.
It serves one listener, forgets what it told when a new one comes, and sends not even a header before its first event.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from samut_edge.devices.library_tag import Tag, is_item
from samut_edge.devices.options import Options, Seconds, Text, read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.events import ItemGone, ItemSeen

KIND = PartKind.PAD

QUIET_SECONDS = 60.0
"""The stream is opened anew after so long a silence: the service sends no sign of life of its own."""

REUNION_SECONDS = 3.0
"""So long after a new beginning, a tag that the service has not told of again is gone."""


class PadOptions(Options, frozen=True):
    """`library` is the owner code (ISIL without country) of the tags that count; empty: all tags.

    `seen_seconds` and `gone_seconds`: a tag must be there, or be away, for so long. The service looks every 300 ms,
    so the defaults are two sightings and three misses.
    """

    url: Text
    library: str = ""
    seen_seconds: Seconds = 0.3
    gone_seconds: Seconds = 0.9

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("`url` must look like http://127.0.0.1:1667")


class HttpPad(RunningPart):
    def __init__(self, name: str, options: PadOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._url = options.url.rstrip("/")
        self._lying: dict[str, Tag] = {}
        self._settling: dict[str, asyncio.TimerHandle] = {}
        self._ignored: set[str] = set()
        self._garbled = 0

    async def _work(self) -> None:
        try:
            async with aiohttp.ClientSession() as service:
                await self._follow(service)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AwayError(f"{self._url} is not reachable: {error}") from error
        finally:
            self._stop_settling()

    async def _follow(self, service: aiohttp.ClientSession) -> None:
        self._ignored.clear()
        for mac in self._lying:
            self._change(mac, None, after=REUNION_SECONDS)
        listening = asyncio.create_task(self._listen(service))
        try:
            await _tell(service, f"{self._url}/start")
            self._say_ready()
            await listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, service: aiohttp.ClientSession) -> None:
        """Returns after a long silence."""
        patience = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=QUIET_SECONDS)
        try:
            async with service.get(f"{self._url}/events/", timeout=patience, raise_for_status=True) as stream:
                async for event, body in _events(stream.content):
                    self._heard(event, body)
        except aiohttp.SocketTimeoutError:
            return
        raise AwayError(f"{self._url} ended the conversation")

    def _heard(self, event: str, body: bytes) -> None:
        try:
            tag = msgspec.json.decode(body, type=Tag)
        except msgspec.DecodeError:
            self._garbled += 1
        else:
            self._take_in(event, tag)
        self._say_ready()

    def _take_in(self, event: str, tag: Tag) -> None:
        if event == "removeTag":
            self._ignored.discard(tag.mac)
            self._change(tag.mac, None, after=self._options.gone_seconds)
        elif event == "addTag" and is_item(tag, self._options.library):
            self._change(tag.mac, tag, after=self._options.seen_seconds)
        elif event == "addTag":
            self._ignored.add(tag.mac)

    def _change(self, mac: str, tag: Tag | None, *, after: float) -> None:
        """The tag is there, or gone: believe it when it stays so."""
        pending = self._settling.pop(mac, None)
        if pending is not None:
            pending.cancel()
        if (tag is None) == (mac not in self._lying):
            return
        self._settling[mac] = asyncio.get_running_loop().call_later(after, self._settle, mac, tag)

    def _settle(self, mac: str, tag: Tag | None) -> None:
        del self._settling[mac]
        if tag is None:
            self._emit(ItemGone(self.name, _barcode(self._lying.pop(mac)), mac))
        else:
            self._lying[mac] = tag
            self._emit(ItemSeen(self.name, _barcode(tag), mac))

    def _stop_settling(self) -> None:
        for timer in self._settling.values():
            timer.cancel()
        self._settling.clear()

    def _say_ready(self) -> None:
        self._became(PartState.READY, f"{self._url}, {len(self._ignored)} other tags, {self._garbled} unreadable")


def _barcode(tag: Tag) -> str:
    return tag.content.barcode.strip("\0 ")


async def _tell(service: aiohttp.ClientSession, command: str) -> None:
    async with service.get(command, timeout=aiohttp.ClientTimeout(total=5), raise_for_status=True):
        pass


async def _events(stream: aiohttp.StreamReader) -> AsyncIterator[tuple[str, bytes]]:
    """Server-sent events as (name, data); WHATWG HTML 9.2.6, without the parts the service does not use."""
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


def create(name: str, options: Mapping[str, Any], emit: Emit) -> HttpPad:
    return HttpPad(name, read_options(name, options, PadOptions), emit)
