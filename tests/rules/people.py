"""A school in Bangkok in 2026, a pupil and a book."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from samut_rules.calendar import Calendar, Span
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import LoanTerms, RuleRow, terms_for

HOLIDAYS = (
    *(date(2026, 1, 1), date(2026, 3, 3), date(2026, 4, 6)),
    *(date(2026, 4, 13), date(2026, 4, 14), date(2026, 4, 15)),  # Songkran
    *(date(2026, 5, 4), date(2026, 6, 1), date(2026, 6, 3)),  # 1 June: instead of Visakha Bucha, a Sunday
    *(date(2026, 7, 28), date(2026, 7, 29), date(2026, 7, 30)),
    *(date(2026, 8, 12), date(2026, 10, 13), date(2026, 10, 23)),
    *(date(2026, 12, 7), date(2026, 12, 10)),  # 7 December: instead of the 5th, a Saturday
)
"""Public holidays of Thailand in 2026 that fall on a school day or are kept on one."""
SCHOOL = Calendar(
    "Asia/Bangkok",
    weekly_closed=frozenset({5, 6}),
    exceptions=dict.fromkeys(HOLIDAYS, False),
    yearly_closed=frozenset({(12, 31), (1, 1)}),
)
FROM_EIGHT = (Span(time(8), time(16, 30)),)
WITH_HOURS = replace(SCHOOL, weekly_hours=dict.fromkeys(range(5), FROM_EIGHT))
NEVER = Calendar("Asia/Bangkok", frozenset(range(7)))
ALWAYS = Calendar("Asia/Bangkok")
MANEE = MemberFacts("10001", date(2027, 3, 31), "", open_loans=0, overdue_loans=0, debt=0)
BOOK = ItemFacts("B1", ItemStatus.AVAILABLE)


def at(month: int, day: int, hour: int = 10, minute: int = 0, *, year: int = 2026) -> datetime:
    """That moment by the clock of Bangkok, which is seven hours ahead."""
    return SCHOOL.moment(date(year, month, day), time(hour, minute))


def end_of(month: int, day: int, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, 16, 59, 59, tzinfo=UTC)


def terms(**said: Any) -> LoanTerms:
    """What a matrix of one general row says; seven days where nothing else is said."""
    found = terms_for([RuleRow("* × *", **{"loan_days": 7, **said})], "pupil", "book")
    assert found is not None
    return found


def facts(
    given: LoanTerms | None,
    *,
    member: Mapping[str, Any] | None = None,
    item: Mapping[str, Any] | None = None,
    calendar: Calendar = SCHOOL,
    **more: Any,
) -> LoanFacts:
    """Manee wants the book; `member` and `item` say what is different from the usual."""
    return LoanFacts(
        replace(MANEE, **(member or {})), replace(BOOK, **(item or {})), given, calendar, debt_limit=2_000, **more
    )
