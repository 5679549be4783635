"""International standard book numbers (ISO 2108), kept as thirteen digits."""

import re

_CANDIDATE = re.compile(r"(?<![0-9])(?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9Xx](?![0-9])")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙–‐‑", "0123456789---")


def isbn13(text: str) -> str:
    """The first right ISBN in the text as thirteen digits, or empty: `974-7047-98-7 (ปกอ่อน) : 120 บาท` has one."""
    for found in _CANDIDATE.finditer(text.translate(_THAI_DIGITS)):
        digits = re.sub(r"[- ]", "", found[0]).upper()
        if len(digits) == 13 and digits.isdigit() and digits == with_check_digit(digits[:12]):
            return digits
        if len(digits) == 10 and _is_right_ten(digits):
            return with_check_digit("978" + digits[:9])
    return ""


def with_check_digit(first_twelve: str) -> str:
    """All thirteen digits of an ISBN."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return f"{first_twelve}{-total % 10}"


def _is_right_ten(digits: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0
