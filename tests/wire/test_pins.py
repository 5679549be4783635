"""PINs of staff for the desk without the hub."""

import pytest

from samut_wire.pins import is_pin, is_right_pin, pin_hash


def test_a_pin_is_known_again_and_not_readable_from_what_is_kept() -> None:
    kept, again = pin_hash("274961"), pin_hash("274961")
    assert kept != again
    assert "274961" not in kept
    assert is_right_pin("274961", kept)
    assert not is_right_pin("274962", kept)


@pytest.mark.parametrize(
    "text", ["", "27496", "2749610000001", "27496a", "111111", "123456", "987654", "890123", "๒๗๔๙๖๑"]
)
def test_what_is_too_short_or_too_easy_is_no_pin(text: str) -> None:
    assert not is_pin(text)


def test_six_mixed_digits_are_a_pin() -> None:
    assert is_pin("274961")
