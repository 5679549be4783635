"""Days of every year, Thai holidays as proposals, and due dates that were given before a day was declared closed."""

from datetime import date, time

import pytest
from sqlalchemy import select

from samut_hub.circulation.models import Loan
from samut_hub.circulation.moving import Span, move_part, to_move
from samut_hub.db import Database
from samut_hub.fleet.models import ReplicaChange
from samut_hub.fleet.replica_rows import library_row
from samut_hub.libraries.closures import closures_from, enter_closures, enter_yearly, next_time
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.libraries.thai_holidays import proposals
from samut_hub.staff.policy import Role
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.circulation.conftest import desk as desk
from tests.hub.circulation.conftest import school as school
from tests.hub.conftest import Clock, Libraries, SignIn

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_day_of_every_year_is_closed_unless_that_year_says_otherwise(
    database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        enter_yearly(session, 12, 31, "วันสิ้นปี")
        enter_closures(session, date(2027, 12, 31), date(2027, 12, 31), name="เปิดพิเศษ", is_open=True)
    with database.session(libraries.north) as session:
        own = session.get_one(Library, libraries.north)
        calendar = calendar_of(session, own)
        assert [calendar.is_open(date(year, 12, 31)) for year in (2026, 2027, 2029)] == [False, True, False]
        assert library_row(session, own).yearly_closed == ((12, 31),)


@on_sqlite
def test_a_librarian_keeps_days_of_every_year(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    form = {"day": "31", "month": "12", "name": "วันสิ้นปี"}
    assert browser.post("/settings/calendar/yearly", data=form).status_code == 302
    assert next_time(12, 31, date(2026, 11, 23)) == date(2026, 12, 31)
    assert next_time(2, 29, date(2097, 1, 1)) == date(2104, 2, 29)
    assert "31 December" in browser.get("/settings/calendar").text
    wrong = browser.post("/settings/calendar/yearly", data={**form, "month": "2", "day": "30"})
    assert wrong.status_code == 422
    assert "This month has no such day." in wrong.text


@on_sqlite
def test_a_calendar_that_would_never_open_is_refused(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        for month in range(1, 13):
            for day in range(1, 32):
                if month != 6 and (month, day) not in {(2, 30), (2, 31), (4, 31), (9, 31), (11, 31)}:
                    enter_yearly(session, month, day, "ปิด")
    browser = sign_in(Role.ADMINISTRATOR)
    form = {"on": "2027-06-01", "until": "2027-06-30", "name": "ปิดปรับปรุง", "open": "no"}
    answer = browser.post("/settings/calendar", data=form)
    assert answer.status_code == 422
    assert "would not open for a whole year" in answer.text
    with database.session(libraries.north) as session:
        assert closures_from(session, date(2027, 6, 1)) == []


def test_holidays_of_2026_are_those_that_were_announced(database: Database, libraries: Libraries) -> None:
    """The lunar days, the substitute of Visakha Bucha, and the day for teachers, as in the cabinet's list."""
    with database.session(libraries.north) as session:
        proposed = {one.on: one for one in proposals(session, 2026, [5, 6])}
    assert proposed[date(2026, 3, 3)].name_th == "วันมาฆบูชา"
    assert proposed[date(2026, 6, 1)].name_en == "Visakha Bucha (in lieu)"
    assert proposed[date(2026, 5, 31)].closed_anyway
    assert proposed[date(2026, 1, 16)].category == "school"


@on_sqlite
def test_only_ticked_holidays_are_entered(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    assert "Visakha Bucha" in browser.get("/settings/calendar/holidays?year=2027").text
    form = {"year": "2027", "on": ["2027-05-20", "2027-04-13", "2027-04-12"]}
    assert browser.post("/settings/calendar/holidays", data=form).status_code == 302
    with database.session(libraries.north) as session:
        entered = [row.on for row in closures_from(session, date(2027, 1, 1))]
    assert entered == [date(2027, 4, 13), date(2027, 5, 20)]
    assert "in the calendar already" in browser.get("/settings/calendar/holidays?year=2027").text
    assert browser.post("/settings/calendar/holidays", data={"year": "2027"}).status_code == 422
    assert browser.get("/settings/calendar/holidays?year=1200").status_code == 404


@on_sqlite
def test_who_closes_a_day_later_is_shown_the_loans_and_moves_them(
    desk: Desk, school: School, sign_in: SignIn, clock: Clock
) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    browser = sign_in(Role.ADMINISTRATOR)
    form = {"on": "2026-12-01", "name": "น้ำท่วม", "open": "no"}
    page = browser.post("/settings/calendar", data=form, follow_redirects=True)
    assert "2 loans are due on days that are closed now" in page.text
    assert "from 1 Dec 2026 to 2 Dec 2026" in page.text
    answer = browser.post("/desk/due-when-closed", data={"first": "2026-12-01", "last": "2026-12-01"})
    assert "/tasks/" in answer.headers["Location"]
    for strange in ("first=9999-12-31&last=9999-12-31", "first=0001-01-01&last=0001-01-01", "first=x"):
        assert browser.get(f"/desk/due-when-closed?{strange}").status_code == 404


def test_moved_once_and_no_further_and_devices_learn_of_it(
    database: Database, libraries: Libraries, school: School, clock: Clock
) -> None:
    span = Span(date(2026, 12, 1), date(2026, 12, 4))
    with database.session(libraries.north) as session:
        item_ids = iter(range(1, 6))
        for number, on in ((MANEE, 1), (PITI, 2), (MANEE, 6)):
            due = clock().replace(month=12, day=on)
            session.add(
                Loan(item_id=next(item_ids), member_id=school.ids[number], lent_at=clock(), due_at=due, source="desk")
            )
        enter_closures(session, span.first, span.last, name="กีฬาสี", is_open=False)
    with database.session(libraries.north) as session:
        own = session.get_one(Library, libraries.north)
        assert [(one.on.day, one.count) for one in to_move(session, own, span, clock())] == [(1, 1), (2, 1)]
        before = session.query(ReplicaChange).count()
        assert move_part(session, own, span, clock()) == 2
        session.flush()
        assert session.query(ReplicaChange).count() == before + 2
        assert move_part(session, own, span, clock()) == 0
        calendar = calendar_of(session, own)
        days = [calendar.local_day(due).day for due in session.scalars(select(Loan.due_at).order_by(Loan.id))]
    assert days == [5, 5, 6]


@on_sqlite
def test_hours_are_entered_for_the_week_and_for_one_day(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    week = {f"hours-{day}": "8.30-12.00, ๑๓.๐๐ - ๑๖.๓๐ น." for day in range(5)}
    assert browser.post("/settings/calendar/hours", data=week).status_code == 302
    fair = {"on": "2026-12-06", "name": "งานวัด", "open": "yes", "hours": "9-12"}
    assert browser.post("/settings/calendar", data=fair).status_code == 302
    with database.session(libraries.north) as session:
        calendar = calendar_of(session, session.get_one(Library, libraries.north))
        assert [len(calendar.open_spans(date(2026, 12, day))) for day in (3, 5, 6)] == [2, 1, 1]
        closes = calendar.open_spans(date(2026, 12, 6))[0][1]
        assert closes == calendar.moment(date(2026, 12, 6), time(12))
    shown = browser.get("/settings/calendar").text
    assert "08:30–12:00, 13:00–16:30" in shown
    assert "open 09:00–12:00" in shown


@on_sqlite
@pytest.mark.parametrize("wrong", ["late", "16:00-8:00", "25-26", "8:30-12:00, 11:00-16:00", "8:61-9:00"])
def test_hours_that_cannot_be_are_named_and_nothing_is_lost(
    sign_in: SignIn, libraries: Libraries, wrong: str
) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    answer = browser.post("/settings/calendar/hours", data={"hours-0": "8-16", "hours-1": wrong})
    assert answer.status_code == 422
    assert "Write the hours like 8:30-16:30" in answer.text
    assert f'value="{wrong}"' in answer.text
    closed = {"on": "2026-12-06", "name": "ปิด", "open": "no", "hours": "9-12"}
    assert "Hours belong to a day" in browser.post("/settings/calendar", data=closed).text


@on_sqlite
def test_a_day_closed_every_week_from_now_on_moves_what_was_due_on_it(
    sign_in: SignIn, desk: Desk, school: School, clock: Clock
) -> None:
    """Seven open days from Monday 23 November end on Tuesday 1 December."""
    desk.lend_all(MANEE, "B00001")
    browser = sign_in(Role.ADMINISTRATOR)
    kept = {"name_th": "เหนือ", "name_en": "North", "zone": "Asia/Bangkok", "debt_limit": "100"}
    asked = browser.post("/settings/library", data={**kept, "weekly_closed": ["1", "6"]})
    page = browser.get(asked.headers["Location"])
    assert "1: from 1 Dec 2026 to 2 Dec 2026" in page.text
    with school.database.session(school.library) as session:
        own = session.get_one(Library, school.library)
        span = Span(date(2026, 11, 23), date(2027, 11, 23), frozenset({1}))
        assert to_move(session, own, Span(span.first, span.last), clock()) == []
        assert (move_part(session, own, span, clock()), move_part(session, own, span, clock())) == (1, 0)
    assert [loan.due_at.date() for loan in school.loans(MANEE)] == [date(2026, 12, 2)]
    again = browser.post("/settings/library", data={**kept, "weekly_closed": ["6"]})
    assert again.headers["Location"] == "/settings"
