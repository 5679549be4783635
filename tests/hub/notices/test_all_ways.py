"""Every occasion by every way, in both languages: what comes with Samut can be sent as it is."""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from samut_hub.catalogue.models import Item
from samut_hub.charges.books import Teller, Tender
from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import pay_fee
from samut_hub.circulation.holds import place_hold
from samut_hub.circulation.service import take_back
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.notices.examples import look_at
from samut_hub.notices.letters import Press, letters_pdf, mark_printed, waiting_letters
from samut_hub.notices.models import NoticeSettings
from samut_hub.notices.policy import Channel, Kind, Subject
from samut_hub.notices.service import Wanted, find_notices
from samut_hub.notices.settings import choose, settings_to_change
from samut_hub.notices.texts import LANGUAGES, channels_of, check, default
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER
from tests.hub.notices.conftest import Office

TOLD = {"due_soon", "overdue_1", "overdue_2", "overdue_3", "hold_ready", "receipt", "expiry"}


def everything(own: NoticeSettings) -> None:
    own.kinds, own.letters_from = [kind.value for kind in Kind], 1


def pay(office: Office, number: str) -> None:
    with office.database.session(office.school.library) as session:
        member = session.get_one(Member, office.school.ids[number])
        charge = Charge(member_id=member.id, kind=ChargeKind.CARD.value, amount=2_000, made_at=office.clock())
        session.add(charge)
        member.debt += 2_000
        session.flush()
        teller = Teller(till="desk:dao", now=office.clock())
        pay_fee(session, member, tender=Tender(2_000), teller=teller, only=[charge.id])


def wait_and_get(office: Office, barcode: str, number: str) -> None:
    """The member reserves what is out, and it comes back."""
    item_id = office.loan(barcode).item_id
    with office.database.session(office.school.library) as session:
        item, member = session.get_one(Item, item_id), session.get_one(Member, office.school.ids[number])
        place_hold(session, member, item.title, now=office.clock())
    with office.database.session(office.school.library) as session:
        take_back(session, item=session.get_one(Item, item_id), now=office.clock(), source="desk:dao")


@pytest.mark.requirement("K-08")
def test_members_are_told_everything_by_line_e_mail_and_letter_each_in_their_language(office: Office) -> None:
    office.change(everything)
    with office.database.session(office.school.library) as session:
        both = {subject: [Channel.LINE, Channel.EMAIL] for subject in Subject}
        choose(session, office.school.ids[MANEE], office.school.library, language="en", choices=both)
    for number, barcode in ((MANEE, "B00001"), (PITI, "B00002"), (TEACHER, "B00003")):
        office.lend(number, barcode)
        office.school.change(lambda member: setattr(member, "expires_on", date(2026, 12, 20)), number)
    wait_and_get(office, "B00003", MANEE)
    office.lend(TEACHER, "B00004")
    office.set_due("B00004", office.loan("B00001").due_at)
    pay(office, MANEE)
    office.line.trouble = [(500, "sorry")]
    start, due = office.clock(), office.loan("B00001").due_at
    for moment in (start, *(due + timedelta(days=days, hours=2) for days in (-1, 1, 7, 14))):
        office.clock.now = moment
        office.gather()
        office.send()
        office.clock.pass_by(minutes=2)
        office.send()
    log = office.log()
    for way in ("line", "email"):
        sent = {one.kind for one in log if one.member_id == office.school.ids[MANEE] and one.channel == way}
        assert sent == TOLD, way
    assert {one.state for one in log if one.channel != "print"} == {"sent"}
    assert max(one.attempts for one in log) == 2, "the one that the server did not take was tried again"
    assert any("At present" in text or "Last reminder for Manee Meechai" in text for text in office.line.texts())
    thai = [letter for letter in office.mail.taken if letter.to == "piti@example.ac.th"]
    assert "แจ้งครั้งสุดท้าย: หนังสือเกินกำหนดส่ง 1 รายการ – ห้องสมุดโรงเรียนเหนือ" in [one["Subject"] for one in thai]
    with office.database.session(office.school.library) as session:
        library = session.get_one(Library, office.school.library)
        press = Press(session, library, settings_to_change(session, library.id), due, "")
        letters = [one for one in waiting_letters(session, None) if one.member_id == office.school.ids[TEACHER]]
        assert [one.kind for one in letters] == ["overdue_1", "overdue_2", "overdue_3"]
        assert len(PdfReader(io.BytesIO(letters_pdf(press, letters))).pages) == 3
        assert mark_printed(session, [one.id for one in letters], office.clock()) == 3
        assert find_notices(session, Wanted(member_id=office.school.ids[TEACHER], state="printed")).total == 3


def every_words() -> Iterator[tuple[Kind, Channel, str]]:
    for kind in Kind:
        for channel in channels_of(kind):
            for language in LANGUAGES:
                yield kind, channel, language


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_all_words_that_come_with_samut_pass_the_check_and_leave_no_field_empty(office: Office) -> None:
    with office.database.session(office.school.library) as session:
        library = session.get_one(Library, office.school.library)
        press = Press(session, library, settings_to_change(session, library.id), office.clock(), "https://x.ac.th")
        for key in every_words():
            words = default(*key)
            check(key[0], words)
            seen = look_at(press, key, words, None).message
            assert "{" not in seen.text + seen.subject, key
            assert bool(seen.subject) is (key[1] is not Channel.LINE), key
            assert len(seen.text) < 1_000, key
