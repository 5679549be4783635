"""Member numbers: five digits or more, or a national ID."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.members.policy import NumberFault, hint_of, is_national_id, number_after, number_fault, number_range
from samut_wire.numbers import member_number

NATIONAL_ID = "1101700230708"


@pytest.mark.requirement("M-04")
@pytest.mark.parametrize("number", ["12345", "2569010001", "T-00012", NATIONAL_ID])
def test_five_digits_or_a_national_id_are_a_member_number(number: str) -> None:
    assert number_fault(number) is None


@pytest.mark.requirement("M-04")
@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", NumberFault.TOO_SHORT),
        ("1234", NumberFault.TOO_SHORT),
        ("ABCDE12", NumberFault.TOO_SHORT),
        ("1" * 21, NumberFault.TOO_LONG),
        ("12345/1", NumberFault.STRANGE_CHARACTER),
        ("กข12345", NumberFault.STRANGE_CHARACTER),
        ("1101700230705", NumberFault.WRONG_CHECK_DIGIT),
    ],
)
def test_what_cannot_be_a_member_number(number: str, fault: NumberFault) -> None:
    assert number_fault(number) is fault


def test_people_type_national_ids_with_hyphens_blanks_and_thai_digits() -> None:
    assert member_number(" ๑-1017-00230-70-8 ") == NATIONAL_ID
    assert is_national_id(NATIONAL_ID)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_check_digit_and_no_other_makes_a_national_id(digits: str) -> None:
    assert sum(is_national_id(f"{digits}{last}") for last in range(10)) == 1


@pytest.mark.parametrize(("number", "after"), [("10099", "10100"), ("T00009", "T00010"), ("99999", "100000")])
def test_numbers_go_on_as_they_are_written(number: str, after: str) -> None:
    assert number_after(number) == after


def test_numbers_of_one_kind_differ_in_their_last_digits() -> None:
    assert number_range("T00042") == ("T00000", "T99999")


def test_four_characters_of_a_card_are_shown() -> None:
    assert hint_of("04a1b2c3d4 ") == "C3D4"
