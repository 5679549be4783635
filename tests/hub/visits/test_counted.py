"""Visits of a period by who came and when: the same numbers on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from samut_hub.db import Database
from samut_hub.members.education import add_usual_levels
from samut_hub.members.models import Group, Member
from samut_hub.visits.counted import By, Line, Period, Totals, counted, frequent, totals
from samut_hub.visits.guests import Wanted, make_pass
from samut_hub.visits.models import GuestPass, Visit
from tests.hub.conftest import SignIn
from tests.hub.shelf import member
from tests.hub.visits.conftest import Gates

BANGKOK = 7 * 3600


@pytest.fixture
def week(gates: Gates) -> Gates:
    """Monday 23 November 2026: a pupil of level 3 at 9:59:59.9 and 10:00, one of level 2 on Sunday night at 23:30;
    a teacher with a class of 20; a guest twice; 5 by beams; somebody refused, somebody going out."""
    monday, shelf = gates.clock(), gates.shelf
    with gates.database.session(gates.library) as session:
        add_usual_levels(session)
        group = Group(name="=ม.1/1")
        session.add(group)
        session.flush()
        member(session, shelf.pupil).level, member(session, shelf.other).level = 3, 2
        member(session, shelf.pupil).group_id = group.id
        make_pass(session, "G1", Wanted(monday, monday), key=b"k", by="", now=monday)
    gates.passes(shelf.pupil, at=monday - timedelta(milliseconds=100))
    gates.passes(shelf.pupil, at=monday)
    gates.passes(shelf.other, at=datetime.fromisoformat("2026-11-22T16:30:00+00:00"))
    gates.passes(shelf.teacher, persons=21)
    with gates.database.session(gates.library) as session:
        code = session.scalars(select(GuestPass.code_hash)).one()
    for _ in range(2):
        gates.passes(guest=code)
    gates.passes(shelf.pupil, allowed=False)
    gates.passes(shelf.pupil, "out")
    gates.counts(5)
    gates.counts(3, "out")
    return gates


def period(gates: Gates) -> Period:
    return Period(gates.clock() - timedelta(days=2), gates.clock() + timedelta(days=1), BANGKOK)


def lines(gates: Gates, by: By) -> list[Line]:
    with gates.database.session(gates.library) as session:
        return counted(session, gates.library, period(gates), by)


@pytest.mark.requirement("R-28")
def test_visits_are_counted_by_level_of_education_in_times_and_in_persons(week: Gates) -> None:
    assert lines(week, By.LEVEL) == [Line(2, 1, 1), Line(3, 2, 1), Line(None, 1, 1)]


@pytest.mark.requirement("R-29")
def test_visits_are_counted_by_type_group_and_member(week: Gates) -> None:
    assert lines(week, By.TYPE) == [Line("pupil", 3, 2), Line("teacher", 1, 1)]
    assert lines(week, By.GROUP) == [Line("=ม.1/1", 2, 1), Line(None, 2, 2)]
    with week.database.session(week.library) as session:
        found = frequent(session, week.library, period(week), 1)
        assert (found[0].member.number, found[0].times) == (week.shelf.pupil, 2)
        assert len(found) == 3


def test_hours_and_weekdays_are_those_of_the_library(week: Gates) -> None:
    assert lines(week, By.HOUR) == [Line(9, 1, 1), Line(10, 2, 2), Line(23, 1, 1)]
    assert lines(week, By.WEEKDAY) == [Line(0, 3, 2), Line(6, 1, 1)]


@pytest.mark.requirement("R-28")
def test_guests_classes_and_people_counted_by_beams_are_told_apart(week: Gates) -> None:
    with week.database.session(week.library) as session:
        found = totals(session, week.library, period(week))
    assert found == Totals(times=4, members=3, unnamed=0, guests=2, with_class=20, by_beams=5)


def test_visits_that_are_nobodys_any_more_still_count_as_visits(week: Gates, database: Database) -> None:
    with database.session(week.library) as session:
        pupil = session.scalars(select(Member.id).where(Member.number == week.shelf.pupil)).one()
        session.execute(update(Visit).where(Visit.member_id == pupil).values(member_id=None))
    assert lines(week, By.LEVEL) == [Line(2, 1, 1), Line(3, 2, 0), Line(None, 1, 1)]
    with database.session(week.library) as session:
        assert totals(session, week.library, period(week)).unnamed == 2


def test_what_was_before_or_after_is_not_counted(week: Gates) -> None:
    with week.database.session(week.library) as session:
        day = Period(week.clock(), week.clock() + timedelta(seconds=1), BANGKOK)
        assert [line.times for line in counted(session, week.library, day, By.TYPE)] == [1, 1]


@pytest.mark.requirement("R-28")
@pytest.mark.requirement("R-29")
def test_staff_look_at_the_counts_and_take_them_away_as_csv(week: Gates, sign_in: SignIn) -> None:
    browser, days = sign_in(), "since=2026-11-22&until=2026-11-23"
    page = browser.get(f"/visits/counts?{days}&by=level&unit=persons").text
    assert "ประถมศึกษาตอนปลาย" in page or "Upper primary" in page
    for by in By:
        assert browser.get(f"/visits/counts?{days}&by={by}&unit=times").status_code == 200
    assert "Monday" in browser.get(f"/visits/counts?{days}&by=weekday&unit=times").text
    table = browser.get(f"/visits/counts.csv?{days}&by=group").data.decode("utf-8-sig")
    assert "'=ม.1/1,2,1\r\n" in table
    each = browser.get(f"/visits/counts.csv?{days}&by=member").data.decode("utf-8-sig")
    assert f"{week.shelf.pupil},ด.ญ. มานี ใจดี,'=ม.1/1,2\r\n" in each


def test_nonsense_in_the_address_counts_the_last_days(week: Gates, sign_in: SignIn) -> None:
    browser = sign_in()
    assert "24 Nov 2026" not in browser.get("/visits/counts?since=x&until=&by=moon&unit=1").text
    assert browser.get("/visits/counts?since=2026-11-24&until=2020-01-01").status_code == 200
