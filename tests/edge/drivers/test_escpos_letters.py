"""Thai in a printer's own letters, codes, logo, cut and drawer in its own commands: read back strictly."""

import asyncio
import io
import threading
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from samut_edge.devices.escpos_job import drawer_pulse, slip_job
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.print_test import THAI, print_test, trial_job
from samut_edge.settings import read_settings
from samut_edge.slip_image import slip_halves
from samut_edge.slip_rows import in_one_pass, in_passes
from samut_edge.virtual.escpos_commands import (
    CodePage,
    Command,
    CommandReader,
    Cut,
    DrawerPulse,
    Letters,
    QrOrder,
    Raster,
)
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.printer_letters import LetterCase
from samut_edge.virtual.printer_works import PrinterWorks
from tests.edge.drivers.slips import QR, loan_slip
from tests.edge.running_agent import settings_of

SLIP = loan_slip("แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์", "ปู่กุ้งน้ำที่ญี่ปุ่น")


def commands_of(octets: bytes) -> list[Command]:
    return list(CommandReader().feed(octets))


def text_of(octets: bytes) -> str:
    return "".join(command.octets.decode("cp874") for command in commands_of(octets) if isinstance(command, Letters))


def printed(octets: bytes, letters: LetterCase | None = None, width: int = 512) -> Image.Image:
    twin = PrinterWorks(lambda: None, width, letters)
    assert twin.take(octets, lambda _: None)
    assert twin.faults == []
    return Image.open(io.BytesIO(twin.slips[-1]))


def test_a_printer_with_thai_letters_gets_them_by_its_own_number() -> None:
    job = slip_job(SLIP, EscposOptions(text="codepage", code_page=70)).octets
    assert {command.number for command in commands_of(job) if isinstance(command, CodePage)} == {70}
    for words in (SLIP.library, SLIP.heading, "น้ำที่ญี่ปุ่น", "กำหนดส่ง 12 ธ.ค. 2569", SLIP.member, SLIP.footer):
        assert words in text_of(job)
    assert [code.text for code in zxingcpp.read_barcodes(printed(job).convert("L"))] == [QR]


def test_a_model_that_lists_thai_needs_no_number() -> None:
    job = slip_job(SLIP, EscposOptions(text="codepage", profile="TH230")).octets
    assert {command.number for command in commands_of(job) if isinstance(command, CodePage)} == {11}


@pytest.mark.parametrize("title", ["三体", "Café", "Pipi ทะเล ☀"])
def test_signs_that_a_code_page_lacks_make_the_slip_a_picture_and_no_question_marks(title: str) -> None:
    job = commands_of(slip_job(loan_slip(title), EscposOptions(text="codepage", code_page=21)).octets)
    assert not any(isinstance(command, Letters) for command in job)
    assert any(isinstance(command, Raster) for command in job)


def test_one_pass_sends_the_letters_as_they_are_written() -> None:
    assert in_one_pass("น้ํา") == in_one_pass("น้ำ") == "น้ำ".encode("cp874")


def test_three_passes_put_marks_into_lines_of_their_own() -> None:
    assert [line.decode("cp874") for line in in_passes("น้ำ กุ้ง ปู่ ที่")] == _by_hand()


def _by_hand() -> list[str]:
    """Column by column: น, า, space, ก, ง, space, ป, space, ท."""
    tones, above, letters, below = "", "", "", ""
    for tone, mark, letter, under in [
        ("้", "ํ", "น", " "), (" ", " ", "า", " "), (" ", " ", " ", " "),
        (" ", "้", "ก", "ุ"), (" ", " ", "ง", " "), (" ", " ", " ", " "),
        (" ", "่", "ป", "ู"), (" ", " ", " ", " "), ("่", "ี", "ท", " "),
    ]:  # fmt: skip
        tones, above, letters, below = tones + tone, above + mark, letters + letter, below + under
    return [tones, above, letters, below]


def test_latin_in_three_passes_takes_one_line() -> None:
    assert in_passes("Charlotte's Web") == [b"Charlotte's Web"]


@pytest.mark.parametrize(
    ("options", "cuts"),
    [
        ({}, [Cut(whole=True)]),
        ({"cut": "partial"}, [Cut(whole=False)]),
        ({"cut": "none"}, []),
        ({"profile": "NT-5890K", "width": 384}, []),
    ],
)
def test_it_is_cut_as_it_is_set_or_as_the_model_can(options: dict[str, object], cuts: list[Cut]) -> None:
    job = commands_of(slip_job(SLIP, EscposOptions(**options)).octets)  # type: ignore[arg-type]
    assert [command for command in job if isinstance(command, Cut)] == cuts


def test_a_printer_draws_the_code_itself_between_the_two_halves() -> None:
    job = slip_job(SLIP, EscposOptions(qr="native")).octets
    kinds = [type(command) for command in commands_of(job) if isinstance(command, Raster | QrOrder)]
    assert kinds.index(QrOrder) > 0
    assert kinds[-1] is Raster
    paper = printed(job).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [QR]
    assert paper.height > sum(half.height for half in slip_halves(SLIP, 512))


def test_a_logo_stands_on_top_and_is_no_wider_than_the_paper(tmp_path: Path) -> None:
    Image.new("RGBA", (2000, 500), (0, 0, 0, 255)).save(tmp_path / "logo.png")
    paper = printed(slip_job(SLIP, EscposOptions(logo=str(tmp_path / "logo.png"))).octets)
    assert paper.width == 512
    assert paper.crop((8, 0, 504, 124)).convert("L").histogram()[0] == 496 * 124


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_is_opened_by_its_pin(pin: int) -> None:
    assert commands_of(drawer_pulse(pin)) == [DrawerPulse(pin)]


def test_the_test_slip_shows_thai_by_every_number_a_ruler_and_a_code() -> None:
    job = trial_job(EscposOptions(code_page=33, text="codepage", drawer=2), "slips")
    read = commands_of(job.octets)
    numbers = {command.number for command in read if isinstance(command, CodePage)}
    assert {20, 21, 22, 33, 70, 96, 255} <= numbers
    assert DrawerPulse(2) in read
    assert text_of(job.octets).count(THAI) == len(numbers)
    paper = printed(job.octets, LetterCase(frozenset({70})))
    assert [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))] == ["SAMUT1 TEST"]


def test_the_command_prints_it(tmp_path: Path) -> None:
    twin = PaperPrinter("127.0.0.1", 0, lambda: None)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(twin.switch_on())
    life = threading.Thread(target=loop.run_forever, daemon=True)
    life.start()
    settings_of(tmp_path, "desk")
    text = (tmp_path / "settings.toml").read_text()
    part = f'[parts.slips]\ndriver = "escpos_printer"\noptions = {{ host = "127.0.0.1", port = {twin.port} }}\n'
    (tmp_path / "settings.toml").write_text(text.replace("[parts]\n", part))
    print_test(read_settings(tmp_path / "settings.toml"), "slips")
    loop.call_soon_threadsafe(twin.switch_off)
    loop.call_soon_threadsafe(loop.stop)
    life.join(5)
    assert (twin.printed, twin.faults) == (1, [])
