"""Signing in, being locked out, staying in and leaving."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samut_hub.db import Database
from samut_hub.staff.models import StaffAccount, StaffSession
from samut_hub.staff.policy import Role
from tests.hub.conftest import PASSWORD, Clock, Libraries

SignIn = Callable[..., FlaskClient]


def try_to_sign_in(browser: FlaskClient, password: str = PASSWORD, username: str = "north.librarian") -> TestResponse:
    return browser.post("/sign-in", data={"username": username, "password": password})


def test_a_librarian_signs_in_and_sees_the_first_page(client: FlaskClient) -> None:
    answer = try_to_sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Librarian of north" in client.get("/").text


def test_the_user_name_may_be_typed_in_capitals(client: FlaskClient) -> None:
    assert try_to_sign_in(client, username=" North.Librarian ").status_code == 302


@pytest.mark.parametrize(("username", "password"), [("north.librarian", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    client: FlaskClient, username: str, password: str
) -> None:
    answer = try_to_sign_in(client, password, username)
    assert answer.status_code == 422
    assert "User name or password is wrong." in answer.text
    assert client.get("/").status_code == 302


def test_five_wrong_passwords_lock_the_account_for_five_minutes(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        try_to_sign_in(client, "wrong")
    assert "Wait five minutes" in try_to_sign_in(client).text
    clock.pass_by(minutes=5, seconds=1)
    assert try_to_sign_in(client).status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before(client: FlaskClient, hub_app: Flask) -> None:
    for _ in range(2):
        for _ in range(4):
            try_to_sign_in(client, "wrong")
        assert try_to_sign_in(client).status_code == 302
        client.post("/sign-out")


def test_a_closed_account_cannot_sign_in(client: FlaskClient, database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN]).active = False
    assert try_to_sign_in(client).status_code == 422


def test_signing_out_ends_the_session_on_the_hub_too(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    browser.post("/sign-out")
    assert browser.get("/").status_code == 302
    with database.session(None) as session:
        assert session.query(StaffSession).count() == 0


def test_after_twelve_hours_one_signs_in_again(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in()
    clock.pass_by(hours=11, minutes=59)
    assert browser.get("/").status_code == 200
    clock.pass_by(minutes=2)
    assert browser.get("/").status_code == 302


def test_a_weaker_hash_is_made_anew_at_sign_in(client: FlaskClient, database: Database, libraries: Libraries) -> None:
    try_to_sign_in(client)
    with database.session(None) as session:
        account = session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN])
        assert "m=65536" in account.password_hash


def test_only_the_hash_of_a_token_is_kept(client: FlaskClient, database: Database) -> None:
    try_to_sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie["token"]
    with database.session(None) as session:
        assert [row.token_hash for row in session.query(StaffSession)] != [token]


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    answer = client.post(
        "/sign-in", query_string={"next": elsewhere}, data={"username": "north.librarian", "password": PASSWORD}
    )
    assert answer.location == "/"


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient) -> None:
    answer = client.post(
        "/sign-in", query_string={"next": "/password?x=1"}, data={"username": "north.librarian", "password": PASSWORD}
    )
    assert answer.location == "/password?x=1"


def test_ended_sessions_are_forgotten_at_the_next_sign_in(
    client: FlaskClient, sign_in: SignIn, clock: Clock, database: Database
) -> None:
    sign_in()
    clock.pass_by(hours=13)
    try_to_sign_in(client)
    with database.session(None) as session:
        assert session.query(StaffSession).count() == 1
