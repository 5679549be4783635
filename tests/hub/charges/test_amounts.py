"""Money as people write it, read it aloud, and number its receipts."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.charges.baht_words import baht_in_words
from samut_hub.charges.policy import (
    MOST,
    AmountError,
    AmountFault,
    YearKind,
    receipt_number,
    receipt_year,
    satang_of,
)
from samut_hub.web.dates import say_baht


@pytest.mark.parametrize(
    ("written", "satang"),
    [
        ("12.50", 1250),
        ("1,250", 125_000),
        ("1,250.5", 125_050),
        ("๑๒.๕๐", 1250),
        ("๑,๒๕๐ บาท", 125_000),
        (" 7 ", 700),
        ("฿7.25", 725),
        (".5", 50),
        ("5.", 500),
        ("0012.500", 1250),
        ("+3", 300),
        ("100,000", MOST),
    ],
)
def test_baht_are_read_as_people_write_them(written: str, satang: int) -> None:
    assert satang_of(written) == satang


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", AmountFault.NOT_A_NUMBER),
        (".", AmountFault.NOT_A_NUMBER),
        ("NaN", AmountFault.NOT_A_NUMBER),
        ("inf", AmountFault.NOT_A_NUMBER),
        ("1e5", AmountFault.NOT_A_NUMBER),
        ("12,50", AmountFault.NOT_A_NUMBER),
        ("1.250,00", AmountFault.NOT_A_NUMBER),
        ("²", AmountFault.NOT_A_NUMBER),
        ("twelve", AmountFault.NOT_A_NUMBER),
        ("-5", AmountFault.NOT_ABOVE_ZERO),
        ("-๕", AmountFault.NOT_ABOVE_ZERO),
        ("0.00", AmountFault.NOT_ABOVE_ZERO),
        ("12.505", AmountFault.TOO_FINE),
        ("0.001", AmountFault.TOO_FINE),
        ("100,000.01", AmountFault.TOO_MUCH),
        ("9" * 5000, AmountFault.TOO_MUCH),
    ],
)
def test_what_is_no_amount_is_refused_for_its_reason(written: str, fault: AmountFault) -> None:
    with pytest.raises(AmountError) as refused:
        satang_of(written)
    assert refused.value.fault == fault


@given(st.integers(min_value=1, max_value=MOST), st.sampled_from(["th", "en"]))
def test_an_amount_that_the_hub_shows_can_be_typed_again(satang: int, language: str) -> None:
    assert satang_of(say_baht(satang, language)) == satang


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(AmountError):
        assert 0 < satang_of(text) <= MOST


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (0, "ศูนย์บาทถ้วน"),
        (100, "หนึ่งบาทถ้วน"),
        (25, "ยี่สิบห้าสตางค์"),
        (1_100, "สิบเอ็ดบาทถ้วน"),
        (2_175, "ยี่สิบเอ็ดบาทเจ็ดสิบห้าสตางค์"),
        (10_100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (6_314_789, "หกหมื่นสามพันหนึ่งร้อยสี่สิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        (31_710, "สามร้อยสิบเจ็ดบาทสิบสตางค์"),
        (1_111, "สิบเอ็ดบาทสิบเอ็ดสตางค์"),
        (19_141_511, "หนึ่งแสนเก้าหมื่นหนึ่งพันสี่ร้อยสิบห้าบาทสิบเอ็ดสตางค์"),
        (100_000_000, "หนึ่งล้านบาทถ้วน"),
        (1_100_000_100, "สิบเอ็ดล้านเอ็ดบาทถ้วน"),
        (567_893_400, "ห้าล้านหกแสนเจ็ดหมื่นแปดพันเก้าร้อยสามสิบสี่บาทถ้วน"),
        (100_000_000_000_000, "หนึ่งล้านล้านบาทถ้วน"),
    ],
)
def test_amounts_are_read_aloud_in_thai(satang: int, words: str) -> None:
    assert baht_in_words(satang) == words


@pytest.mark.parametrize(
    ("on", "fiscal", "calendar"),
    [
        (date(2026, 9, 30), 2569, 2569),
        (date(2026, 10, 1), 2570, 2569),
        (date(2026, 12, 31), 2570, 2569),
        (date(2027, 1, 1), 2570, 2570),
    ],
)
def test_a_fiscal_year_begins_in_october(on: date, fiscal: int, calendar: int) -> None:
    assert receipt_year(on, YearKind.FISCAL) == fiscal
    assert receipt_year(on, YearKind.CALENDAR) == calendar


def test_a_receipt_is_called_by_year_and_number() -> None:
    assert receipt_number(2569, 123) == "2569/000123"
