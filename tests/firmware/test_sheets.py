"""The scanners' programming sheets, read back from the printed page."""

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from firmware_configs import sheets

pytestmark = pytest.mark.requirement("H-20")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """As a printer of 200 dots per inch puts them on paper."""
    folder = tmp_path_factory.mktemp("sheets")
    for path in sheets.write(folder):
        subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", path, path.with_suffix("")], check=True)
    return {path.stem: Image.open(path) for path in Path(folder).glob("*.png")}


def read(page: Image.Image) -> list[tuple[str, bool]]:
    """What a decoder sees from top to bottom: the text, and whether it says that it is no data (FNC 3)."""
    seen = zxingcpp.read_barcodes(page, formats=[zxingcpp.BarcodeFormat.Code128])
    seen = sorted(seen, key=lambda code: code.position.top_left.y)
    return [(code.text, bool((code.extra or {}).get("ReaderInit"))) for code in seen]


@pytest.mark.parametrize("name", sorted(sheets.sheets()))
def test_a_sheet_has_the_codes_of_its_table_in_their_order_and_the_test_code(
    pages: dict[str, Image.Image], name: str
) -> None:
    sheet = sheets.sheets()[name]
    wanted = [(code.text, sheet.reader_programming) for code in sheet.code]
    assert read(pages[name]) == [*wanted, (sheets.TEST_CODE, False)]


@pytest.mark.parametrize("name", sorted(sheets.sheets()))
def test_every_code_of_a_sheet_is_explained_on_its_page_and_says_where_it_is_from(name: str) -> None:
    page = (sheets.HERE / name / "README.md").read_text("utf-8")
    for code in sheets.sheets()[name].code:
        assert f"`{code.text.rstrip('.')}`" in page
        assert code.source


def test_a_scanner_that_types_wrongly_is_noticed_by_the_test_code() -> None:
    """Letters that keyboards of other countries exchange, both cases, and a sign that moves."""
    assert {"A", "z", "/", "-"} <= set(sheets.TEST_CODE)
