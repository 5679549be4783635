"""Pages of notices: settings with what is missing, the words, the log, letters, slips, news."""

import io
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.settings import settings_to_change
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission
from samut_wire.ids import command_id
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER
from tests.hub.conftest import Clock, SignIn
from tests.hub.notices.conftest import EMAIL, LINE_USER, LineApi, MailServer, Office, School

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TEXT = "/settings/notices/texts/due_soon/line/en"
SMTP = {"smtp_host": "127.0.0.1", "smtp_security": "none", "smtp_user": "", "sender": "library@example.ac.th"}
TIMES = {
    "kinds": ["due_soon", "overdue_1"], "due_soon_days": "3", "overdue_1": "2", "overdue_2": "9", "overdue_3": "16",
    "expiry_days": "10", "letters_from": "4", "quiet_from": "21:00", "quiet_until": "06:30", "letterhead": "",
    "signer": "",
}  # fmt: skip


def settings_of(office: Office) -> NoticeSettings:
    with office.database.session(office.school.library) as session:
        return settings_to_change(session, office.school.library)


def test_a_library_that_begins_is_told_what_is_missing(school: School, sign_in: SignIn) -> None:
    page = sign_in("administrator").get("/settings/notices/").text
    for said in ("The mail server is not named yet.", "The channel access token is missing.", "begins with https"):
        assert said in page


def test_the_mail_server_is_tried_with_a_message_to_oneself(admin: FlaskClient, mail: MailServer) -> None:
    form = {**SMTP, "smtp_port": str(mail.port)}
    assert admin.post("/settings/notices/email", data=form).status_code == 302
    page = admin.post("/settings/notices/email/test", data={"to": "dao@example.ac.th"})
    assert "The test message was taken." in page.text
    assert [one.to for one in mail.taken] == ["dao@example.ac.th"]
    mail.refuses = {"dao@example.ac.th": "550 no such mailbox"}
    page = admin.post("/settings/notices/email/test", data={"to": "dao@example.ac.th"})
    assert (page.status_code, "550" in page.text, "no such mailbox" in page.text) == (200, True, False)
    assert "Write an address like" in admin.post("/settings/notices/email/test", data={"to": "dao"}).text


def test_a_password_that_is_kept_goes_to_no_other_mail_server(admin: FlaskClient) -> None:
    own = {**SMTP, "smtp_port": "25", "smtp_user": "library", "smtp_password": "kept"}
    address = "/settings/notices/email"
    assert admin.post(address, data=own).status_code == 302
    same = {**own, "smtp_password": ""}
    assert admin.post(address, data=same).status_code == 302
    for other in ({"smtp_host": "127.0.0.2"}, {"smtp_port": "26"}, {"smtp_security": "tls"}, {"smtp_user": "x"}):
        assert "Type the password again" in admin.post(address, data={**same, **other}).text
    assert admin.post(address, data={**own, "smtp_host": "127.0.0.2"}).status_code == 302


def test_the_line_account_is_tried_and_says_how_many_messages_are_left(admin: FlaskClient, line: LineApi) -> None:
    page = admin.post("/settings/notices/line/test", data={"to": MANEE}).text
    assert "12 of 300 messages of this month are used." in page
    assert line.pushed[0]["to"] == LINE_USER
    assert (
        "No member with this number has linked LINE."
        in admin.post("/settings/notices/line/test", data={"to": PITI}).text
    )


def test_secrets_are_kept_sealed_and_never_shown(admin: FlaskClient, office: Office) -> None:
    admin.post(
        "/settings/notices/line", data={"line_account": "@north", "line_token": "tok en\n1", "line_secret": ""}
    )
    own = settings_of(office)
    assert own.line_token is not None
    assert b"token1" not in own.line_token
    assert "token1" not in admin.get("/settings/notices/line").text
    assert own.line_secret is not None, "an empty field keeps what was there"


def test_days_and_hours_are_checked(admin: FlaskClient, office: Office) -> None:
    assert "Each reminder comes later" in admin.post("/settings/notices/times", data={**TIMES, "overdue_2": "2"}).text
    assert admin.post("/settings/notices/times", data=TIMES).status_code == 302
    own = settings_of(office)
    assert (own.kinds, own.overdue_days, own.letters_from) == (
        ["due_soon", "overdue_1", "slip", "news"],
        [2, 9, 16],
        4,
    )
    assert (own.quiet_from, own.quiet_until, own.paused) == (21 * 60, 6 * 60 + 30, False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Dear {nam}\n\n{items}", "{nam} is not known here."),
        ("Dear {name\n\n{items}", "A brace has no partner."),
        ("Books: {items}", "{items} is a list: give it a line of its own."),
        ("Dear {name}", "{items} is missing"),
    ],
)
def test_words_with_faults_are_refused_and_not_lost(admin: FlaskClient, body: str, said: str) -> None:
    page = admin.post(TEXT, data={"body": body})
    assert page.status_code == 422
    assert said in page.text
    assert body.partition("\n")[0].replace("'", "&#39;") in page.text


def test_words_are_previewed_with_what_a_member_has_on_loan_then_used_and_put_back(
    admin: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    office.lend(MANEE, "B00001")
    body = "Hello {name}!\n{items}"
    page = admin.post(f"{TEXT}/look", data={"body": body, "member": MANEE}).text
    assert "Hello Manee Meechai!" in page
    assert "นิทานเล่ม B00001" in page
    assert "With made-up data." in admin.post(f"{TEXT}/look", data={"body": body}).text
    assert (
        "There is no member with this number."
        in admin.post(f"{TEXT}/look", data={"body": body, "member": "999"}).text
    )
    thai = TEXT.replace("/en", "/th")
    admin.post(thai, data={"body": "ถึง {name}\n{items}"})
    office.clock.pass_by(days=7)
    office.gather()
    office.send()
    assert office.line.texts()[0].startswith("ถึง มานี มีใจ\n\n• นิทานเล่ม B00001")
    admin = sign_in("administrator")
    admin.post(f"{thai}/reset")
    assert "แจ้งเตือนถึง {name}" in admin.get(thai).text


def test_the_log_is_searched_and_a_notice_is_sent_again_as_a_new_one(
    admin: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    office.lend(MANEE, "B00001")
    office.lend(PITI, "B00002")
    office.clock.pass_by(days=9)
    office.gather()
    office.mail.refuses = {"piti@example.ac.th": "550 no"}
    office.send()
    admin = sign_in("librarian")
    page = admin.get("/notices/?state=failed").text
    assert "Piti" in page
    assert "Manee" not in page
    assert "Manee" in admin.get(f"/notices/?words={MANEE}").text
    (failed,) = [one for one in office.log() if one.state == "failed"]
    office.mail.refuses = {}
    admin.post(f"/notices/{failed.id}/again")
    assert office.send() == 1
    assert [one.state for one in office.log()] == ["sent", "failed", "sent"]
    shown = f"/notices/{office.log()[-1].id}"
    assert "นิทานเล่ม B00002" in admin.get(shown).text
    with office.database.session(office.school.library) as session:
        for account in session.scalars(select(StaffAccount)):
            account.removed = [Permission.SEE_HISTORY.value]
    assert admin.get(shown).status_code == 403
    assert "Piti" in admin.get(f"/notices/?words={MANEE}").text
    assert admin.post(f"/notices/{failed.id}/again").location == "/notices/"


def test_staff_decide_on_what_may_have_arrived_and_see_what_a_server_said_only_where_they_keep_it(
    admin: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    for number, barcode in ((PITI, "B00001"), (TEACHER, "B00002")):
        office.school.change(lambda member: setattr(member, "email", "p@example.ac.th"), number)
        office.lend(number, barcode)
    office.clock.pass_by(days=39)
    office.gather()
    office.mail.refuses = {"p@example.ac.th": "550 ask postmaster@example.ac.th"}
    office.send()
    with office.database.session(office.school.library) as session:
        for one in session.scalars(select(Notice)):
            one.fault = "unsure"
    sent, again = office.log()
    desk = sign_in("librarian")
    assert "Unknown whether it arrived: 2" in desk.get("/notices/").text
    assert desk.get("/notices/?state=unsure").text.count("/notices/") > desk.get("/notices/?state=failed").text.count(
        "/notices/"
    )
    page = desk.get(f"/notices/{sent.id}").text
    assert "it may have arrived" in page
    assert "550" not in page
    assert "550 ask …@…" in sign_in("administrator").get(f"/notices/{sent.id}").text
    desk.post(f"/notices/{sent.id}/arrived")
    desk.post(f"/notices/{again.id}/again")
    assert [one.state for one in office.log()] == ["sent", "cancelled", "waiting"]
    assert "Unknown whether it arrived: " not in desk.get("/notices/").text


def test_letters_are_printed_by_class_and_marked(admin: FlaskClient, office: Office, sign_in: SignIn) -> None:
    office.change(lambda own: setattr(own, "letters_from", 3))
    office.lend(TEACHER, "B00002", "B00003")
    office.clock.pass_by(days=40)
    office.gather()
    admin = sign_in("librarian")
    page = admin.get("/notices/letters").text
    assert "Phennapha Rakrian" in page
    ids = re.findall(r'name="notice" value="(\d+)"', page)
    for what in ("", "?what=lists"):
        pdf = admin.get(f"/notices/letters.pdf{what}")
        assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1
    assert office.log()[0].state == "to_print"
    admin.post("/notices/letters/printed", data={"notice": ids})
    assert office.log()[0].state == "printed"
    assert "No letter waits to be printed." in admin.get("/notices/letters").text


def test_the_desk_sends_a_slip_once_by_the_way_that_is_asked_for(
    admin: FlaskClient, office: Office, sign_in: SignIn, clock: Clock
) -> None:
    desk = sign_in("assistant")
    member = office.school.ids[MANEE]
    for barcode in ("B00001", "B00002"):
        key = command_id(int(clock().timestamp() * 1000))
        desk.post("/desk/scan", data={"scan": barcode, "member": str(member), "command": key})
    page = desk.get(f"/desk/?member={member}").text
    assert "Slip by LINE" in page
    assert "Slip by E-mail" in page
    command = {"command": command_id(int(clock().timestamp() * 1000)), "channel": "email"}
    for _ in range(2):
        desk.post(f"/notices/slip/{member}", data=command)
    assert office.send() == 1
    (letter,) = office.mail.taken
    assert letter.to == EMAIL
    assert letter.plain.count("กำหนดส่ง 1 ธ.ค. 2569") == 2
    nobody = office.school.ids[TEACHER]
    refused = desk.post(f"/notices/slip/{nobody}", data={**command, "command": command_id(1)})
    assert refused.status_code >= 400


def test_news_go_once_to_the_chosen_class(admin: FlaskClient, office: Office) -> None:
    admin.post("/news/new", data={"title": "สัปดาห์หนังสือ", "text": "พบกันวันจันทร์", "shown_from": "2026-11-23"})
    page = admin.get("/news/1/tell").text
    group = re.search(r'name="group_ids" type="checkbox" value="(\d+)"', page)
    assert group is not None
    for _ in range(2):
        admin.post("/news/1/tell", data={"group_ids": group[1]})
    assert office.send() == 2
    assert "สัปดาห์หนังสือ\n\nพบกันวันจันทร์" in office.line.texts()[0]
    assert office.mail.taken[0]["Subject"] == "สัปดาห์หนังสือ – ห้องสมุดโรงเรียนเหนือ"
