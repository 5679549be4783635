"""The pages about headings as a cataloguer uses them."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities import changing
from samut_hub.catalogue.authorities.models import Heading
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.jobs.work import KINDS
from samut_hub.tasks import Task, Work
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cataloguer(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        service.add_material_types(session)
        for number in range(3):
            said = Description(title=f"เล่ม {number}", author="ศรีบูรพา; มานี", subjects="นวนิยาย -- ไทย")
            service.add_title(session, said, now=NOW)
    return sign_in()


def heading(database: Database, text: str) -> int:
    with database.session(None, writes=False) as session:
        return session.scalars(select(Heading.id).where(Heading.text == text)).one()


def authors(database: Database) -> set[str]:
    with database.session(None, writes=False) as session:
        return set(session.scalars(select(Title.author)))


def test_headings_are_browsed_searched_and_opened(cataloguer: FlaskClient, database: Database) -> None:
    assert "ศรีบูรพา" in cataloguer.get("/catalogue/headings/").text
    page = cataloguer.get("/catalogue/headings/?kind=subject&q=ยาย").text
    assert "นวนิยาย" in page
    assert "of other kinds" in (others := cataloguer.get("/catalogue/headings/?kind=subject&q=ศรี").text)
    assert "ศรีบูรพา" in others
    assert "No heading has" in cataloguer.get("/catalogue/headings/?kind=subject&q=qqq").text
    assert "เล่ม 2" in cataloguer.get(f"/catalogue/headings/{heading(database, 'นวนิยาย')}").text
    assert cataloguer.get("/catalogue/headings/?kind=nonsense&after=99999").status_code == 404


def test_a_heading_gets_a_note_forms_and_relations(cataloguer: FlaskClient, database: Database) -> None:
    address = f"/catalogue/headings/{heading(database, 'ศรีบูรพา')}"
    cataloguer.post(address, data={"is_authorised": "y", "note": "นามปากกา", "source": "หอสมุดแห่งชาติ"})
    cataloguer.post(f"{address}/forms", data={"text": "Siburapha"})
    cataloguer.post(f"{address}/related", data={"text": "มานี"})
    page = cataloguer.get(address).text
    for said in ("Authorised", "นามปากกา", "หอสมุดแห่งชาติ", "Siburapha", "มานี"):
        assert said in page, said
    form_id = heading(database, "Siburapha")
    assert "This form is not used" in cataloguer.get(f"/catalogue/headings/{form_id}").text
    cataloguer.post(f"{address}/forms/{form_id}/remove")
    cataloguer.post(f"{address}/related/{heading(database, 'มานี')}/remove")
    page = cataloguer.get(address).text
    assert "Siburapha" not in page
    assert "มานี" not in page.partition("What was changed")[0].partition("list-group")[0]


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("forms", "มานี", "is a heading already"),
        ("forms", "...", "at least one letter"),
        ("related", "ใครก็ไม่รู้", "There is no other heading"),
        ("change", "!!!", "at least one letter"),
    ],
)
def test_what_cannot_be_done_is_said(
    cataloguer: FlaskClient, database: Database, action: str, typed: str, said: str
) -> None:
    address = f"/catalogue/headings/{heading(database, 'ศรีบูรพา')}"
    assert said in cataloguer.post(f"{address}/{action}", data={"text": typed}, follow_redirects=True).text


def test_a_rename_is_shown_first_done_and_undone(cataloguer: FlaskClient, database: Database) -> None:
    address = f"/catalogue/headings/{heading(database, 'ศรีบูรพา')}"
    seen = cataloguer.get(f"{address}/change", query_string={"text": "กุหลาบ สายประดิษฐ์"}).text
    for said in ("Rename the heading", "3 titles are changed.", "$a ศรีบูรพา", "$a กุหลาบ สายประดิษฐ์", "เล่ม 0"):
        assert said in seen, said
    assert authors(database) == {"ศรีบูรพา; มานี"}
    cataloguer.post(f"{address}/change", data={"text": "กุหลาบ สายประดิษฐ์"})
    assert authors(database) == {"กุหลาบ สายประดิษฐ์; มานี"}
    undo = re.findall(r'action="([^"]*/undo)"', cataloguer.get(address).text)
    assert len(undo) == 1
    cataloguer.post(undo[0])
    assert authors(database) == {"ศรีบูรพา; มานี"}


def test_many_titles_follow_as_a_task(
    cataloguer: FlaskClient,
    database: Database,
    libraries: Libraries,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changing, "AT_ONCE", 2)
    one, into = heading(database, "มานี"), "ศรีบูรพา"
    assert "Merge two headings" in cataloguer.get(f"/catalogue/headings/{one}/change?text={into}").text
    answer = cataloguer.post(f"/catalogue/headings/{one}/change", data={"text": into})
    assert "/tasks/" in answer.location
    with database.session(libraries.north, writes=False) as session:
        task = session.scalars(select(Task)).one()
        work = Work(database, Config(home=tmp_path), libraries.north, task.id, task.args)
    assert KINDS[task.kind](work) == {"titles": 3}
    assert authors(database) == {"ศรีบูรพา"}
    with database.session(None, writes=False) as session:
        assert session.get_one(Task, task.id).done == 3


def test_suggestions_keep_the_values_that_were_typed_before(cataloguer: FlaskClient) -> None:
    asked = {"kind": "names", "author": "มานี; ศรี"}
    assert 'value="มานี; ศรีบูรพา"' in cataloguer.get("/catalogue/headings/suggest", query_string=asked).text
    assert cataloguer.get("/catalogue/headings/suggest?kind=names&q=").text == ""


def test_subjects_are_offered_as_buttons_while_they_are_typed(cataloguer: FlaskClient) -> None:
    assert 'hx-target="#subject-headings"' in cataloguer.get("/catalogue/new").text
    asked = {"kind": "subjects", "subjects": "ประวัติศาสตร์\nนวนิ"}
    told = cataloguer.get("/catalogue/headings/suggest", query_string=asked).text
    assert 'data-fills="subjects" data-value="ประวัติศาสตร์; นวนิยาย"' in told
    done = {"kind": "subjects", "subjects": "นวนิยาย"}
    assert ">นวนิยาย<" not in cataloguer.get("/catalogue/headings/suggest", query_string=done).text


def test_a_form_that_is_not_used_is_saved_as_the_heading_in_use(cataloguer: FlaskClient, database: Database) -> None:
    cataloguer.post(f"/catalogue/headings/{heading(database, 'ศรีบูรพา')}/forms", data={"text": "Siburapha"})
    data = {"title": "ใหม่", "author": "siburapha", "material": "book", "language": "tha", "subjects": "อื่น"}
    page = cataloguer.post("/catalogue/new", data=data, follow_redirects=True).text
    assert "“siburapha” is saved as “ศรีบูรพา”" in page
    assert "ศรีบูรพา" in authors(database)
