"""Passes of guests: made once, shown once, taken back, and forgotten by name."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.db import Database
from samut_hub.libraries.service import card_key
from samut_hub.privacy import service as privacy
from samut_hub.visits.guests import against_pass
from samut_hub.visits.models import GuestPass
from samut_hub.web.hub import Hub
from samut_wire.cards import card_hash
from tests.hub.conftest import Clock, Libraries, SignIn


def asked(browser: FlaskClient, **said: str) -> dict[str, str]:
    """The form as the page offers it, with what is filled in."""
    page = browser.get("/visits/guests").text
    offered = dict(re.findall(r'name="([a-z_]+)"[^>]*? value="([^"]*)"', page))
    return {**offered, "name": "คุณวิชัย", **said}


def rows(database: Database) -> list[GuestPass]:
    with database.session(None) as session:
        return list(session.scalars(select(GuestPass).order_by(GuestPass.id)))


def codes(page: str) -> list[str]:
    return [code.replace(" ", "") for code in re.findall(r'class="code">([^<]+)<', page)]


@pytest.mark.requirement("H-03")
def test_passes_for_a_group_are_shown_once_and_kept_only_as_hashes(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    browser = sign_in("assistant")
    form = asked(browser, count="3", uses="2")
    page = browser.post("/visits/guests", data=form).text
    shown = codes(page)
    assert len(set(shown)) == 3
    assert page.count("data:image/svg+xml") == 3
    assert [(row.name, row.uses, row.made_by) for row in rows(database)] == [("คุณวิชัย", 2, "north.assistant")] * 3
    listed = browser.get("/visits/guests").text
    assert "คุณวิชัย" in listed
    assert not any(code in listed or code in row.code_hash for code in shown for row in rows(database))


def test_the_same_form_twice_shows_the_same_passes(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    form = asked(browser, count="2")
    first, again = (codes(browser.post("/visits/guests", data=form).text) for _ in range(2))
    assert first == again
    assert len(rows(database)) == 2
    assert codes(browser.post("/visits/guests", data=asked(browser)).text) != first[:1]


def test_the_gate_knows_the_code_that_is_printed(sign_in: SignIn, database: Database, hub_app: Flask) -> None:
    browser = sign_in()
    (code,) = codes(browser.post("/visits/guests", data=asked(browser)).text)
    hub: Hub = hub_app.extensions["samut"]
    assert rows(database)[0].code_hash == card_hash(card_key(hub.card_secret, "north"), "guest", code)


def test_a_pass_that_ends_before_it_begins_is_refused(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    wrong: dict[str, str]
    for wrong in ({"until_day": "2026-11-22"}, {"until_day": "2028-11-24"}, {"count": "0"}, {"command": "x"}):
        assert browser.post("/visits/guests", data=asked(browser, **wrong)).status_code == 422
    assert rows(database) == []


def test_a_pass_that_was_taken_back_lets_nobody_in(sign_in: SignIn, database: Database, clock: Clock) -> None:
    browser = sign_in()
    browser.post("/visits/guests", data=asked(browser))
    (row,) = rows(database)
    assert against_pass(row, clock()) == ()
    assert browser.post(f"/visits/guests/{row.id}/revoke").status_code == 302
    (row,) = rows(database)
    assert [reason.code for reason in against_pass(row, clock())] == ["pass_ended"]
    assert row.revoked_by == "north.librarian"
    assert "Taken back" in browser.get("/visits/guests").text


def test_names_of_guests_go_when_their_time_is_over(
    sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    browser = sign_in()
    browser.post("/visits/guests", data=asked(browser))
    clock.pass_by(days=80)
    privacy.run(database, libraries.north, clock())
    assert rows(database)[0].name == "คุณวิชัย"
    clock.pass_by(days=11)
    privacy.run(database, libraries.north, clock())
    assert rows(database)[0].name == ""
