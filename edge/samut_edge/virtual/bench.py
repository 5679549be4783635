"""The bench: virtual hardware behind every part of an agent, spoken to through the operating system's own interfaces.

Enter it before the drivers are made. The drivers do not know that they are at a bench.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from aiohttp import web

from samut_edge.devices.card_number import CardFormat
from samut_edge.devices.options import read_options
from samut_edge.errors import SettingsError
from samut_edge.events import Input
from samut_edge.settings import Settings
from samut_edge.virtual.bench_cards import read_bench_things
from samut_edge.virtual.bench_web import bench_routes
from samut_edge.virtual.cable import Cable
from samut_edge.virtual.card_slot import CardSlot
from samut_edge.virtual.code_camera import CodeCamera
from samut_edge.virtual.feig_pad import FeigPad
from samut_edge.virtual.gate_board import GateBoard
from samut_edge.virtual.key_scanner import KeyScanner, is_preloaded
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.pcsc_daemon import PcscDaemon
from samut_edge.virtual.plugged_printer import PluggedPrinter
from samut_edge.virtual.pn532_module import Pn532Module
from samut_edge.virtual.readers import (
    ChipReader,
    CodeReader,
    NfcModule,
    NumberReader,
    Pluggable,
    ProximityReader,
    Reader,
    SeeingReader,
    TypingReader,
)
from samut_edge.virtual.serial_plug import SerialPlug
from samut_edge.virtual.tag_pad import TagPad
from samut_edge.virtual.uhf_reader import UhfReader
from samut_wire.configuration import PartSettings

if TYPE_CHECKING:
    from samut_edge.virtual.usb_printer import UsbPaperPrinter

CHIP_READERS = ("pcsc", "thai_id")
GATE_OUTPUTS = ("relay", "relay_out", "green", "red", "buzzer")


class VirtualBench:
    """What lies on the bench, by part name: `readers`, `pads`, `printers`, `gates`; `plugs` can be pulled out."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.things = read_bench_things(settings.folder)
        self.cable = Cable()
        self.readers: dict[str, Reader] = {}
        self.plugs: dict[str, Pluggable] = {}
        self.pads: dict[str, TagPad | FeigPad | UhfReader] = {}
        self.printers: dict[str, PaperPrinter | PluggedPrinter | UsbPaperPrinter] = {}
        self.gates: dict[str, GateBoard] = {}
        self.version = 0
        self.is_closed = False
        self._news = asyncio.Event()
        self._ends = contextlib.AsyncExitStack()

    def changed(self) -> None:
        """Something at the bench looks different now."""
        self.version += 1
        self._news.set()

    async def changed_since(self, version: int) -> None:
        """Waits until `version` is no longer what lies here."""
        while self.version == version:
            self._news.clear()
            await self._news.wait()

    def routes(self) -> list[web.RouteDef]:
        """The page /bench and what it speaks to."""
        return bench_routes(self)

    async def __aenter__(self) -> Self:
        async with self._ends:
            await self._ends.enter_async_context(self.cable)
            await self._set_up_card_readers()
            for part, wanted in self.settings.parts.items():
                await self._set_up(part, wanted)
            self._ends = self._ends.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closed = True
        self.changed()
        await self._ends.aclose()

    async def _set_up(self, part: str, wanted: PartSettings) -> None:
        try:
            set_up = SET_UP[wanted.driver]
        except KeyError:
            raise SettingsError(
                f"Part “{part}”: there is no virtual twin for the driver “{wanted.driver}”. "
                f"The bench knows: {', '.join(sorted(SET_UP))}."
            ) from None
        await set_up(self, part, wanted.options)

    async def _set_up_card_readers(self) -> None:
        """One daemon for all; a part's reader is called so that the part's driver finds it, and only its own."""
        parts = {name: part.options for name, part in self.settings.parts.items() if part.driver in CHIP_READERS}
        names = {part: f"Samut {options.get('reader') or part}" for part, options in parts.items()}
        for part, options in parts.items():
            _check_own_reader(part, str(options.get("reader", "")), names)
        if names:
            self.daemon = PcscDaemon(list(names.values()))
            self._ends.push_async_callback(self.daemon.stop)
            await self.daemon.start()
        self._reader_names = names

    async def _add_chip_reader(self, part: str, _: dict[str, Any]) -> None:
        reader = self._reader_names[part]
        self.readers[part] = ChipReader(CardSlot(lambda: self.daemon.ports[reader]))

    async def _add_proximity_reader(self, part: str, options: dict[str, Any]) -> None:
        self.readers[part] = ProximityReader(self._plug_in(part, options))

    async def _add_nfc_module(self, part: str, options: dict[str, Any]) -> None:
        module = Pn532Module(part, Path(_option(part, options, "path")), self.changed)
        self._ends.callback(module.unplug)
        module.plug_in()
        self.plugs[part] = module
        self.readers[part] = NfcModule(module)

    async def _add_uhf_reader(self, part: str, options: dict[str, Any]) -> None:
        reader = UhfReader(part, Path(_option(part, options, "path")), self.changed)
        self._ends.callback(reader.unplug)
        reader.plug_in()
        self.plugs[part] = reader
        self.pads[part] = reader

    async def _add_code_reader(self, part: str, options: dict[str, Any]) -> None:
        self.readers[part] = CodeReader(self._plug_in(part, options))

    async def _add_key_scanner(self, part: str, options: dict[str, Any]) -> None:
        self.readers[part] = TypingReader(self._plug_in_keys(part, options))

    async def _add_typing_card_reader(self, part: str, options: dict[str, Any]) -> None:
        card = read_options(part, options.get("card", {}), CardFormat)
        self.readers[part] = NumberReader(self._plug_in_keys(part, options).scan, card)

    async def _add_card_line(self, part: str, options: dict[str, Any]) -> None:
        card, plug = read_options(part, options.get("card", {}), CardFormat), self._plug_in(part, options)

        async def send(text: str) -> None:
            plug.send(text.encode("ascii") + b"\r\n")

        self.readers[part] = NumberReader(send, card)

    def _plug_in_keys(self, part: str, options: dict[str, Any]) -> KeyScanner:
        device = _option(part, options, "device")
        if not is_preloaded():
            raise SettingsError(
                f"Part “{part}”: only programs that umockdev-wrapper started see a virtual scanner that types. "
                "Start the agent with “umockdev-wrapper samut-edge …” (Debian package umockdev), "
                "or try it with the driver serial_line."
            )
        scanner = KeyScanner(f"Samut {part}", device, self.changed)
        self._ends.callback(scanner.put_away)
        scanner.plug_in()
        self.plugs[part] = scanner
        return scanner

    async def _add_camera(self, part: str, options: dict[str, Any]) -> None:
        address = urlsplit(_option(part, options, "source"))
        if address.scheme != "http":
            raise SettingsError(
                f"Part “{part}”: a virtual camera is one of the network. Set `source` to http://127.0.0.1:8481/."
            )
        camera = CodeCamera(address.hostname or "127.0.0.1", address.port or 80, self.changed)
        self._ends.push_async_callback(camera.switch_off)
        with _naming(part, "source"):
            await camera.switch_on()
        self.readers[part] = SeeingReader(camera)

    def _plug_in(self, part: str, options: dict[str, Any]) -> SerialPlug:
        plug = SerialPlug(part, Path(_option(part, options, "path")), self.changed)
        self._ends.callback(plug.unplug)
        plug.plug_in()
        self.plugs[part] = plug
        return plug

    async def _add_printer(self, part: str, options: dict[str, Any]) -> None:
        printer = PaperPrinter(_option(part, options, "host"), int(options.get("port", 9100)), self.changed)
        self._ends.callback(printer.switch_off)
        with _naming(part, "port"):
            await printer.switch_on()
        self.printers[part] = printer

    async def _add_plugged_printer(self, part: str, options: dict[str, Any]) -> None:
        printer = PluggedPrinter(Path(_option(part, options, "path")), self.changed)
        self._ends.callback(printer.switch_off)
        with _naming(part, "path"):
            printer.switch_on()
        self.printers[part] = printer

    async def _add_usb_printer(self, part: str, options: dict[str, Any]) -> None:
        from samut_edge.virtual.usb_printer import UsbPaperPrinter

        printer = UsbPaperPrinter.at_the_bench(_option(part, options, "usb"), self.changed)
        self._ends.callback(printer.switch_off)
        self.printers[part] = printer

    async def _add_pad(self, part: str, options: dict[str, Any]) -> None:
        address = urlsplit(_option(part, options, "url"))
        owner = str(options.get("library", ""))
        pad = TagPad(address.hostname or "127.0.0.1", address.port or 80, owner, self.changed)
        self._ends.push_async_callback(pad.stop)
        with _naming(part, "url"):
            await pad.start()
        self.pads[part] = pad

    async def _add_serial_pad(self, part: str, options: dict[str, Any]) -> None:
        pad = FeigPad(part, Path(_option(part, options, "path")), str(options.get("library", "")), self.changed)
        self._ends.callback(pad.plug.unplug)
        pad.plug.plug_in()
        self.plugs[part] = pad.plug
        self.pads[part] = pad

    async def _add_gate(self, part: str, options: dict[str, Any]) -> None:
        pins = {output: options[output] for output in GATE_OUTPUTS if output in options}
        wires = {wire: options[wire] for wire in map(str, Input) if wire in options}
        active_low, fail_safe = frozenset(options.get("active_low", ())), bool(options.get("fail_safe"))
        gate = GateBoard(pins, active_low, self.changed, wires=wires, fail_safe=fail_safe)
        gate.plug_in()
        self._ends.callback(gate.unplug)
        self.gates[part] = gate


SetUp = Callable[[VirtualBench, str, dict[str, Any]], Any]
SET_UP: dict[str, SetUp] = {
    "pcsc": VirtualBench._add_chip_reader,
    "thai_id": VirtualBench._add_chip_reader,
    "serial_rdm6300": VirtualBench._add_proximity_reader,
    "serial_line": VirtualBench._add_code_reader,
    "pn532": VirtualBench._add_nfc_module,
    "chafon_uhf": VirtualBench._add_uhf_reader,
    "serial_card_line": VirtualBench._add_card_line,
    "evdev_scanner": VirtualBench._add_key_scanner,
    "evdev_card_reader": VirtualBench._add_typing_card_reader,
    "camera": VirtualBench._add_camera,
    "escpos_printer": VirtualBench._add_printer,
    "escpos_serial": VirtualBench._add_plugged_printer,
    "escpos_usblp": VirtualBench._add_plugged_printer,
    "escpos_usb": VirtualBench._add_usb_printer,
    "http_pad": VirtualBench._add_pad,
    "serial_pad": VirtualBench._add_serial_pad,
    "rpi_gpio": VirtualBench._add_gate,
}


def _option(part: str, options: dict[str, Any], key: str) -> str:
    if not options.get(key):
        raise SettingsError(f"Part “{part}”: `{key}` is missing. Add it to [parts.{part}.options].")
    return str(options[key])


def _check_own_reader(part: str, wanted: str, names: dict[str, str]) -> None:
    others = [other for other, name in names.items() if other != part and wanted in name]
    if others:
        raise SettingsError(
            f"Part “{part}”: `reader` “{wanted}” also fits the reader of “{others[0]}”. "
            f"Give each of them a name that is not part of the other."
        )


@contextlib.contextmanager
def _naming(part: str, key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(f"Part “{part}”: the virtual twin cannot use `{key}`: {error}.") from error
