"""Loans of hours and opening hours, worked out by hand with the calendar of 2026 on the wall."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from samut_rules.calendar import Span
from samut_rules.choices import AtClosing, CalendarMode, FineUnit
from samut_rules.fines import fine_for
from samut_rules.lending import decide_loan
from samut_rules.reasons import Code
from samut_rules.renewal import decide_renewal
from tests.rules.people import SCHOOL, at, facts, terms

SHORTEN, EXTEND = AtClosing.SHORTEN, AtClosing.EXTEND
LUNCH = (Span(time(8, 30), time(12)), Span(time(13), time(16, 30)))
SATURDAY = date(2026, 4, 18)
HALF_DAY = date(2026, 12, 11)
OPENED = replace(
    SCHOOL,
    weekly_hours=dict.fromkeys(range(5), LUNCH),
    exceptions={**SCHOOL.exceptions, SATURDAY: True},
    dated_hours={SATURDAY: (Span(time(9), time(11)),), HALF_DAY: (Span(time(8, 30), time(12)),)},
)
"""From half past eight to half past four, closed over lunch; open on a Saturday after Songkran for two hours, and
only in the morning of the day after Constitution Day."""


@pytest.mark.parametrize(
    ("lent", "hours", "closing", "due"),
    [
        # Friday before Songkran; the 11th and 12th are a weekend, Songkran is from the 13th to the 15th
        (at(4, 10, 9), 2, SHORTEN, at(4, 10, 11)),
        (at(4, 10, 10, 30), 2, SHORTEN, at(4, 10, 12)),  # over lunch: closed from 12 to 13
        (at(4, 10, 10, 30), 2, EXTEND, at(4, 10, 13)),
        (at(4, 10, 10, 30), 3, SHORTEN, at(4, 10, 13, 30)),
        (at(4, 10, 14), 3, SHORTEN, at(4, 10, 16, 30)),
        (at(4, 10, 14), 3, EXTEND, at(4, 16, 8, 30)),
        (at(4, 10, 14), 48, SHORTEN, at(4, 10, 16, 30)),  # ends on Sunday: back to Friday's closing
        (at(4, 10, 14), 140, SHORTEN, at(4, 16, 10)),  # ends on Thursday morning, open
        # the Saturday on which it opens for two hours
        (at(4, 17, 15), 18, SHORTEN, at(4, 18, 9)),  # just as it opens
        (at(4, 17, 15), 17, SHORTEN, at(4, 17, 16, 30)),
        (at(4, 17, 15), 17, EXTEND, at(4, 18, 9)),
        (at(4, 18, 10), 2, SHORTEN, at(4, 18, 11)),
        (at(4, 18, 10), 2, EXTEND, at(4, 20, 8, 30)),  # Monday
        # the half day after Constitution Day, the 10th, a holiday
        (at(12, 9, 16), 40, SHORTEN, at(12, 9, 16, 30)),  # Friday at 8:00 is before it opens
        (at(12, 9, 16), 40, EXTEND, at(12, 11, 8, 30)),
        (at(12, 11, 11), 4, SHORTEN, at(12, 11, 12)),
        (at(12, 11, 11), 4, EXTEND, at(12, 14, 8, 30)),
        # New Year: closed on 31 December and 1 January every year, then a weekend
        (at(12, 30, 15), 4, EXTEND, at(1, 4, 8, 30, year=2027)),
        (at(12, 30, 15), 4, SHORTEN, at(12, 30, 16, 30)),
    ],
)
def test_hours_end_while_the_library_is_open(lent: datetime, hours: int, closing: AtClosing, due: datetime) -> None:
    given = terms(loan_days=None, loan_hours=hours, at_closing=closing)
    assert decide_loan(facts(given, calendar=OPENED), lent).due == due


@pytest.mark.parametrize(
    ("due", "back", "periods"),
    [
        (at(4, 10, 11), at(4, 10, 12), 1),
        (at(4, 10, 11), at(4, 10, 12, 1), 1),  # lunch does not count
        (at(4, 10, 11), at(4, 10, 13, 1), 2),
        (at(4, 10, 16), at(4, 16, 8, 30), 1),  # half an hour on Friday is a begun one
        (at(4, 10, 16), at(4, 16, 9, 1), 2),  # 30 minutes and 31
        (at(4, 17, 16, 30), at(4, 20, 8, 30), 2),  # the Saturday is open for two hours
        (at(12, 11, 12), at(12, 14, 8, 30), 0),
    ],
)
def test_only_hours_that_are_open_cost(due: datetime, back: datetime, periods: int) -> None:
    given = terms(fine_per_day=500, fine_unit=FineUnit.HOUR)
    assert fine_for(given, OPENED, due, back).amount == 500 * periods


def test_hours_that_run_on_by_the_clock_are_not_moved() -> None:
    given = terms(loan_days=None, loan_hours=2, calendar_mode=CalendarMode.IGNORE, at_closing=EXTEND)
    assert decide_loan(facts(given, calendar=OPENED), at(4, 10, 16)).due == at(4, 10, 18)


def test_what_is_used_in_the_library_goes_back_in_the_evening_and_is_not_renewed() -> None:
    given = facts(terms(max_renewals=9), calendar=OPENED, on_site=True)
    assert decide_loan(given, at(12, 11, 9)).due == at(12, 11, 12)
    lent = {"lent_to": "10001", "due_at": at(12, 11, 12)}
    asked = facts(terms(max_renewals=9), calendar=OPENED, item=lent, on_site=True)
    refused = decide_renewal(asked, at(12, 11, 9))
    assert [reason.code for reason in refused.reasons] == [Code.ITEM_NOT_RENEWABLE]
