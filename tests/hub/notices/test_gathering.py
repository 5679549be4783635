"""Each night: who is told of what is due soon, overdue, renewed, or of a membership that ends; and each only once."""

from datetime import date, timedelta
from threading import Thread

import pytest

from samut_hub.catalogue.models import Item
from samut_hub.circulation.holds import cancel_hold, place_hold
from samut_hub.circulation.models import Hold, HoldEnd, LoanRule
from samut_hub.circulation.nightly import run
from samut_hub.circulation.service import take_back
from samut_hub.members.models import Member
from samut_hub.notices.models import MemberNotices
from samut_hub.notices.policy import Channel, Kind, Subject
from samut_hub.notices.settings import choose
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER
from tests.hub.notices.conftest import Office

DUE_IN = 8
"""Lent on Monday the 23rd for seven open days: due on Tuesday, 1 December."""


def told(office: Office) -> list[tuple[str, str, dict[str, int]]]:
    """Kind, channel, and how many of which kind each notice tells of."""
    return [(one.kind, one.channel, {kind: len(refs) for kind, refs in one.about.items()}) for one in office.log()]


def test_what_is_due_soon_is_told_once_in_one_message(office: Office) -> None:
    office.lend(MANEE, "B00001", "B00002")
    assert office.gather() == 0, "it is due in more than two days"
    office.clock.pass_by(days=DUE_IN - 2)
    assert office.gather() == 1
    assert told(office) == [("due_soon", "line", {"due_soon": 2})]
    assert office.gather() == 0
    office.clock.pass_by(days=1)
    assert office.gather() == 0


def test_three_reminders_come_on_their_days_and_one_that_was_missed_is_not_sent_after(office: Office) -> None:
    office.lend(PITI, "B00001")
    kinds = []
    for day in (0, 1, 2, 7, 14, 30):
        office.clock.now = office.loan("B00001").due_at + timedelta(days=day, hours=2)
        if office.gather():
            kinds.append((day, office.log()[-1].kind))
    assert kinds == [(0, "overdue_1"), (7, "overdue_2"), (14, "overdue_3")]
    office.lend(TEACHER, "B00002")
    office.school.change(lambda member: setattr(member, "email", "teacher@example.ac.th"), TEACHER)
    office.set_due("B00002", office.clock() - timedelta(days=20))
    assert office.gather() == 1
    assert office.log()[-1].kind == "overdue_3"


def test_all_that_a_member_is_told_in_one_night_is_one_message_in_the_words_of_the_worst(office: Office) -> None:
    office.lend(MANEE, "B00001", "B00002")
    office.set_due("B00001", office.clock() - timedelta(days=8))
    office.set_due("B00002", office.clock() + timedelta(days=1))
    assert office.gather() == 1
    assert told(office) == [("overdue_2", "line", {"overdue_2": 1, "due_soon": 1})]


def test_a_renewed_loan_is_told_of_anew(office: Office) -> None:
    office.lend(MANEE, "B00001")
    office.clock.pass_by(days=DUE_IN - 2)
    office.gather()
    office.set_due("B00001", office.loan("B00001").due_at + timedelta(days=7))
    assert office.gather() == 0
    office.clock.pass_by(days=7)
    assert office.gather() == 1


def test_two_who_gather_at_once_make_each_notice_once(office: Office) -> None:
    office.lend(MANEE, "B00001")
    office.lend(PITI, "B00002")
    office.clock.pass_by(days=DUE_IN - 1)
    threads = [Thread(target=office.gather) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told(office)) == [("due_soon", "email", {"due_soon": 1}), ("due_soon", "line", {"due_soon": 1})]


def test_a_member_chooses_the_ways_and_may_want_nothing_but_reminders(office: Office) -> None:
    office.lend(MANEE, "B00001")
    with office.database.session(office.school.library) as session:
        wishes = {Subject.DUE: [], Subject.OVERDUE: [Channel.LINE, Channel.EMAIL]}
        choose(session, office.school.ids[MANEE], office.school.library, language="en", choices=wishes)
    office.clock.pass_by(days=DUE_IN - 1)
    assert office.gather() == 0
    office.clock.pass_by(days=2)
    assert office.gather() == 2
    assert {one.channel for one in office.log()} == {"line", "email"}


def test_who_cannot_be_reached_gets_a_letter_and_so_does_everybody_at_the_last_reminder(office: Office) -> None:
    office.change(lambda own: setattr(own, "letters_from", 3))
    office.lend(MANEE, "B00001")
    office.lend(TEACHER, "B00002")
    for barcode in ("B00001", "B00002"):
        office.set_due(barcode, office.clock() - timedelta(days=2))
    office.gather()
    assert sorted((one.kind, one.channel) for one in office.log()) == [("overdue_1", "line"), ("overdue_1", "print")]
    office.clock.pass_by(days=14)
    office.gather()
    last = [one.channel for one in office.log() if one.kind == "overdue_3"]
    assert sorted(last) == ["line", "print", "print"]


def test_membership_that_ends_is_told_once_for_each_last_day(office: Office) -> None:
    office.school.change(lambda member: setattr(member, "expires_on", date(2026, 12, 1)), PITI)
    assert office.gather() == 1
    assert office.gather() == 0
    office.school.change(lambda member: setattr(member, "expires_on", date(2026, 12, 5)), PITI)
    assert office.gather() == 1
    assert {one.kind for one in office.log()} == {Kind.EXPIRY.value}


def test_a_library_that_pauses_or_never_began_tells_nothing(office: Office) -> None:
    office.lend(MANEE, "B00001")
    office.clock.pass_by(days=DUE_IN - 1)
    office.change(lambda own: setattr(own, "paused", True))
    assert office.gather() == 0
    office.change(lambda own: setattr(own, "paused", False))
    office.change(lambda own: setattr(own, "kinds", [Kind.HOLD_READY.value]))
    assert office.gather() == 0


def test_what_the_night_renewed_is_told_where_the_library_says_so(office: Office) -> None:
    office.change(lambda own: setattr(own, "kinds", [Kind.RENEWED.value]))
    with office.database.session(office.school.library) as session:
        session.add(LoanRule(member_type="pupil", loan_days=7, max_items=3, max_renewals=2, auto_renew=True))
    office.lend(MANEE, "B00001")
    office.clock.now = office.loan("B00001").due_at - timedelta(hours=20)
    assert run(office.database, office.school.library, office.clock())[0] == 1
    assert office.gather() == 1
    assert office.gather() == 0
    assert office.send() == 1
    assert "ระบบต่ออายุให้แล้ว 1 รายการ" in office.line.texts()[0]


@pytest.mark.parametrize(("why", "told_of"), [(HoldEnd.STAFF, 1), (HoldEnd.MEMBER, 0)])
def test_holds_that_are_ready_or_ended_are_told_at_once_but_not_to_who_cancelled(
    office: Office, why: HoldEnd, told_of: int
) -> None:
    office.lend(TEACHER, "B00001")
    item_id = office.loan("B00001").item_id
    with office.database.session(office.school.library) as session:
        manee, item = session.get_one(Member, office.school.ids[MANEE]), session.get_one(Item, item_id)
        hold = place_hold(session, manee, item.title, now=office.clock())
    assert office.send() == 0
    with office.database.session(office.school.library) as session:
        take_back(session, item=session.get_one(Item, item_id), now=office.clock(), source="desk:dao")
    assert office.send() == 1
    assert "หนังสือที่จองไว้พร้อมให้รับแล้ว" in office.line.texts()[0]
    assert office.send() == 0
    office.clock.pass_by(minutes=5)
    with office.database.session(office.school.library) as session:
        cancel_hold(session, session.get_one(Hold, hold.id), now=office.clock(), why=why)
    assert office.send() == told_of
    assert ["การจองต่อไปนี้สิ้นสุดแล้ว" in text for text in office.line.texts()[1:]] == [True] * told_of


def test_gathering_asks_the_database_little_however_many_there_are(office: Office, statements: object) -> None:
    office.lend(MANEE, "B00001", "B00002", "B00003")
    office.lend(PITI, "B00004")
    office.clock.pass_by(days=DUE_IN - 1)
    with statements() as asked:  # type: ignore[operator]
        assert office.gather() == 2
    assert len(asked) < 20
    with office.database.session(office.school.library) as session:
        assert session.query(MemberNotices).count() == 0


def test_who_wants_slips_gets_one_after_each_visit_wherever_that_was(office: Office) -> None:
    with office.database.session(office.school.library) as session:
        wishes = {Subject.SLIPS: [Channel.EMAIL]}
        choose(session, office.school.ids[PITI], office.school.library, language="en", choices=wishes)
    office.lend(MANEE, "B00003")
    office.lend(PITI, "B00001")
    office.clock.pass_by(minutes=2)
    office.lend(PITI, "B00002")
    office.clock.pass_by(minutes=2)
    assert office.send() == 0, "the visit may go on"
    office.clock.pass_by(minutes=1)
    assert office.send() == 1
    office.clock.pass_by(minutes=5)
    assert office.send() == 0
    assert office.mail.taken[0].plain.count("due 1 Dec 2026") == 2
