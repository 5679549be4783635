"""A row of a table as what it says of one member, or of one class."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from samut_hub.members.birth import read_birth
from samut_hub.members.importing.columns import OF_PERSONS, OWN, Column, plain
from samut_hub.members.importing.policy import Refusal
from samut_hub.members.models import FieldKind, MemberField
from samut_hub.members.own_fields import LONGEST_VALUE
from samut_hub.members.policy import is_national_id, number_fault
from samut_hub.members.prefixes import joined
from samut_hub.tables import Row, rows_of
from samut_wire.numbers import member_number

TEXTS = {
    Column.EMAIL: 200,
    Column.LINE_ID: 100,
    Column.FACEBOOK: 200,
    Column.ADDRESS: 500,
    Column.GUARDIAN_NAME: 200,
    Column.GUARDIAN_RELATION: 100,
    Column.NOTE: 2000,
}
"""Columns whose text is kept as it is, with the characters that there is room for."""
LONGEST_NAME, LONGEST_PHONE = 200, 40
LAST_DAY = date(2399, 12, 31)
"""Memberships may end in the future, but years from here on are of the Buddhist Era."""
_YEARS = range(1950, 2200)
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_FORMULAS = ("=", "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NOT_SAID = {"", "-", "ไม่ทราบ", "ไม่ระบุ", "ไม่มี", "na"}
"""What people write where they know nothing, as `plain` leaves it."""


class RowError(Exception):
    """The row cannot be brought in; `detail` is the cell that is wrong."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Said:
    """What a row says: `columns` of the member as they are kept, names of what it belongs to, `values` of own fields.

    What is empty is not said, and changes nothing.
    """

    number: str = ""
    national_id: str = ""
    card: str = ""
    type: str = ""
    group: str = ""
    level: str = ""
    course: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """One row of a file. `said` is None for one that is refused, and `reason` says why."""

    position: int
    data: bytes
    said: Said | None = None
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Reading:
    """What is needed to understand a row: what its columns mean, the library's own fields, what day it is."""

    columns: Sequence[str]
    fields: Sequence[MemberField]
    today: date

    @property
    def is_of_classes(self) -> bool:
        """A table without a column about persons is a list of classes."""
        return not set(OF_PERSONS) & set(self.columns)


def entries(path: Path, encoding: str, reading: Reading) -> Iterator[Entry]:
    """What stands in the file, in memory that does not grow with it."""
    for row in rows_of(path, encoding):
        entry = Entry(row.position, row.data)
        try:
            entry.said = _said_in(row, reading)
        except RowError as error:
            entry.reason, entry.detail = error.reason.value, error.detail[:100]
        yield entry


def _said_in(row: Row, reading: Reading) -> Said:
    """Raises RowError."""
    cells = _cells(row, reading.columns)
    said = Said(
        number=_number(cells),
        national_id=_national_id(cells),
        card=_code(cells, Column.CARD),
        type=cells.get(Column.TYPE, ""),
        group=_group(cells),
        level=cells.get(Column.LEVEL, ""),
        course=_text(cells, Column.COURSE, LONGEST_VALUE),
        columns=dict(_columns(cells, reading.today)),
        values=dict(_own_values(cells, reading.fields)),
    )
    if reading.is_of_classes and not said.group:
        raise RowError(Refusal.NO_NAME)
    return said


def _cells(row: Row, columns: Sequence[str]) -> dict[str, str]:
    if not row.is_whole:
        raise RowError(Refusal.WRONG_LETTERS if row.cells else Refusal.WRONG_ROW)
    extra = [cell for cell in row.cells[len(columns) :] if cell]
    if extra:
        raise RowError(Refusal.EXTRA_CELLS, extra[0])
    pairs = zip_longest(columns, row.cells, fillvalue="")
    said = {name: " ".join(cell.split()) for name, cell in pairs if name and plain(cell) not in _NOT_SAID}
    for cell in said.values():
        if cell.startswith(_FORMULAS):
            raise RowError(Refusal.FORMULA, cell)
    return said


def _columns(cells: dict[str, str], today: date) -> Iterator[tuple[str, Any]]:
    """Of the member, those that are said."""
    for column, most in TEXTS.items():
        if text := _text(cells, column, most):
            yield column.value, text
    if (email := cells.get(Column.EMAIL)) and not _EMAIL.fullmatch(email):
        raise RowError(Refusal.WRONG_EMAIL, email)
    for column in (Column.PHONE, Column.GUARDIAN_PHONE):
        if phone := _phone(cells, column):
            yield column.value, phone
    name_th, name_en = (
        _name(cells, Column.NAME_TH, Column.SURNAME_TH),
        _name(cells, Column.NAME_EN, Column.SURNAME_EN),
    )
    prefix = cells.get(Column.PREFIX, "")
    name_th, name_en = (joined(prefix, name_th), name_en) if name_th else (name_th, joined(prefix, name_en))
    yield from (
        (name, _fitting(said, LONGEST_NAME)) for name, said in (("name_th", name_th), ("name_en", name_en)) if said
    )
    read = {
        Column.BORN: (lambda text: read_birth(text, today), Refusal.WRONG_BIRTH),
        Column.JOINED_ON: (_day, Refusal.WRONG_DATE),
        Column.EXPIRES_ON: (_day, Refusal.WRONG_DATE),
        Column.SCHOOL_YEAR: (_year, Refusal.WRONG_YEAR),
    }
    for column, (understand, fault) in read.items():
        if column in cells:
            yield column.value, _read(cells[column], understand, fault)


def _own_values(cells: dict[str, str], fields: Sequence[MemberField]) -> Iterator[tuple[int, str]]:
    for one in fields:
        text = cells.get(f"{OWN}{one.id}")
        if text:
            yield one.id, _read(text, partial(_own_value, one), Refusal.WRONG_VALUE)


def _own_value(of: MemberField, text: str) -> str:
    """As the form keeps it. Raises ValueError."""
    match FieldKind(of.kind):
        case FieldKind.NUMBER:
            return _amount(text.translate(_THAI_DIGITS).replace(",", ""))
        case FieldKind.DATE:
            return _day(text).isoformat()
        case FieldKind.CHOICE:
            return {plain(one): one for one in of.choices}[plain(text)]
        case FieldKind.TEXT:
            return _fitting(text, LONGEST_VALUE)


def _amount(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


def _number(cells: dict[str, str]) -> str:
    number = member_number(_code(cells, Column.NUMBER))
    fault = number_fault(number) if number else None
    if fault is not None:
        raise RowError(Refusal(fault.value), cells[Column.NUMBER])
    return number


def _national_id(cells: dict[str, str]) -> str:
    number = member_number(_code(cells, Column.NATIONAL_ID))
    if number and not is_national_id(number):
        raise RowError(Refusal.WRONG_NATIONAL_ID, cells[Column.NATIONAL_ID])
    return number


def _code(cells: dict[str, str], column: Column) -> str:
    """A number of which Excel may have left only the first digits: `1.1017E+12`."""
    text = cells.get(column, "")
    if _SHORTENED.fullmatch(text):
        raise RowError(Refusal.SHORTENED, text)
    return _fitting(text, 64) if text else ""


def _phone(cells: dict[str, str], column: Column) -> str:
    """With the zero at its beginning that Excel takes away."""
    text = _code(cells, column).translate(_THAI_DIGITS)
    lost = text.isdecimal() and len(text) in (8, 9) and not text.startswith("0")
    return _fitting(f"0{text}" if lost else text, LONGEST_PHONE)


def _group(cells: dict[str, str]) -> str:
    """`ป.1` and room `2` are `ป.1/2`."""
    group, room = cells.get(Column.GROUP, ""), cells.get(Column.ROOM, "")
    joined = f"{group}/{room}" if group and room and "/" not in group + room else max(group, room, key=len)
    return _fitting(joined, 100)


def _name(cells: dict[str, str], first: Column, last: Column) -> str:
    return " ".join(filter(None, (cells.get(first), cells.get(last))))


def _text(cells: dict[str, str], column: Column, most: int) -> str:
    return _fitting(cells.get(column, ""), most)


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        raise RowError(Refusal.TOO_LONG_TEXT, text)
    return text


def _day(text: str) -> date:
    """A whole day in either era, also in the future. Raises ValueError."""
    return date.fromisoformat(read_birth(text, LAST_DAY))


def _year(text: str) -> int:
    """`2569`, `1/2569`, `ปีการศึกษา 2569`: the year of the Common Era in which it begins. Raises ValueError."""
    found = _YEAR.search(text.translate(_THAI_DIGITS))
    year = int(read_birth(found[0] if found else text, LAST_DAY)[:4])
    if year not in _YEARS:
        raise ValueError(text)
    return year


def _read(text: str, understand: Callable[[str], Any], fault: Refusal) -> Any:
    try:
        return understand(text)
    except (ValueError, KeyError):
        raise RowError(fault, text) from None
