"""The way of a new library from the first sign-in to the first loan."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from samut_hub.catalogue.service import add_material_types
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.cli import main
from samut_hub.db import Database
from samut_hub.libraries.models import Closure
from samut_hub.members.education import levels
from samut_hub.members.groups import member_types
from samut_hub.members.models import Member
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission, Role
from tests.hub.conftest import Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _set_up(database: Database) -> None:
    """As `samut setup` leaves it."""
    with database.session(None) as session:
        add_material_types(session)


def id_of(database: Database, library: int, number: str) -> int:
    with database.session(library) as session:
        return session.scalars(select(Member.id).where(Member.number == number)).one()


def test_the_first_sign_in_leads_to_the_first_steps_until_they_are_put_off(sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    assert admin.get("/").headers["Location"] == "/first-steps/"
    assert admin.get("/", headers={"HX-Request": "true"}).status_code == 200
    assert admin.post("/first-steps/later").headers["Location"] == "/"
    page = admin.get("/").text
    assert "There are no types of member yet" in page
    assert 'href="/first-steps/"' in page
    for address in ("/members/new", "/desk/rules"):
        assert 'href="/first-steps/"' in admin.get(address).text.partition("<main")[2]
    assert "Ask an administrator to take the first steps." in sign_in(Role.LIBRARIAN).get("/").text


def test_nothing_is_made_before_the_button_and_only_what_is_ticked(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    page = admin.get("/first-steps/").text
    assert "Primary pupil" in page
    assert "ป.1, ป.2, ป.3" in page
    assert "Audio-visual equipment" in page
    assert admin.post("/first-steps/", data={"on": ["2026-12-10"]}).status_code == 422
    with database.session(libraries.north) as session:
        assert not member_types(session)
    ticked = {"part": ["types", "holidays", "nonsense"], "on": ["2026-12-10", "2026-12-24", "tomorrow"]}
    assert admin.post("/first-steps/", data=ticked).status_code == 302
    with database.session(libraries.north) as session:
        assert len(member_types(session)) == 5
        assert session.scalars(select(LoanRule)).all() == []
        assert [str(one.on) for one in session.scalars(select(Closure))] == ["2026-12-10"]
    assert admin.get("/").status_code == 200


def test_from_the_first_steps_to_the_first_loan(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    page = admin.get("/first-steps/").text
    days = re.findall(r'name="on" value="([-\d]+)"', page)
    admin.post("/first-steps/", data={"part": re.findall(r'name="part" value="(\w+)"', page), "on": days})
    assert "has all that it needs to lend" in admin.get("/first-steps/").text
    form = admin.get("/members/new").text
    (teacher,) = re.findall(r'<option value="(\d+)">Teacher<', form)
    person = {"number": "10001", "type_id": teacher, "name_th": "สมศรี ใจดี", "group_id": "0"}
    assert admin.post("/members/new", data=person).status_code == 302
    added = admin.post("/catalogue/new", data={"title": "สี่แผ่นดิน", "material": "book"})
    assert added.status_code == 302
    assert admin.post(added.headers["Location"], data={"accession_number": "000123"}).status_code == 302
    member_id = id_of(database, libraries.north, "10001")
    admin.post("/desk/scan", data={"scan": "000123", "member": member_id, "command": uuid4()})
    with database.session(libraries.north) as session:
        lent = session.scalars(select(Loan)).one()
        assert (lent.due_at.date() - lent.lent_at.date()).days >= 30


def test_the_same_at_the_command_line_is_listed_and_asked_before(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "samut.toml").write_text(f'database = "{database_url}"\n')

    def samut(*arguments: str, typed: str = "") -> str:
        done = CliRunner().invoke(main, ["--home", str(tmp_path), *arguments], input=typed)
        return f"{done.exit_code} {done.output}{done.stderr}"

    samut("library", "add", "school", "--name-th", "โรงเรียน", "--name-en", "School")
    refused = samut("begin", "school", typed="n\n")
    assert "secondary: นักเรียนมัธยมศึกษา (Secondary pupil)" in refused
    assert "Made." not in refused
    assert "Made." in samut("begin", "school", "--yes")
    assert "has all of it already" in samut("begin", "school")
    assert "Known libraries: school" in samut("begin", "other")


def test_who_may_not_make_levels_makes_no_classes_with_them(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    with database.session(libraries.north) as session:
        charlie = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ADMINISTRATOR])
        charlie.removed = [Permission.EDIT_MEMBER_FORMS.value]
    assert 'value="classes"' not in admin.get("/first-steps/").text
    assert admin.post("/first-steps/", data={"part": ["classes"]}).status_code == 422
    with database.session(libraries.north) as session:
        assert levels(session) == []
