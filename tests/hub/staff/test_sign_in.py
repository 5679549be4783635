"""Signing in, being locked out, staying in and leaving."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samut_hub.app import create_app
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.jobs.schedule import forget_what_ended
from samut_hub.members.models import Group
from samut_hub.secrets import make_secrets
from samut_hub.staff import passwords
from samut_hub.staff.models import FailedSignIn, StaffAccount, StaffSession
from samut_hub.staff.policy import Role
from tests.hub.conftest import PASSWORD, Clock, Libraries, browser_of

SignIn = Callable[..., FlaskClient]


def browser_at(app: Flask, address: str) -> FlaskClient:
    browser = browser_of(app)
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def said_to(answer: TestResponse) -> str:
    """Which of the two refusals the page shows."""
    said = ("User name or password is wrong.", "Too many wrong passwords.")
    return next(sentence for sentence in said if sentence in answer.text)


def failures(database: Database) -> int:
    with database.session(None) as session:
        return session.query(FailedSignIn).count()


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
    assert client.get("/password").status_code == 302


@pytest.mark.parametrize("username", ["north.librarian", "nobody"])
def test_after_five_wrong_passwords_one_waits_five_minutes_whoever_it_is(
    client: FlaskClient, clock: Clock, username: str
) -> None:
    told = [said_to(try_to_sign_in(client, "wrong", username)) for _ in range(7)]
    assert told == ["User name or password is wrong."] * 5 + ["Too many wrong passwords."] * 2
    clock.pass_by(minutes=5, seconds=1)
    assert said_to(try_to_sign_in(client, "wrong", username)) == "User name or password is wrong."


def test_who_waited_five_minutes_signs_in(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        try_to_sign_in(client, "wrong")
    assert said_to(try_to_sign_in(client)) == "Too many wrong passwords."
    clock.pass_by(minutes=5, seconds=1)
    assert try_to_sign_in(client).status_code == 302


def test_a_stranger_elsewhere_does_not_lock_the_librarian_out(client: FlaskClient, hub_app: Flask) -> None:
    stranger = browser_at(hub_app, "203.0.113.9")
    for _ in range(6):
        try_to_sign_in(stranger, "wrong")
    assert said_to(try_to_sign_in(stranger)) == "Too many wrong passwords."
    assert try_to_sign_in(client).status_code == 302


def test_one_computer_with_many_addresses_waits_as_well(hub_app: Flask) -> None:
    for host in range(5):
        try_to_sign_in(browser_at(hub_app, f"2001:db8::{host}"), "wrong")
    assert said_to(try_to_sign_in(browser_at(hub_app, "2001:db8::abcd"))) == "Too many wrong passwords."
    assert try_to_sign_in(browser_at(hub_app, "2001:db8:0:1::1")).status_code == 302


def test_failures_outlast_a_restart_and_are_forgotten_when_they_no_longer_count(
    client: FlaskClient, database: Database, clock: Clock, tmp_path: Path
) -> None:
    for _ in range(5):
        try_to_sign_in(client, "wrong")
    restarted = create_app(Config(home=tmp_path), database=database, clock=clock)
    restarted.config["WTF_CSRF_ENABLED"] = False
    assert said_to(try_to_sign_in(browser_of(restarted))) == "Too many wrong passwords."
    clock.pass_by(minutes=4)
    forget_what_ended(database, clock())
    assert failures(database) == 5
    clock.pass_by(minutes=1)
    forget_what_ended(database, clock())
    assert failures(database) == 0


def test_behind_a_proxy_it_is_the_browser_that_waits(
    database: Database, libraries: Libraries, clock: Clock, tmp_path: Path
) -> None:
    config = Config(home=tmp_path, trusted_proxies=1)
    make_secrets(config)
    app = create_app(config, database=database, clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    stranger, librarian = browser_of(app), browser_of(app)
    stranger.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.1, 203.0.113.9"
    librarian.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.20"
    for _ in range(5):
        try_to_sign_in(stranger, "wrong")
    stranger.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.2, 203.0.113.9"
    assert said_to(try_to_sign_in(stranger)) == "Too many wrong passwords."
    assert try_to_sign_in(librarian).status_code == 302


def test_books_are_lent_while_a_password_is_tried(
    sign_in: SignIn, database: Database, libraries: Libraries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a browser whose former session was looked up at the beginning of the request."""
    written: list[str] = []

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 — its own name
            with database.session(libraries.north) as session:
                session.add(Group(name=f"ป.{len(written)}"))
            written.append(str(password))
            return super().verify(hash, password)

    browser = sign_in()
    monkeypatch.setattr(passwords, "_hasher", Slow())
    assert try_to_sign_in(browser, "wrong").status_code == 422
    assert try_to_sign_in(browser).status_code == 302
    assert written == ["wrong", PASSWORD]


def test_many_wrong_passwords_at_once_are_tried_two_at_a_time_and_counted(
    hub_app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    trying: set[int] = set()

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 — its own name
            trying.add(threading.get_ident())
            tried.append(len(trying))
            try:
                return super().verify(hash, password)
            finally:
                trying.discard(threading.get_ident())

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(16) as crowd:
        answers = crowd.map(lambda _: try_to_sign_in(browser_of(hub_app), "wrong", "nobody"), range(16))
        told = [said_to(answer) for answer in answers]
    assert max(tried) <= 2
    assert told.count("User name or password is wrong.") == len(tried) == failures(database)
    assert len(tried) in {5, 6}


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
    assert browser.get("/password").status_code == 302
    with database.session(None) as session:
        assert session.query(StaffSession).count() == 0


def test_after_twelve_hours_one_signs_in_again(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in()
    clock.pass_by(hours=11, minutes=59)
    assert browser.get("/password").status_code == 200
    clock.pass_by(minutes=2)
    assert browser.get("/password").status_code == 302


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
