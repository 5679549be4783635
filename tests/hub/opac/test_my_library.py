"""A pupil signs in, reserves what is out, and looks at what she has and had."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Hold, HoldState, Loan, LoanRule
from samut_hub.circulation.service import take_back
from samut_hub.config import Config
from samut_hub.libraries.service import card_key
from samut_hub.members import signing_in
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member, MemberPassword
from samut_hub.staff.models import FailedSignIn
from tests.hub.conftest import Clock, SignIn, browser_of
from tests.hub.opac.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MANEE, PITI = "10001", "10002"
OWN = "แมวนอนบนชั้นหนังสือ"
SIGN_IN = "/lib/north/my/sign-in"


@pytest.fixture
def book(town: Town) -> int:
    """Piti has the only copy."""
    title = town.book("พระอภัยมณี", "B00001", author="สุนทรภู่")
    town.lend("B00001", PITI)
    town.book("ขุนช้างขุนแผน", "B00002")
    town.lend("B00002", MANEE, returned=True)
    return title


def member_in(
    app: Flask, town: Town, number: str = MANEE, library: str = "north", *, own_device: bool = False
) -> FlaskClient:
    """A browser in which this member is signed in, with a password of her own."""
    with town.database.session(town.id_of(library)) as session:
        member = session.scalars(select(Member).where(Member.number == number)).one()
        session.add(MemberPassword(member_id=member.id, password_hash="-", must_change=False, set_at=town.clock()))
        token = signing_in.start_session(session, member, town.clock(), own_device=own_device)
    browser = browser_of(app)
    with browser.session_transaction() as cookie:
        cookie["member_token"] = token
    return browser


def given_password(staff: FlaskClient, town: Town) -> str:
    page = staff.post(f"/members/{town.members[town.libraries.north, MANEE]}/password")
    assert f"Sign-in: {Config(home=Path()).url}/lib/north/my" in page.text
    found = re.search(r'password-once">([a-z0-9]{10})<', page.text)
    assert found is not None
    return found[1]


def holds(town: Town) -> list[tuple[str, str]]:
    with town.database.session(None, writes=False) as session:
        return [(hold.member.number, hold.state) for hold in session.scalars(select(Hold).order_by(Hold.id))]


@pytest.mark.requirement("S-07")
def test_a_pupil_reserves_what_is_out_and_is_told_when_it_is_there(
    hub_app: Flask, town: Town, book: int, clock: Clock
) -> None:
    visitor = browser_of(hub_app)
    page = visitor.get(f"/lib/north/title/{book}").text
    assert f'action="/lib/north/title/{book}/reserve"' in page
    sent = visitor.post(f"/lib/north/title/{book}/reserve", data={"next": f"/lib/north/title/{book}"})
    assert sent.location == f"{SIGN_IN}?next=/lib/north/title/{book}"

    pupil = member_in(hub_app, town)
    page = pupil.post(f"/lib/north/title/{book}/reserve", follow_redirects=True).text
    assert "Reserved. We keep it for you" in page
    assert "No. 1 in the queue" in page
    assert "expected on 30 Nov 2026" in page
    assert f'action="/lib/north/title/{book}/reserve"' not in page
    assert "พระอภัยมณี" in pupil.get("/lib/north/my").text
    assert (
        "You have reserved this already."
        in pupil.post(f"/lib/north/title/{book}/reserve", follow_redirects=True).text
    )

    with town.database.session(town.libraries.north) as session:
        item = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
        take_back(session, item=item, now=clock(), source="desk")
    assert "Ready to collect until 1 Dec 2026" in pupil.get("/lib/north/my").text
    assert "Reserved" in visitor.get(f"/lib/north/title/{book}").text
    assert holds(town) == [(MANEE, HoldState.READY)]


def test_what_stands_on_the_shelf_is_fetched_and_not_reserved(hub_app: Flask, town: Town, book: int) -> None:
    free = town.book("สามก๊ก", "B00003")
    pupil = member_in(hub_app, town)
    assert "/reserve" not in pupil.get(f"/lib/north/title/{free}").text
    assert "A copy is on the shelf" in pupil.post(f"/lib/north/title/{free}/reserve", follow_redirects=True).text
    assert holds(town) == []


def test_pages_of_all_libraries_say_where_one_can_reserve(hub_app: Flask, town: Town, book: int) -> None:
    town.item(book, "S00001", "south")
    page = browser_of(hub_app).get(f"/title/{book}").text
    assert "Reserve at North School Library" in page
    assert "Reserve at South School Library" not in page


def test_one_cancels_only_ones_own(hub_app: Flask, town: Town, book: int) -> None:
    pupil = member_in(hub_app, town)
    pupil.post(f"/lib/north/title/{book}/reserve")
    assert member_in(hub_app, town, PITI).post("/lib/north/my/holds/1/cancel").status_code == 404
    town.book("ของใต้", "S00001", "south")
    town.lend("S00001", "30001", "south")
    southerner = member_in(hub_app, town, "30001", "south")
    assert southerner.post("/lib/south/my/holds/1/cancel").status_code == 404
    assert southerner.get("/lib/north/my").location == f"{SIGN_IN}?next=/lib/north/my"
    assert holds(town) == [(MANEE, HoldState.WAITING)]
    assert "The reservation is cancelled." in pupil.post("/lib/north/my/holds/1/cancel", follow_redirects=True).text
    assert holds(town) == [(MANEE, HoldState.CANCELLED)]
    assert pupil.post("/lib/north/my/holds/1/cancel").status_code == 422


def test_the_first_password_is_good_for_choosing_another(
    hub_app: Flask, town: Town, book: int, sign_in: SignIn, clock: Clock
) -> None:
    temporary, pupil = given_password(sign_in(), town), browser_of(hub_app)
    came = pupil.post(SIGN_IN + "?next=/lib/north/my/past", data={"name": "๑๐๐๐๑", "password": temporary})
    assert came.location == "/lib/north/my/past"
    assert pupil.get("/lib/north/my").location == "/lib/north/my/password"
    chosen = {"old": temporary, "new": OWN, "again": OWN}
    assert "Use at least 8" in pupil.post("/lib/north/my/password", data={**chosen, "new": "x", "again": "x"}).text
    assert (
        "Your password was changed." in pupil.post("/lib/north/my/password", data=chosen, follow_redirects=True).text
    )
    later = browser_of(hub_app)
    assert "is wrong" in later.post(SIGN_IN, data={"name": MANEE, "password": temporary}).text
    assert later.post(SIGN_IN, data={"name": MANEE, "password": OWN}).location == "/lib/north/my"
    assert "ด.ญ. มานี 10001" in later.get("/lib/north/my").text
    assert later.get("/lib/north/my").headers["Cache-Control"] == "no-store"


def test_on_ones_own_device_one_stays_signed_in(hub_app: Flask, town: Town, book: int, clock: Clock) -> None:
    pupil = member_in(hub_app, town, own_device=True)
    for _ in range(2):
        clock.pass_by(days=20)
        assert pupil.get("/lib/north/my").status_code == 200, "each visit makes the session longer"
    clock.pass_by(days=31)
    assert pupil.get("/lib/north/my").status_code == 302


def test_at_the_librarys_computer_the_next_pupil_finds_nobody(
    hub_app: Flask, town: Town, book: int, clock: Clock
) -> None:
    pupil = member_in(hub_app, town)
    pupil.post("/basket/add", data={"title_id": book})
    for _ in range(2):
        clock.pass_by(minutes=15)
        assert pupil.get("/lib/north/my").status_code == 200
    clock.pass_by(minutes=21)
    assert pupil.get("/lib/north/my").status_code == 302
    assert "พระอภัยมณี" not in pupil.get("/basket").text


def test_only_a_tick_makes_the_browser_keep_the_cookie(
    hub_app: Flask, town: Town, book: int, sign_in: SignIn, clock: Clock
) -> None:
    form = {"name": MANEE, "password": given_password(sign_in(), town)}
    for ticked in (True, False):
        pupil = browser_of(hub_app)
        answer = pupil.post(SIGN_IN, data={**form, "own_device": "y"} if ticked else form)
        assert ("Expires=" in answer.headers["Set-Cookie"]) is ticked
        clock.pass_by(minutes=21)
        assert (pupil.get("/lib/north/my/password").status_code == 200) is ticked


def test_wrong_passwords_make_wait_and_leave_no_name(hub_app: Flask, town: Town, book: int, sign_in: SignIn) -> None:
    temporary, pupil = given_password(sign_in(), town), browser_of(hub_app)
    for _ in range(5):
        assert "is wrong" in pupil.post(SIGN_IN, data={"name": MANEE, "password": "guess"}).text
    assert "Too many" in pupil.post(SIGN_IN, data={"name": MANEE, "password": temporary}).text
    with town.database.session(None, writes=False) as session:
        assert all(MANEE not in failed.name_hash for failed in session.scalars(select(FailedSignIn)))
    assert pupil.post("/lib/south/my/sign-in", data={"name": MANEE, "password": temporary}).status_code == 422


def test_a_card_number_signs_in_too(hub_app: Flask, town: Town, book: int, sign_in: SignIn, clock: Clock) -> None:
    temporary = given_password(sign_in(), town)
    with town.database.session(town.libraries.north) as session:
        member = session.get_one(Member, town.members[town.libraries.north, MANEE])
        key = card_key(hub_app.extensions["samut"].card_secret, "north")
        add_card(session, member, key=key, kind=CardKind.UID, value="04A1B2C3", now=clock())
    pupil = browser_of(hub_app)
    assert pupil.post(SIGN_IN, data={"name": "04A1B2C3", "password": temporary}).status_code == 302


def test_who_signs_out_leaves_nothing_behind(hub_app: Flask, town: Town, book: int) -> None:
    pupil = member_in(hub_app, town)
    pupil.post("/basket/add", data={"title_id": book})
    with pupil.session_transaction() as cookie:
        token = cookie["member_token"]
    pupil.post("/lib/north/my/sign-out")
    assert pupil.get("/lib/north/my").status_code == 302
    assert "พระอภัยมณี" not in pupil.get("/basket").text
    with pupil.session_transaction() as cookie:
        cookie["member_token"] = token
    assert pupil.get("/lib/north/my").status_code == 302


def test_one_finds_what_one_had(hub_app: Flask, town: Town, book: int) -> None:
    pupil = member_in(hub_app, town)
    assert "ขุนช้างขุนแผน" in pupil.get("/lib/north/my/past?q=ขุนช้าง&since=2026-11-23").text
    assert "พระอภัยมณี" not in pupil.get("/lib/north/my/past").text
    assert "No loan was found." in pupil.get("/lib/north/my/past?until=2026-11-22").text


def test_members_of_several_libraries_are_asked_which(hub_app: Flask, town: Town, book: int) -> None:
    assert 'href="/lib/north/my/sign-in?next=/my"' in browser_of(hub_app).get("/my", follow_redirects=True).text
    assert member_in(hub_app, town).get("/my").location == "/lib/north/my"


def test_a_member_without_password_learns_who_gives_one(hub_app: Flask, town: Town, book: int) -> None:
    pupil = browser_of(hub_app)
    assert "The librarian gives you one" in pupil.get(SIGN_IN).text
    assert "is wrong" in pupil.post(SIGN_IN, data={"name": PITI, "password": "12345678"}).text


@pytest.mark.requirement("K-07")
def test_one_renews_ones_own_loan_and_hears_why_not(hub_app: Flask, town: Town, book: int, clock: Clock) -> None:
    with town.database.session(town.libraries.north) as session:
        session.add(LoanRule(loan_days=7, max_items=3, max_renewals=1))
    piti = member_in(hub_app, town, PITI, own_device=True)
    assert 'action="/lib/north/my/loans/1/renew"' in piti.get("/lib/north/my").text
    clock.pass_by(days=2)
    assert "Renewed. Bring it back by 3 Dec 2026." in renew(piti)
    assert "It has been renewed as often as allowed: 1." in renew(piti)
    with town.database.session(town.libraries.north) as session:
        loan = session.get_one(Loan, 1)
        assert (loan.renewals, loan.unseen_renewals, loan.source) == (1, 1, "web")
    assert member_in(hub_app, town).post("/lib/north/my/loans/1/renew").status_code == 404


def renew(browser: FlaskClient) -> str:
    return browser.post("/lib/north/my/loans/1/renew", follow_redirects=True).text


def test_all_loans_are_renewed_at_once_and_what_never_can_be_is_said(
    hub_app: Flask, town: Town, book: int, clock: Clock
) -> None:
    with town.database.session(town.id_of("north")) as session:
        session.add(LoanRule(loan_days=7, max_items=3, max_renewals=1))
    town.book("กากี", "B00003")
    town.lend("B00003", PITI)
    piti = member_in(hub_app, town, PITI)
    assert "/my/loans/renew-all" in piti.get("/lib/north/my").text
    clock.pass_by(minutes=5)
    assert "2 items are renewed." in piti.post("/lib/north/my/loans/renew-all", follow_redirects=True).text
    page = piti.get("/lib/north/my").text
    assert page.count("It has been renewed as often as allowed: 1.") == 2
    assert "/renew" not in page
