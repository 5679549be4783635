"""A list from what is wanted to the file: the rows of one page, the PDF, the spreadsheet, the plain text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec
from pymarc import Record
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.images.storage import NAME, Size, path_of
from samut_hub.catalogue.lists.cards import Card, cards_of
from samut_hub.catalogue.lists.choosing import Choice, Chosen, Order, chosen_items, chosen_titles
from samut_hub.catalogue.lists.citations import Run, Style, cite, plain
from samut_hub.catalogue.lists.columns import (
    OF_ITEMS,
    PRINTED,
    RIGHT,
    Column,
    Kind,
    reader_of,
    spreadsheet_columns,
    text_of,
)
from samut_hub.catalogue.lists.rows import Line, Names, by_subject, item_lines, title_lines
from samut_hub.catalogue.lists.typesetting import cards_pdf, citations_pdf, pictures_pdf
from samut_hub.catalogue.lists.works import Work, work_of
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import kept_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.spreadsheet import MOST_ROWS, Cell, write_workbook
from samut_hub.typesetting import Page, Table, table_pdf

MOST_TITLES = 20_000
"""In one bibliography, and with cards."""
MOST_PRINTED, MOST_PICTURES = 100_000, 10_000
"""Rows in one PDF, all of which is in memory: about 150 MB."""
_AT_ONCE = 200
"""Titles whose whole records are in memory together."""
LONGEST_SUMMARY = 280

WHOLE = frozenset({Kind.BIBLIOGRAPHY, Kind.CARDS})
"""Kinds that want the whole record of each title."""

Tell = Callable[[int], None]


class Shape(StrEnum):
    """As what a list leaves."""

    PDF = "pdf"
    XLSX = "xlsx"
    TXT = "txt"


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the list says beside its rows, in the language of the person who asked: so a task needs no translator.

    `labels` are those of the columns, `about` tells the order and the day, `cut` that the list goes on.
    """

    language: str
    library: str
    heading: str
    about: str
    page: str
    labels: dict[str, str]
    statuses: dict[str, str]
    cut: str = ""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it was asked for, by someone of this language."""

    kind: Kind
    choice: Choice
    order: Order = Order.ACCESSION
    style: Style = Style.THAI
    cards_per_page: int = 4
    language: str = "th"

    @property
    def is_of_items(self) -> bool:
        return self.kind in OF_ITEMS

    @property
    def is_numbered(self) -> bool:
        """Whether citations are numbered, and stand in the order that was asked for."""
        return self.style is Style.VANCOUVER

    @property
    def sorting(self) -> Order:
        if self.kind is not Kind.BIBLIOGRAPHY or self.is_numbered:
            return self.order
        return Order.CITED if self.language == "th" else Order.CITED_THAI_LAST


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Where a list is written to. `pictures` is where covers lie; `tell` is given the number of rows done."""

    shape: Shape
    out: BinaryIO
    pictures: Path
    tell: Tell = lambda done: None


def chosen(session: Session, wish: Wish, *, start: int = 0, most: int | None = None) -> Chosen:
    """What stands on the list: items or titles, all of them or `most` from `start`."""
    choose = chosen_items if wish.is_of_items else chosen_titles
    return choose(session, wish.choice, wish.sorting, start=start, most=most)


def most_rows(wish: Wish, shape: Shape) -> int:
    """How many items or titles one file takes."""
    if wish.kind is Kind.BIBLIOGRAPHY or (wish.kind is Kind.CARDS and shape is Shape.PDF):
        return MOST_TITLES
    if shape is Shape.XLSX:
        return MOST_ROWS - 2
    return MOST_PICTURES if wish.kind is Kind.PICTURES else MOST_PRINTED


def lines(session: Session, wish: Wish, ids: Sequence[int], words: Words, *, first: int = 1) -> Iterator[Line]:
    """The rows of these items or titles."""
    names = Names.of(session, words.language, words.statuses, wish.choice.zone)
    read = item_lines if wish.is_of_items else title_lines
    found = read(session, ids, names, first=first)
    return map(by_subject, found) if wish.order is Order.SUBJECT else found


def works(session: Session, title_ids: Sequence[int]) -> Iterator[Work]:
    """The titles as citations need them."""
    for _, said, record in _whole(session, title_ids):
        yield work_of(said, record)


def citations(session: Session, wish: Wish, title_ids: Sequence[int]) -> Iterator[list[Run]]:
    """A bibliography of these titles, in their order."""
    return (cite(work, wish.style, wish.language) for work in works(session, title_ids))


def cards(session: Session, wish: Wish, ids: Sequence[int], words: Words) -> Iterator[Card]:
    """All cards of these titles, those of each together."""
    numbers = {line.title_id: line.accession_number.partition(",")[0] for line in lines(session, wish, ids, words)}
    for title_id, said, record in _whole(session, ids):
        yield from cards_of(said, record, number=numbers.get(title_id, ""))


def write(session: Session, wish: Wish, words: Words, file: File) -> int:
    """The whole list, as far as `most_rows`; how many rows it has. Raises ConfinedError."""
    match file.shape:
        case Shape.PDF:
            return write_pdf(session, wish, words, file.out, pictures=file.pictures, tell=file.tell)
        case Shape.XLSX:
            return write_xlsx(session, wish, words, file.out, tell=file.tell)
        case Shape.TXT:
            return write_txt(session, wish, words, file.out, tell=file.tell)


def write_txt(session: Session, wish: Wish, words: Words, out: BinaryIO, *, tell: Tell = lambda done: None) -> int:
    """A bibliography to copy from, one citation in a line."""
    ids = chosen(session, wish, most=most_rows(wish, Shape.TXT)).ids
    for number, runs in enumerate(citations(session, wish, ids), start=1):
        start = f"{number}. " if wish.is_numbered else ""
        out.write(f"{start}{plain(runs)}\n".encode())
        if number % _AT_ONCE == 0:
            tell(number)
    if words.cut:
        out.write(f"\n({words.cut})\n".encode())
    return len(ids)


def write_pdf(
    session: Session, wish: Wish, words: Words, out: BinaryIO, *, pictures: Path, tell: Tell = lambda done: None
) -> int:
    """How many rows the list has. `pictures` is where covers lie. Raises ConfinedError."""
    ids = chosen(session, wish, most=most_rows(wish, Shape.PDF)).ids
    about = " · ".join(filter(None, (words.about, words.cut)))
    page = Page(library=words.library, heading=words.heading, about=about, page=words.page)
    if wish.kind is Kind.BIBLIOGRAPHY:
        found = citations(session, wish, ids)
        citations_pdf(out, page, found, is_numbered=wish.is_numbered, tell=tell)
    elif wish.kind is Kind.CARDS:
        cards_pdf(out, cards(session, wish, ids, words), per_page=wish.cards_per_page, tell=tell)
    elif wish.kind is Kind.PICTURES:
        entries = map(partial(entry_of, words=words, pictures=pictures), lines(session, wish, ids, words))
        pictures_pdf(out, page, map(msgspec.to_builtins, entries), pictures, tell)
    else:
        columns = PRINTED[wish.kind]
        texts = (
            [text_of(line, column, words.language) for column, _ in columns]
            for line in lines(session, wish, ids, words)
        )
        table_pdf(out, page, _table(columns, words), texts, tell)
    return len(ids)


def write_xlsx(session: Session, wish: Wish, words: Words, out: BinaryIO, *, tell: Tell = lambda done: None) -> int:
    """All that is known of the items or titles, or their citations; how many rows it has."""
    ids = chosen(session, wish, most=most_rows(wish, Shape.XLSX)).ids
    columns = spreadsheet_columns(wish.kind)
    head = [(words.labels[column], width) for column, width in columns]

    readers = [reader_of(column, words.language) for column, _ in columns]
    read_lines = _cited_lines if wish.kind is Kind.BIBLIOGRAPHY else lines

    def rows() -> Iterator[list[Cell]]:
        for line in read_lines(session, wish, ids, words):
            yield [read(line) for read in readers]
            if line.number % 1_000 == 0:
                tell(line.number)
        if words.cut:
            yield [words.cut]

    write_workbook(out, words.heading, head, rows(), language=words.language)
    return len(ids)


def _cited_lines(session: Session, wish: Wish, ids: Sequence[int], words: Words) -> Iterator[Line]:
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        cited = {
            title_id: cite(work_of(said, record), wish.style, wish.language)
            for title_id, said, record in _whole(session, some)
        }
        for line in lines(session, wish, some, words, first=start + 1):
            line.citation = plain(cited.get(line.title_id, ()))
            yield line


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A title in the list with pictures. `cover` is a path below the folder of pictures, or empty."""

    title: str
    lines: list[str]
    cover: str


def entry_of(line: Line, *, words: Words, pictures: Path) -> Entry:
    summary = " ".join(line.summary.split())
    said = [
        line.author,
        ", ".join(
            filter(
                None, (text_of(line, Column.PUBLISHED, words.language), text_of(line, Column.YEAR, words.language))
            )
        ),
        *(f"{words.labels[one]} {text}" for one in _NAMED if (text := text_of(line, one, words.language))),
        summary if len(summary) <= LONGEST_SUMMARY else f"{summary[:LONGEST_SUMMARY].rsplit(' ', 1)[0]} …",
    ]
    return Entry(title=line.title, lines=[one for one in said if one], cover=_cover(line.cover, pictures))


_NAMED = (Column.CALL_NUMBER, Column.ACCESSION_NUMBER, Column.ISBN, Column.SUBJECTS)


def _cover(name: str, pictures: Path) -> str:
    if not NAME.fullmatch(name):
        return ""
    path = path_of(pictures, name, Size.SMALL)
    return f"/{path.relative_to(pictures)}" if path.is_file() else ""


def _table(columns: Sequence[tuple[Column, float]], words: Words) -> Table:
    return Table(
        labels=[words.labels[column] for column, _ in columns],
        widths=[width for _, width in columns],
        right=[column in RIGHT for column, _ in columns],
    )


def _whole(session: Session, title_ids: Sequence[int]) -> Iterator[tuple[int, Description, Record | None]]:
    """Titles with their records, in this order; those that are gone are left out."""
    names = Description.__struct_fields__
    wanted = select(Title.id, Title.marc, *(getattr(Title, name) for name in names))
    for start in range(0, len(title_ids), _AT_ONCE):
        some = list(title_ids[start : start + _AT_ONCE])
        found = {row[0]: row for row in session.execute(wanted.where(Title.id.in_(some)))}
        for title_id, marc, *said in (found[one] for one in some if one in found):
            yield title_id, Description(**dict(zip(names, said, strict=True))), kept_record(marc)
