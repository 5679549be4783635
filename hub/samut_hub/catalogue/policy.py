"""Accession numbers and bar codes: what they may look like, and which one comes next."""

import re
from collections.abc import Iterator
from enum import StrEnum

from samut_hub.members.policy import number_after
from samut_wire.numbers import barcode_as_kept as normal_number
from samut_wire.numbers import barcode_key as match_key

__all__ = ["NumberFault", "match_key", "normal_number", "number_fault", "numbers_from", "order_of"]

MIN_LENGTH, MAX_LENGTH = 6, 40
"""Requirement A-02; forty characters of Code 128 are the most that a label holds."""

_ALLOWED = re.compile(r"[0-9A-Za-zก-ฮะ-ฺเ-๎][\x20-\x7eก-ฮะ-ฺเ-๎]*")


class NumberFault(StrEnum):
    """Why a text cannot be an accession number or bar code."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    STRANGE_CHARACTER = "strange_character"


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


def order_of(number: str) -> str:
    """Where an accession number stands in a register: digits count as numbers, B2 before B10."""
    return re.sub(r"\d+", lambda run: run[0].zfill(MAX_LENGTH), match_key(number))
