"""What lateness costs: a book due on Friday before Songkran."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from samut_rules.choices import Charged, FineUnit, Grace
from samut_rules.fines import (
    LONGEST_SUSPENSION,
    MOST_FINE,
    Ceilings,
    Fine,
    change_of_fine,
    fine_for,
    periods_late,
    suspended_until,
)
from tests.rules.people import NEVER, SCHOOL, WITH_HOURS, at, end_of, terms

DUE = end_of(4, 10)
ON_17 = at(4, 17)
"""Two open days late (16 and 17 April), seven days by the calendar."""


@pytest.mark.parametrize(
    ("said", "returned", "days", "amount"),
    [
        ({}, at(4, 10), 0, 0),
        ({}, at(4, 15), 0, 0),  # Songkran costs nothing
        ({}, at(4, 16), 1, 100),
        ({}, ON_17, 2, 200),
        ({}, at(4, 20), 3, 300),
        ({"fine_closed_days": True}, at(4, 11), 0, 100),
        ({"fine_closed_days": True}, ON_17, 2, 700),
        ({"grace": 1}, at(4, 16), 1, 0),
        ({"grace": 1}, ON_17, 2, 100),
        ({"grace": 2}, ON_17, 2, 0),
        ({"grace": 1, "grace_is": Grace.THRESHOLD}, at(4, 16), 1, 0),
        ({"grace": 1, "grace_is": Grace.THRESHOLD}, ON_17, 2, 200),
        ({"fine_every": 2}, at(4, 16), 1, 100),
        ({"fine_every": 2}, ON_17, 2, 100),
        ({"fine_every": 2}, at(4, 20), 3, 200),
        ({"fine_every": 2, "fine_charged": Charged.AT_END}, at(4, 16), 1, 0),
        ({"fine_every": 2, "fine_charged": Charged.AT_END}, at(4, 20), 3, 100),
        ({"fine_every": 7, "fine_closed_days": True, "fine_charged": Charged.AT_END}, ON_17, 2, 100),
        ({"fine_every": 0}, ON_17, 2, 200),
        ({"grace": -3}, ON_17, 2, 200),
        ({"fine_cap": 150}, ON_17, 2, 150),
        ({"fine_cap": 200}, ON_17, 2, 200),
        ({"fine_cap": 0}, ON_17, 2, 0),
        ({"fine_per_day": -100}, ON_17, 2, 0),
    ],
)
def test_days_late(said: dict[str, Any], returned: datetime, days: int, amount: int) -> None:
    given = terms(**{"fine_per_day": 100, **said})
    assert fine_for(given, SCHOOL, DUE, returned) == Fine(days, amount)


@pytest.mark.parametrize(
    ("said", "returned", "amount"),
    [
        ({}, at(4, 10, 14), 0),
        ({}, at(4, 10, 14, 1), 500),
        ({}, at(4, 10, 15), 500),
        ({}, at(4, 10, 15, 1), 1_000),
        ({}, at(4, 16, 9), 2_000),  # 14 to 16:30, then 8 to 9 six days later: three and a half hours
        ({"fine_charged": Charged.AT_END}, at(4, 16, 9), 1_500),
        ({"fine_closed_days": True}, at(4, 11, 14), 12_000),
        ({"grace": 1}, at(4, 10, 15), 0),
        ({"grace": 1}, at(4, 10, 15, 30), 500),
        ({"grace": 1, "grace_is": Grace.THRESHOLD}, at(4, 10, 15, 30), 1_000),
        ({"fine_every": 2}, at(4, 10, 16, 30), 1_000),
    ],
)
def test_hours_late(said: dict[str, Any], returned: datetime, amount: int) -> None:
    given = terms(fine_per_day=500, fine_unit=FineUnit.HOUR, **said)
    assert fine_for(given, WITH_HOURS, at(4, 10, 14), returned).amount == amount


@pytest.mark.parametrize("charged", Charged)
def test_hours_of_a_library_without_hours_are_those_of_its_open_days(charged: Charged) -> None:
    given = terms(fine_per_day=1, fine_unit=FineUnit.HOUR, fine_charged=charged)
    assert periods_late(given, SCHOOL, at(4, 10, 14), at(4, 16, 14)) == 24


def test_a_closing_time_is_to_the_second() -> None:
    assert WITH_HOURS.open_seconds(at(4, 9, 16), at(4, 10, 9)) == 5_400
    assert SCHOOL.open_seconds(at(4, 9, 0), at(4, 10, 0)) == 86_400


@pytest.mark.parametrize(
    ("said", "ceilings", "amount"),
    [
        ({"fine_cap_at_price": True}, Ceilings(price=120), 120),
        ({"fine_cap_at_price": True}, Ceilings(price=0), 0),
        ({"fine_cap_at_price": True}, Ceilings(), 200),
        ({"fine_cap_at_price": True, "default_price": 90}, Ceilings(), 90),
        ({"fine_cap_at_price": True, "default_price": 90}, Ceilings(price=120), 120),
        ({"default_price": 90}, Ceilings(price=50), 200),
        ({"fine_cap": 150}, Ceilings(before=100), 50),
        ({"fine_cap_at_price": True}, Ceilings(price=120, before=150), 0),
        ({"fine_cap_of_member": 250}, Ceilings(others=100), 150),
        ({"fine_cap_of_member": 250}, Ceilings(others=400), 0),
        ({"fine_cap_of_member": 250}, Ceilings(), 200),
        ({"fine_cap": 180, "fine_cap_at_price": True, "fine_cap_of_member": 300}, Ceilings(170, others=140), 160),
        ({}, Ceilings(stopped_at=at(4, 16)), 100),  # lost on the 16th
        ({}, Ceilings(stopped_at=at(4, 9)), 0),
        ({}, Ceilings(stopped_at=at(4, 20)), 200),
    ],
)
def test_what_a_fine_is_held_against(said: dict[str, Any], ceilings: Ceilings, amount: int) -> None:
    assert fine_for(terms(fine_per_day=100, **said), SCHOOL, DUE, ON_17, ceilings=ceilings).amount == amount


def test_a_fine_is_explained() -> None:
    given = terms(fine_per_day=100, fine_cap=150, fine_cap_at_price=True, fine_cap_of_member=90)
    assert fine_for(given, SCHOOL, DUE, ON_17, ceilings=Ceilings(price=120)).trace == (
        "periods late: 2",
        "value fine_per_day = 100, from rule * × *",
        "not above 150: value fine_cap = 150, from rule * × *",
        "not above 120: value fine_cap_at_price = yes, from rule * × *",
        "not above 90: value fine_cap_of_member = 90, from rule * × *",
    )


def test_without_rules_or_lateness_there_is_no_fine() -> None:
    assert fine_for(None, SCHOOL, DUE, ON_17) == Fine(2, 0)
    assert fine_for(terms(fine_per_day=100), SCHOOL, DUE, at(3, 1)) == Fine(0, 0)
    assert fine_for(terms(fine_per_day=100), SCHOOL, DUE, DUE) == Fine(0, 0)
    assert fine_for(terms(), SCHOOL, DUE, ON_17) == Fine(2, 0)


@pytest.mark.parametrize(
    ("amount", "charged", "settled", "change"),
    [
        (300, 0, 0, 300),
        (300, 200, 0, 100),
        (300, 300, 300, 0),  # paid: nothing more
        (300, 200, 200, 100),  # paid yesterday: it grows by today
        (100, 300, 0, -200),  # the return was dated back
        (100, 300, 150, -150),  # but what was paid stays
        (0, 0, 0, 0),
    ],
)
def test_a_running_fine_is_updated_and_never_doubled(amount: int, charged: int, settled: int, change: int) -> None:
    assert change_of_fine(amount, charged=charged, settled=settled) == change


@pytest.mark.parametrize(
    ("said", "running", "until"),
    [
        ({}, None, None),
        ({"suspension_days": 2}, None, date(2026, 4, 21)),
        ({"suspension_days": 2, "suspension_open_days": True}, None, date(2026, 4, 23)),
        ({"suspension_days": 2, "suspension_cap": 3}, None, date(2026, 4, 20)),
        ({"suspension_days": 2, "suspension_cap": 0}, None, None),
        ({"suspension_days": 2, "grace": 1}, None, date(2026, 4, 19)),
        ({"suspension_days": 1, "fine_every": 2}, None, date(2026, 4, 18)),
        ({"suspension_days": 2}, date(2026, 4, 30), date(2026, 4, 21)),
        ({"suspension_days": 2, "suspension_follows": True}, date(2026, 4, 30), date(2026, 5, 4)),
        ({"suspension_days": 2, "suspension_follows": True}, date(2026, 4, 3), date(2026, 4, 21)),
        ({"suspension_days": 2, "suspension_follows": True}, None, date(2026, 4, 21)),
    ],
)
def test_days_without_borrowing_instead_of_money(
    said: dict[str, Any], running: date | None, until: date | None
) -> None:
    assert suspended_until(terms(**said), SCHOOL, DUE, ON_17, running_until=running) == until


def test_who_is_not_late_is_not_suspended() -> None:
    given = terms(suspension_days=2)
    assert suspended_until(given, SCHOOL, DUE, DUE) is None
    assert suspended_until(given, SCHOOL, DUE, at(4, 9)) is None
    assert suspended_until(None, SCHOOL, DUE, ON_17) is None
    assert suspended_until(given, NEVER, DUE, ON_17) is None
    assert suspended_until(replace(given, suspension_days=-2), SCHOOL, DUE, ON_17) is None


def test_what_a_slip_in_a_rule_asks_for_can_still_be_written_down() -> None:
    given = terms(fine_per_day=MOST_FINE, suspension_days=LONGEST_SUSPENSION)
    later = at(4, 17, year=2030)
    assert fine_for(given, SCHOOL, DUE, at(4, 16)).amount == MOST_FINE == 10_000_000
    assert fine_for(given, SCHOOL, DUE, later).amount == MOST_FINE
    assert suspended_until(given, SCHOOL, DUE, later) == later.date() + timedelta(days=3_650)
