"""What amounts, receipts and their years are: rules without database, clock or framework."""

import re
from datetime import date
from enum import StrEnum

MOST = 10_000_000
"""Satang that staff charge at once by hand: 100,000 baht. More is a slip of the finger."""
MOST_OWED = 2_000_000_000
"""Satang that one member can owe, a little less than what a column holds."""
BUDDHIST_ERA = 543
FIRST_FISCAL_MONTH = 10
"""The fiscal year of Thai authorities begins in October and is called after the year in which it ends
(Budget Procedure Act B.E. 2561, section 4)."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_BAHT = re.compile(r"^(?:฿|THB)|(?:บาท|baht|THB|฿)$", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<baht>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<satang>\d*))?", re.ASCII)


class AmountFault(StrEnum):
    """Why a text is no amount of money that can be charged or paid."""

    NOT_A_NUMBER = "not_a_number"
    NOT_ABOVE_ZERO = "not_above_zero"
    TOO_FINE = "too_fine"
    TOO_MUCH = "too_much"


class AmountError(ValueError):
    """The text is refused for `fault`."""

    def __init__(self, text: str, fault: AmountFault) -> None:
        super().__init__(f"“{text}” is no amount: {fault}.")
        self.fault = fault


class EntryKind(StrEnum):
    """What a line in the books of a charge says. Voids and refunds are below zero."""

    PAYMENT = "payment"
    WAIVER = "waiver"
    VOID = "void"
    REFUND = "refund"


class Method(StrEnum):
    """How money comes or goes."""

    CASH = "cash"
    PROMPTPAY = "promptpay"
    OTHER = "other"


class YearKind(StrEnum):
    """The year in which receipts are numbered from 1."""

    FISCAL = "fiscal"
    CALENDAR = "calendar"


def satang_of(text: str, *, least: int = 1, most: int = MOST) -> int:
    """Baht as people write them, `12.50`, `1,250`, `๑๒.๕๐ บาท`, in satang. Raises AmountError.

    `least` 0 takes nothing, too.
    """
    written = _BAHT.sub("", "".join(text.translate(_THAI_DIGITS).split()))
    found = _NUMBER.fullmatch(written)
    if found is None or not (found["baht"] or found["satang"]):
        raise AmountError(text, AmountFault.NOT_A_NUMBER)
    baht, fraction = found["baht"].replace(",", "").lstrip("0"), (found["satang"] or "").rstrip("0")
    if found["sign"] == "-" or (least and not (baht or fraction)):
        raise AmountError(text, AmountFault.NOT_ABOVE_ZERO)
    if len(fraction) > 2:
        raise AmountError(text, AmountFault.TOO_FINE)
    if len(baht) > len(str(most)) or (amount := int(baht or 0) * 100 + int(fraction.ljust(2, "0"))) > most:
        raise AmountError(text, AmountFault.TOO_MUCH)
    return amount


def receipt_year(on: date, kind: YearKind) -> int:
    """The year of the Buddhist Era in which a receipt of that day is numbered."""
    ends_later = kind is YearKind.FISCAL and on.month >= FIRST_FISCAL_MONTH
    return on.year + BUDDHIST_ERA + ends_later


def receipt_number(year: int, number: int) -> str:
    """As it is printed: “2569/000123”."""
    return f"{year}/{number:06d}"
