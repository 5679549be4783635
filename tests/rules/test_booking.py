"""Cameras booked by the day."""

from datetime import date

import pytest

from samut_rules.booking import Booking, BookingTerms, booking_reasons, free_from, missing_parts, most_at_once
from samut_rules.reasons import Code, Reason
from tests.rules.people import SCHOOL


def april(first: int, last: int) -> Booking:
    return Booking(date(2026, 4, first), date(2026, 4, last))


TODAY = date(2026, 4, 20)
TAKEN = (april(21, 22), april(24, 27))


@pytest.mark.parametrize(
    ("wish", "terms", "reasons"),
    [
        (april(23, 23), BookingTerms(), []),
        (april(20, 20), BookingTerms(), []),
        (april(28, 30), BookingTerms(), []),
        (april(22, 23), BookingTerms(), [Reason(Code.BOOKING_TAKEN, {"from": "2026-04-28"})]),
        (april(22, 22), BookingTerms(), [Reason(Code.BOOKING_TAKEN, {"from": "2026-04-23"})]),
        (april(23, 24), BookingTerms(), [Reason(Code.BOOKING_TAKEN, {"from": "2026-04-28"})]),
        (april(20, 30), BookingTerms(), [Reason(Code.BOOKING_TAKEN, {"from": "2026-04-28"})]),
        (april(23, 23), BookingTerms(apart=1), [Reason(Code.BOOKING_TAKEN, {"from": "2026-04-29"})]),
        (april(22, 24), BookingTerms(units=2), []),
        (april(28, 30), BookingTerms(most_days=3), []),
        (april(28, 30), BookingTerms(most_days=2), [Reason(Code.BOOKING_TOO_LONG, {"limit": 2})]),
        (april(17, 20), BookingTerms(), [Reason(Code.BOOKING_PAST)]),
        (april(30, 28), BookingTerms(), [Reason(Code.BOOKING_BACKWARDS)]),
        (
            Booking(date(2026, 4, 30), date(2026, 5, 4)),
            BookingTerms(),
            [Reason(Code.BOOKING_CLOSED, {"day": "2026-05-04"})],
        ),
        (
            Booking(date(2026, 5, 2), date(2026, 5, 4)),
            BookingTerms(),
            [Reason(Code.BOOKING_CLOSED, {"day": "2026-05-02"})],
        ),
        (
            april(14, 25),
            BookingTerms(most_days=3),
            [
                Reason(Code.BOOKING_PAST),
                Reason(Code.BOOKING_TOO_LONG, {"limit": 3}),
                Reason(Code.BOOKING_CLOSED, {"day": "2026-04-14"}),
                Reason(Code.BOOKING_TAKEN, {"from": "2026-04-28"}),
            ],
        ),
    ],
)
def test_what_stands_against_a_booking(wish: Booking, terms: BookingTerms, reasons: list[Reason]) -> None:
    assert list(booking_reasons(wish, TAKEN, SCHOOL, terms=terms, today=TODAY)) == reasons


def test_units_are_counted_day_by_day() -> None:
    taken = (april(1, 5), april(4, 8), april(8, 9))
    assert most_at_once(april(1, 9), taken) == 2
    assert most_at_once(april(1, 3), taken) == 1
    assert most_at_once(april(6, 7), taken) == 1
    assert most_at_once(april(9, 20), taken) == 1
    assert most_at_once(april(10, 20), taken) == 0
    assert most_at_once(april(10, 20), taken, apart=1) == 1
    assert most_at_once(april(5, 5), taken) == 2
    assert most_at_once(april(20, 21), ()) == 0


def test_what_is_booked_for_ever_is_never_free() -> None:
    always = (Booking(date(2026, 1, 1), date(2030, 1, 1)),)
    wish = april(28, 29)
    assert free_from(wish, always, terms=BookingTerms()) is None
    reasons = booking_reasons(wish, always, SCHOOL, terms=BookingTerms(), today=TODAY)
    assert reasons == (Reason(Code.BOOKING_TAKEN),)
    a_year = (Booking(date(2026, 4, 28), date(2027, 4, 27)),)
    assert free_from(april(28, 28), a_year, terms=BookingTerms()) == date(2027, 4, 28)
    longer = (Booking(date(2026, 4, 28), date(2027, 4, 28)),)
    assert free_from(april(28, 28), longer, terms=BookingTerms()) is None


def test_parts_of_a_kit_are_checked_off() -> None:
    kit = {"camera": 1, "battery": 2, "lens cap": 1}
    assert missing_parts(kit, {"camera": 1, "battery": 1, "strap": 1}) == {"battery": 1, "lens cap": 1}
    assert missing_parts(kit, {"camera": 3, "battery": 2, "lens cap": 1}) == {}
