"""A member gets a slip, or is told why not."""

import asyncio
import contextlib
import io
import subprocess
import unicodedata
from collections.abc import AsyncIterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import cast

import pytest
import zxingcpp
from PIL import Image

from samut_edge.devices.escpos_job import slip_job
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.part import PartState
from samut_edge.devices.printer import Printer, PrinterError
from samut_edge.drivers import create_part
from samut_edge.slip_image import slip_image
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.printer_works import Paper
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.drivers.slips import LIBRARY, QR, loan_slip

TITLES = ("แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์", "ปู่กุ้งน้ำที่ญี่ปุ่น", "Introduction to Algorithms")
INITIALISE, FEED_AND_CUT = b"\x1b@", b"\x1bd\x06\x1dV\x00"


@contextlib.asynccontextmanager
async def printer_on_the_network() -> AsyncIterator[PaperPrinter]:
    twin = PaperPrinter("127.0.0.1", 0, lambda: None)
    await twin.switch_on()
    try:
        yield twin
    finally:
        twin.switch_off()


@contextlib.asynccontextmanager
async def driver_for(twin: PaperPrinter, **options: object) -> AsyncIterator[Printer]:
    part = create_part("slips", "escpos_printer", {"host": "127.0.0.1", "port": twin.port, **options}, Heard())
    async with cast("Printer", part) as printer:
        yield printer


def newest_slip(twin: PaperPrinter) -> Image.Image:
    return Image.open(io.BytesIO(twin.slips[-1]))


def raster(image: Image.Image) -> bytes:
    """GS v 0 by the book, in blocks of at most 128 rows."""
    width = image.width // 8
    blocks = b""
    for top in range(0, image.height, 128):
        block = image.crop((0, top, image.width, min(top + 128, image.height)))
        black_is_one = bytes(255 - octet for octet in block.tobytes())
        blocks += b"\x1dv0\x00" + width.to_bytes(2, "little") + block.height.to_bytes(2, "little") + black_is_one
    return blocks


@pytest.mark.parametrize("width", [512, 384])
def test_the_bytes_are_exactly_the_dots_and_a_cut(width: int) -> None:
    dots = slip_image(loan_slip(*TITLES * 3), width)
    assert dots.height > 960
    job = slip_job(loan_slip(*TITLES * 3), EscposOptions(width=width))
    assert job.octets == INITIALISE + raster(dots) + FEED_AND_CUT


@story
async def test_the_slip_comes_out_as_it_was_drawn() -> None:
    async with printer_on_the_network() as twin, driver_for(twin, profile="TM-T20II", width=576) as printer:
        await ready(printer)
        status = await printer.print_slip(loan_slip(*TITLES))
    drawn = slip_image(loan_slip(*TITLES), 576)
    assert status.state is PartState.READY
    assert twin.printed == 1
    assert twin.faults == []
    assert newest_slip(twin).crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()


@pytest.mark.requirement("H-07", "C-06")
def test_thai_on_the_paper_can_be_read_and_the_qr_code_too(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with printer_on_the_network() as twin, driver_for(twin) as printer:
            await printer.print_slip(loan_slip(*TITLES))
            (tmp_path / "slip.png").write_bytes(twin.slips[-1])

    told()
    slip = Image.open(tmp_path / "slip.png").convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(slip)] == [QR]
    command = ["tesseract", str(tmp_path / "slip.png"), "-", "-l", "tha+eng", "--psm", "6"]
    read = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout
    lines = [_plain(line) for line in read.splitlines()]
    assert _plain(LIBRARY) in lines
    for title in TITLES:
        assert max(SequenceMatcher(None, _plain(title), line).ratio() for line in lines) > 0.8


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    ("paper", "state"),
    [
        (Paper.FULL, PartState.READY),
        (Paper.LOW, PartState.PAPER_LOW),
        (Paper.OUT, PartState.PAPER_OUT),
        (Paper.COVER, PartState.COVER_OPEN),
        (Paper.JAM, PartState.FAULT),
        (Paper.SILENT, PartState.UNKNOWN),
        (Paper.OFF, PartState.OFFLINE),
    ],
)
def test_it_knows_its_state(paper: Paper, state: PartState) -> None:
    @story
    async def told() -> None:
        async with printer_on_the_network() as twin, driver_for(twin) as printer:
            await twin.set_paper(paper)
            assert (await printer.ask_status()).state is state
            assert printer.status.state is state

    told()


@pytest.mark.parametrize(("paper", "state"), [(Paper.LOW, PartState.PAPER_LOW), (Paper.SILENT, PartState.UNKNOWN)])
def test_little_paper_or_a_silent_printer_prints_all_the_same(paper: Paper, state: PartState) -> None:
    @story
    async def told() -> None:
        async with printer_on_the_network() as twin, driver_for(twin) as printer:
            await twin.set_paper(paper)
            assert (await printer.print_slip(loan_slip("หนังสือ"))).state is state
            await until(lambda: twin.printed == 1)

    told()


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (Paper.OUT, "paper is used up"),
        (Paper.OFF, "does not answer"),
        (Paper.COVER, "cover is open"),
        (Paper.JAM, "cutter is jammed"),
    ],
)
def test_without_paper_or_power_nothing_is_sent_and_the_reason_is_said(paper: Paper, why: str) -> None:
    @story
    async def told() -> None:
        async with printer_on_the_network() as twin, driver_for(twin) as printer:
            await twin.set_paper(paper)
            with pytest.raises(PrinterError, match=why):
                await printer.print_slip(loan_slip("หนังสือ"))
            assert INITIALISE not in twin.received

    told()


@story
async def test_paper_that_ends_half_way_is_noticed_and_the_slip_is_finished_with_new_paper() -> None:
    async with printer_on_the_network() as twin, driver_for(twin) as printer:
        twin.rows_left = 200
        with pytest.raises(PrinterError, match="not wholly printed"):
            await printer.print_slip(loan_slip(*TITLES))
        assert printer.status.state is PartState.PAPER_OUT
        await twin.set_paper(Paper.FULL)
        await until(lambda: twin.printed == 1)
        assert (await printer.ask_status()).state is PartState.READY
    drawn = slip_image(loan_slip(*TITLES), 512)
    assert newest_slip(twin).crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()


@story
async def test_a_printer_that_falls_silent_in_the_middle_has_not_printed() -> None:
    """Its power is gone and the network does not say so: no answer is no success."""
    async with printer_on_the_network() as twin, driver_for(twin) as printer:
        await ready(printer)
        twin.octets_a_second = 100_000
        printing = asyncio.create_task(printer.print_slip(loan_slip(*TITLES)))
        await until(lambda: INITIALISE in twin.received)
        twin.paper = Paper.OFF
        with pytest.raises(PrinterError, match="not wholly printed") as failed:
            await printing
        assert failed.value.begun


@story
async def test_what_a_printer_tells_unasked_is_no_answer() -> None:
    """Automatic Status Back: four bytes, of which three look like answers to GS r."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                question = await reader.readexactly(3)
                writer.write(b"\x10\x00\x00\x12" + (b"\x72" if question == b"\x10\x04\x04" else b"\x12"))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    options = {"host": "127.0.0.1", "port": server.sockets[0].getsockname()[1]}
    async with cast("Printer", create_part("slips", "escpos_printer", options, Heard())) as printer:
        assert (await printer.ask_status()).state is PartState.PAPER_OUT
    server.close()


@story
async def test_the_drawer_opens_where_there_is_one() -> None:
    async with printer_on_the_network() as twin, driver_for(twin, drawer=2) as printer, driver_for(twin) as without:
        assert isinstance(printer, EscposPart)
        assert isinstance(without, EscposPart)
        await printer.open_drawer()
        await until(lambda: twin.drawer_openings == 1)
        with pytest.raises(PrinterError, match="`drawer`"):
            await without.open_drawer()


@story
async def test_switched_on_again_it_is_found() -> None:
    async with printer_on_the_network() as twin, driver_for(twin) as printer:
        await ready(printer)
        await twin.set_paper(Paper.OFF)
        await printer.ask_status()
        await twin.set_paper(Paper.FULL)
        await ready(printer)


@story
async def test_two_slips_at_once_come_out_one_after_the_other() -> None:
    async with printer_on_the_network() as twin, driver_for(twin) as printer:
        await asyncio.gather(*[printer.print_slip(loan_slip(title)) for title in TITLES])
    assert twin.printed == 3
    assert twin.faults == []
