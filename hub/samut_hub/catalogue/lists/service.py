"""A list from what is wanted to the file: the rows of one page, the PDF, the spreadsheet, the plain text."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import msgspec
from pymarc import Record
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.images.storage import NAME, Size, path_of
from samut_hub.catalogue.lists import typesetting
from samut_hub.catalogue.lists.cards import Card, cards_of
from samut_hub.catalogue.lists.choosing import Choice, Chosen, Order, chosen_items, chosen_titles
from samut_hub.catalogue.lists.citations import Run, Style, cite, place_in_list
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
from samut_hub.catalogue.lists.workbook import MOST_ROWS, Cell, write_workbook
from samut_hub.catalogue.lists.works import Work, work_of
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import kept_record
from samut_hub.catalogue.records.marc import Description

MOST_TITLES = 20_000
"""In one bibliography, and with cards."""
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


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the list says beside its rows, in the language of the person who asked: so a task needs no translator.

    `labels` are those of the columns, `about` tells the order and the day.
    """

    language: str
    library: str
    heading: str
    about: str
    page: str
    labels: dict[str, str]
    statuses: dict[str, str]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it was asked for."""

    kind: Kind
    choice: Choice
    order: Order = Order.ACCESSION
    style: Style = Style.THAI
    cards_per_page: int = 4

    @property
    def is_of_items(self) -> bool:
        return self.kind in OF_ITEMS


def chosen(session: Session, wish: Wish, *, start: int = 0, most: int | None = None) -> Chosen:
    """What stands on the list: items or titles; of a bibliography and of cards MOST_TITLES at most."""
    if wish.kind in WHOLE and most is None:
        most = MOST_TITLES
    choose = chosen_items if wish.is_of_items else chosen_titles
    return choose(session, wish.choice, wish.order, start=start, most=most)


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


def citations(session: Session, wish: Wish, title_ids: Sequence[int], language: str) -> list[list[Run]]:
    """A bibliography: in the order of its first words, but Vancouver in that of the list, which is numbered."""
    found = [cite(work, wish.style, language) for work in works(session, title_ids)]
    if wish.style is Style.VANCOUVER:
        return found
    return list(map(itemgetter(1), sorted((place_in_list(runs, language), runs) for runs in found)))


def cards(session: Session, wish: Wish, ids: Sequence[int], words: Words) -> Iterator[Card]:
    """All cards of these titles, those of each together."""
    numbers = {line.title_id: line.accession_number.partition(",")[0] for line in lines(session, wish, ids, words)}
    for title_id, said, record in _whole(session, ids):
        yield from cards_of(said, record, number=numbers.get(title_id, ""))


def write_pdf(
    session: Session, wish: Wish, words: Words, out: BinaryIO, *, pictures: Path, tell: Tell = lambda done: None
) -> int:
    """The whole list; how many rows it has. `pictures` is where covers lie. Raises ConfinedError."""
    ids = chosen(session, wish).ids
    page = typesetting.Page(library=words.library, heading=words.heading, about=words.about, page=words.page)
    if wish.kind is Kind.BIBLIOGRAPHY:
        found = citations(session, wish, ids, words.language)
        is_numbered = wish.style is Style.VANCOUVER
        typesetting.citations_pdf(out, page, found, is_numbered=is_numbered, tell=tell)
    elif wish.kind is Kind.CARDS:
        typesetting.cards_pdf(out, cards(session, wish, ids, words), per_page=wish.cards_per_page, tell=tell)
    elif wish.kind is Kind.PICTURES:
        entries = map(partial(entry_of, words=words, pictures=pictures), lines(session, wish, ids, words))
        typesetting.pictures_pdf(out, page, map(msgspec.to_builtins, entries), pictures, tell)
    else:
        columns = PRINTED[wish.kind]
        texts = (
            [text_of(line, column, words.language) for column, _ in columns]
            for line in lines(session, wish, ids, words)
        )
        typesetting.table_pdf(out, page, _table(columns, words), texts, tell)
    return len(ids)


def write_xlsx(session: Session, wish: Wish, words: Words, out: BinaryIO, *, tell: Tell = lambda done: None) -> int:
    """All that is known of the items or titles, at most as many as a sheet holds; how many rows it has."""
    ids = chosen(session, wish, most=MOST_ROWS - 1).ids
    columns = spreadsheet_columns(wish.kind)
    head = [(words.labels[column], width) for column, width in columns]

    readers = [reader_of(column, words.language) for column, _ in columns]

    def rows() -> Iterator[list[Cell]]:
        for line in lines(session, wish, ids, words):
            yield [read(line) for read in readers]
            if line.number % 1_000 == 0:
                tell(line.number)

    write_workbook(out, words.heading, head, rows(), language=words.language)
    return len(ids)


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


def _table(columns: Sequence[tuple[Column, float]], words: Words) -> typesetting.Table:
    return typesetting.Table(
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
