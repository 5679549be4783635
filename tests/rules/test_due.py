"""Due dates, counted by hand with the calendar of 2026 on the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from samut_rules.calendar import Calendar, NeverOpenError, OutOfRangeError, Span
from samut_rules.choices import AtClosing, CalendarMode, FixedDue
from samut_rules.due import Bound, Due, due_after_days
from samut_rules.lending import decide_loan
from samut_rules.reasons import Code
from tests.rules.people import ALWAYS, NEVER, SCHOOL, WITH_HOURS, at, end_of, facts, terms

IGNORE, SKIP, MOVE, SAME = (
    CalendarMode.IGNORE,
    CalendarMode.SKIP,
    CalendarMode.MOVE,
    CalendarMode.SAME_WEEKDAY,
)


@pytest.mark.parametrize(
    ("lent", "days", "mode", "due"),
    [
        # Thursday before Songkran: 10, 16, 17, 20, 21, 22, 23 April
        (date(2026, 4, 9), 7, SKIP, date(2026, 4, 23)),
        (date(2026, 4, 9), 7, IGNORE, date(2026, 4, 16)),
        (date(2026, 4, 9), 7, MOVE, date(2026, 4, 16)),
        (date(2026, 4, 9), 7, SAME, date(2026, 4, 16)),
        # Tuesday; a week later is the second day of Songkran
        (date(2026, 4, 7), 7, SKIP, date(2026, 4, 21)),
        (date(2026, 4, 7), 7, IGNORE, date(2026, 4, 14)),
        (date(2026, 4, 7), 7, MOVE, date(2026, 4, 16)),
        (date(2026, 4, 7), 7, SAME, date(2026, 4, 21)),
        # five days are no whole week
        (date(2026, 4, 8), 5, SKIP, date(2026, 4, 20)),
        (date(2026, 4, 8), 5, IGNORE, date(2026, 4, 13)),
        (date(2026, 4, 8), 5, MOVE, date(2026, 4, 16)),
        (date(2026, 4, 8), 5, SAME, date(2026, 4, 16)),
        # lent on a Saturday, on which the school never opens
        (date(2026, 4, 4), 7, SAME, date(2026, 4, 16)),
        (date(2026, 4, 4), 7, IGNORE, date(2026, 4, 11)),
        # the King's birthday, Asanha Bucha and the beginning of Lent: 28, 29 and 30 July
        (date(2026, 7, 21), 7, SKIP, date(2026, 8, 4)),
        (date(2026, 7, 21), 7, MOVE, date(2026, 7, 31)),
        (date(2026, 7, 21), 7, SAME, date(2026, 8, 4)),
        (date(2026, 7, 15), 14, SKIP, date(2026, 8, 7)),
        (date(2026, 7, 15), 14, MOVE, date(2026, 7, 31)),
        (date(2026, 7, 15), 14, SAME, date(2026, 8, 5)),
        # over New Year, closed every year; 1 January 2027 is a Friday
        (date(2026, 12, 28), 3, SKIP, date(2027, 1, 4)),
        (date(2026, 12, 24), 7, MOVE, date(2027, 1, 4)),
        (date(2026, 12, 24), 7, SAME, date(2027, 1, 7)),
        # 5 December, a Saturday, is kept on Monday the 7th
        (date(2026, 12, 4), 3, SKIP, date(2026, 12, 11)),
        (date(2026, 12, 4), 3, MOVE, date(2026, 12, 8)),
        # nothing to count
        (date(2026, 4, 13), 0, SKIP, date(2026, 4, 16)),
        (date(2026, 4, 13), 0, MOVE, date(2026, 4, 16)),
        (date(2026, 4, 13), 0, SAME, date(2026, 4, 16)),
        (date(2026, 4, 13), 0, IGNORE, date(2026, 4, 13)),
        (date(2026, 4, 16), 0, SKIP, date(2026, 4, 16)),
    ],
)
def test_days_are_counted_as_the_library_wishes(lent: date, days: int, mode: CalendarMode, due: date) -> None:
    counted = due_after_days(terms(calendar_mode=mode), SCHOOL, lent, days=days)
    assert counted.at == SCHOOL.end_of(due)
    assert counted.steps[-1] == f"due {due}"


def test_the_trace_says_how_the_days_were_counted() -> None:
    start = date(2026, 4, 7)
    skipped = due_after_days(terms(), SCHOOL, date(2026, 4, 9), days=1)
    assert skipped.steps == ("closed days left out: none", "due 2026-04-10")
    skipped = due_after_days(terms(), SCHOOL, date(2026, 4, 10), days=1)
    closed = "2026-04-11, 2026-04-12, 2026-04-13, 2026-04-14, 2026-04-15"
    assert skipped.steps == (f"closed days left out: {closed}", "due 2026-04-16")
    moved = due_after_days(terms(calendar_mode=MOVE), SCHOOL, start, days=7)
    assert moved.steps == ("moved from 2026-04-14 to 2026-04-16", "due 2026-04-16")
    assert due_after_days(terms(calendar_mode=MOVE), SCHOOL, start, days=1).steps == ("due 2026-04-08",)
    assert due_after_days(terms(calendar_mode=IGNORE), SCHOOL, start, days=7).steps == ("due 2026-04-14",)


def test_a_weekday_that_only_holidays_close_for_a_year_gives_way_to_the_next_open_day() -> None:
    fridays = {date.fromordinal(n): False for n in range(date(2026, 4, 3).toordinal(), 800_000, 7)}
    calendar = Calendar("Asia/Bangkok", exceptions=fridays)
    counted = due_after_days(terms(calendar_mode=SAME), calendar, date(2026, 4, 3), days=7)
    assert counted.at == calendar.end_of(date(2026, 4, 11))


@pytest.mark.parametrize(
    ("said", "lent", "due", "told"),
    [
        (FixedDue.CEILING, (3, 9), (3, 13), "fixed due date 2026-03-13 (ceiling), from rule * × *"),
        (FixedDue.CEILING, (3, 4), (3, 13), None),  # the day itself
        (FixedDue.CEILING, (3, 2), (3, 12), None),
        (FixedDue.CEILING, (3, 16), (3, 25), "fixed due date 2026-03-13 has passed, from rule * × *"),
        (FixedDue.CEILING, (3, 13), (3, 13), "fixed due date 2026-03-13 (ceiling), from rule * × *"),
        (FixedDue.FLOOR, (3, 2), (3, 13), "fixed due date 2026-03-13 (floor), from rule * × *"),
        (FixedDue.FLOOR, (3, 4), (3, 13), None),
        (FixedDue.FLOOR, (3, 9), (3, 18), None),
        (FixedDue.EXACT, (3, 2), (3, 13), "fixed due date 2026-03-13 (exact), from rule * × *"),
        (FixedDue.EXACT, (3, 9), (3, 13), "fixed due date 2026-03-13 (exact), from rule * × *"),
    ],
)
def test_the_end_of_the_term(said: FixedDue, lent: tuple[int, int], due: tuple[int, int], told: str | None) -> None:
    given = terms(fixed_due=date(2026, 3, 13), fixed_due_is=said)
    decision = decide_loan(facts(given), at(*lent))
    assert decision.due == end_of(*due)
    assert [step for step in decision.trace if step.startswith("fixed")] == ([told] if told else [])


@pytest.mark.parametrize(
    ("said", "mode", "due"),
    [
        (FixedDue.CEILING, SKIP, date(2026, 3, 27)),  # Sunday 29 March: back to Friday
        (FixedDue.EXACT, MOVE, date(2026, 3, 27)),
        (FixedDue.EXACT, IGNORE, date(2026, 3, 29)),
        (FixedDue.FLOOR, SKIP, date(2026, 3, 30)),
    ],
)
def test_a_term_that_ends_on_a_sunday(said: FixedDue, mode: CalendarMode, due: date) -> None:
    given = terms(fixed_due=date(2026, 3, 29), fixed_due_is=said, calendar_mode=mode)
    days = 3 if said is FixedDue.FLOOR else 40
    assert due_after_days(given, SCHOOL, date(2026, 3, 16), days=days).at == SCHOOL.end_of(due)


def test_a_term_that_ends_before_the_next_open_day_ends_the_loan_all_the_same() -> None:
    given = terms(fixed_due=date(2026, 4, 14))
    assert due_after_days(given, SCHOOL, date(2026, 4, 13), days=7).at == end_of(4, 14)


@pytest.mark.parametrize(
    ("mode", "expires", "lent", "due"),
    [
        (SKIP, date(2026, 5, 31), (5, 25), (5, 29)),  # a Sunday: back to Friday
        (MOVE, date(2026, 5, 31), (5, 25), (5, 29)),  # Monday 1 June is kept for Visakha Bucha
        (IGNORE, date(2026, 5, 31), (5, 25), (5, 31)),
        (SKIP, date(2026, 6, 4), (5, 25), (6, 4)),  # 26, 27, 28, 29 May, 2, 4 June: the seventh would be 5 June
        (SKIP, date(2026, 6, 5), (5, 25), (6, 5)),
        (SKIP, date(2026, 4, 14), (4, 13), (4, 14)),  # no open day left: due when the membership ends
        (SKIP, date(2026, 4, 12), (4, 10), (4, 10)),  # today is the last open day
    ],
)
def test_nothing_is_lent_beyond_the_membership(
    mode: CalendarMode, expires: date, lent: tuple[int, int], due: tuple[int, int]
) -> None:
    given = facts(terms(calendar_mode=mode), member={"expires_on": expires})
    assert decide_loan(given, at(*lent)).due == end_of(*due)


def test_what_cuts_a_loan_short_is_told() -> None:
    short = decide_loan(facts(terms(), member={"expires_on": date(2026, 5, 31)}), at(5, 25))
    assert short.trace[-3:] == (
        "closed days left out: 2026-05-30, 2026-05-31, 2026-06-01, 2026-06-03",
        "not beyond 2026-05-31: the membership ends",
        "due 2026-05-29",
    )
    booked = decide_loan(facts(terms(), item={"booked_from": date(2026, 5, 28)}), at(5, 25))
    assert booked.due == end_of(5, 27)
    assert "not beyond 2026-05-27: it is booked" in booked.trace


def test_the_nearest_of_several_bounds_counts() -> None:
    bounds = [Bound(date(2026, 5, 29), "a"), Bound(date(2026, 5, 27), "b")]
    counted = due_after_days(terms(), SCHOOL, date(2026, 5, 25), days=7, bounds=bounds)
    assert counted.at == end_of(5, 27)
    assert counted.bound == bounds[1]
    assert due_after_days(terms(), SCHOOL, date(2026, 5, 25), days=2, bounds=bounds).bound is None


@pytest.mark.parametrize(
    ("lent", "hours", "closing", "due"),
    [
        (at(4, 10, 10), 3, AtClosing.SHORTEN, at(4, 10, 13)),
        (at(4, 10, 13, 30), 3, AtClosing.SHORTEN, at(4, 10, 16, 30)),  # just when it closes
        (at(4, 10, 15), 3, AtClosing.SHORTEN, at(4, 10, 16, 30)),
        (at(4, 10, 15), 3, AtClosing.EXTEND, at(4, 16, 8)),  # over the weekend and Songkran
        (at(4, 10, 17), 2, AtClosing.SHORTEN, at(4, 16, 8)),  # lent after closing time
        (at(4, 9, 15), 24, AtClosing.SHORTEN, at(4, 10, 15)),
        (at(4, 9, 15), 16, AtClosing.EXTEND, at(4, 10, 8)),
        (at(4, 10, 15), 0, AtClosing.SHORTEN, at(4, 10, 15)),
    ],
)
def test_a_loan_of_hours(lent: datetime, hours: int, closing: AtClosing, due: datetime) -> None:
    given = terms(loan_days=None, loan_hours=hours, at_closing=closing)
    assert decide_loan(facts(given, calendar=WITH_HOURS), lent).due == due


def test_hours_may_run_on_while_the_library_is_closed() -> None:
    given = terms(loan_days=None, loan_hours=3, calendar_mode=IGNORE)
    assert decide_loan(facts(given, calendar=WITH_HOURS), at(4, 10, 15)).due == at(4, 10, 18)


def test_a_loan_of_hours_is_explained() -> None:
    shortened = decide_loan(facts(terms(loan_hours=3), calendar=WITH_HOURS), at(4, 10, 15)).trace
    assert shortened[-3:] == (
        "loan length 3 hours, from rule * × *",
        "shortened to the closing time, as always",
        "due 2026-04-10T09:30:00+00:00",
    )
    given = terms(loan_hours=3, at_closing=AtClosing.EXTEND)
    extended = decide_loan(facts(given, calendar=WITH_HOURS), at(4, 10, 15)).trace
    assert "extended to the next opening, from rule * × *" in extended
    straight = decide_loan(facts(given, calendar=WITH_HOURS), at(4, 10, 8)).trace
    assert straight[-2:] == ("loan length 3 hours, from rule * × *", "due 2026-04-10T04:00:00+00:00")


def test_hours_end_with_the_membership() -> None:
    given = facts(terms(loan_hours=48), member={"expires_on": date(2026, 4, 9)}, calendar=WITH_HOURS)
    assert decide_loan(given, at(4, 8, 10)).due == at(4, 9, 16, 30)
    last_day = facts(terms(loan_hours=48), member={"expires_on": date(2026, 4, 9)}, calendar=WITH_HOURS)
    assert decide_loan(last_day, at(4, 9, 17)).due == end_of(4, 9)


def test_what_is_read_in_the_library_goes_back_when_it_closes() -> None:
    given = facts(terms(), calendar=WITH_HOURS, on_site=True)
    assert decide_loan(given, at(4, 10, 9)).due == at(4, 10, 16, 30)
    assert decide_loan(given, at(4, 10, 17)).due == end_of(4, 10)
    assert decide_loan(given, at(4, 10, 9)).trace[-1] == "due 2026-04-10T09:30:00+00:00"


def test_what_is_read_in_the_library_goes_back_before_somebody_booked_it() -> None:
    given = facts(terms(), calendar=WITH_HOURS, on_site=True, item={"free_until": at(4, 10, 12)})
    assert decide_loan(given, at(4, 10, 9)).due == at(4, 10, 12)


def test_a_lunch_break_and_a_day_with_hours_of_its_own() -> None:
    noon = (Span(time(8), time(12)), Span(time(13), time(16)))
    calendar = replace(
        WITH_HOURS, weekly_hours={4: noon}, dated_hours={date(2026, 4, 17): (Span(time(9), time(11)),)}
    )
    assert decide_loan(facts(terms(loan_hours=2), calendar=calendar), at(4, 10, 10, 30)).due == at(4, 10, 12)
    assert decide_loan(facts(terms(loan_hours=8), calendar=calendar), at(4, 10, 10)).due == at(4, 10, 16)
    assert decide_loan(facts(terms(loan_hours=2), calendar=calendar), at(4, 17, 10)).due == at(4, 17, 11)


@pytest.mark.parametrize(
    "said",
    [
        {"loan_days": 7},
        {"loan_days": 7, "calendar_mode": MOVE},
        {"loan_days": 7, "calendar_mode": SAME},
        {"loan_hours": 3},
        {"loan_days": 0},
    ],
)
def test_a_holiday_every_day_is_refused_not_searched_for_ever(said: dict[str, Any]) -> None:
    decision = decide_loan(facts(terms(**said), calendar=NEVER), at(4, 10))
    assert [reason.code for reason in decision.reasons] == [Code.NEVER_OPEN]
    assert decision.due is None
    assert decision.trace[-1] == "the calendar has no open day"


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ({}, datetime(9999, 12, 31, 20, tzinfo=UTC)),
        ({"loan_hours": 5}, datetime(9998, 12, 31, 16, tzinfo=UTC)),
        ({"calendar_mode": IGNORE}, datetime(9998, 12, 30, tzinfo=UTC)),
        ({"loan_days": 4_000_000, "calendar_mode": MOVE}, at(4, 10)),
        ({"loan_days": 10**12, "calendar_mode": IGNORE}, at(4, 10)),
        ({"loan_hours": 10**15}, at(4, 10)),
    ],
)
def test_a_date_beyond_all_calendars_is_refused(said: dict[str, Any], now: datetime) -> None:
    eternal = facts(terms(**said), member={"expires_on": None}, calendar=ALWAYS)
    decision = decide_loan(eternal, now)
    assert [reason.code for reason in decision.reasons] == [Code.DATE_OUT_OF_RANGE]
    assert decision.trace[-1] == "the date is beyond all calendars"


def test_a_membership_for_ever_is_none_of_these() -> None:
    given = facts(terms(), member={"expires_on": date(9999, 12, 31)})
    assert decide_loan(given, at(4, 9)).due == end_of(4, 23)


@pytest.mark.parametrize("name", ["loan_days", "loan_hours", "max_items", "minimum_age", "fine_per_day"])
def test_a_negative_number_is_refused_and_named(name: str) -> None:
    decision = decide_loan(facts(terms(**{name: -1})), at(4, 10))
    assert [(r.code, r.values) for r in decision.reasons if r.code is Code.RULE_WRONG] == [
        (Code.RULE_WRONG, {"value": name})
    ]


def test_negative_days_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match=r"^-1 open days cannot be counted; it must be 0 or more\.$"):
        SCHOOL.after_open_days(date(2026, 4, 10), -1)


def test_the_calendar_says_what_it_cannot_do() -> None:
    with pytest.raises(NeverOpenError, match=r"^No open day within a year after 2026-04-10\.$"):
        NEVER.first_open(date(2026, 4, 10))
    with pytest.raises(NeverOpenError, match=r"^No opening within a year after 2026-04-10 03:00:00\+00:00\.$"):
        NEVER.next_opening(at(4, 10))
    with pytest.raises(OutOfRangeError, match=r"^10000000 days after 2026-04-10 is beyond all calendars\.$"):
        due_after_days(terms(calendar_mode=IGNORE), SCHOOL, date(2026, 4, 10), days=10_000_000)
    with pytest.raises(OutOfRangeError, match=r"is later than 9998-12-31, the last day that is counted\.$"):
        due_after_days(terms(calendar_mode=IGNORE), SCHOOL, date(9998, 12, 31), days=1)
    with pytest.raises(OutOfRangeError, match=r"^9999-12-31 23:00:00\+00:00 is no moment that can be told in Asia"):
        SCHOOL.local_day(datetime(9999, 12, 31, 23, tzinfo=UTC))
    last = due_after_days(terms(calendar_mode=IGNORE), SCHOOL, date(9998, 12, 30), days=1)
    assert last == Due(SCHOOL.end_of(date(9998, 12, 31)), ("due 9998-12-31",))


def test_a_closure_of_a_year_is_still_waited_for() -> None:
    first = date(2026, 1, 1).toordinal()
    almost = Calendar("Asia/Bangkok", exceptions={date.fromordinal(first + n): False for n in range(366)})
    assert almost.first_open(date(2026, 1, 1)) == date(2027, 1, 2)
    longer = Calendar("Asia/Bangkok", exceptions={date.fromordinal(first + n): False for n in range(367)})
    with pytest.raises(NeverOpenError):
        longer.first_open(date(2026, 1, 1))
