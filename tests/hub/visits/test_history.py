"""When a member came and went, for herself and for staff."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.db import Database
from samut_hub.members import signing_in
from samut_hub.members.models import MemberPassword
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission, Role
from tests.hub.conftest import Libraries, SignIn, browser_of
from tests.hub.shelf import member
from tests.hub.visits.conftest import BEAMS, Gates

MINE = "/lib/north/my/visits"


def member_in(app: Flask, gates: Gates, number: str) -> FlaskClient:
    with gates.database.session(gates.library) as session:
        own = member(session, number)
        session.add(MemberPassword(member_id=own.id, password_hash="-", must_change=False, set_at=gates.clock()))
        token = signing_in.start_session(session, own, gates.clock(), own_device=False)
    browser = browser_of(app)
    with browser.session_transaction() as cookie:
        cookie["member_token"] = token
    return browser


@pytest.mark.requirement("X-10")
def test_a_pupil_sees_her_own_passages_with_time_and_gate(hub_app: Flask, gates: Gates) -> None:
    gates.passes(gates.shelf.pupil)
    gates.clock.pass_by(hours=1, minutes=5)
    gates.passes(gates.shelf.pupil, "out")
    gates.passes(gates.shelf.other, device=BEAMS)
    page = member_in(hub_app, gates, gates.shelf.pupil).get(MINE).text
    assert "2 passages" in page
    assert page.index("11:05") < page.index("10:00")
    assert "ประตูใหญ่" in page
    assert "ประตูหลัง" not in page
    assert browser_of(hub_app).get(MINE).status_code == 302


@pytest.mark.requirement("X-10")
def test_many_passages_stand_on_pages(hub_app: Flask, gates: Gates) -> None:
    for _ in range(51):
        gates.passes(gates.shelf.pupil)
    browser = member_in(hub_app, gates, gates.shelf.pupil)
    assert browser.get(MINE).text.count("ประตูใหญ่") == 50
    assert browser.get(f"{MINE}?page=2").text.count("ประตูใหญ่") == 1


@pytest.mark.requirement("X-10")
def test_staff_see_them_only_with_the_right_to_histories(
    gates: Gates, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    gates.passes(gates.shelf.pupil)
    with database.session(gates.library) as session:
        own = member(session, gates.shelf.pupil).id
    browser = sign_in(Role.ASSISTANT)
    assert "ประตูใหญ่" in browser.get(f"/members/{own}").text
    assert "ประตูใหญ่" in browser.get(f"/members/{own}/visits").text
    with database.session(gates.library) as session:
        account = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT])
        account.removed = [Permission.SEE_HISTORY.value]
    assert "ประตูใหญ่" not in browser.get(f"/members/{own}").text
    assert browser.get(f"/members/{own}/visits").status_code == 403
