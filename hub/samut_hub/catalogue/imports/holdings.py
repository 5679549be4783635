"""Copies in MARC records: field 952 as Koha and many school systems write it, and 852 of MARC 21 Holdings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from pymarc import Field, Indicators, Record, Subfield

from samut_rules.loan import ItemStatus


class Holdings(StrEnum):
    """In which field copies go out."""

    NONE = ""
    MARC21 = "852"
    KOHA = "952"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An item as a file tells of it. Places and categories by name, money in satang; no number: the next is given."""

    accession_number: str = ""
    barcode: str = ""
    call_number: str = ""
    place: str = ""
    category: str = ""
    price: int | None = None
    source: str = ""
    received_on: date | None = None
    status: str = ItemStatus.AVAILABLE.value
    note: str = ""


_CODES = {
    Holdings.MARC21: {"p": "barcode", "c": "place", "t": "accession_number", "x": "note"},
    Holdings.KOHA: {
        "p": "barcode",
        "i": "accession_number",
        "o": "call_number",
        "c": "place",
        "8": "category",
        "e": "source",
        "x": "note",
    },
}
_PRICE_CODES = {Holdings.MARC21: "9", Holdings.KOHA: "g"}
_NOT_A_NUMBER = re.compile(r"[^\d.]")
_STATUS_CODES = {ItemStatus.LOST: ("1", "1"), ItemStatus.REFERENCE: ("7", "1"), ItemStatus.WITHDRAWN: ("0", "1")}
"""Subfields of 952 that say so (Koha: $1 lost, $7 not for loan, $0 withdrawn)."""


def copies_in(record: Record) -> list[Copy]:
    """The copies a record tells of: those of 952, else of 852; fields without a number are no copies."""
    for kind in (Holdings.KOHA, Holdings.MARC21):
        found = [_copy(field, kind) for field in record.get_fields(kind.value) if not field.control_field]
        if numbered := [copy for copy in found if copy.barcode or copy.accession_number]:
            return numbered
    return []


def put_copies(record: Record, copies: Iterable[Copy], kind: Holdings, library: str) -> None:
    """Write the copies into the record, in the place of older fields for the same ones."""
    there = list(copies)
    numbers = {number for copy in there for number in (copy.barcode, copy.accession_number)}
    for field in record.get_fields(kind.value):
        if not field.control_field and {field.get("p"), field.get("i"), field.get("t")} & numbers:
            record.remove_field(field)
    record.fields += [_field(copy, kind, library) for copy in there]


def price_of(text: str) -> int | None:
    """Satang of `฿1,200.50`; None when there is no amount."""
    digits = _NOT_A_NUMBER.sub("", text).strip(".")
    try:
        return int(Decimal(digits) * 100) if digits else None
    except InvalidOperation:
        return None


def _copy(field: Field, kind: Holdings) -> Copy:
    said = {name: (field.get(code) or "").strip() for code, name in _CODES[kind].items()}
    said["accession_number"] = said["accession_number"] or said["barcode"]
    if kind is Holdings.MARC21:
        said["call_number"] = " ".join(value.strip() for value in field.get_subfields("h", "i"))
    marked = (status for status, (code, sign) in _STATUS_CODES.items() if field.get(code) == sign)
    return Copy(
        **said,
        price=price_of(field.get(_PRICE_CODES[kind]) or ""),
        received_on=_day(field.get("d") or "") if kind is Holdings.KOHA else None,
        status=next(marked, ItemStatus.AVAILABLE).value if kind is Holdings.KOHA else ItemStatus.AVAILABLE.value,
    )


def _field(copy: Copy, kind: Holdings, library: str) -> Field:
    if kind is Holdings.MARC21:
        parts = [("a", library), ("c", copy.place), ("h", copy.call_number), ("p", copy.barcode)]
        parts += [("t", copy.accession_number), ("x", copy.note), ("9", _amount(copy.price))]
    else:
        parts = [("a", library), ("b", library), ("c", copy.place), ("8", copy.category), ("p", copy.barcode)]
        parts += [("i", copy.accession_number), ("o", copy.call_number), ("e", copy.source), ("x", copy.note)]
        parts += [("g", _amount(copy.price)), ("d", copy.received_on.isoformat() if copy.received_on else "")]
        parts += [sign for status, sign in _STATUS_CODES.items() if copy.status == status]
    subfields = [Subfield(code, value) for code, value in parts if value]
    return Field(tag=kind.value, indicators=Indicators(" ", " "), subfields=subfields)


def _amount(satang: int | None) -> str:
    return "" if satang is None else f"{satang / 100:.2f}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
