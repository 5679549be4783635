"""A librarian prints labels: chooses, looks at the first sheet, makes the PDF, and says that it came out right."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.labels import jobs, printing
from samut_hub.catalogue.labels.keeping import measures_of
from samut_hub.catalogue.labels.models import LabelRun, LabelSettings, LabelSheet
from samut_hub.catalogue.labels.presets import BY_KEY
from samut_hub.catalogue.models import Category, Item
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.tasks import Task, Work
from tests.hub.catalogue.labels.reading import codes_read, sheets_of
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORM = {
    "which": "new", "order": "accession", "copies": "1", "sheet": "l7651", "start": "1", "kind": "code",
    "symbology": "code128", "band": "nothing", "number": "y", "title": "y", "library": "y",
}  # fmt: skip
A4 = BY_KEY["l7651"].sheet
SHEET = {
    "name": "ตราช้าง A10", "width": "205", "height": "175", "columns": "4", "rows": "6", "x0": "3", "y0": "4",
    "label_width": "46", "label_height": "25", "pitch_x": "50", "pitch_y": "28", "corner": "1", "offset_x": "0",
    "offset_y": "0", "scale": "1", "dpi": "600", "is_measured": "y",
}  # fmt: skip


@pytest.fixture
def librarian(database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn) -> FlaskClient:
    """In a library with twelve copies, A00001 to A00012, of two titles."""
    with database.session(libraries.north) as session:
        add_material_types(session)
        for number, name in (("A00001", "ปลาบู่ทอง"), ("A00007", "น้ำพุ <b>ที่</b> #ปู่")):
            title = add_title(session, Description(title=name, call_number="895.913 ส123ก"), now=clock())
            add_items(session, title, ItemFields(accession_number=number), copies=6, now=clock())
    return sign_in()


def printed(browser: FlaskClient, **changes: str) -> str:
    """The address of the run that was made."""
    answer = browser.post("/catalogue/labels/print", data={**FORM, **changes})
    assert answer.status_code == 302, answer.text
    return answer.location


def numbered(first: int, last: int) -> list[str]:
    return [f"A{number:05d}" for number in range(first, last + 1)]


@pytest.mark.requirement("A-19")
def test_labels_of_new_copies_are_printed_read_by_scanners_and_confirmed(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    run = printed(librarian)
    pdf = librarian.get(f"{run}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert codes_read(sheets_of(pdf.data), A4) == numbered(1, 12)
    assert "12</strong>" not in librarian.get("/catalogue/labels/").text
    librarian.post(f"{run}/confirm")
    with database.session(libraries.north) as session:
        assert all(item.label_printed_at for item in session.scalars(select(Item)))
    assert "No copy is chosen yet." in librarian.get("/catalogue/labels/").text


def test_copies_without_a_label_are_offered_until_it_is_confirmed(librarian: FlaskClient) -> None:
    printed(librarian)
    assert "<strong>12 labels</strong>" in librarian.get("/catalogue/labels/").text


@pytest.mark.requirement("A-20")
def test_qr_labels_go_on_a_sheet_that_was_begun(librarian: FlaskClient) -> None:
    run = printed(librarian, symbology="qr", start="60")
    pages = sheets_of(librarian.get(f"{run}.pdf").data)
    assert len(pages) == 2, "six labels are left on the first sheet"
    assert codes_read(pages[:1], A4) == numbered(1, 6)
    assert codes_read(pages[1:], A4) == numbered(7, 12)


def test_the_first_sheet_is_shown_with_what_it_costs(librarian: FlaskClient) -> None:
    page = librarian.post("/catalogue/labels/preview", data={**FORM, "copies": "6"}).text
    assert "<strong>72 labels</strong>" in page
    assert "on 2 sheets" in page
    assert "data:image/png;base64," in page
    assert page.count("<rect") == 65


def test_a_bar_code_that_is_too_wide_becomes_a_qr_code_and_the_page_says_why(librarian: FlaskClient) -> None:
    page = librarian.post(
        "/catalogue/labels/preview", data={**FORM, "sheet": "roll30x20", "symbology": "code39"}
    ).text
    assert "A bar code of these numbers needs" in page
    run = printed(librarian, sheet="roll30x20", symbology="code39")
    pages = sheets_of(librarian.get(f"{run}.pdf").data)
    assert codes_read(pages, BY_KEY["roll30x20"].sheet) == numbered(1, 12)


def test_numbers_that_the_library_does_not_have_are_named(librarian: FlaskClient) -> None:
    page = librarian.post(
        "/catalogue/labels/preview", data={**FORM, "which": "numbers", "numbers": "a00003\n๐๐๐๙๙๙, A00001"}
    ).text
    assert "<strong>2 labels</strong>" in page
    assert "000999" in page


def test_a_title_page_leads_to_the_labels_of_its_copies(librarian: FlaskClient, database: Database) -> None:
    with database.session(None) as session:
        title_id = session.scalars(select(Item.title_id)).first()
    page = librarian.get(f"/catalogue/labels/?title_id={title_id}").text
    assert "<strong>6 labels</strong>" in page
    assert "All copies of this title" in page


def test_the_page_offers_what_was_printed_last(librarian: FlaskClient, database: Database) -> None:
    printed(librarian, sheet="elephant-a7", kind="spine", band="class")
    page = librarian.get("/catalogue/labels/").text
    assert '<option selected value="elephant-a7">' in page
    assert '<option selected value="spine">' in page


def test_no_more_labels_are_made_than_one_run_can_hold(
    librarian: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST_ITEMS", 30)
    page = librarian.post("/catalogue/labels/preview", data={**FORM, "copies": "5"}).text
    assert "<strong>30 labels</strong>" in page
    assert "12 copies are chosen." in page


def test_nothing_chosen_is_said_and_no_run_is_kept(librarian: FlaskClient, database: Database) -> None:
    answer = librarian.post("/catalogue/labels/print", data={**FORM, "which": "numbers", "numbers": ""})
    assert answer.status_code == 422
    assert "there is nothing to print" in answer.text
    with database.session(None) as session:
        assert session.scalar(select(LabelRun)) is None


@pytest.mark.parametrize(("field", "wrong"), [("start", "0"), ("copies", "1000"), ("sheet", "papyrus"), ("kind", "")])
def test_a_wrong_choice_is_said_in_the_preview(librarian: FlaskClient, field: str, wrong: str) -> None:
    answer = librarian.post("/catalogue/labels/preview", data={**FORM, field: wrong})
    assert "Something above is missing or wrong." in answer.text
    assert librarian.post("/catalogue/labels/", data={**FORM, field: wrong}).status_code == 422


def test_many_labels_are_made_by_a_task(
    librarian: FlaskClient, database: Database, libraries: Libraries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "DIRECT", 10)
    run = printed(librarian)
    assert "/tasks/" in librarian.get(run).text
    with database.session(libraries.north) as session:
        task = session.scalars(select(Task)).one()
        work = Work(database, Config(home=tmp_path), libraries.north, task.id, task.args)
    result = jobs.print_labels(work)
    assert result["labels"] == 12
    pages = sheets_of((work.folder / result["file"]).read_bytes())
    assert codes_read(pages, A4) == numbered(1, 12)


@pytest.mark.requirement("A-21")
def test_a_librarian_measures_a_pack_that_nobody_measured_before(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    assert "measure your pack" in librarian.get("/catalogue/labels/").text
    address = librarian.post("/catalogue/labels/sheets/take", data={"preset": "elephant-a10"}).location
    assert "a guess to start from" in librarian.get(address).text
    assert librarian.post(address, data=SHEET).status_code == 302
    with database.session(libraries.north) as session:
        sheet = session.scalars(select(LabelSheet)).one()
        assert sheet.is_measured
        assert sheet.measures["x0"] == 3
    run = printed(librarian, sheet=str(sheet.id))
    pages = sheets_of(librarian.get(f"{run}.pdf").data)
    assert codes_read(pages, measures_of(sheet)) == numbered(1, 12)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x0": "10"}, "off the right edge"),
        ({"rows": "7"}, "off the bottom"),
        ({"pitch_x": "40"}, "G must be at least as much as E"),
        ({"pitch_y": "20"}, "H must be at least as much as F"),
        ({"corner": "14"}, "rounder than half"),
        ({"width": "wide"}, "Not a valid"),
        ({"label_width": "nan"}, "Number must be between"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_measures_that_cannot_be_are_refused_with_the_reason(
    librarian: FlaskClient, database: Database, changes: dict[str, str], said: str
) -> None:
    answer = librarian.post("/catalogue/labels/sheets/new", data={**SHEET, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert librarian.post("/catalogue/labels/sheets/drawing", data={**SHEET, **changes}).status_code == 200
    with database.session(None) as session:
        assert session.scalar(select(LabelSheet)) is None


def test_two_sheets_cannot_have_one_name(librarian: FlaskClient) -> None:
    librarian.post("/catalogue/labels/sheets/new", data=SHEET)
    answer = librarian.post("/catalogue/labels/sheets/new", data=SHEET)
    assert answer.status_code == 422
    assert "already. Give this one another name." in answer.text


def test_what_was_read_off_the_test_page_corrects_the_printer(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    trial = librarian.post("/catalogue/labels/sheets/new", data=SHEET).location
    assert len(sheets_of(librarian.get(f"{trial}.pdf").data)) == 1
    librarian.post(trial, data={"right": "1.5", "down": "-2", "line": "98"})
    with database.session(libraries.north) as session:
        measures = session.scalars(select(LabelSheet)).one().measures
    assert (measures["offset_x"], measures["offset_y"]) == (-1.5, 2)
    assert measures["scale"] == pytest.approx(100 / 98, abs=1e-4)


def test_a_sheet_is_copied_and_removed(librarian: FlaskClient, database: Database, libraries: Libraries) -> None:
    trial = librarian.post("/catalogue/labels/sheets/new", data=SHEET).location
    sheet_id = re.findall(r"\d+", trial)[0]
    copy = librarian.get(f"/catalogue/labels/sheets/new?like={sheet_id}").text
    assert 'value="Copy of ตราช้าง A10"' in copy
    assert 'value="46.0"' in copy
    librarian.post(f"/catalogue/labels/sheets/{sheet_id}/remove")
    with database.session(libraries.north) as session:
        assert session.scalar(select(LabelSheet)) is None


@pytest.mark.requirement("A-22")
def test_spine_labels_carry_the_colour_of_the_category_and_of_the_class(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        novel = Category(name="นวนิยาย", colour="#00aa55")
        session.add(novel)
        session.flush()
        for item in session.scalars(select(Item)):
            item.category_id = novel.id
    colours = ["#123456"] * 8 + ["#ff8800", "#123456"]
    librarian.post("/catalogue/labels/colours", data={f"colours-{place}": one for place, one in enumerate(colours)})
    for by, colour in (("category", (0, 0xAA, 0x55)), ("class", (0xFF, 0x88, 0))):
        run = printed(librarian, kind="spine", band=by)
        page = sheets_of(librarian.get(f"{run}.pdf").data)[0]
        assert page.covered_by(colour) == 5 * 3, "five columns, three rows, the last one begun"


def test_a_colour_that_is_none_is_refused(librarian: FlaskClient, database: Database) -> None:
    colours = {f"colours-{place}": "#000000" for place in range(9)} | {"colours-9": "red;}"}
    assert librarian.post("/catalogue/labels/colours", data=colours).status_code == 422
    with database.session(None) as session:
        assert session.scalar(select(LabelSettings)) is None


def test_old_runs_are_forgotten(librarian: FlaskClient, database: Database, clock: Clock) -> None:
    printed(librarian)
    with database.session(None) as session:
        session.scalars(select(LabelRun)).one().made_at = datetime.now(UTC) - timedelta(days=3650)
    printed(librarian)
    with database.session(None) as session:
        assert len(session.scalars(select(LabelRun)).all()) == 1
