"""After a pause nobody is told old news, however much of it waits; what still holds is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, literal, select

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Receipt
from samut_hub.circulation.holds import place_hold
from samut_hub.circulation.service import take_back
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.notices.letters import Press, drop_past, waiting_letters
from samut_hub.notices.models import NoticeEvent, NoticeSettings
from samut_hub.notices.policy import OVERDUE, Kind
from samut_hub.notices.settings import settings_to_change
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER
from tests.hub.notices.conftest import Office
from tests.hub.notices.test_all_ways import everything, pay

MANY = 10_000


def pause(office: Office, *, paused: bool = True) -> None:
    office.change(lambda own: setattr(own, "paused", paused))


def events(office: Office) -> int:
    with office.database.session(None) as session:
        return session.scalar(select(func.count()).select_from(NoticeEvent)) or 0


def reserve_and_return(office: Office, number: str, barcode: str) -> None:
    office.lend(TEACHER, barcode)
    item_id = office.loan(barcode).item_id
    with office.database.session(office.school.library) as session:
        item, member = session.get_one(Item, item_id), session.get_one(Member, office.school.ids[number])
        place_hold(session, member, item.title, now=office.clock())
    with office.database.session(office.school.library) as session:
        take_back(session, item=session.get_one(Item, item_id), now=office.clock(), source="desk:dao")


def test_after_a_pause_what_still_lies_there_is_told_and_what_was_collected_is_not(office: Office) -> None:
    pause(office)
    reserve_and_return(office, MANEE, "B00001")
    reserve_and_return(office, PITI, "B00002")
    office.lend(PITI, "B00002")
    office.clock.pass_by(days=1)
    assert office.send() == 0
    assert events(office) == 1, "what was collected waits no more"
    pause(office, paused=False)
    assert office.send() == 1
    assert "หนังสือที่จองไว้พร้อมให้รับแล้ว" in office.line.texts()[0]
    assert events(office) == 0


def test_receipts_of_last_month_and_reservations_that_nobody_fetched_are_told_no_more(office: Office) -> None:
    office.change(everything)
    pause(office)
    pay(office, MANEE)
    reserve_and_return(office, PITI, "B00001")
    office.clock.pass_by(days=20)
    office.send()
    assert events(office) == 0
    pay(office, MANEE)
    pause(office, paused=False)
    assert office.send() == 1
    assert [one.kind for one in office.log()] == ["receipt"]


def without_line(own: NoticeSettings) -> None:
    own.line_account = ""


@pytest.mark.parametrize(("days", "told"), [(1, ["sent"]), (3, ["cancelled", "sent"])])
def test_after_the_channel_was_out_of_order_nobody_hears_that_it_is_soon_due_when_it_is_overdue(
    office: Office, days: int, told: list[str]
) -> None:
    office.lend(MANEE, "B00001")
    office.clock.now = office.loan("B00001").due_at - timedelta(days=2)
    office.gather()
    account: list[str] = []
    office.change(lambda own: account.append(own.line_account))
    office.change(without_line)
    office.school.change(lambda member: setattr(member, "email", ""), MANEE)
    office.clock.pass_by(days=days)
    office.send()
    office.change(lambda own: setattr(own, "line_account", account[0]))
    office.gather()
    office.send()
    assert [one.state for one in office.log()] == told
    assert len(office.line.pushed) == 1


def test_a_reminder_that_waited_too_long_gives_way_to_the_next(office: Office) -> None:
    office.lend(MANEE, "B00001")
    office.clock.now = office.loan("B00001").due_at + timedelta(days=1)
    office.gather()
    pause(office)
    office.clock.pass_by(days=6, hours=1)
    office.send()
    pause(office, paused=False)
    office.gather()
    office.send()
    assert [(one.kind, one.state, one.fault) for one in office.log()] == [
        ("overdue_1", "cancelled", "past"),
        ("overdue_2", "sent", ""),
    ]


@pytest.mark.parametrize(
    ("days", "kinds", "told"),
    [(14, [*OVERDUE], "overdue_3"), (1, [Kind.OVERDUE_1], "overdue_1")],
    ids=["the third", "the only one"],
)
def test_the_last_reminder_waits_for_the_end_of_a_pause(
    office: Office, days: int, kinds: list[str], told: str
) -> None:
    office.change(lambda own: setattr(own, "kinds", [str(kind) for kind in kinds]))
    office.lend(MANEE, "B00001")
    office.clock.now = office.loan("B00001").due_at + timedelta(days=days, hours=2)
    office.gather()
    pause(office)
    office.clock.pass_by(days=4, hours=1)
    office.send()
    pause(office, paused=False)
    office.gather()
    office.send()
    assert [(one.kind, one.state) for one in office.log()] == [(told, "sent")]


def test_of_letters_that_nobody_printed_only_the_last_comes_out(office: Office) -> None:
    office.change(lambda own: setattr(own, "letters_from", 1))
    office.lend(TEACHER, "B00001")
    due = office.loan("B00001").due_at
    for days in (1, 7, 14):
        office.clock.now = due + timedelta(days=days, hours=2)
        office.gather()
    with office.database.session(office.school.library) as session:
        library = session.get_one(Library, office.school.library)
        press = Press(session, library, settings_to_change(session, library.id), office.clock(), "")
        waiting = waiting_letters(session, None)
        assert [one.kind for one in waiting] == ["overdue_1", "overdue_2", "overdue_3"]
        assert [one.kind for one in drop_past(press, waiting)] == ["overdue_3"]


def receipts(office: Office, paid_at: datetime) -> None:
    """As many as a school writes in some years, each with its event."""
    own = {
        "library_id": office.school.library,
        "member_id": office.school.ids[MANEE],
        "till": "dao",
        "method": "cash",
    }
    rows = [{**own, "year": 2569, "number": n, "amount": 100, "paid_at": paid_at} for n in range(1, MANY + 1)]
    with office.database.session(office.school.library) as session:
        session.execute(insert(Receipt.__table__), rows)  # type: ignore[arg-type]
        ids = select(Receipt.library_id, Receipt.id, literal(Kind.RECEIPT.value))
        session.execute(insert(NoticeEvent.__table__).from_select(["library_id", "ref_id", "kind"], ids))  # type: ignore[arg-type]


def test_however_many_events_a_long_pause_left_they_go_in_parts(office: Office, statements: object) -> None:
    office.change(everything)
    pause(office)
    receipts(office, office.clock())
    office.clock.pass_by(days=30)
    with statements() as asked:  # type: ignore[operator]
        office.send()
    assert events(office) == 0
    assert len(asked) < MANY / 100
    assert office.log() == []
