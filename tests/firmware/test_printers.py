"""What the printers' pages say fits what the drivers and the models' list know."""

import re
import tomllib
from pathlib import Path

import pytest

from samut_edge.devices.escpos_job import slip_job
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.drivers import create_part
from samut_edge.virtual.printer_works import PrinterWorks
from tests.edge.drivers.slips import long_slip

FIRMWARE = Path(__file__).parents[2] / "firmware_configs"
PRINTERS = ("epson-tm-t82", "epson-tm-t88", "sunmi-80mm", "xprinter-xp-80")

pytestmark = pytest.mark.requirement("H-20")


def part_of(folder: str) -> EscposPart:
    (wanted,) = tomllib.loads((FIRMWARE / folder / "settings.toml").read_text("utf-8"))["parts"].values()
    part = create_part("slips", wanted["driver"], wanted["options"], print)
    assert isinstance(part, EscposPart)
    return part


@pytest.mark.parametrize("folder", PRINTERS)
def test_its_settings_print_a_slip_that_a_strict_printer_understands(folder: str) -> None:
    options = part_of(folder).options
    twin = PrinterWorks(lambda: None, options.width)
    assert twin.take(slip_job(long_slip(), options).octets, lambda _: None)
    assert (twin.printed, twin.faults) == (1, [])
    assert [cut.whole for cut in twin.cuts] == [False]


@pytest.mark.parametrize("folder", PRINTERS)
def test_its_page_names_every_driver_that_the_table_names(folder: str) -> None:
    row = next(line for line in (FIRMWARE / "README.md").read_text("utf-8").splitlines() if f"[{folder}]" in line)
    page = (FIRMWARE / folder / "README.md").read_text("utf-8")
    assert set(re.findall(r"`(escpos_\w+)`", row)) <= set(re.findall(r"`(escpos_\w+)`", page))


def test_the_rule_for_epson_is_for_the_printer_of_its_settings() -> None:
    vendor, product = re.findall(
        r'ATTR\{id\w+\}=="(\w{4})"', (FIRMWARE / "epson-tm-t88/99-samut-epson.rules").read_text()
    )
    assert part_of("epson-tm-t88").where == f"the USB printer {vendor}:{product}"
