"""Member numbers: what they may look like, how they are read from cards and typed, and which one comes next."""

import re
from enum import StrEnum

from samut_wire.numbers import has_shape_of_national_id

SHORTEST, LONGEST = 5, 20
"""Digits that a member number needs (requirement M-04), and characters that a card has room for."""

_ALLOWED = re.compile(r"[0-9A-Z-]+")
_LAST_DIGITS = re.compile(r"(\d+)(\D*)$")


class NumberFault(StrEnum):
    """Why a text cannot be a member number."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    STRANGE_CHARACTER = "strange_character"
    WRONG_CHECK_DIGIT = "wrong_check_digit"


def number_fault(number: str) -> NumberFault | None:
    """What is wrong with a normal number, if anything. Thirteen digits are always taken for a national ID."""
    if not _ALLOWED.fullmatch(number):
        return NumberFault.STRANGE_CHARACTER if number else NumberFault.TOO_SHORT
    if sum(character.isdigit() for character in number) < SHORTEST:
        return NumberFault.TOO_SHORT
    if len(number) > LONGEST:
        return NumberFault.TOO_LONG
    if has_shape_of_national_id(number) and not is_national_id(number):
        return NumberFault.WRONG_CHECK_DIGIT
    return None


def is_national_id(number: str) -> bool:
    """Thirteen digits of which the last is right (Department of Provincial Administration, modulo 11)."""
    if not has_shape_of_national_id(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:12], range(13, 1, -1), strict=True))
    return int(number[12]) == (11 - total % 11) % 10


def number_after(number: str) -> str:
    """The number that follows, as long as this one: `10099` → `10100`, `T00009` → `T00010`."""
    found = _LAST_DIGITS.search(number)
    if found is None:
        return "1".rjust(SHORTEST, "0")
    digits, rest = found.groups()
    return f"{number[: found.start()]}{str(int(digits) + 1).rjust(len(digits), '0')}{rest}"


def number_range(number: str) -> tuple[str, str]:
    """The lowest and the highest number that differs from this one only in its last digits."""
    found = _LAST_DIGITS.search(number)
    if found is None:
        return number, number
    start, length = found.start(), len(found[1])
    return f"{number[:start]}{'0' * length}{found[2]}", f"{number[:start]}{'9' * length}{found[2]}"


def hint_of(value: str) -> str:
    """The last four characters of a card number: enough to tell two cards apart, too few to copy one."""
    return value.strip().upper()[-4:]


def phone_key(phone: str) -> str:
    """The digits alone, by which two ways to write a number are one: `+66 81 234-5678` is `0812345678`."""
    digits = "".join(str(int(character)) for character in phone if character.isdecimal())
    return "0" + digits[2:] if phone.lstrip().startswith("+66") else digits
