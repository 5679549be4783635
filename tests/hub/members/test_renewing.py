"""A membership that goes on: until when, and by one button."""

from datetime import date

import pytest

from samut_hub.members.models import MemberType
from samut_hub.members.renewing import renewed_until

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("months", "ends", "until"),
    [
        (12, date(2026, 3, 31), date(2027, 11, 23)),  # ended long ago: from today
        (12, date(2026, 12, 31), date(2027, 12, 31)),  # nothing of what is left is lost
        (3, date(2026, 11, 30), date(2027, 2, 28)),
        (None, date(2026, 3, 31), date(2027, 3, 31)),
        (None, date(2027, 3, 31), date(2028, 3, 31)),
        (None, date(2026, 11, 22), date(2027, 3, 31)),
    ],
)
def test_it_lasts_as_the_type_says(months: int | None, ends: date, until: date) -> None:
    kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil", valid_months=months, year_ends="03-31")
    assert renewed_until(kind, ends, TODAY) == until


def test_on_the_last_day_of_school_the_next_year_is_meant_only_by_who_has_this_one() -> None:
    kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil", year_ends="03-31")
    last = date(2027, 3, 31)
    assert renewed_until(kind, date(2026, 3, 31), last) == last
    assert renewed_until(kind, last, last) == date(2028, 3, 31)
