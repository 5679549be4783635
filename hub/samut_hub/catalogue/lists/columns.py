"""What stands in the columns of each kind of list, on the screen, on paper and in a spreadsheet."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from operator import attrgetter

from samut_hub.catalogue.lists.rows import Line
from samut_hub.catalogue.records.issn import shown_issn
from samut_hub.catalogue.records.years import BUDDHIST
from samut_hub.spreadsheet import Cell


class Kind(StrEnum):
    """What is printed."""

    REGISTER = "register"
    SHELF = "shelf"
    ITEMS = "items"
    TITLES = "titles"
    PICTURES = "pictures"
    BIBLIOGRAPHY = "bibliography"
    CARDS = "cards"


OF_ITEMS = frozenset({Kind.REGISTER, Kind.SHELF, Kind.ITEMS})
"""Kinds with one row for each item; the others have one for each title."""


class Column(StrEnum):
    """Named like the fields of `rows.Line`; PUBLISHED joins two of them."""

    NUMBER = "number"
    ADDED = "added_on"
    RECEIVED = "received_on"
    ACCESSION_NUMBER = "accession_number"
    BARCODE = "barcode"
    CALL_NUMBER = "call_number"
    AUTHOR = "author"
    TITLE = "title"
    EDITION = "edition"
    PUBLISHED = "published"
    PUBLICATION_PLACE = "publication_place"
    PUBLISHER = "publisher"
    YEAR = "year"
    ISBN = "isbn"
    ISSN = "issn"
    EXTENT = "extent"
    SERIES = "series"
    SUBJECTS = "subjects"
    MATERIAL = "material"
    CATEGORY = "category"
    PLACE = "place"
    SOURCE = "source"
    PRICE = "price"
    STATUS = "status"
    NOTE = "note"
    COPIES = "copies"
    CITATION = "citation"


_C = Column
PRINTED: dict[Kind, tuple[tuple[Column, float], ...]] = {
    Kind.REGISTER: (
        (_C.ADDED, 1.6),
        (_C.ACCESSION_NUMBER, 1.9),
        (_C.AUTHOR, 3),
        (_C.TITLE, 5.2),
        (_C.EDITION, 1.4),
        (_C.PUBLISHED, 3),
        (_C.YEAR, 0.9),
        (_C.PRICE, 1.4),
        (_C.SOURCE, 1.6),
        (_C.CALL_NUMBER, 2),
        (_C.NOTE, 1.6),
    ),
    Kind.SHELF: (
        (_C.CALL_NUMBER, 2.2),
        (_C.ACCESSION_NUMBER, 1.9),
        (_C.TITLE, 5),
        (_C.AUTHOR, 3),
        (_C.YEAR, 0.9),
        (_C.PLACE, 2),
        (_C.STATUS, 1.6),
    ),
    Kind.ITEMS: (
        (_C.ACCESSION_NUMBER, 1.9),
        (_C.TITLE, 4.6),
        (_C.AUTHOR, 2.8),
        (_C.CALL_NUMBER, 1.9),
        (_C.SUBJECTS, 2.6),
        (_C.ISBN, 2.2),
        (_C.YEAR, 0.9),
        (_C.CATEGORY, 1.6),
        (_C.PLACE, 1.8),
        (_C.STATUS, 1.5),
    ),
    Kind.TITLES: (
        (_C.NUMBER, 0.7),
        (_C.TITLE, 5),
        (_C.AUTHOR, 3),
        (_C.PUBLISHER, 2.2),
        (_C.YEAR, 0.9),
        (_C.ISBN, 2.2),
        (_C.CALL_NUMBER, 1.9),
        (_C.SUBJECTS, 2.6),
        (_C.COPIES, 0.8),
    ),
}
"""Columns with their shares of the width; the kinds that are not named are no tables."""

_SPREADSHEET: dict[bool, list[Column]] = {
    True: [one for one in Column if one not in (_C.PUBLISHED, _C.COPIES, _C.CITATION)],
    False: [
        *(_C.NUMBER, _C.TITLE, _C.AUTHOR, _C.EDITION, _C.PUBLICATION_PLACE, _C.PUBLISHER, _C.YEAR, _C.ISBN, _C.ISSN),
        *(_C.EXTENT, _C.SERIES, _C.SUBJECTS, _C.MATERIAL, _C.CALL_NUMBER, _C.COPIES, _C.ACCESSION_NUMBER),
    ],
}
_CITED = (_C.NUMBER, _C.CITATION, _C.TITLE, _C.CALL_NUMBER)
_WIDTHS = {
    _C.CITATION: 90,
    _C.TITLE: 50,
    _C.AUTHOR: 28,
    _C.SUBJECTS: 32,
    _C.PUBLISHER: 22,
    _C.NOTE: 22,
    _C.NUMBER: 7,
    _C.YEAR: 7,
}
_WIDTH = 15
RIGHT = frozenset({_C.NUMBER, _C.PRICE, _C.COPIES, _C.YEAR})
"""Columns of numbers."""


def spreadsheet_columns(kind: Kind) -> Sequence[tuple[Column, int]]:
    """All that is known of an item or title, or its citation; with widths in characters."""
    columns = _CITED if kind is Kind.BIBLIOGRAPHY else _SPREADSHEET[kind in OF_ITEMS]
    return [(one, _WIDTHS.get(one, _WIDTH)) for one in columns]


def text_of(line: Line, column: Column, language: str) -> str:
    """For the eye: years and days of the Buddhist Era in Thai."""
    if column is Column.PUBLISHED:
        return ": ".join(filter(None, (line.publication_place, line.publisher)))
    value = value_of(line, column, language)
    if isinstance(value, date):
        return f"{value.day}/{value.month}/{value.year + _era(language)}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


def reader_of(column: Column, language: str) -> Callable[[Line], Cell]:
    """`value_of` made ready for many lines: most columns are nothing but a field."""
    if column in (Column.PRICE, Column.YEAR, Column.ISSN):
        return lambda line: value_of(line, column, language)
    return attrgetter(column.value)


def value_of(line: Line, column: Column, language: str) -> Cell:
    """For a spreadsheet: numbers and days as such, money in baht."""
    if column is Column.PRICE:
        return None if line.price is None else line.price / 100
    if column is Column.YEAR:
        return None if line.year is None else line.year + _era(language)
    if column is Column.ISSN:
        return shown_issn(line.issn) if line.issn else ""
    value: Cell = getattr(line, column.value)
    return value


def _era(language: str) -> int:
    return BUDDHIST if language == "th" else 0
