"""International standard serial numbers (ISO 3297), kept as eight characters without the hyphen."""

import re

_CANDIDATE = re.compile(r"(?<![0-9])[0-9]{4}[- ]?[0-9]{3}[0-9Xx](?![0-9])")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙–‐‑", "0123456789---")


def issn8(text: str) -> str:
    """The first right ISSN in the text, or empty: `ISSN 0125-0086` has one."""
    found = (re.sub("[- ]", "", one[0]).upper() for one in _CANDIDATE.finditer(text.translate(_THAI_DIGITS)))
    return next((number for number in found if _is_right(number)), "")


def shown_issn(number: str) -> str:
    """As it is printed: `0125-0086`."""
    return f"{number[:4]}-{number[4:]}" if len(number) == 8 else number


def _is_right(number: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in number]
    return sum(value * weight for value, weight in zip(values, range(8, 0, -1), strict=True)) % 11 == 0
