"""Everything that can be seen at a bench, as the page shows it."""

from typing import TYPE_CHECKING

import msgspec

from samut_edge.devices.library_tag import BadTagError, ItemTag
from samut_edge.devices.tag_codec import read_memory
from samut_edge.events import CardKind
from samut_edge.virtual.bench_cards import BenchCard, BenchItem
from samut_edge.virtual.printer_works import Paper
from samut_edge.virtual.tag_field import TagField, VirtualTag

if TYPE_CHECKING:
    from samut_edge.virtual.bench import VirtualBench


class ReaderState(msgspec.Struct, frozen=True):
    """`direction` is “in” or “out” at a gate, else empty. `plugged_in` is None where there is no plug to pull."""

    part: str
    driver: str
    takes: list[CardKind]
    reads_codes: bool
    direction: str
    plugged_in: bool | None


class TagState(msgspec.Struct, frozen=True):
    """`barcode` is empty where nothing can be read; `secured` is None where the exit can make nothing of it."""

    chip: str
    barcode: str
    part: int
    parts: int
    secured: bool | None


class PadState(msgspec.Struct, frozen=True, omit_defaults=True):
    """`tags` are told of pads that read more of a tag than its number."""

    part: str
    barcodes: list[str]
    tags: list[TagState] | None = None


class PrinterState(msgspec.Struct, frozen=True):
    """`slips` are addresses of pictures, the newest first."""

    part: str
    paper: Paper
    slips: list[str]
    faults: list[str]


class GateState(msgspec.Struct, frozen=True):
    part: str
    outputs: dict[str, bool]
    wires: dict[str, bool]
    openings: int


class BenchState(msgspec.Struct, frozen=True):
    device: str
    name: str
    role: str
    joined: bool
    cards: tuple[BenchCard, ...]
    items: tuple[BenchItem, ...]
    readers: list[ReaderState]
    pads: list[PadState]
    printers: list[PrinterState]
    gates: list[GateState]


def bench_state(bench: "VirtualBench") -> BenchState:
    settings = bench.settings
    return BenchState(
        device=settings.device,
        name=settings.name,
        role=settings.role,
        joined=not bench.cable.is_cut,
        cards=bench.things.cards,
        items=bench.things.items,
        readers=[_reader(bench, part) for part in bench.readers],
        pads=[_pad(bench, part) for part in bench.pads],
        printers=[_printer(bench, part) for part in bench.printers],
        gates=[GateState(part, gate.is_on, gate.is_active, gate.openings) for part, gate in bench.gates.items()],
    )


def _reader(bench: "VirtualBench", part: str) -> ReaderState:
    reader, plug, gate = bench.readers[part], bench.plugs.get(part), bench.settings.gate
    return ReaderState(
        part=part,
        driver=bench.settings.parts[part].driver,
        takes=sorted(reader.takes),
        reads_codes=reader.reads_codes,
        direction=gate.directions.get(part, "") if gate else "",
        plugged_in=plug.is_plugged_in if plug else None,
    )


def _pad(bench: "VirtualBench", part: str) -> PadState:
    pad = bench.pads[part]
    tags = [_tag(tag) for tag in pad.lying.values()] if isinstance(pad, TagField) else None
    return PadState(part, pad.barcodes, tags)


def _tag(tag: VirtualTag) -> TagState:
    try:
        item = read_memory(bytes(tag.memory), tag.dsfid)
    except BadTagError:
        item = ItemTag("")
    return TagState(tag.chip, item.barcode, item.part, item.parts, tag.secured)


def _printer(bench: "VirtualBench", part: str) -> PrinterState:
    printer = bench.printers[part]
    slips = [f"/bench/slips/{part}/{number}.png" for number in reversed(printer.slip_numbers)]
    return PrinterState(part, printer.paper, slips, printer.faults[-3:])
