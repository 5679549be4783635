"""How a member is told: LINE linked by a code, the ways and kinds chosen, no more of a kind by one button."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.auditing import AuditEntry
from samut_hub.members import identities
from samut_hub.members.models import Member, MemberPassword, Provider
from samut_hub.members.signing_in import start_session
from samut_hub.notices.models import MemberNotices
from samut_hub.notices.signature import sign
from samut_hub.opac.web.member import TOKEN
from tests.hub.circulation.conftest import MANEE, PITI
from tests.hub.conftest import SignIn, browser_of
from tests.hub.notices.conftest import CHANNEL_SECRET, EMAIL, LINE_USER, Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def member_page(office: Office, app: Flask, number: str) -> FlaskClient:
    browser = browser_of(app)
    with office.database.session(office.school.library) as session:
        member = session.get_one(Member, office.school.ids[number])
        session.add(MemberPassword(member_id=member.id, password_hash="-", must_change=False, set_at=office.clock()))
        token = start_session(session, member, office.clock())
    with browser.session_transaction() as cookie:
        cookie[TOKEN] = token
    return browser


def say(admin: FlaskClient, event: dict[str, object], *, secret: str = CHANNEL_SECRET) -> int:
    """What LINE is answered, having sent that a person did this."""
    source = {"type": "user", "userId": "U" + "2" * 32}
    body = json.dumps({"events": [{"source": source, "replyToken": "r", **event}]}).encode()
    headers = {"X-Line-Signature": sign(secret, body), "Content-Type": "application/json"}
    return browser_of(admin.application).post("/line/north", data=body, headers=headers).status_code


def test_a_member_links_line_by_the_code_and_hears_of_loans_there_until_that_is_enough(
    admin: FlaskClient, office: Office, hub_app: Flask
) -> None:
    hub_app.config["WTF_CSRF_ENABLED"] = True
    assert say(admin, {"type": "follow"}) == 200
    assert "ห้องสมุดโรงเรียนเหนือ" in office.line.replied[0]["messages"][0]["text"]
    hub_app.config["WTF_CSRF_ENABLED"] = False
    page = member_page(office, hub_app, PITI).post("/lib/north/my/line").text
    code = re.search(r"SAMUT-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert code is not None
    assert "data:image/svg+xml" in page
    message = {"type": "message", "message": {"type": "text", "text": f"สวัสดี {code[0].lower()}"}}
    assert say(admin, message, secret="another") == 403
    assert say(admin, message) == 200
    assert say(admin, message) == 200, "LINE delivers some messages twice"
    assert "เชื่อม LINE นี้กับบัตรสมาชิกของ ปิติ พิทักษ์ถิ่น แล้ว" in office.line.replied[1]["messages"][0]["text"]
    assert "/lib/north/my/card" in office.line.replied[1]["messages"][0]["text"]
    office.lend(PITI, "B00001")
    office.clock.pass_by(days=7)
    office.gather()
    assert office.send() == 2, "and the e-mail that tells of the link"
    assert office.line.pushed[0]["to"] == "U" + "2" * 32
    wish = {"type": "message", "message": {"type": "text", "text": " บัตร "}}
    assert say(admin, wish) == 200
    assert "/lib/north/my/card" in office.line.replied[-1]["messages"][0]["text"]
    assert say(admin, {"type": "unfollow"}) == 200
    told = len(office.line.replied)
    assert say(admin, wish) == 200
    assert len(office.line.replied) == told, "who is not known has no card"
    with office.database.session(office.school.library) as session:
        piti = session.get_one(Member, office.school.ids[PITI])
        assert identities.subject_of(session, piti, Provider.LINE) is None


def test_an_account_linked_by_a_code_lets_nobody_in_and_replaces_none_that_does(
    admin: FlaskClient, office: Office
) -> None:
    """Whoever stands at the desk sees the codes."""

    def send_code() -> None:
        page = admin.post(f"/notices/member/{office.school.ids[PITI]}/line").text
        code = re.search(r"SAMUT-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
        assert code is not None
        say(admin, {"type": "message", "message": {"type": "text", "text": code[0]}})

    send_code()
    with office.database.session(office.school.library) as session:
        piti = session.get_one(Member, office.school.ids[PITI])
        assert identities.member_of(session, Provider.LINE, "U" + "2" * 32) is piti
        assert identities.let_in_by(session, Provider.LINE, "U" + "2" * 32) is None
        identities.link(session, piti, Provider.LINE, "U-own", now=office.clock(), signs_in=True)
    send_code()
    assert "ยังเชื่อมไม่ได้" in office.line.replied[-1]["messages"][0]["text"]
    with office.database.session(office.school.library) as session:
        piti = session.get_one(Member, office.school.ids[PITI])
        assert identities.let_in_by(session, Provider.LINE, "U-own") is piti


def test_who_made_a_code_is_written_down_and_the_ways_of_before_hear_of_the_account(
    admin: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    """Staff could otherwise have somebody's notices sent to themselves, and nobody would know."""
    page = sign_in("assistant").post(f"/notices/member/{office.school.ids[MANEE]}/line").text
    code = re.search(r"SAMUT-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert code is not None
    for _ in range(2):
        say(admin, {"type": "message", "message": {"type": "text", "text": code[0]}})
    (warned,) = office.line.pushed
    assert warned["to"] == LINE_USER
    assert "หากคุณไม่ได้เชื่อมเอง" in warned["messages"][0]["text"]
    assert office.send() == 1
    (letter,) = office.mail.taken
    assert (letter.to, "มีการเชื่อมบัญชี LINE" in letter["Subject"]) == (EMAIL, True)
    with office.database.session(office.school.library) as session:
        wanted = select(AuditEntry.kind, AuditEntry.action, AuditEntry.who).order_by(AuditEntry.id)
        told = session.execute(wanted.where(AuditEntry.kind.in_(("line_code", "member_identity")))).all()
    assert [tuple(one) for one in told][-2:] == [
        ("line_code", "added", "north.assistant"),
        ("member_identity", "changed", "north.assistant"),
    ]


def test_a_code_is_good_once_and_for_half_an_hour(admin: FlaskClient, office: Office) -> None:
    page = admin.post(f"/notices/member/{office.school.ids[PITI]}/line").text
    code = re.search(r"SAMUT-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert code is not None
    office.clock.pass_by(minutes=31)
    say(admin, {"type": "message", "message": {"type": "text", "text": code[0]}})
    assert "รหัสนี้ใช้ไม่ได้แล้ว" in office.line.replied[0]["messages"][0]["text"]
    assert say(admin, {"type": "message", "message": {"type": "text", "text": "ห้องสมุดเปิดกี่โมง"}}) == 200
    assert len(office.line.replied) == 1, "what is meant for people is left to people"


def test_a_member_chooses_on_the_own_page(admin: FlaskClient, office: Office, hub_app: Flask) -> None:
    browser = member_page(office, hub_app, MANEE)
    assert "Your LINE account is linked" in browser.get("/lib/north/my/notices").text
    wishes = {"language": "en", "due": "none", "overdue": "all", "holds": "email", "money": "first"}
    browser.post("/lib/north/my/notices", data={**wishes, "membership": "first", "news": "line", "slips": "none"})
    with office.database.session(office.school.library) as session:
        kept = session.get_one(MemberNotices, office.school.ids[MANEE])
    assert kept.language == "en"
    assert kept.choices == {
        "due": [],
        "overdue": ["line", "email"],
        "holds": ["email"],
        "news": ["line"],
        "slips": [],
    }
    page = browser.get("/lib/north/my/notices").text
    assert re.search(r'name="due">.*?<option selected value="none">', page, re.DOTALL)


def test_no_more_e_mail_of_a_kind_by_the_button_of_the_mail_program(
    admin: FlaskClient, office: Office, hub_app: Flask
) -> None:
    office.lend(PITI, "B00001")
    office.clock.pass_by(days=7)
    office.gather()
    office.send()
    address = office.mail.taken[0]["List-Unsubscribe"].strip("<>").removeprefix("https://library.example.ac.th")
    hub_app.config["WTF_CSRF_ENABLED"] = True
    browser = browser_of(hub_app)
    assert "Do you want no more e-mail" in browser.get(address).text
    assert browser.post(address[:-1] + "x").status_code == 404
    assert browser.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with office.database.session(office.school.library) as session:
        assert "email" not in session.get_one(MemberNotices, office.school.ids[PITI]).choices["due"]
