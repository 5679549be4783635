"""Accounts: made, changed and closed by an administrator, and one's own password."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samut_hub.db import Database
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from tests.hub.conftest import PASSWORD, Libraries, SignIn, on_sqlite

NEW = {"username": "Mali.T", "name": "มะลิ ทองดี", "role": "assistant", "new": "the library by the river"}


def account_of(database: Database, staff_id: int) -> StaffAccount:
    with database.session(None) as session:
        return session.get_one(StaffAccount, staff_id)


def enter(browser: FlaskClient, username: str, password: str) -> TestResponse:
    return browser.post("/sign-in", data={"username": username, "password": password})


def test_a_new_assistant_can_sign_in(sign_in: SignIn, client: FlaskClient) -> None:
    assert sign_in(Role.ADMINISTRATOR).post("/staff/new", data=NEW).status_code == 302
    assert enter(client, "mali.t", NEW["new"]).status_code == 302
    assert "มะลิ ทองดี" in client.get("/").text


def test_a_user_name_of_another_library_is_taken_too(sign_in: SignIn) -> None:
    answer = sign_in(Role.ADMINISTRATOR).post("/staff/new", data={**NEW, "username": "south.Assistant"})
    assert answer.status_code == 422
    assert "This user name is taken." in answer.text


@on_sqlite
@pytest.mark.parametrize(
    "wrong", [{"new": "short"}, {"username": "ม ะลิ"}, {"name": ""}, {"role": "owner"}, {"username": "ab"}]
)
def test_a_form_with_a_mistake_makes_no_account(sign_in: SignIn, wrong: dict[str, str]) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    assert browser.post("/staff/new", data={**NEW, **wrong}).status_code == 422
    assert "มะลิ" not in browser.get("/staff").text


def test_a_closed_account_is_out_at_once(sign_in: SignIn, libraries: Libraries) -> None:
    assistant = sign_in(Role.ASSISTANT)
    address = f"/staff/{libraries.staff_of['north'][Role.ASSISTANT]}/active"
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.post(address, data={"active": "no"})
    assert assistant.get("/password").status_code == 302
    administrator.post(address, data={"active": "yes"})
    assert enter(assistant, "north.assistant", PASSWORD).status_code == 302


@on_sqlite
def test_an_assistant_becomes_a_librarian(sign_in: SignIn, libraries: Libraries, database: Database) -> None:
    staff_id = libraries.staff_of["north"][Role.ASSISTANT]
    sign_in(Role.ADMINISTRATOR).post(f"/staff/{staff_id}", data={"name": "Somchai", "role": "librarian"})
    changed = account_of(database, staff_id)
    assert (changed.name, changed.role) == ("Somchai", "librarian")


@on_sqlite
def test_nobody_takes_away_their_own_rights(sign_in: SignIn, libraries: Libraries, database: Database) -> None:
    staff_id = libraries.staff_of["north"][Role.ADMINISTRATOR]
    browser = sign_in(Role.ADMINISTRATOR)
    assert browser.post(f"/staff/{staff_id}", data={"name": "Me", "role": "assistant"}).status_code == 422
    assert browser.post(f"/staff/{staff_id}/active", data={"active": "no"}).status_code == 422
    kept = account_of(database, staff_id)
    assert (kept.role, kept.active) == ("administrator", True)


@on_sqlite
def test_who_forgot_the_password_gets_a_new_one(sign_in: SignIn, client: FlaskClient, libraries: Libraries) -> None:
    for _ in range(5):
        enter(client, "north.assistant", "wrong")
    staff_id = libraries.staff_of["north"][Role.ASSISTANT]
    new = {"new": "morning at the desk", "again": "morning at the desk"}
    sign_in(Role.ADMINISTRATOR).post(f"/staff/{staff_id}/password", data=new)
    assert enter(client, "north.assistant", new["new"]).status_code == 302


def test_changing_ones_password_ends_the_other_sessions_only(sign_in: SignIn) -> None:
    elsewhere, here = sign_in(), sign_in()
    new = {"old": PASSWORD, "new": "shelves and ladders", "again": "shelves and ladders"}
    assert here.post("/password", data=new).status_code == 302
    assert here.get("/password").status_code == 200
    assert elsewhere.get("/password").status_code == 302


@on_sqlite
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"old": "wrong", "new": "shelves and ladders", "again": "shelves and ladders"}, "current password is wrong"),
        ({"old": PASSWORD, "new": "shelves and ladders", "again": "shelves"}, "differ"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "at least 10"),
        ({"old": "", "new": "", "again": ""}, "This field is required."),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    sign_in: SignIn, client: FlaskClient, form: dict[str, str], said: str
) -> None:
    answer = sign_in().post("/password", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert enter(client, "north.librarian", PASSWORD).status_code == 302
