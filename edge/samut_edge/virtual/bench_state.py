"""Everything that can be seen at a bench, as the page shows it."""

from typing import TYPE_CHECKING

import msgspec

from samut_edge.events import CardKind
from samut_edge.virtual.bench_cards import BenchCard, BenchItem
from samut_edge.virtual.printer_works import Paper

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


class PadState(msgspec.Struct, frozen=True):
    part: str
    barcodes: list[str]


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
        pads=[PadState(part, pad.barcodes) for part, pad in bench.pads.items()],
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


def _printer(bench: "VirtualBench", part: str) -> PrinterState:
    printer = bench.printers[part]
    slips = [f"/bench/slips/{part}/{number}.png" for number in reversed(printer.slip_numbers)]
    return PrinterState(part, printer.paper, slips, printer.faults[-3:])
