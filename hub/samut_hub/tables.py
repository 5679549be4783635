"""Rows of tables: CSV in the codings that Thai offices use, and Excel, which a confined child turns into CSV."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TextIO

from samut_hub.confined import ConfinedError, Fault, call

LONGEST_CELL = 1 << 20
LONGEST_ROW = 4 << 20
"""Characters of a row of CSV; a longer one is told as damaged."""
MOST_CELLS = 16_384
"""Columns of a sheet in Excel. Beyond them only the first cell that is filled is kept, to be told."""
LARGEST_SHEET = 200 * 1024 * 1024
"""Bytes of the parts of an Excel file when unpacked, and of the CSV made of it."""
_TOO_BIG = "too_big"
_MOST_ROWS = 1_048_576
_SNIFFED = 1 << 20
_THAI = re.compile(rb"[\xa1-\xda\xdf-\xfb]{3,}")
_UNDECODED = re.compile("[\udc80-\udcff]")
_DEFUSED = re.compile(r"'(?=[=+\-@])")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""Excel since 2007 is a ZIP archive, before that an OLE file."""
_NO_TEXTS = (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"GIF8", b"RIFF", b"\x1f\x8b", b"Rar!", b"7z")
_BLANK = b"\xef\xbb\xbf\r\n \t\0\x1a"
_MOST_CONTROLS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `position` is the number that spreadsheet programs show beside it, `data` the row as CSV."""

    position: int
    cells: list[str]
    data: bytes
    is_whole: bool = True


def coding_of(path: Path) -> str:
    """The coding of a CSV file, by its marks and bytes; empty when only a person can tell."""
    with path.open("rb") as file:
        first = file.read(_SNIFFED)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (hidden := unmarked_utf16(first)) is not None:
        return hidden
    if _is(path, "utf-8-sig"):
        return "utf-8-sig"
    thai, high = sum(map(len, _THAI.findall(first))), sum(byte > 0x7F for byte in first)
    return "cp874" if thai * 2 > high and _is(path, "cp874") else ""


def is_workbook(first: bytes) -> bool:
    """By the first bytes of a file, not by its name."""
    return first.lstrip(_BLANK).startswith(_WORKBOOKS)


def is_picture(first: bytes) -> bool:
    """Whether a file begins like a picture, a PDF or an archive that is no workbook."""
    return first.lstrip(_BLANK).startswith(_NO_TEXTS)


def is_text(first: bytes) -> bool:
    """Whether a text can begin so: it has hardly any control characters, but for those of UTF-16."""
    if not first.lstrip(_BLANK) or is_picture(first):
        return False
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(first) is not None:
        return True
    return sum(byte < 32 and byte not in b"\t\r\n\f" for byte in first[:4096]) <= _MOST_CONTROLS


def header_of(path: Path, encoding: str) -> list[str]:
    """The cells of the first row that has any."""
    return next((row.cells for row in _all_rows(path, encoding) if any(row.cells)), [])


def rows_of(path: Path, encoding: str) -> Iterator[Row]:
    """The rows below the header that have something in them."""
    filled = (row for row in _all_rows(path, encoding) if any(row.cells) or not row.is_whole)
    yield from islice(filled, 1, None)


def csv_line(cells: Iterable[str]) -> bytes:
    """A row of CSV in which no cell is a formula to a spreadsheet program; reading takes the mark off again."""
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return line.getvalue().encode()


def excel_to_csv(path: Path) -> bytes:
    """The first sheet of an Excel file as CSV in UTF-8; raises TableError."""
    try:
        return call(sheet_as_csv, str(path), seconds=120, megabytes=1024)
    except ConfinedError as error:
        too_much = error.reason in (Fault.TOO_BIG, Fault.TOO_LONG) or error.detail == _TOO_BIG
        raise TableError(is_too_large=too_much) from None


class TableError(Exception):
    """The file is not a workbook that can be read, or one that is too large when unpacked."""

    def __init__(self, *, is_too_large: bool) -> None:
        super().__init__("The sheet is too large." if is_too_large else "The file is not an Excel workbook.")
        self.is_too_large = is_too_large


def sheet_as_csv(path: str, *, stdin: bytes) -> bytes:
    """Runs confined. Raises ValueError for what is not a workbook or unpacks to more than LARGEST_SHEET."""
    import python_calamine

    try:
        if zipfile.is_zipfile(path) and _unpacked(path) > LARGEST_SHEET:
            raise ValueError(_TOO_BIG)
        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    except (python_calamine.CalamineError, zipfile.BadZipFile, IndexError) as error:
        raise ValueError("no_workbook") from error
    text = io.StringIO()
    lines = csv.writer(text)
    blank_above = (sheet.start or (0, 0))[0]
    lines.writerows([[]] * blank_above)
    for row in islice(sheet.iter_rows(), _MOST_ROWS):
        lines.writerow([_cell_text(cell) for cell in row])
        if text.tell() > LARGEST_SHEET:
            raise ValueError(_TOO_BIG)
    return text.getvalue().encode()


def _unpacked(path: str) -> int:
    """Bytes that the parts of the archive say they have; the child's memory bounds those that lie."""
    with zipfile.ZipFile(path) as parts:
        return sum(part.file_size for part in parts.infolist())


def _cell_text(cell: object) -> str:
    match cell:
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _all_rows(path: Path, encoding: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        start = file.read(LONGEST_CELL // 16)
        file.seek(0)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=_delimiter(start))
        position = 0
        while True:
            position += 1
            lines.left = LONGEST_ROW
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RowTooLongError):
                yield Row(position, [], b"", is_whole=False)
                continue
            yield _row(position, _within(cells), encoding)


class _RowTooLongError(Exception):
    """Raised before the row is in memory: a hundred megabytes of commas are as many cells."""


class _Lines:
    """The lines of a file, of which those of one row have no more than `left` characters."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.left = LONGEST_ROW

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(self.left + 1)
        if not line:
            raise StopIteration
        self.left -= len(line)
        if self.left < 0:
            self._pass_over(line)
            raise _RowTooLongError
        return line

    def _pass_over(self, line: str) -> None:
        """Go on to the end of the line."""
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(LONGEST_ROW)


def _within(cells: list[str]) -> list[str]:
    return cells[:MOST_CELLS] + list(islice(filter(None, cells[MOST_CELLS:]), 1))


def _row(position: int, cells: list[str], encoding: str) -> Row:
    clean = [_clean(cell) if cell else "" for cell in cells]
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    raw = line.getvalue()
    is_whole = _UNDECODED.search(raw) is None
    if not is_whole:
        clean = [_UNDECODED.sub("\ufffd", cell) for cell in clean]
    return Row(position, clean, raw.encode("utf-8", "surrogateescape"), is_whole)


def _clean(cell: str) -> str:
    """Without what no person typed: marks, and control characters, which are separators in records."""
    text = _DEFUSED.sub("", cell, count=1).replace("\0", "")
    return _CONTROL.sub(" ", text).strip("\ufeff\u200b \t\r\n")


def _delimiter(start: str) -> str:
    """Of comma, semicolon and tab the one that the first line has most of."""
    line = next((line for line in start.splitlines() if line.strip()), "")
    return max(",;\t", key=line.count)


def _is(path: Path, encoding: str) -> bool:
    """Whether the whole file is of this coding."""
    decode = codecs.getincrementaldecoder(encoding)("strict").decode
    try:
        with path.open("rb") as file:
            while chunk := file.read(_SNIFFED):
                decode(chunk)
            decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def unmarked_utf16(first: bytes) -> str | None:
    """UTF-16 of Latin or Thai text has one byte in two that is 0x00 or 0x0E."""
    sample = first[:4000]
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[start::2]
        if half and sum(byte in (0x00, 0x0E) for byte in half) > 0.9 * len(half) and b"\0" in half:
            return name
    return None


def read_line(data: bytes) -> list[str]:
    """The cells of a row as `Row.data` keeps it."""
    return next(csv.reader([data.decode("utf-8", "replace")]), [])
