"""Every page of the hub, asked for by the wrong person.

Alice works in north. Bob has every right, but in south. Charlie works in north without the right that the page needs.
A visitor has not signed in. A page that is not in `routes.toml` fails the test: add it with the right it needs, and
to `north.py` the record that its address names.

Who is refused never comes to a question of the page's own: that is tried on SQLite. That Bob finds nothing and Alice
everything is tried on both databases.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samut_hub.db import Database
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import PERMISSIONS, Permission, Role
from tests.hub.conftest import Clock, Libraries, SignIn, browser_of, on_sqlite
from tests.hub.web.north import North, Page, fill_north
from tests.hub.web.routes import OF_ALL_LIBRARIES, TABLE, WHICH_LIST, Open


@pytest.fixture
def north(database: Database, libraries: Libraries, clock: Clock) -> North:
    with database.session(libraries.north) as session:
        return fill_north(session, libraries, clock())


def ask(browser: FlaskClient, page: Page) -> TestResponse:
    _, method, address = page
    return browser.open(address, method=method, buffered=False)


def is_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.startswith(
        ("/sign-in", "/my/sign-in", "/lib/north/my/sign-in")
    )


def test_every_page_is_in_the_table(hub_app: Flask) -> None:
    assert {rule.endpoint for rule in hub_app.url_map.iter_rules()} == set(TABLE)


@on_sqlite
def test_a_visitor_is_sent_to_sign_in(hub_app: Flask, north: North) -> None:
    browser = browser_of(hub_app)
    let_in = [
        page
        for rule, page in north.pages(hub_app)
        if TABLE[rule.endpoint] != Open.TO_ALL and not is_to_sign_in(ask(browser, page))
    ]
    assert let_in == []


@on_sqlite
@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.LIBRARIAN])
def test_charlie_is_refused_what_is_not_his_to_do(hub_app: Flask, north: North, sign_in: SignIn, role: Role) -> None:
    browser = sign_in(role)
    not_his = [
        page
        for rule, page in north.pages(hub_app)
        if isinstance(right := TABLE[rule.endpoint], Permission) and right not in PERMISSIONS[role]
    ]
    assert not_his
    assert [page for page in not_his if ask(browser, page).status_code != 403] == []


def pages_by_right(app: Flask, north: North) -> dict[Permission, list[Page]]:
    by_right: dict[Permission, list[Page]] = {right: [] for right in Permission}
    for rule, page in north.pages(app):
        if isinstance(right := TABLE[rule.endpoint], Permission):
            by_right[right].append(page)
    return by_right


@on_sqlite
def test_charlie_who_may_do_all_but_one_thing_is_refused_that(
    hub_app: Flask, north: North, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    browser, let_in = sign_in(Role.ADMINISTRATOR), []
    for right, pages in pages_by_right(hub_app, north).items():
        with database.session(libraries.north) as session:
            charlie = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ADMINISTRATOR])
            charlie.removed = [right.value]
        let_in += [(right.value, page) for page in pages if ask(browser, page).status_code != 403]
    assert let_in == []


@on_sqlite
@pytest.mark.requirement("M-09")
def test_dao_who_may_do_one_thing_only_is_refused_just_the_others(
    hub_app: Flask, north: North, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    """Given to a single person, with nothing from a role. Of each other right she tries a page now and then."""
    browser, wrong, by_right = sign_in(Role.ASSISTANT), [], pages_by_right(hub_app, north)
    first = [(right, pages[0]) for right, pages in by_right.items() if pages]
    for turn, (right, pages) in enumerate(by_right.items()):
        with database.session(libraries.north) as session:
            dao = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT])
            dao.granted, dao.removed = [right.value], sorted(PERMISSIONS[Role.ASSISTANT] - {right})
        wrong += [(right.value, page) for page in pages if page[1] == "GET" and ask(browser, page).status_code == 403]
        others = [page for other, page in first[turn % 8 :: 8] if other != right]
        wrong += [(right.value, page) for page in others if ask(browser, page).status_code != 403]
    assert [(right, page) for right, page in wrong if page[0] not in _OF_OWN_TILL] == []


_OF_OWN_TILL = {"charges.closing", "charges.closing_pdf"}
"""Others' tills need the right to see all accounts as well."""


@on_sqlite
def test_staff_are_no_members(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    let_in = [
        page
        for rule, page in north.pages(hub_app)
        if TABLE[rule.endpoint] == Open.TO_MEMBERS and not is_to_sign_in(ask(browser, page))
    ]
    assert let_in == []


def test_bob_of_south_finds_nothing_of_north(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR, "south")
    of_north = [
        page
        for rule, page in north.pages(hub_app)
        if rule.arguments - OF_ALL_LIBRARIES and TABLE[rule.endpoint] not in (Open.TO_ALL, Open.TO_MEMBERS)
    ]
    assert of_north
    assert [(page, status) for page in of_north if (status := ask(browser, page).status_code) != 404] == []


@on_sqlite
def test_bob_sees_no_name_of_north_in_any_list(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR, "south")
    lists = [
        page
        for rule, page in north.pages(hub_app)
        if page[1] == "GET"
        and not rule.arguments - WHICH_LIST
        and rule.endpoint not in ("fleet.devices_stream", "static")
    ]
    of_north = re.compile("มานี|12345|of north".encode())
    assert [page for page in lists if of_north.search(ask(browser, page).data)] == []


def test_alice_opens_all_her_pages(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    asked_for = [page for _, page in north.pages(hub_app) if page[1] == "GET" and page[0] not in _ABSENT]
    statuses = {page: ask(browser, page).status_code for page in asked_for}
    assert {page: status for page, status in statuses.items() if status not in (200, 204, 302)} == {}


_ABSENT = {
    "staff.sign_in_at_school",
    "opac.my_sign_in_with",
    "desks.give_card",
    "desks.hear",
    "edge_api.snapshot",
    "enrolling.show",
    "circulation.static",
    "charges.static",
    "visits.static",
    "metrics_api.metrics",
    "notices.stop",
    "members.photo",
    "catalogue.marc",
    "catalogue.marc_file",
    "catalogue.marcxml_file",
    "tasks.file",
    "images.cover",
    "media.file",
}
"""Not there for these records: the files of member, title, task, picture and medium, and the signature of an address
in an e-mail; no snapshot was made. This browser has chosen no desk, had no card read and has no token for figures."""
