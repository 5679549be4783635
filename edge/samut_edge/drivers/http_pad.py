"""RFID pads behind a reader service with the interface of Deichman's FEIG service: JSON and server-sent events.

The service watches the tags; what it reports is settled here, so that a book that is lifted and put back is one book.
It serves one listener, forgets what it told when a new one comes, and sends not even a header before its first event.

An order to a tag is read back where the service can address tags (`devices.pad_service`). Where it cannot, an order
is given only while no other tag lies there, and stays PENDING.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from samut_edge.devices.library_tag import BadTagError, ItemTag, check_tag, stranger_of
from samut_edge.devices.lying_tags import LyingTag, LyingTags
from samut_edge.devices.options import Options, Seconds, Text, read_options
from samut_edge.devices.pad import ANSWER_SECONDS, Afi, AfiValues, Security, check_afi
from samut_edge.devices.pad_service import PadService
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.devices.service_tag import ServiceTag, item_of

KIND = PartKind.PAD

QUIET_SECONDS = 60.0
"""The stream is opened anew after so long a silence: the service sends no sign of life of its own."""

REUNION_SECONDS = 3.0
"""So long after a new beginning, a tag that the service has not told of again is gone."""

TOGETHER_SECONDS = 0.03
"""Parts of a set that settle within so short a time are told as one."""

TRIES = 2


class PadOptions(Options, frozen=True):
    """`library` is the owner code (ISIL without country) of the tags that count; empty: all tags.

    `seen_seconds` and `gone_seconds`: a tag must be there, or be away, for so long. The service looks every 300 ms,
    so the defaults are two sightings and three misses. `afi_secured` and `afi_cleared` are what the service writes.
    """

    url: Text
    library: str = ""
    seen_seconds: Seconds = 0.3
    gone_seconds: Seconds = 0.9
    afi_secured: Afi = AfiValues.SECURED
    afi_cleared: Afi = AfiValues.CLEARED

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("`url` must look like http://127.0.0.1:1667")
        check_afi(self.afi_secured, self.afi_cleared)


class HttpPad(RunningPart):
    def __init__(self, name: str, options: PadOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._url = options.url.rstrip("/")
        self._lying = LyingTags(name, options.library)
        self._last: dict[str, LyingTag] = {}
        self._settling: dict[str, asyncio.TimerHandle] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._garbled = 0
        self._service: PadService | None = None
        self._order = asyncio.Lock()

    async def set_security(self, barcode: str, *, secured: bool) -> Security:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._order:
                return await self._secure(barcode, secured)
        except (aiohttp.ClientError, AwayError, TimeoutError, msgspec.DecodeError):
            return Security.PENDING if self._lying.chips_of(barcode) else Security.NO_TAG

    async def write_item(self, tag: str, content: ItemTag) -> bool:
        try:
            check_tag(content)
            async with asyncio.timeout(ANSWER_SECONDS), self._order:
                return await self._write(tag, content)
        except (aiohttp.ClientError, AwayError, BadTagError, TimeoutError, msgspec.DecodeError):
            return False

    async def _secure(self, barcode: str, secured: bool) -> Security:
        """A tag that one look misses, as tags in a pile do, is waited for at the next."""
        service, believed = self._connected(), self._lying.chips_of(barcode)
        lying = await self._scan()
        for _ in range(TRIES):
            chips = {*believed, *(chip for chip, tag in lying.items() if self._is_of(tag, barcode))}
            if not chips:
                return Security.NO_TAG
            await service.command("alarmOn" if secured else "alarmOff", chips & lying.keys(), lying)
            lying = await self._scan()
            if all(self._says(lying.get(chip)) is secured for chip in chips):
                return Security.DONE
        return Security.PENDING

    def _is_of(self, tag: ServiceTag, barcode: str) -> bool:
        """Item numbers are told apart without regard to case, as on the hub."""
        item = item_of(tag.content)
        if item is None or stranger_of(item, self._options.library) is not None:
            return False
        return item.barcode.casefold() == barcode.casefold()

    async def _write(self, chip: str, content: ItemTag) -> bool:
        service, lying = self._connected(), await self._scan()
        if chip not in lying:
            return False
        await service.command("write", [chip], lying, **asdict(content))
        written = (await self._scan()).get(chip)
        return written is not None and item_of(written.content) == content

    def _connected(self) -> PadService:
        if self._service is None:
            raise AwayError(f"{self._url} is not reachable")
        return self._service

    async def _scan(self) -> dict[str, ServiceTag]:
        """What the tags say now is remembered, also of those that are not believed to lie there yet."""
        lying = await self._connected().scan()
        for chip, tag in lying.items():
            self._last[chip] = self._read(tag)
            if chip in self._lying:
                self._lying.lay(self._last[chip])
        self._tell_soon()
        return lying

    def _read(self, tag: ServiceTag) -> LyingTag:
        return LyingTag(tag.mac, item_of(tag.content), self._says(tag))

    def _says(self, tag: ServiceTag | None) -> bool | None:
        known = {self._options.afi_secured: True, self._options.afi_cleared: False}
        return None if tag is None or tag.afi is None else known.get(tag.afi)

    async def _work(self) -> None:
        try:
            async with aiohttp.ClientSession() as session:
                await self._serve(PadService(self._url, session))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AwayError(f"{self._url} is not reachable: {error}") from error

    async def _serve(self, service: PadService) -> None:
        self._service = service
        try:
            await self._follow(service)
        finally:
            self._service = None
            self._stop_settling()

    async def _follow(self, service: PadService) -> None:
        for tag in self._lying:
            self._change(tag.chip, comes=False, after=REUNION_SECONDS)
        listening = asyncio.create_task(self._listen(service))
        try:
            await service.start()
            self._say_ready()
            await listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, service: PadService) -> None:
        """Returns after a long silence."""
        try:
            async for event, body in service.events(QUIET_SECONDS):
                self._heard(event, body)
        except aiohttp.SocketTimeoutError:
            return
        raise AwayError(f"{self._url} ended the conversation")

    def _heard(self, event: str, body: bytes) -> None:
        try:
            tag = msgspec.json.decode(body, type=ServiceTag)
        except msgspec.DecodeError:
            self._garbled += 1
        else:
            self._take_in(event, tag)
        self._say_ready()

    def _take_in(self, event: str, tag: ServiceTag) -> None:
        if event == "removeTag":
            self._change(tag.mac, comes=False, after=self._options.gone_seconds)
        elif event == "addTag" and tag.mac:
            self._last[tag.mac] = self._read(tag)
            self._change(tag.mac, comes=True, after=self._options.seen_seconds)
        elif event == "addTag":  # told again at every look, and never taken back
            self._lying.lay(LyingTag(tag.mac, None))
            self._change(tag.mac, comes=False, after=self._options.gone_seconds)
            self._tell_soon()

    def _change(self, chip: str, *, comes: bool, after: float) -> None:
        """The tag is there, or gone: believe it when it stays so."""
        pending = self._settling.pop(chip, None)
        if pending is not None:
            pending.cancel()
        if comes != (chip in self._lying):
            self._settling[chip] = asyncio.get_running_loop().call_later(after, self._settle, chip, comes)

    def _settle(self, chip: str, comes: bool) -> None:
        del self._settling[chip]
        if comes:
            self._lying.lay(self._last[chip])
        else:
            self._lying.lift(chip)
            self._last.pop(chip, None)
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._tell)

    def _tell(self) -> None:
        self._telling = None
        for event in self._lying.news():
            self._emit(event)
        if self._service is not None:
            self._say_ready()

    def _stop_settling(self) -> None:
        for timer in self._settling.values():
            timer.cancel()
        self._settling.clear()
        if self._telling is not None:
            self._telling.cancel()
            self._tell()

    def _say_ready(self) -> None:
        detail = f"{self._url}, {self._lying.strangers} other tags, {self._garbled} unreadable"
        self._became(PartState.READY, detail)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> HttpPad:
    return HttpPad(name, read_options(name, options, PadOptions), emit)
