"""Notices go out once: over a server that is down, busy or slow, with two who send, and through a power cut."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import msgspec
import pytest
from sqlalchemy import delete

from samut_hub.catalogue.models import Item
from samut_hub.circulation.service import take_back
from samut_hub.notices.channels.line import LineMessages
from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.policy import BACK_OFF, after_quiet
from samut_hub.notices.posting import Post
from samut_hub.notices.sealing import seal, signature, unseal
from samut_hub.notices.sending import REST
from samut_hub.notices.settings import choose
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER
from tests.hub.notices.conftest import EMAIL, LINE_USER, SECRET, Office

LATE = 9
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where servers matter, and not how the database takes it."""


@pytest.fixture
def reminded(office: Office) -> Office:
    """Manee and Piti have each a book that is a day late, and a notice of it that waits."""
    office.lend(MANEE, "B00001")
    office.lend(PITI, "B00002")
    office.clock.pass_by(days=LATE)
    assert office.gather() == 2
    return office


def by_line_only(office: Office, number: str = MANEE) -> None:
    office.school.change(lambda member: setattr(member, "email", ""), number)


def test_a_reminder_goes_by_line_and_by_e_mail(reminded: Office) -> None:
    assert reminded.send() == 2
    assert reminded.send() == 0
    (pushed,) = reminded.line.pushed
    assert pushed["to"] == LINE_USER
    assert "มานี มีใจ" in pushed["messages"][0]["text"]
    assert "• นิทานเล่ม B00001\n   กำหนดส่ง 1 ธ.ค. 2569 (เกินกำหนด 1 วัน)" in pushed["messages"][0]["text"]
    (letter,) = reminded.mail.taken
    assert letter["Subject"] == "หนังสือเกินกำหนดส่ง 1 รายการ – ห้องสมุดโรงเรียนเหนือ"
    assert letter["To"] == "ปิติ พิทักษ์ถิ่น <piti@example.ac.th>"
    assert letter["From"] == "ห้องสมุดโรงเรียนเหนือ <library@example.ac.th>"
    assert letter["Message-ID"] == f"<{reminded.log()[1].key}@example.ac.th>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "", "nobody is spared reminders"
    assert "https://library.example.ac.th/lib/north/my" in letter.plain
    assert "<b" not in letter.plain
    assert "นิทานเล่ม B00002" in letter.html
    assert reminded.states() == [("line", "sent", ""), ("email", "sent", "")]
    assert reminded.log()[0].text == pushed["messages"][0]["text"]


@ON_SQLITE
def test_an_english_reader_is_written_to_in_english(reminded: Office) -> None:
    with reminded.database.session(reminded.school.library) as session:
        choose(session, reminded.school.ids[MANEE], reminded.school.library, language="en", choices={})
    reminded.send()
    assert "Manee Meechai, please note what is overdue (1):" in reminded.line.texts()[0]
    assert "due 1 Dec 2026 (1 day late)" in reminded.line.texts()[0]


def test_what_was_brought_back_meanwhile_is_not_asked_for(reminded: Office) -> None:
    item_id = reminded.loan("B00001").item_id
    with reminded.database.session(reminded.school.library) as session:
        take_back(session, item=session.get_one(Item, item_id), now=reminded.clock(), source="desk:dao")
    assert reminded.send() == 1
    assert reminded.states() == [("line", "cancelled", "past"), ("email", "sent", "")]


@ON_SQLITE
def test_a_server_that_is_down_is_tried_ever_more_seldom_and_then_given_up(reminded: Office) -> None:
    reminded.change(lambda own: setattr(own, "smtp_port", 9))
    by_line_only(reminded)
    sender, tries = reminded.sender(), 0
    while (waiting := reminded.log()[1]).state != "failed":
        reminded.clock.now = max(reminded.clock(), waiting.next_at) + REST
        sender.send_due()
        tries += 1
        assert reminded.log()[1].attempts == tries
    assert tries == len(BACK_OFF) + 1
    assert reminded.states()[1] == ("email", "failed", "unreachable")
    assert reminded.mail.taken == []


@ON_SQLITE
def test_after_the_server_came_back_it_goes_out_once(reminded: Office) -> None:
    reminded.line.trouble = [(500, "sorry"), (429, "The API rate limit has been exceeded. Try again later.")]
    reminded.send()
    assert reminded.states()[0] == ("line", "waiting", "unreachable")
    assert reminded.send() == 0, "it waits a minute"
    reminded.clock.pass_by(minutes=1)
    reminded.send()
    assert reminded.states()[0] == ("line", "waiting", "busy")
    reminded.clock.pass_by(minutes=5)
    assert reminded.send() == 1
    assert len(reminded.line.pushed) == 1


@ON_SQLITE
def test_line_that_took_the_message_without_an_answer_does_not_get_it_twice(reminded: Office) -> None:
    reminded.line.forgets_to_answer = True
    reminded.send()
    assert reminded.states()[0] == ("line", "waiting", "unreachable")
    reminded.line.forgets_to_answer = False
    reminded.clock.pass_by(minutes=1)
    assert reminded.send() == 1
    assert len(reminded.line.pushed) == 1
    assert reminded.states()[0] == ("line", "sent", "")


@ON_SQLITE
@pytest.mark.parametrize(
    ("status", "said"), [(400, "Failed to send messages"), (429, "You have reached your monthly limit.")]
)
def test_who_blocked_the_account_or_when_the_month_is_used_up_an_e_mail_goes_instead(
    reminded: Office, status: int, said: str
) -> None:
    reminded.line.trouble = [(status, said)]
    reminded.send()
    reminded.send()
    assert EMAIL in [letter.to for letter in reminded.mail.taken]
    assert reminded.line.pushed == []
    assert reminded.gather() == 0


@ON_SQLITE
def test_with_no_other_way_it_is_given_up_for_one_who_blocked_and_kept_while_the_month_is_used_up(
    reminded: Office,
) -> None:
    by_line_only(reminded)
    reminded.line.trouble = [(429, "You have reached your monthly limit.")]
    reminded.send()
    assert reminded.states()[0] == ("line", "waiting", "quota")
    reminded.clock.pass_by(minutes=1)
    reminded.line.trouble = [(400, "Failed to send messages")]
    reminded.send()
    assert reminded.states()[0] == ("line", "failed", "refused")


@ON_SQLITE
def test_a_wrong_token_or_password_is_said_in_the_settings_until_it_works(reminded: Office) -> None:
    def wrong(own: NoticeSettings) -> None:
        own.line_token = seal(SECRET, own.library_id, "old")
        own.smtp_user, own.smtp_password = "library", seal(SECRET, own.library_id, "wrong")

    def right(own: NoticeSettings) -> None:
        own.line_token = seal(SECRET, own.library_id, "channel access token")
        own.smtp_password = seal(SECRET, own.library_id, "right")

    reminded.change(wrong)
    reminded.send()
    assert [fault for _, _, fault in reminded.states()] == ["sign_in", "sign_in"]
    told: list[str] = []
    reminded.change(lambda own: told.extend((own.line_fault, own.email_fault)))
    assert [one.split()[0] for one in told] == ["sign_in", "sign_in"]
    reminded.change(right)
    reminded.clock.pass_by(minutes=1)
    assert reminded.send() == 2
    told.clear()
    reminded.change(lambda own: told.extend((own.line_fault, own.email_fault)))
    assert told == ["", ""]


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 no such mailbox", ("email", "failed", "refused")), ("451 greylisted", ("email", "waiting", "busy"))],
)
def test_a_mailbox_that_refuses_does_not_stop_the_others(
    office: Office, answer: str, state: tuple[str, str, str]
) -> None:
    office.school.change(lambda member: setattr(member, "email", "teacher@example.ac.th"), TEACHER)
    office.lend(TEACHER, "B00001")
    office.lend(PITI, "B00002")
    office.clock.pass_by(days=40)
    office.gather()
    office.mail.refuses = {"piti@example.ac.th": answer}
    assert office.send() == 1
    assert office.states() == [state, ("email", "sent", "")]


@ON_SQLITE
def test_an_e_mail_that_broke_off_after_its_text_is_not_sent_again_by_itself(reminded: Office) -> None:
    reminded.mail.breaks = True
    reminded.send()
    assert reminded.states()[1] == ("email", "failed", "unsure")
    reminded.clock.pass_by(days=1)
    reminded.send()
    assert len(reminded.mail.taken) == 1


def test_after_a_power_cut_between_sending_and_marking_nothing_goes_twice(
    reminded: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cut is the only thing that is not real here: it ends the sender before it can write."""

    class PowerCut(BaseException):
        pass

    def cut(self: Post, taken: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(Post, "_note_sent", cut)
        for _ in range(2):
            with pytest.raises(PowerCut):
                reminded.send()
    assert [state for _, state, _ in reminded.states()] == ["sending", "sending"]
    assert reminded.send() == 0
    reminded.clock.pass_by(minutes=11)
    reminded.send()
    assert reminded.states() == [("line", "sent", ""), ("email", "failed", "unsure")]
    assert (len(reminded.line.pushed), len(reminded.mail.taken)) == (1, 1)


class Stopped(BaseException):
    """The power goes: nothing that comes after it is carried out."""


def stop_at(reminded: Office, where: str, patched: pytest.MonkeyPatch) -> None:
    """The hub gives the message away and is stopped: at a moment of the sending, or after an answer that says
    nothing of what became of the message."""

    def stop(*rest: object) -> None:
        raise Stopped

    if where == "no answer":
        reminded.line.forgets_to_answer = True
        reminded.send()
        reminded.line.forgets_to_answer = False
        return
    with patched.context() as cut:
        if where == "before it is sent":
            cut.setattr(LineMessages, "send", stop)
        else:
            cut.setattr(Post, "_note_sent", stop)
        with pytest.raises(Stopped):
            reminded.send()


@ON_SQLITE
@pytest.mark.parametrize("where", ["before it is sent", "before it is marked", "no answer"])
@pytest.mark.parametrize(("hours", "again"), [(1, 1), (1, 30), (22, 3), (25, 1)])
def test_nothing_is_sent_twice_however_long_the_hub_was_stopped_and_wherever(
    reminded: Office, monkeypatch: pytest.MonkeyPatch, where: str, hours: int, again: int
) -> None:
    """After the stop the answer is lost once more, and after another stop all is well."""
    with reminded.database.session(reminded.school.library) as session:
        session.execute(delete(Notice).where(Notice.channel == "email"))
    by_line_only(reminded)
    stop_at(reminded, where, monkeypatch)
    for stopped in (hours, again):
        reminded.clock.pass_by(hours=stopped)
        reminded.line.trouble = [(500, "sorry")]
        reminded.send()
        reminded.line.trouble = []
    for _ in range(8):
        reminded.clock.pass_by(hours=5)
        reminded.send()
    ((_, state, fault),) = reminded.states()
    assert len(reminded.line.pushed) <= 1
    assert (state, fault) in [("sent", ""), ("failed", "unsure")]
    assert (state == "sent") <= (len(reminded.line.pushed) == 1)
    assert (state == "failed") <= (hours + again >= 20), "within a day LINE says what became of it"


@ON_SQLITE
def test_line_that_was_out_of_reach_for_days_gets_it_when_it_is_back(reminded: Office) -> None:
    """The connection was refused: it cannot have arrived."""
    own = reminded.config
    reminded.config = msgspec.structs.replace(own, line_api="http://127.0.0.1:9")
    reminded.send()
    reminded.clock.pass_by(hours=30)
    reminded.send()
    reminded.config = own
    reminded.clock.pass_by(hours=30)
    reminded.send()
    assert reminded.states()[0] == ("line", "sent", "")


@ON_SQLITE
def test_what_may_have_come_by_line_is_not_sent_by_e_mail_as_well(reminded: Office) -> None:
    reminded.line.forgets_to_answer = True
    reminded.send()
    reminded.line.trouble = [(400, "Failed to send messages")]
    reminded.clock.pass_by(minutes=1)
    reminded.send()
    assert reminded.states()[0] == ("line", "failed", "unsure")
    assert EMAIL not in [letter.to for letter in reminded.mail.taken]


def test_two_who_send_at_once_send_each_once(reminded: Office) -> None:
    senders = [reminded.sender() for _ in range(4)]
    threads = [Thread(target=sender.send_due) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(reminded.line.pushed), len(reminded.mail.taken)) == (1, 1)
    assert reminded.states() == [("line", "sent", ""), ("email", "sent", "")]


@ON_SQLITE
def test_nothing_is_sent_in_quiet_hours(office: Office) -> None:
    def quiet(own: NoticeSettings) -> None:
        own.quiet_from, own.quiet_until = 20 * 60, 7 * 60

    office.change(quiet)
    office.lend(MANEE, "B00001")
    office.clock.now = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
    assert office.gather() == 1, "two in the morning in Bangkok"
    assert office.send() == 0
    office.clock.now = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
    assert office.send() == 1


@pytest.mark.parametrize(
    ("hour", "quiet", "then"),
    [
        (2, (20, 7), 7),
        (21, (20, 7), 7 + 24),
        (12, (20, 7), 12),
        (7, (20, 7), 7),
        (13, (12, 14), 14),
        (14, (12, 14), 14),
        (3, (0, 0), 3),
    ],
)
def test_quiet_hours_are_those_of_the_library(hour: int, quiet: tuple[int, int], then: int) -> None:
    midnight = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    spoken = after_quiet(midnight + timedelta(hours=hour), "Asia/Bangkok", quiet[0] * 60, quiet[1] * 60)
    assert spoken == midnight + timedelta(hours=then)


def test_what_is_sealed_for_one_library_does_not_open_for_another() -> None:
    sealed = seal(SECRET, 1, "ความลับ")
    assert "ความลับ".encode() not in sealed
    assert unseal(SECRET, 1, sealed) == "ความลับ"
    assert unseal(SECRET, 2, sealed) == ""
    assert unseal(b"another", 1, sealed) == ""


def test_what_was_sealed_before_there_was_one_way_of_sealing_opens_still() -> None:
    before = bytes.fromhex(
        "9d4524986cac7db73743feafe53ea689560cbcded79b37410d563d2e24d4296b11cea7529fbb78bacc81f5cd1cd241c73c"
    )
    assert unseal(SECRET, 1, before) == "ความลับ"
    assert unseal(SECRET, 2, before) == unseal(b"another", 1, before) == unseal(SECRET, 1, b"short") == ""
    assert signature(SECRET, "1:2:due") == "ddc3e6f2d5b6f1f73cde55fd671688fa", "links in e-mails of before"
