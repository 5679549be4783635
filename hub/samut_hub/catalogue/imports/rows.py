"""A row of a table as a MARC record with its copies: one title and its items in one line."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice, zip_longest
from typing import Any

from pymarc import Field, Indicators, Record, Subfield

from samut_hub.catalogue.imports.columns import OF_COPIES, Column, plain
from samut_hub.catalogue.imports.holdings import Copy, price_of
from samut_hub.catalogue.imports.policy import Refusal
from samut_hub.catalogue.items import MOST_COPIES
from samut_hub.catalogue.policy import normal_number, numbers_from
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.marc import SEPARATOR, Description, cleaned
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.materials import BOOK
from samut_hub.catalogue.records.years import year_of
from samut_hub.era import common_era
from samut_hub.tables import Row
from samut_rules.loan import ItemStatus

LANGUAGES = {
    "tha": ("ไทย", "ภาษาไทย", "Thai", "th"),
    "eng": ("อังกฤษ", "ภาษาอังกฤษ", "English", "en"),
    "chi": ("จีน", "ภาษาจีน", "Chinese", "zh"),
    "jpn": ("ญี่ปุ่น", "ภาษาญี่ปุ่น", "Japanese", "ja"),
    "kor": ("เกาหลี", "ภาษาเกาหลี", "Korean", "ko"),
    "may": ("มลายู", "ภาษามลายู", "Malay", "ms"),
    "lao": ("ลาว", "ภาษาลาว", "Lao", "lo"),
    "bur": ("พม่า", "ภาษาพม่า", "Burmese", "my"),
    "khm": ("เขมร", "ภาษาเขมร", "Khmer", "km"),
    "vie": ("เวียดนาม", "ภาษาเวียดนาม", "Vietnamese", "vi"),
    "fre": ("ฝรั่งเศส", "ภาษาฝรั่งเศส", "French", "fr"),
    "ger": ("เยอรมัน", "ภาษาเยอรมัน", "German", "de"),
}
STATUSES = {
    ItemStatus.AVAILABLE: (
        *("พร้อมให้บริการ", "ปกติ", "ว่าง", "ใช้งานได้", "อยู่บนชั้น", "available", "on shelf", "ok"),
        *("จองไว้", "reserved"),
    ),
    ItemStatus.REFERENCE: ("ใช้ภายในห้องสมุด", "ไม่ให้ยืม", "หนังสืออ้างอิง", "reference", "not for loan"),
    ItemStatus.IN_PROCESS: ("กำลังดำเนินการ", "เตรียมออกให้บริการ", "in process", "being prepared"),
    ItemStatus.IN_REPAIR: ("ซ่อม", "ส่งซ่อม", "ชำรุด", "in repair", "damaged"),
    ItemStatus.MISSING: ("หาไม่พบ", "ไม่พบ", "missing"),
    ItemStatus.LOST: ("หาย", "สูญหาย", "lost"),
    ItemStatus.WITHDRAWN: ("จำหน่ายออก", "จำหน่าย", "คัดออก", "withdrawn", "written off"),
    ItemStatus.TO_CHECK: ("รอตรวจชิ้นส่วน", "parts to be checked"),
    ItemStatus.INCOMPLETE: ("ชิ้นส่วนไม่ครบ", "ไม่ครบชุด", "parts missing", "incomplete"),
}
_SEVERAL = re.compile(r"\s*[;|\n]\s*")
_NUMBERS = re.compile(r"\s*[;,|\n]\s*")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NOT_SAID = {"", "-", "ไม่ทราบ", "ไม่ระบุ", "ไม่มี", "มปป", "nd", "na"}
"""What people write where they know nothing, as `plain` leaves it."""


class RowError(Exception):
    """The row cannot be brought in; `detail` is the cell that is wrong."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Words:
    """What a library calls its kinds of material, as `plain` leaves it, with their codes."""

    materials: dict[str, str]


@dataclass(frozen=True)
class Said:
    """The title of a row, its record, and its copies. `wrong_isbn` is no ISBN, and kept in the record as such."""

    title: Description
    record: Record
    copies: list[Copy]
    wrong_isbn: str


def said_in(row: Row, columns: list[str], words: Words) -> Said:
    """Raises RowError."""
    cells = _cells(row, columns)
    title = _description(cells, words)
    record, wrong_isbn = new_record(title), "" if title.isbn else _said(cells, Column.ISBN)
    _add(record, "020", "z", wrong_isbn)
    _add(record, "500", "a", cells.get(Column.GENERAL_NOTE, ""))
    return Said(title, record, list(_copies(cells, title)), wrong_isbn)


def _cells(row: Row, columns: list[str]) -> dict[Column, str]:
    if not row.is_whole:
        raise RowError(Refusal.WRONG_LETTERS if row.cells else Refusal.WRONG_ROW)
    pairs = list(zip_longest(columns, row.cells, fillvalue=""))
    extra = [cell for cell in row.cells[len(columns) :] if cell]
    if extra:
        raise RowError(Refusal.EXTRA_CELLS, extra[0])
    return {Column(name): cell for name, cell in pairs if name and cell}


def _description(cells: dict[Column, str], words: Words) -> Description:
    if not cells.get(Column.TITLE):
        raise RowError(Refusal.EMPTY_TITLE)
    texts = {
        column.value: cells.get(column, "")
        for column in (Column.TITLE, Column.PUBLISHER, Column.PUBLICATION_PLACE, Column.EDITION, Column.CALL_NUMBER)
    }
    for column in (Column.EXTENT, Column.SUMMARY, Column.ISSN):
        texts[column.value] = cells.get(column, "")
    for column in (Column.AUTHOR, Column.SUBJECTS, Column.SERIES):
        texts[column.value] = SEPARATOR.join(filter(None, _SEVERAL.split(cells.get(column, ""))))
    return cleaned(
        Description(
            **texts,
            isbn=isbn13(cells.get(Column.ISBN, "")),
            year=_read(cells, Column.YEAR, year_of, Refusal.WRONG_YEAR),
            language=_read(cells, Column.LANGUAGE, _language, Refusal.UNKNOWN_LANGUAGE) or "",
            material=_read(cells, Column.MATERIAL, words.materials.get, Refusal.UNKNOWN_MATERIAL, key=plain) or BOOK,
        )
    )


def _copies(cells: dict[Column, str], said: Description) -> Iterable[Copy]:
    """As many as the row has numbers, or says, with the numbers that follow; none when no cell is about copies."""
    if not any(column in cells for column in OF_COPIES):
        return []
    numbers = list(filter(None, _NUMBERS.split(cells.get(Column.ACCESSION_NUMBER, ""))))
    barcodes = list(filter(None, _NUMBERS.split(cells.get(Column.BARCODE, ""))))
    count = _read(cells, Column.COPIES, _count, Refusal.WRONG_COPIES)
    if count == 0 and not numbers:
        return []
    missing = max(count or 1, len(numbers), len(barcodes)) - max(len(numbers), len(barcodes))
    numbers += islice(numbers_from(normal_number(numbers[-1])), 1, missing + 1) if numbers else [""] * missing
    return [_copy(cells, said, *pair) for pair in zip_longest(numbers, barcodes, fillvalue="")]


def _copy(cells: dict[Column, str], said: Description, number: str, barcode: str) -> Copy:
    return Copy(
        accession_number=number,
        barcode=barcode,
        call_number=said.call_number,
        place=cells.get(Column.PLACE, ""),
        category=cells.get(Column.CATEGORY, ""),
        price=_read(cells, Column.PRICE, price_of, Refusal.WRONG_PRICE),
        source=cells.get(Column.SOURCE, ""),
        received_on=_read(cells, Column.RECEIVED_ON, _day, Refusal.WRONG_DATE),
        status=_read(cells, Column.STATUS, _status, Refusal.UNKNOWN_STATUS) or ItemStatus.AVAILABLE.value,
        note=cells.get(Column.NOTE, ""),
    )


def _read(
    cells: dict[Column, str],
    column: Column,
    understand: Callable[[str], Any],
    fault: Refusal,
    *,
    key: Callable[[str], str] = str,
) -> Any:
    """What the cell means, None when it is empty; raises RowError when it is not understood."""
    text = _said(cells, column).translate(_DIGITS)
    if not text:
        return None
    meant = understand(key(text))
    if meant is None:
        raise RowError(fault, cells[column][:100])
    return meant


def _said(cells: dict[Column, str], column: Column) -> str:
    text = cells.get(column, "")
    return "" if plain(text) in _NOT_SAID else text


def _language(text: str) -> str | None:
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text.lower()
    return _LANGUAGE_CODES.get(plain(text))


def _status(text: str) -> str | None:
    return _STATUS_CODES.get(plain(text))


def _count(text: str) -> int | None:
    """`3`, `3 เล่ม`; more than MOST_COPIES is a mistake."""
    found = re.match(r"\d+", text)
    return int(found[0]) if found and int(found[0]) <= MOST_COPIES else None


def _day(text: str) -> date | None:
    """Day, month and year in this order, or ISO 8601; the year of either era."""
    found, iso = _DAY.match(text), _ISO_DAY.match(text)
    if found is None and iso is None:
        return None
    day, month, year = map(int, found.groups() if found else reversed(iso.groups() if iso else ()))
    try:
        return date(common_era(year), month, day)
    except ValueError:
        return None


def _add(record: Record, tag: str, code: str, text: str) -> None:
    if text:
        record.add_grouped_field(Field(tag=tag, indicators=Indicators(" ", " "), subfields=[Subfield(code, text)]))


_LANGUAGE_CODES = {plain(name): code for code, names in LANGUAGES.items() for name in (code, *names)}
_STATUS_CODES = {plain(name): status.value for status, names in STATUSES.items() for name in (status.value, *names)}
