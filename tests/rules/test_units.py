"""Who gets which unit of what is booked, hours of a day, and loans that end before or with a booking."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_rules.booking import BookerFacts, Span, Wanted, arranged, booker_reasons, hours_reasons
from samut_rules.calendar import Calendar
from samut_rules.calendar import Span as Hours
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision, ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
OPEN = (Hours(time(8), time(12)), Hours(time(13), time(16)))
SCHOOL = Calendar("Asia/Bangkok", frozenset({5, 6}), {}, frozenset(), dict.fromkeys(range(7), OPEN))
MANEE = MemberFacts("10001", date(2027, 3, 31), "", open_loans=0, overdue_loans=0, debt=0)
TERMS = LoanTerms(loan_days=7, max_items=3, max_renewals=1, won={"loan_days": "* × *"})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November, by the clock of the school."""
    return SCHOOL.moment(date(2026, 11, day), time(hour, minute))


def span(first: int, last: int) -> Span:
    return Span(NOON + timedelta(hours=first), NOON + timedelta(hours=last))


def test_a_span_ends_where_the_next_begins() -> None:
    assert span(1, 3).overlaps(span(2, 4))
    assert span(1, 3).overlaps(span(0, 9))
    assert not span(1, 3).overlaps(span(3, 4))
    assert not span(3, 4).overlaps(span(1, 3))


def test_whoever_can_stay_stays_and_others_make_room() -> None:
    assert arranged([Wanted(span(1, 2), now_on=8)], {7: [], 8: []}) == [8]
    assert arranged([Wanted(span(1, 2), now_on=8)], {7: [], 8: [span(0, 9)]}) == [7]
    assert arranged([Wanted(span(5, 6), now_on=8), Wanted(span(1, 6), only=8)], {7: [], 8: []}) == [7, 8]
    assert arranged([Wanted(span(1, 2), only=9)], {7: []}) is None
    assert arranged([Wanted(span(1, 3)), Wanted(span(2, 4))], {7: []}) is None
    assert arranged([], {}) == []


spans = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=12), st.integers(1, 5))
def test_units_are_found_whenever_there_are_enough(wishes: list[Span], units: int) -> None:
    got = arranged([Wanted(one) for one in wishes], {unit: [] for unit in range(units)})
    most = max((sum(one.starts <= other.starts < one.ends for one in wishes) for other in wishes), default=0)
    assert (got is not None) == (most <= units)
    placed = list(zip(wishes, got or (), strict=False))
    for number, (one, unit) in enumerate(placed):
        assert not any(unit == other and one.overlaps(before) for before, other in placed[:number])


@pytest.mark.parametrize(
    ("wish", "codes"),
    [
        (Span(at(24, 9), at(24, 11)), []),
        (Span(at(24, 11), at(24, 9)), [Code.BOOKING_BACKWARDS]),
        (Span(at(24, 9), at(24, 9)), [Code.BOOKING_BACKWARDS]),
        (Span(at(23, 8), at(23, 9)), [Code.BOOKING_PAST]),
        (Span(at(24, 8), at(24, 12)), [Code.BOOKING_TOO_MANY_HOURS]),
        (Span(at(24, 11), at(24, 12, 30)), [Code.BOOKING_SHUT]),
        (Span(at(24, 7), at(24, 9)), [Code.BOOKING_SHUT]),
        (Span(at(24, 15), at(25, 8)), [Code.BOOKING_ONE_DAY, Code.BOOKING_TOO_MANY_HOURS]),
    ],
)
def test_hours_are_of_one_day_on_which_the_library_is_open(wish: Span, codes: list[Code]) -> None:
    assert [one.code for one in hours_reasons(wish, SCHOOL, now=NOON, most_hours=3)] == codes


def test_without_a_limit_hours_are_as_many_as_the_day_has() -> None:
    assert hours_reasons(Span(at(24, 8), at(24, 16)), SCHOOL, now=NOON) == ()


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (BookerFacts(MANEE, SCHOOL, TERMS, 2), []),
        (BookerFacts(MANEE, SCHOOL, TERMS, 3), [Reason(Code.BOOKING_LIMIT_REACHED, {"limit": 3})]),
        (BookerFacts(MANEE, SCHOOL, replace(TERMS, max_bookings=0), 0), [Reason(Code.NO_BOOKINGS)]),
        (BookerFacts(MANEE, SCHOOL, None, 0), [Reason(Code.NO_BOOKINGS)]),
        (
            BookerFacts(replace(MANEE, expires_on=date(2026, 11, 1)), SCHOOL, TERMS, 0),
            [Reason(Code.MEMBER_EXPIRED, {"ends": "2026-11-01"})],
        ),
        (BookerFacts(replace(MANEE, card_lost=True), SCHOOL, TERMS, 0), [Reason(Code.CARD_LOST)]),
    ],
)
def test_who_may_book(facts: BookerFacts, reasons: list[Reason]) -> None:
    assert list(booker_reasons(facts, NOON)) == reasons


def lent(**item: object) -> Decision:
    facts = ItemFacts("P1", ItemStatus.AVAILABLE, **item)  # type: ignore[arg-type]
    return decide_loan(LoanFacts(MANEE, facts, TERMS, SCHOOL, debt_limit=0), NOON)


def test_what_the_member_has_booked_is_due_when_the_booking_ends() -> None:
    made = lent(booked_until=at(25, 16), booked_from=None)
    assert made.due == at(25, 16)
    assert made.trace[-1] == f"booked by the member until {at(25, 16).isoformat()}"


def test_a_loan_ends_when_hours_of_another_begin() -> None:
    cut = lent(free_until=at(24, 9))
    assert cut.due == at(24, 9)
    assert cut.trace[-1] == f"not beyond {at(24, 9).isoformat()}: it is booked"
    assert lent(free_until=at(23, 12)).reasons == (Reason(Code.BOOKED, {"from": "2026-11-23"}),)
    assert lent(free_until=datetime(2027, 1, 1, tzinfo=UTC)).due == lent().due


def test_a_renewal_ends_there_too() -> None:
    item = ItemFacts("P1", ItemStatus.AVAILABLE, "10001", at(24, 23), free_until=at(25, 9))
    facts = LoanFacts(MANEE, item, TERMS, SCHOOL, debt_limit=0)
    assert decide_renewal(facts, NOON).due == at(25, 9)
    hours = replace(facts, terms=replace(TERMS, loan_hours=30))
    assert decide_renewal(replace(hours, item=replace(item, due_at=at(23, 13))), at(23, 12)).due is not None
    late = replace(facts, item=replace(item, due_at=at(25, 9)))
    assert decide_renewal(late, NOON).reasons == (Reason(Code.NO_LONGER, {"until": "2026-11-25"}),)
