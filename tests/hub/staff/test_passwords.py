"""New passwords: made while others write, not guessed through the page that changes them, and not easy to guess."""

from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.db import Database
from samut_hub.members.models import Group, Member, MemberPassword
from samut_hub.members.signing_in import start_session
from samut_hub.staff import passwords
from samut_hub.staff.attempts import Guess, count_failure
from samut_hub.staff.guessing import is_easily_guessed
from samut_hub.staff.policy import MAX_FROM_ORIGIN, Role
from samut_hub.staff.service import hash_of
from tests.hub.conftest import CHEAP, PASSWORD, Clock, Libraries, SignIn, browser_of
from tests.hub.shelf import Shelf, member, put_on_shelf

NEW = "shelves and ladders"
TWICE = {"new": NEW, "again": NEW}


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def pupil(hub_app: Flask, database: Database, shelf: Shelf, clock: Clock) -> FlaskClient:
    """A browser in which the pupil is signed in."""
    with database.session(shelf.library) as session:
        own = member(session, shelf.pupil)
        session.add(MemberPassword(member_id=own.id, password_hash=CHEAP, must_change=False, set_at=clock()))
        token = start_session(session, own, clock())
    browser = browser_of(hub_app)
    with browser.session_transaction() as cookie:
        cookie["member_token"] = token
    return browser


def id_of(database: Database, shelf: Shelf) -> int:
    with database.session(shelf.library) as session:
        found: Member = member(session, shelf.pupil)
        return found.id


def test_books_are_lent_while_passwords_are_made(
    sign_in: SignIn,
    pupil: FlaskClient,
    database: Database,
    libraries: Libraries,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []

    def write(what: str) -> None:
        with database.session(libraries.north) as session:
            session.add(Group(name=f"{what} {len(written)}"))
        written.append(what)

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 — its own name
            write("tried")
            return super().verify(hash, password)

        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            write("made")
            return super().hash(password, salt=salt)

    passwords.nobodys_hash()
    monkeypatch.setattr(passwords, "_hasher", Slow(time_cost=1, memory_cost=8, parallelism=1))
    administrator = sign_in(Role.ADMINISTRATOR)
    assistant = libraries.staff_of["north"][Role.ASSISTANT]
    first = {"username": "mali", "name": "มะลิ", "role": "assistant", "new": NEW}
    assert pupil.post("/lib/north/my/password", data={"old": PASSWORD, **TWICE}).status_code == 302
    assert administrator.post(f"/members/{id_of(database, shelf)}/password").status_code == 200
    assert administrator.post("/staff/new", data=first).status_code == 302
    assert administrator.post(f"/staff/{assistant}/password", data=TWICE).status_code == 302
    assert administrator.post("/password", data={"old": PASSWORD, **TWICE}).status_code == 302
    assert written == ["tried", "made", "made", "made", "made", "tried", "made"]


def test_who_sits_at_an_open_session_guesses_five_times(sign_in: SignIn, pupil: FlaskClient) -> None:
    for browser, page in ((sign_in(), "/password"), (pupil, "/lib/north/my/password")):
        told = [browser.post(page, data={"old": f"guess {n}", **TWICE}).text for n in range(6)]
        assert ["password is wrong" in page for page in told] == [True] * 5 + [False]
        assert "Too many wrong passwords." in told[-1]
        assert "Too many wrong passwords." in browser.post(page, data={"old": PASSWORD, **TWICE}).text


def test_one_password_is_not_tried_on_a_whole_school(
    client: FlaskClient, hub_app: Flask, database: Database, shelf: Shelf, clock: Clock
) -> None:
    right = {"username": "north.librarian", "password": PASSWORD}
    with database.session(None) as session:
        for number in range(MAX_FROM_ORIGIN - 1):
            count_failure(session, Guess(hash_of(f"member {number}"), "127.0.0.1"), clock())
    guess = {"name": shelf.pupil, "password": "guess"}
    told = [client.post("/lib/north/my/sign-in", data=guess).text for _ in range(2)]
    assert ["Too many" in page for page in told] == [False, True]
    assert "Too many" in client.post("/sign-in", data=right).text
    elsewhere = browser_of(hub_app)
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.20"
    assert elsewhere.post("/sign-in", data=right).status_code == 302
    clock.pass_by(minutes=5, seconds=1)
    assert client.post("/sign-in", data=right).status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_everybody_would_try_is_no_password(sign_in: SignIn, pupil: FlaskClient, shelf: Shelf) -> None:
    for easy in ("password99", "0123456789"):
        chosen = {"old": PASSWORD, "new": easy, "again": easy}
        assert "guessed at once" in pupil.post("/lib/north/my/password", data=chosen).text
        assert "guessed at once" in sign_in().post("/password", data=chosen).text
    own = f"maew{shelf.pupil}"
    said = pupil.post("/lib/north/my/password", data={"old": PASSWORD, "new": own, "again": own}).text
    assert "Your member number is no password" in said
    named = {"username": "mali.t", "name": "มะลิ", "role": "assistant", "new": "for mali.t only"}
    assert "guessed at once" in sign_in(Role.ADMINISTRATOR).post("/staff/new", data=named).text


@pytest.mark.parametrize(
    "easy", ["12345678", "87654321", "00000000", "12341234", "qwerty1234", "Password1!", "ห้องสมุด2569", "1qaz2wsx"]
)
def test_runs_and_usual_words_are_easy(easy: str) -> None:
    assert is_easily_guessed(easy)


@pytest.mark.parametrize("good", [PASSWORD, NEW, "แมวนอนบนชั้นหนังสือ", "kx7mq2wpd9", "14022551", "mygreathouse"])
def test_sentences_and_temporary_ones_are_not(good: str) -> None:
    assert not is_easily_guessed(good)
