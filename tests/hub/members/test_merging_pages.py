"""The pages on which a librarian makes one of two members, and two of one again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.db import Database
from samut_hub.members.groups import add_type
from samut_hub.members.merging.models import MemberMerge
from samut_hub.members.models import Member
from samut_hub.members.service import MemberFields, add_member
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TWICE = "/members/duplicates/"


@pytest.fixture
def librarian(sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock) -> FlaskClient:
    """Of a library in which มะลิ is registered twice: once with her birth, once with a phone."""
    with database.session(libraries.north) as session:
        pupil = add_type(session, "pupil", "นักเรียน", "Pupil").id
        for number, said in (("10001", {"born": "2018-05-17"}), ("10002", {"phone": "0811111111", "born": "2018"})):
            fields = MemberFields(number=number, type_id=pupil, name_th="มะลิ ใจดี", **said)  # type: ignore[arg-type]
            add_member(session, fields, now=clock(), joined_on=clock().date())
    return sign_in("librarian")


def numbers(database: Database) -> list[str]:
    with database.session(None) as session:
        return sorted(session.scalars(select(Member.number)))


def test_two_are_found_compared_made_one_and_two_again(librarian: FlaskClient, database: Database) -> None:
    found = librarian.get(TWICE).text
    assert "มะลิ ใจดี" in found
    assert f"{TWICE}1/2" in found
    assert "0811111111" in librarian.get(f"{TWICE}1/2").text
    assert librarian.post(f"{TWICE}1/2").location == "/members/1"
    assert numbers(database) == ["10001"]
    assert "0811111111" in librarian.get("/members/1").text
    with database.session(None) as session:
        merge_id = session.scalars(select(MemberMerge.id)).one()
    assert librarian.post(f"{TWICE}merges/{merge_id}/undo").status_code == 302
    assert numbers(database) == ["10001", "10002"]
    assert "cannot be undone" in librarian.post(f"{TWICE}merges/{merge_id}/undo", follow_redirects=True).text


def test_those_who_are_two_are_not_shown_again(librarian: FlaskClient) -> None:
    librarian.post(f"{TWICE}apart", data={"member": ["1", "2"]})
    assert f"{TWICE}1/2" not in librarian.get(TWICE).text
    assert "one and the same" in librarian.post(f"{TWICE}1/1", follow_redirects=True).text
