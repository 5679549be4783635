"""The same printer behind other plugs: a serial line, the kernel's USB printer file, USB itself."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.part import PartState
from samut_edge.devices.printer import PrinterError
from samut_edge.drivers import create_part, escpos_usblp
from samut_edge.drivers.escpos_usb import UsbOptions, UsbPrinter
from samut_edge.slip_image import slip_image
from samut_edge.virtual.plugged_printer import PluggedPrinter
from samut_edge.virtual.printer_works import Paper
from samut_edge.virtual.usb_printer import UsbPaperPrinter
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.drivers.slips import loan_slip
from tests.edge.virtual.benches import visiting, write_settings

Twin = PluggedPrinter | UsbPaperPrinter
Plug = Callable[[Path], contextlib.AbstractAsyncContextManager[tuple[Twin, EscposPart]]]
TITLES = ("แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์", "ปู่กุ้งน้ำที่ญี่ปุ่น") * 3


@contextlib.asynccontextmanager
async def on_a_serial_line(folder: Path) -> AsyncIterator[tuple[Twin, EscposPart]]:
    async with _plugged(folder / "printer", "escpos_serial", flow="xon") as pair:
        yield pair


@contextlib.asynccontextmanager
async def at_the_kernels_file(folder: Path) -> AsyncIterator[tuple[Twin, EscposPart]]:
    async with _plugged(folder / "lp0", "escpos_usblp") as pair:
        yield pair


@contextlib.asynccontextmanager
async def _plugged(path: Path, driver: str, **options: object) -> AsyncIterator[tuple[Twin, EscposPart]]:
    twin = PluggedPrinter(path, lambda: None)
    twin.switch_on()
    part = create_part("slips", driver, {"path": str(path), **options}, Heard())
    assert isinstance(part, EscposPart)
    try:
        async with part:
            yield twin, part
    finally:
        twin.switch_off()


@contextlib.asynccontextmanager
async def on_usb_itself(_: Path) -> AsyncIterator[tuple[Twin, EscposPart]]:
    twin = UsbPaperPrinter((0x04B8, 0x0202), lambda: None)
    async with UsbPrinter("slips", UsbOptions(usb="04b8:0202"), Heard(), twin) as part:
        yield twin, part


PLUGS = pytest.mark.parametrize("plug", [on_a_serial_line, at_the_kernels_file, on_usb_itself])


def told(plug: Plug, folder: Path, tell: Callable[..., object]) -> None:
    @story
    async def run() -> None:
        async with plug(folder) as (twin, part):
            await tell(twin, part)  # type: ignore[misc]

    run()


@pytest.mark.requirement("H-12")
@PLUGS
def test_the_slip_comes_out_as_it_was_drawn(plug: Plug, tmp_path: Path) -> None:
    async def tell(twin: Twin, part: EscposPart) -> None:
        await ready(part)
        assert (await part.print_slip(loan_slip(*TITLES))).state is PartState.READY
        drawn = slip_image(loan_slip(*TITLES), 512)
        assert twin.faults == []
        assert Image.open(io.BytesIO(twin.slips[-1])).crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()

    told(plug, tmp_path, tell)


@PLUGS
@pytest.mark.parametrize(
    ("paper", "state"),
    [
        (Paper.LOW, PartState.PAPER_LOW),
        (Paper.OUT, PartState.PAPER_OUT),
        (Paper.COVER, PartState.COVER_OPEN),
        (Paper.JAM, PartState.FAULT),
        (Paper.SILENT, PartState.UNKNOWN),
        (Paper.OFF, PartState.OFFLINE),
    ],
)
def test_it_knows_its_state(plug: Plug, paper: Paper, state: PartState, tmp_path: Path) -> None:
    async def tell(twin: Twin, part: EscposPart) -> None:
        await ready(part)
        await twin.set_paper(paper)
        assert (await part.ask_status()).state is state

    told(plug, tmp_path, tell)


@PLUGS
def test_pulled_out_and_plugged_in_it_is_found_again(plug: Plug, tmp_path: Path) -> None:
    async def tell(twin: Twin, part: EscposPart) -> None:
        await ready(part)
        await twin.set_paper(Paper.OFF)
        await until(lambda: part.status.state is PartState.OFFLINE)
        await twin.set_paper(Paper.FULL)
        await ready(part)
        await part.print_slip(loan_slip("หนังสือ"))
        assert twin.printed == 1

    told(plug, tmp_path, tell)


@PLUGS
def test_pulled_out_in_the_middle_of_a_slip_it_does_not_count_as_printed(plug: Plug, tmp_path: Path) -> None:
    async def tell(twin: Twin, part: EscposPart) -> None:
        await ready(part)
        twin.rows_left = 200
        printing = asyncio.create_task(part.print_slip(loan_slip(*TITLES)))
        await until(lambda: twin.paper is Paper.OUT)
        await twin.set_paper(Paper.OFF)
        with pytest.raises(PrinterError, match="not wholly printed") as failed:
            await printing
        assert failed.value.begun

    told(plug, tmp_path, tell)


@story
async def test_a_slow_line_loses_nothing(tmp_path: Path) -> None:
    async with on_a_serial_line(tmp_path) as (twin, part):
        assert isinstance(twin, PluggedPrinter)
        await ready(part)
        twin.octets_a_second = 60_000
        await part.print_slip(loan_slip(*TITLES))
        assert twin.printed == 1
        assert twin.faults == []


@story
async def test_a_printer_that_the_kernel_holds_is_taken_over_for_as_long_as_it_is_needed(tmp_path: Path) -> None:
    async with on_usb_itself(tmp_path) as (twin, part):
        assert isinstance(twin, UsbPaperPrinter)
        assert twin.kernel_driver
        await part.print_slip(loan_slip("หนังสือ"))
        assert not twin.kernel_driver
        assert twin.claimed == set()


@story
async def test_another_usb_device_is_not_taken_for_the_printer() -> None:
    twin = UsbPaperPrinter((0x0403, 0x6001), lambda: None)
    async with UsbPrinter("slips", UsbOptions(usb="04b8:0202"), Heard(), twin) as part:
        assert "no printer 04b8:0202 is plugged in" in (await part.ask_status()).detail


def kernels_tree(folder: Path, **printers: str) -> Path:
    """/sys as the kernel lays it out: a printer's entry leads to the interface, above which the USB device stands."""
    for place, (name, numbers) in enumerate(printers.items(), 1):
        device = folder / "devices" / "usb1" / f"1-{place}"
        entry = device / f"1-{place}:1.0" / "usbmisc" / name
        entry.mkdir(parents=True)
        (entry / "device").symlink_to("../..")
        vendor, _, product = numbers.partition(":")
        (device / "idVendor").write_text(f"{vendor}\n")
        (device / "idProduct").write_text(f"{product}\n")
        (folder / "class" / "usbmisc").mkdir(parents=True, exist_ok=True)
        (folder / "class" / "usbmisc" / name).symlink_to(entry)
    return folder / "class" / "usbmisc"


def test_a_usb_printer_is_found_by_its_numbers_whatever_place_the_kernel_gave_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escpos_usblp, "CLASS", kernels_tree(tmp_path, lp0="03f0:0517", lp1="04b8:0e21"))
    monkeypatch.setattr(escpos_usblp, "NODES", tmp_path / "dev")

    @story
    async def run() -> None:
        twin = PluggedPrinter(tmp_path / "dev" / "lp1", lambda: None)
        twin.switch_on()
        async with escpos_usblp.create("slips", {"usb": "04B8:0E21"}, Heard()) as printer:
            await printer.print_slip(loan_slip("หนังสือ"))
            assert twin.printed == 1
        async with escpos_usblp.create("other", {"usb": "04b8:0202"}, Heard()) as other:
            assert "no printer 04b8:0202" in (await other.ask_status()).detail
        twin.switch_off()

    run()


EVERY_PLUG = """
    [parts.serial]
    driver = "escpos_serial"
    options = {{ path = "{folder}/com", flow = "none" }}
    [parts.kernel]
    driver = "escpos_usblp"
    options = {{ path = "{folder}/lp0" }}
    [parts.usb]
    driver = "escpos_usb"
    options = {{ usb = "04b8:0202" }}
    [parts.network]
    driver = "escpos_printer"
    options = {{ host = "127.0.0.1", port = {printer} }}
"""


@story
async def test_the_bench_has_a_twin_behind_every_plug(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, EVERY_PLUG)) as visit:
        for part in visit.parts.values():
            assert isinstance(part, EscposPart)
            await part.print_slip(loan_slip("หนังสือ"))
            assert visit.bench.printers[part.name].printed == 1
            await visit.does("paper", part=part.name, paper="cover")
            assert (await part.ask_status()).state is PartState.COVER_OPEN
