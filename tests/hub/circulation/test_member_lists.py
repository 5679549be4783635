"""Lists of members and of what they have on loan, for class teachers; a member's loans of a period, printed."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from samut_hub.circulation.member_lists import jobs, web
from samut_hub.circulation.member_lists.service import Kind, Wish, Words, sections
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.members.groups import add_group
from samut_hub.tasks import Task
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, item, member, put_on_shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LISTS = "/members/lists/"
WORDS = Words(
    library="", heading="", about="", page="", labels={}, without_class="none", late="# days late", nothing="nothing"
)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """One pupil is in ป.2 with two books, late; the other in ป.10 with none; the teacher has one, and no class."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        for number, name in ((shelf.pupil, "ป.2"), (shelf.other, "ป.10")):
            member(session, number).group = add_group(session, name)
        for number, barcode in ((shelf.pupil, shelf.book), (shelf.pupil, shelf.second), (shelf.teacher, shelf.third)):
            lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source="d")
            clock.pass_by(minutes=1)
    clock.pass_by(days=10)
    return shelf


@pytest.fixture
def librarian(shelf: Shelf, sign_in: SignIn) -> FlaskClient:
    return sign_in("librarian")


@pytest.mark.requirement("M-13")
def test_lists_are_printed_a_class_on_each_sheet_with_late_loans_marked(
    librarian: FlaskClient, database: Database, shelf: Shelf
) -> None:
    page = librarian.get(LISTS, query_string={"kind": "loans"}).text
    assert page.index("พระอภัยมณี") < page.index("ขุนช้างขุนแผน") < page.index("In no class")
    assert page.count("days late") == 2
    pdf = PdfReader(io.BytesIO(librarian.get(f"{LISTS}pdf", query_string={"kind": "loans", "with_all": "y"}).data))
    assert len(pdf.pages) == 3
    sheet = openpyxl.load_workbook(io.BytesIO(librarian.get(f"{LISTS}xlsx?kind=members").data)).active
    assert sheet is not None
    classes = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert classes == ["ป.2", "ป.10", "In no class"]


def test_the_list_asks_the_same_however_many_members_it_has(
    database: Database, shelf: Shelf, clock: Clock, statements: Callable[[], object]
) -> None:
    with database.session(shelf.library) as session:
        found = sections(session, Wish(kind=Kind.LOANS), WORDS, clock())
        assert [(one.name, len(one.rows), one.members) for one in found] == [("ป.2", 2, 1), ("none", 1, 1)]
        with statements() as asked:  # type: ignore[attr-defined]
            sections(session, Wish(kind=Kind.LOANS, with_all=True), WORDS, clock())
        assert len(asked) <= 4


def test_a_long_list_is_made_in_the_background(
    librarian: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "DIRECT", 1)
    assert "made in the background" in librarian.get(f"{LISTS}?kind=members").text
    assert "/tasks/" in librarian.post(f"{LISTS}xlsx?kind=members").location
    with database.session(None) as session:
        assert session.scalars(select(Task.kind)).all() == [jobs.KIND]


@pytest.mark.requirement("M-11")
def test_a_member_s_loans_of_a_period_are_kept_and_printed(
    librarian: FlaskClient, database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        take_back(session, item=item(session, shelf.book), now=clock(), source="d")
        pupil = member(session, shelf.pupil).id
    address = f"/desk/members/{pupil}/loans"
    page = librarian.get(address, query_string={"since": "2026-11-01", "until": "2026-11-30"}).text
    assert f"{address}.pdf?since=2026-11-01" in page
    assert "พระอภัยมณี" in page
    assert "พระอภัยมณี" not in librarian.get(address, query_string={"since": "2026-12-01"}).text
    printed = librarian.get(f"{address}.pdf", query_string={"since": "2026-11-01"})
    assert (printed.mimetype, len(PdfReader(io.BytesIO(printed.data)).pages)) == ("application/pdf", 1)
