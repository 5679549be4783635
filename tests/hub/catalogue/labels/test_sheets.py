"""Sheets as they come out of the printer: every code is read, at its place, by two readers."""

import resource
import subprocess
import time
from dataclasses import replace

import pytest

from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.drawing import Shortfall
from samut_hub.catalogue.labels.layout import Design, Kind, draw
from samut_hub.catalogue.labels.presets import BY_KEY, PRESETS
from samut_hub.catalogue.labels.sheets import Fault, Reading, Sheet, corrected, faults_of
from samut_hub.catalogue.labels.typesetting import pdf_of
from tests.hub.catalogue.labels.reading import LASER, THERMAL, codes_read, sheets_of
from tests.hub.catalogue.labels.shelf import contents


def printed(sheet: Sheet, design: Design, count: int, start: int = 1) -> bytes:
    return pdf_of(sheet, [draw(content, design, sheet) for content in contents(count)], start=start)


@pytest.mark.parametrize(
    ("key", "design"),
    [
        ("l7162", Design()),
        ("elephant-a7", Design(symbology=Symbology.QR)),
        ("c32011", Design(kind=Kind.BOTH, symbology=Symbology.CODE_39)),
    ],
)
@pytest.mark.requirement("A-19", "A-20", "A-21")
def test_every_label_of_a_sheet_is_read(key: str, design: Design) -> None:
    sheet = BY_KEY[key].sheet
    read = codes_read(sheets_of(printed(sheet, design, sheet.labels), LASER), sheet)
    assert read == [content.barcode for content in contents(sheet.labels)]


def test_labels_of_a_roll_are_read_at_the_dots_of_its_printer() -> None:
    sheet = BY_KEY["roll40x20"].sheet
    pages = sheets_of(printed(sheet, Design(), 3), THERMAL)
    assert codes_read(pages, sheet) == ["B00000", "B00001", "B00002"]


def test_labels_turned_for_narrow_spines_are_read() -> None:
    sheet = BY_KEY["l7160"].sheet
    pages = sheets_of(printed(sheet, Design(turned=True, symbology=Symbology.QR), 4))
    assert codes_read(pages, sheet) == [f"B{number:05d}" for number in range(4)]


def test_a_thousand_labels_take_less_than_ten_seconds() -> None:
    """Of the processor, so that others who work on this computer do not count."""
    before = _seconds()
    pdf = printed(BY_KEY["l7651"].sheet, Design(), 1_000)
    assert _seconds() - before < 10
    assert len(pdf) < 2_000_000


def _seconds() -> float:
    return time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def test_what_the_printer_needs_moves_all_labels() -> None:
    sheet = BY_KEY["l7160"].sheet
    moved = replace(sheet, offset_x=2.0, offset_y=3.0, scale=1.01)
    seen = replace(sheet, x0=sheet.x0 * 1.01 + 2, y0=sheet.y0 * 1.01 + 3, pitch_x=sheet.pitch_x * 1.01)
    assert codes_read(sheets_of(printed(moved, Design(), 3)), seen) == ["B00000", "B00001", "B00002"]


def test_what_a_title_says_is_printed_and_never_obeyed() -> None:
    """Title number three asks typst for a page of one millimetre."""
    said = printed(BY_KEY["l7163"].sheet, Design(), 4)
    text = subprocess.run(["pdftotext", "-", "-"], input=said, capture_output=True, check=True).stdout.decode()
    assert "#set page(width: 1mm)" in text


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
@pytest.mark.requirement("A-21")
def test_shipped_sheets_can_be_true(preset: object) -> None:
    assert faults_of(BY_KEY[preset.key].sheet) == []  # type: ignore[attr-defined]


def test_sheets_of_elephant_and_horse_that_nobody_measured_say_so() -> None:
    guesses = {preset.key for preset in PRESETS if not preset.is_measured}
    assert guesses == {"elephant-a10", "elephant-a12", "horse-a10", "horse-a12"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"x0": 12.0}, Fault.OFF_THE_RIGHT),
        ({"rows": 14}, Fault.OFF_THE_BOTTOM),
        ({"pitch_x": 38.0}, Fault.OVERLAP_ACROSS),
        ({"pitch_y": 20.0}, Fault.OVERLAP_DOWN),
        ({"corner": 11.0}, Fault.CORNER_TOO_ROUND),
    ],
)
def test_measures_that_cannot_be_are_found(changes: dict[str, float], fault: Fault) -> None:
    assert faults_of(replace(BY_KEY["l7651"].sheet, **changes)) == [fault]


def test_a_printer_that_shrinks_and_shifts_is_corrected() -> None:
    sheet = corrected(BY_KEY["l7651"].sheet, Reading(right=-0.5, down=1.0, line=99))
    assert (sheet.offset_x, sheet.offset_y, sheet.scale) == (0.5, -1.0, 1.0101)


@pytest.mark.parametrize(
    ("key", "design", "barcode", "missed"),
    [
        ("l7651", Design(), "B00001", set()),
        ("roll30x20", Design(), "TH012345", {Shortfall.QR_FOR_WIDTH}),
        ("l7651", Design(), "ก00001", {Shortfall.QR_FOR_LETTERS}),
        ("l7651", Design(symbology=Symbology.CODE_39), "TH012345", {Shortfall.THIN_BARS}),
    ],
)
def test_what_does_not_fit_is_known(key: str, design: Design, barcode: str, missed: set[Shortfall]) -> None:
    content = replace(contents(1)[0], barcode=barcode)
    assert draw(content, design, BY_KEY[key].sheet).shortfalls == missed


def test_a_thai_number_is_read_from_its_qr_code() -> None:
    sheet = BY_KEY["l7651"].sheet
    label = draw(replace(contents(1)[0], barcode="กข00123"), Design(), sheet)
    assert codes_read(sheets_of(pdf_of(sheet, [label])), sheet) == ["กข00123"]
