"""Days, moments and money as they are shown."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string

from samut_hub.web.dates import say_baht, say_day, say_moment

LATE = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
"""Already the next day in Bangkok."""


@pytest.mark.parametrize(
    ("on", "language", "said"),
    [
        (date(2026, 11, 21), "th", "21 พ.ย. 2569"),
        (date(2026, 11, 21), "en", "21 Nov 2026"),
        (date(2027, 1, 1), "th", "1 ม.ค. 2570"),
        (date(2028, 2, 29), "th", "29 ก.พ. 2571"),
        (date(2028, 2, 29), "en", "29 Feb 2028"),
    ],
)
def test_a_day_has_the_era_of_its_language(on: date, language: str, said: str) -> None:
    assert say_day(on, language) == said


def test_a_moment_is_told_by_the_librarys_clock() -> None:
    assert say_moment(LATE, "Asia/Bangkok", "th") == "21 พ.ย. 2569 00:05 น."
    assert say_moment(LATE, "Asia/Bangkok", "en") == "21 Nov 2026 00:05"


@pytest.mark.parametrize(
    ("satang", "thai", "english"),
    [(0, "0 บาท", "0 baht"), (2_000, "20 บาท", "20 baht"), (125_050, "1,250.50 บาท", "1,250.50 baht")],
)
def test_satang_are_shown_only_where_there_are_some(satang: int, thai: str, english: str) -> None:
    assert (say_baht(satang, "th"), say_baht(satang, "en")) == (thai, english)


def test_templates_show_them_in_the_readers_language(hub_app: Flask) -> None:
    template = "{{ at | day }} · {{ at | moment }} · {{ at | clock }} · {{ none | day }} · {{ 150 | baht }}"
    with hub_app.test_request_context(headers={"Accept-Language": "th"}):
        said = render_template_string(template, at=LATE)
    assert said == "21 พ.ย. 2569 · 21 พ.ย. 2569 00:05 น. · 00:05 ·  · 1.50 บาท"
