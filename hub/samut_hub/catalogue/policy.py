"""Accession numbers and bar codes: what they may look like, and which one comes next."""

import re
from collections.abc import Iterator
from enum import StrEnum

from samut_hub.members.policy import number_after

MIN_LENGTH, MAX_LENGTH = 6, 40
"""Requirement A-02; forty characters of Code 128 are the most that a label holds."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ALLOWED = re.compile(r"[0-9A-Za-zก-ฮะ-ฺเ-๎][\x20-\x7eก-ฮะ-ฺเ-๎]*")


class NumberFault(StrEnum):
    """Why a text cannot be an accession number or bar code."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    STRANGE_CHARACTER = "strange_character"


def normal_number(text: str) -> str:
    """The number as it is kept: no spaces around it, Thai digits as 0-9, letters as typed."""
    return " ".join(text.translate(_THAI_DIGITS).split())


def match_key(number: str) -> str:
    """Numbers with the same key are the same to a reader of labels: `ab0001` and `AB0001`."""
    return normal_number(number).upper()


def number_fault(number: str, *, shortest: int = MIN_LENGTH) -> NumberFault | None:
    """What is wrong with a normal number, if anything."""
    if len(number) < shortest:
        return NumberFault.TOO_SHORT
    if len(number) > MAX_LENGTH:
        return NumberFault.TOO_LONG
    return None if _ALLOWED.fullmatch(number) else NumberFault.STRANGE_CHARACTER


def numbers_from(number: str) -> Iterator[str]:
    """This number and all that follow it."""
    while True:
        yield number
        number = number_after(number)
