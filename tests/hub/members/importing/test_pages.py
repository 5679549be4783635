"""The pages on which a librarian hands over the school's list of pupils."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.members.groups import add_type
from samut_hub.members.importing import jobs
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.models import Member
from samut_hub.tasks import Task, TaskState, Work
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.members.importing.conftest import csv
from tests.hub.members.importing.test_photos import archive, picture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
IMPORTS = "/members/imports/"
HEAD = ("เลขประจำตัว", "ชื่อ-สกุล", "ชั้น")


@pytest.fixture
def librarian(sign_in: SignIn, database: Database, libraries: Libraries) -> FlaskClient:
    with database.session(libraries.north) as session:
        add_type(session, "pupil", "นักเรียน", "Pupil")
    return sign_in("librarian")


def sent(content: bytes, name: str) -> dict[str, object]:
    return {"file": (io.BytesIO(content), name)}


def carry_out(database: Database, libraries: Libraries, home: Path) -> None:
    with database.session(libraries.north) as session:
        task = session.scalars(select(Task).order_by(Task.id.desc())).first()
        assert task is not None
        task.state = TaskState.DONE.value
        work = Work(database, Config(home=home), libraries.north, task.id, task.args)
    (jobs.bring_in if task.kind == jobs.IMPORT else jobs.undo)(work)


@pytest.mark.requirement("K-23")
def test_a_list_is_handed_over_looked_at_brought_in_told_and_undone(
    librarian: FlaskClient, database: Database, libraries: Libraries, tmp_path: Path
) -> None:
    rows = (HEAD, ("20101", "มะลิ ใจดี", "ป.1"), ("2010", "ปอโล ใจงาม", "ป.1"))
    columns = librarian.post(IMPORTS, data=sent(csv(*rows), "นักเรียน.csv")).location
    assert "เลขประจำตัว" in librarian.get(columns).text
    asked = librarian.post(columns, data={"column": ["note", "note", ""]})
    assert (asked.status_code, "Say which column holds" in asked.text) == (422, True)
    preview = librarian.post(columns, data={"column": ["number", "name_th", "group"]}).location
    page = librarian.get(preview).text
    assert "มะลิ ใจดี" in page
    assert "A member number has at least five digits." in page
    choices = {"match": "number", "action": "update", "adds": "y", "makes": "y", "type_id": "1", "begin": "y"}
    task = librarian.post(f"{preview}/choose", data=choices).location
    carry_out(database, libraries, tmp_path)
    assert f'href="{preview}"' in librarian.get(task).text, "the report"
    assert "Rows not taken as Excel" in librarian.get(preview).text
    told = openpyxl.load_workbook(io.BytesIO(librarian.get(f"{preview}/refused.xlsx").data)).active
    assert told is not None
    assert [cell.value for cell in told[2]][:4] == ["2010", "ปอโล ใจงาม", "ป.1", 3]
    assert list((tmp_path / "member-imports").iterdir()) == []
    undoing = librarian.post(f"{preview}/undo").location
    carry_out(database, libraries, tmp_path)
    assert "Everything that this import brought in was taken out again." in librarian.get(preview).text
    with database.session(libraries.north) as session:
        assert session.scalars(select(Member)).all() == []
        session.execute(update(Task).values(state=TaskState.CANCELLED.value))
    for address, name in ((task, "Bring in นักเรียน.csv"), (undoing, "Undo the import of นักเรียน.csv")):
        page = librarian.get(address).text
        assert (name in page, "Start again" in page) == (True, False)


def test_photos_are_looked_at_by_their_names_and_put_away(librarian: FlaskClient, database: Database) -> None:
    page = librarian.post(f"{IMPORTS}photos", data=sent(archive(**{"20101.jpg": picture()}), "photos.zip")).location
    assert "There is no such member." in librarian.get(page).text
    librarian.post(f"{page}/discard")
    with database.session(None) as session:
        assert session.scalars(select(MemberImport)).all() == []


@pytest.mark.parametrize(
    ("address", "content", "sentence"),
    [
        ("", b"%PDF-1.7", "This file is no table."),
        ("", b"PK\x03\x04 broken", "damaged or locked by a password"),
        ("photos", b"no archive", "This is no ZIP archive."),
    ],
)
def test_a_wrong_file_is_told_and_not_kept(
    librarian: FlaskClient, tmp_path: Path, address: str, content: bytes, sentence: str
) -> None:
    answer = librarian.post(IMPORTS + address, data=sent(content, "x"))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert list((tmp_path / "member-imports").iterdir()) == []


def test_the_table_to_fill_in_is_understood_when_it_comes_back(librarian: FlaskClient) -> None:
    table = librarian.get(f"{IMPORTS}template").data
    columns = librarian.post(IMPORTS, data=sent(table, "members.xlsx")).location
    assert "Guardian&#39;s phone" in librarian.get(columns).text
    assert librarian.get(columns.removesuffix("/columns")).status_code == 200


def test_an_old_import_is_not_undone_any_more(
    librarian: FlaskClient, database: Database, libraries: Libraries, clock: Clock
) -> None:
    """What members were before it has been forgotten."""
    at = clock() - timedelta(days=91)
    with database.session(libraries.north) as session:
        run = MemberImport(kind="csv", file_name="a.csv", digest="a", size=1, started_at=at, begun_at=at)
        session.add(run)
        session.flush()
        run_id = run.id
    page = librarian.post(f"{IMPORTS}{run_id}/undo", follow_redirects=True).text
    assert "older than 90 days" in page
    with database.session(libraries.north) as session:
        assert session.get_one(MemberImport, run_id).undo_asked_at is None
