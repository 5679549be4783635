"""People sign in with accounts of the school and with LINE: a real issuer on this computer, spoken to over HTTP."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from samut_hub.auditing import AuditEntry
from samut_hub.db import Database
from samut_hub.members.models import Member, MemberIdentity, MemberType
from samut_hub.staff import openid
from samut_hub.staff.models import SignInProvider, StaffAccount
from samut_hub.staff.policy import Permission, Role
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.staff.issuer import CLIENT, SECRET, Issuer, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAO = {"sub": "g-1", "email": "dao@school.ac.th", "email_verified": True}
MANEE = {"sub": "g-2", "email": "manee@school.ac.th", "email_verified": True}


@pytest.fixture(scope="module")
def one_issuer() -> Iterator[Issuer]:
    with running(Issuer()) as issuer:
        yield issuer


@pytest.fixture
def issuer(one_issuer: Issuer) -> Issuer:
    openid.KEPT.forget()
    one_issuer.asked_pages.clear()
    one_issuer.claims, one_issuer.spoils, one_issuer.signs_by_secret = dict(DAO), "", False
    return one_issuer


@pytest.fixture
def school(issuer: Issuer, sign_in: SignIn, database: Database, libraries: Libraries) -> Issuer:
    """Entered by the administrator; the assistant has Dao's address."""
    settings = {
        "issuer": issuer.address,
        "client_id": CLIENT,
        "secret": SECRET,
        "domain": "school.ac.th",
        "for_staff": "y",
        "for_members": "y",
        "number_claim": "student_id",
    }
    assert sign_in(Role.ADMINISTRATOR).post("/settings/sign-in/school", data=settings).status_code == 302
    with database.session(None) as session:
        session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT]).email = DAO["email"]
    return issuer


@pytest.fixture
def manee(database: Database, libraries: Libraries, clock: Clock) -> int:
    return add_member(database, libraries, clock, "10001")


def add_member(database: Database, libraries: Libraries, clock: Clock, number: str) -> int:
    with database.session(libraries.north) as session:
        pupil = session.scalar(select(MemberType)) or MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
        named = {"name_th": "มานี", "sort_name": b"", "joined_on": date(2026, 5, 1), "changed_at": clock()}
        member = Member(number=number, type=pupil, email=MANEE["email"], **named)
        session.add(member)
        session.flush()
        return member.id


def go(browser: FlaskClient, start: str) -> TestResponse:
    """Out to the issuer, and back, as a browser follows."""
    out = browser.get(start)
    back = requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    answer = browser.get(f"{parts.path}?{parts.query}")
    if answer.status_code == 302 and answer.location.startswith("/my/back"):
        answer = browser.get(answer.location)
    return answer


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/password").status_code == 200


def test_staff_come_in_by_the_address_an_administrator_entered(
    school: Issuer, client: FlaskClient, database: Database, libraries: Libraries
) -> None:
    assert "With my account of the school" in client.get("/sign-in").text
    assert go(client, "/sign-in/school/north?next=/desk/").location == "/desk/"
    assert is_in(client)
    with database.session(libraries.north) as session:
        account = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT])
        assert account.school_subject == f"{school.address} {DAO['sub']}"
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.who == account.username)).all()
    assert "signed_in" in actions


def test_afterwards_the_person_counts_and_not_the_address(school: Issuer, client: FlaskClient) -> None:
    """Addresses of people who left are given to others."""
    go(client, "/sign-in/school/north")
    client.post("/sign-out")
    school.claims["sub"] = "g-9"
    go(client, "/sign-in/school/north")
    assert not is_in(client)
    school.claims.update(sub=DAO["sub"], email="other@school.ac.th")
    go(client, "/sign-in/school/north")
    assert is_in(client)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "nobody@school.ac.th"}, "No open account here has your e-mail address"),
        ({"email": "dao@elsewhere.org"}, "not of your school"),
        ({"email_verified": False}, "do not vouch"),
        ({"email": ""}, "not of your school"),
    ],
)
def test_nobody_becomes_staff_by_it(
    school: Issuer, client: FlaskClient, claims: dict[str, object], said: str
) -> None:
    school.claims.update(claims)
    assert go(client, "/sign-in/school/north").location == "/sign-in"
    assert said in client.get("/sign-in").text
    assert not is_in(client)


@pytest.mark.parametrize(
    ("spoils", "said"),
    [
        ("nonce", "not believed"),
        ("aud", "not believed"),
        ("key", "not believed"),
        ("alg", "not believed"),
        ("expired", "not believed"),
        ("denied", "You were not signed in there"),
    ],
)
def test_what_does_not_fit_is_not_believed(school: Issuer, client: FlaskClient, spoils: str, said: str) -> None:
    school.spoils = spoils
    go(client, "/sign-in/school/north")
    assert said in client.get("/sign-in").text
    assert not is_in(client)


def test_an_answer_fits_one_browser_once(school: Issuer, client: FlaskClient, sign_in: SignIn) -> None:
    out = client.get("/sign-in/school/north")
    back = urlsplit(requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"])
    stranger = client.application.test_client()
    assert stranger.get(f"{back.path}?{back.query}").location == "/sign-in"
    assert client.get(f"{back.path}?code=x&state=y").location == "/sign-in"
    assert client.get(f"{back.path}?{back.query}").location == "/sign-in"
    assert not is_in(client)


def test_who_went_out_as_staff_does_not_come_back_as_member(
    school: Issuer, client: FlaskClient, manee: int, sign_in: SignIn
) -> None:
    school.claims = dict(MANEE)
    out = client.get("/sign-in/school/north")
    back = urlsplit(requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"])
    client.get(f"/my/back?{back.query}")
    assert "10001" not in client.get("/lib/north/my").text
    out = client.get("/lib/north/my/sign-in/with/school")
    back = urlsplit(requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"])
    ended = {"issuer": school.address, "client_id": CLIENT, "domain": "school.ac.th", "for_staff": "y"}
    sign_in(Role.ADMINISTRATOR).post("/settings/sign-in/school", data=ended)
    client.get(f"/my/back?{back.query}")
    assert "10001" not in client.get("/lib/north/my").text


def test_an_issuer_that_is_another_or_away_is_refused_in_a_sentence(school: Issuer, client: FlaskClient) -> None:
    school.spoils = "issuer"
    refused = client.get("/sign-in/school/north")
    assert (refused.status_code, "did not fit" in refused.text) == (422, True)


def test_an_issuer_is_asked_once_and_one_that_fails_not_again_at_once(school: Issuer, client: FlaskClient) -> None:
    """Anybody may open these pages, as often as they like."""
    for _ in range(3):
        go(client, "/sign-in/school/north")
        assert is_in(client)
    assert (school.asked_pages.count("/keys"), len(school.asked_pages)) == (1, 2)
    openid.KEPT.forget()
    school.spoils = "away"
    assert [client.get("/sign-in/school/north").status_code for _ in range(3)] == [422] * 3
    assert len(school.asked_pages) == 3


def test_only_an_administrator_says_how_staff_come_in(
    school: Issuer, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    """Who has the right to these pages alone could otherwise come in as anybody."""
    sign_in(Role.ADMINISTRATOR).post("/settings/sign-in", data={"roles": ["administrator"]})
    with database.session(libraries.north) as session:
        librarian = session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN])
        librarian.granted = [Permission.EDIT_SIGN_IN.value]
    browser = sign_in(Role.LIBRARIAN)
    own = {"issuer": "https://own.example.org", "client_id": CLIENT, "secret": SECRET, "for_members": "y"}
    for sent in (own, {**own, "for_staff": "y"}):
        refused = browser.post("/settings/sign-in/school", data=sent)
        assert (refused.status_code, "Only an administrator changes" in refused.text) == (422, True)
    with database.session(libraries.north) as session:
        session.get_one(SignInProvider, (libraries.north, "school")).for_staff = False
        librarian = session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN])
        librarian.removed = [Permission.GIVE_PASSWORDS.value]
    refused = browser.post("/settings/sign-in/school", data=own)
    assert (refused.status_code, "Only who may give passwords to members" in refused.text) == (422, True)
    loosened = browser.post("/settings/sign-in", data={"roles": ["assistant"]})
    assert (loosened.status_code, "Only an administrator ends" in loosened.text) == (422, True)
    assert browser.post("/settings/sign-in", data={"roles": ["administrator", "assistant"]}).status_code == 302


def test_the_second_step_is_asked_here_too(school: Issuer, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR).post("/settings/sign-in", data={"roles": ["assistant"]})
    assert go(client, "/sign-in/school/north").location == "/sign-in/set-up"
    assert not is_in(client)


def test_a_member_comes_in_by_address_and_is_linked(
    school: Issuer, client: FlaskClient, manee: int, database: Database, libraries: Libraries, clock: Clock
) -> None:
    school.claims = dict(MANEE)
    assert go(client, "/lib/north/my/sign-in/with/school").location.endswith("/my")
    assert "10001" in client.get("/lib/north/my").text
    with database.session(libraries.north) as session:
        assert session.scalars(select(MemberIdentity.subject)).all() == [f"{school.address} {MANEE['sub']}"]
    add_member(database, libraries, clock, "10002")
    client.post("/lib/north/my/sign-out")
    go(client, "/lib/north/my/sign-in/with/school")
    assert "10001" in client.get("/lib/north/my").text


def test_two_members_with_one_address_are_told_apart_only_by_number(
    school: Issuer, client: FlaskClient, manee: int, database: Database, libraries: Libraries, clock: Clock
) -> None:
    add_member(database, libraries, clock, "10002")
    school.claims = dict(MANEE)
    go(client, "/lib/north/my/sign-in/with/school")
    assert "More than one member" in client.get("/lib/north/my/sign-in").text
    school.claims["student_id"] = "10002"
    go(client, "/lib/north/my/sign-in/with/school")
    assert "10002" in client.get("/lib/north/my").text


@pytest.mark.requirement("K-16")
def test_line_is_linked_once_and_then_lets_its_member_in(
    school: Issuer, sign_in: SignIn, client: FlaskClient, manee: int, database: Database, libraries: Libraries
) -> None:
    """LINE signs with the channel's secret, and tells neither address nor number."""
    line = {"client_id": CLIENT, "secret": SECRET, "for_members": "y"}
    sign_in(Role.ADMINISTRATOR).post("/settings/sign-in/line", data=line)
    with database.session(libraries.north) as session:
        row = session.get_one(SignInProvider, (libraries.north, "line"))
        assert (row.issuer, SECRET.encode() in row.sealed_secret) == ("https://access.line.me", False)
        row.issuer = school.address
    school.claims = dict(MANEE)
    go(client, "/lib/north/my/sign-in/with/school")
    school.claims, school.signs_by_secret = {"sub": "U1"}, True
    stranger = client.application.test_client()
    go(stranger, "/lib/north/my/sign-in/with/line")
    assert stranger.get("/lib/north/my").status_code == 302
    go(client, "/lib/north/my/accounts/line")
    assert "The account is linked" in client.get("/lib/north/my").text
    go(stranger, "/lib/north/my/sign-in/with/line")
    assert "10001" in stranger.get("/lib/north/my").text
    with database.session(libraries.north) as session:
        line_ids = session.scalars(select(MemberIdentity.subject).where(MemberIdentity.provider == "line")).all()
    assert line_ids == ["U1"]
    client.post("/lib/north/my/accounts/line/part")
    with database.session(libraries.north) as session:
        assert session.scalars(select(MemberIdentity.provider)).all() == ["school"]


def test_settings_keep_the_secret_when_none_is_typed_and_want_https_words(school: Issuer, sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    kept = {"issuer": school.address, "client_id": CLIENT, "domain": "school.ac.th", "for_staff": "y"}
    assert administrator.post("/settings/sign-in/school", data=kept).status_code == 302
    assert SECRET not in administrator.get("/settings/sign-in/school").text
    assert "begins with https" in administrator.post("/settings/sign-in/school", data={**kept, "issuer": "x"}).text
    for other in ({"issuer": f"{school.address}/other"}, {"client_id": "other"}):
        assert "Type the secret again" in administrator.post("/settings/sign-in/school", data={**kept, **other}).text
    vouching = {**kept, "vouches": "y", "domain": ""}
    assert "Say the domain as well" in administrator.post("/settings/sign-in/school", data=vouching).text
