"""How old somebody certainly is, with what is known of the birth."""

from datetime import date

import pytest

from samut_rules.age import age_on


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2015-05-17", date(2026, 5, 16), 10),
        ("2015-05-17", date(2026, 5, 17), 11),
        ("2015-05-17", date(2026, 5, 18), 11),
        ("2015-05-17", date(2026, 4, 30), 10),
        ("2015-05-17", date(2026, 6, 1), 11),
        ("2016-02-29", date(2026, 2, 28), 9),
        ("2016-02-29", date(2026, 3, 1), 10),
        ("2015-05", date(2026, 5, 30), 10),  # perhaps born on the 31st
        ("2015-05", date(2026, 5, 31), 11),
        ("2015-05", date(2026, 6, 1), 11),
        ("2015", date(2026, 12, 30), 10),
        ("2015", date(2026, 12, 31), 11),
        ("2026", date(2026, 5, 1), 0),  # not less than nothing
        ("", date(2026, 5, 1), None),
    ],
)
def test_who_is_born_in_some_month_of_a_year_is_as_young_as_that_allows(
    born: str, day: date, age: int | None
) -> None:
    assert age_on(born, day) == age
