"""Accession numbers and bar codes: what they may look like, which one comes next; what may become of an item."""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice

from samut_hub.members.policy import number_after, number_range
from samut_rules.loan import ItemStatus
from samut_wire.numbers import barcode_as_kept as normal_number
from samut_wire.numbers import barcode_key as match_key

__all__ = [
    "ItemEvent",
    "NumberFault",
    "StatusFault",
    "match_key",
    "normal_number",
    "normal_tag",
    "number_fault",
    "numbers_between",
    "numbers_from",
    "order_of",
    "range_of",
    "sought_key",
    "status_fault",
]

MIN_LENGTH, MAX_LENGTH = 6, 40
"""Requirement A-02; forty characters of Code 128 are the most that a label holds."""

_RANGE = re.compile(r"(.+?)\s*(?:–|—|\.\.+|…|\s-\s|ถึง|\sto\s)\s*(.+)", re.IGNORECASE)
_ALLOWED = re.compile(r"[0-9A-Za-zก-ฮะ-ฺเ-๎][\x20-\x7eก-ฮะ-ฺเ-๎]*")


class NumberFault(StrEnum):
    """Why a text cannot be an accession number or bar code."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    STRANGE_CHARACTER = "strange_character"


class ItemEvent(StrEnum):
    """What a line of an item's history tells."""

    EDITED = ""
    STATUS = "status"
    DAMAGED = "damaged"
    CLAIMED_RETURNED = "claimed_returned"
    HANDED_IN = "handed_in"  # thought missing or lost, it came back
    UNDONE = "undone"


class StatusFault(StrEnum):
    """Why an item cannot be given this status."""

    ON_LOAN = "on_loan"
    NOT_ON_LOAN = "not_on_loan"
    NEEDS_REASON = "needs_reason"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set_aside"
    NOT_BY_HAND = "not_by_hand"


def status_fault(before: str, after: str, *, is_lent: bool, reason: str) -> StatusFault | None:
    """What stands against the change. Of an item that is out only its loss can be noted; its loan goes on.

    An item is set aside for a member, and no longer, as holds want it.
    """
    if before == after:
        return StatusFault.UNCHANGED
    if ItemStatus.RESERVED in (before, after):
        return StatusFault.SET_ASIDE if before == ItemStatus.RESERVED else StatusFault.NOT_BY_HAND
    if is_lent and after != ItemStatus.LOST:
        return StatusFault.ON_LOAN
    return StatusFault.NEEDS_REASON if after == ItemStatus.WITHDRAWN and not reason else None


def normal_tag(text: str) -> str:
    """The number of a radio tag as it is kept: capitals, no separators."""
    return re.sub(r"[\s:-]+", "", text).upper()


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


def range_of(text: str) -> tuple[str, str] | None:
    """`B00100–B00140` as its ends; None for a single number. A plain hyphen is one between numbers of one kind."""
    typed = " ".join(text.split())
    found = _RANGE.fullmatch(typed)
    if found:
        return normal_number(found[1]), normal_number(found[2])
    first, _hyphen, last = typed.partition("-")
    ends = normal_number(first), normal_number(last)
    alike = len(ends[0]) >= MIN_LENGTH and number_range(match_key(ends[0])) == number_range(match_key(ends[1]))
    return ends if alike and match_key(ends[0]) < match_key(ends[1]) else None


def numbers_between(first: str, last: str, most: int) -> list[str] | None:
    """All numbers from one to the other; None when the last does not follow within `most` numbers."""
    end, found = match_key(last), []
    for number in islice(numbers_from(first), most):
        found.append(number)
        if match_key(number) == end:
            return found
    return None


def order_of(number: str) -> str:
    """Where an accession number stands in a register: digits count as numbers, B2 before B10."""
    return re.sub(r"\d+", lambda run: run[0].zfill(MAX_LENGTH), match_key(number))


def sought_key(barcode: str) -> str | None:
    """By which an item is found; None for what cannot be a bar code."""
    return match_key(barcode) if number_fault(normal_number(barcode), shortest=1) is None else None
