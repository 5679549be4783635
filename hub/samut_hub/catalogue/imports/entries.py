"""What a file says, record by record, ready for the catalogue: columns of titles, copies, or what is wrong."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from pymarc import Record

from samut_hub.catalogue.authorities.linking import HeadingKind, Variant, headings_of, variants_of
from samut_hub.catalogue.imports.holdings import Copy, copies_in
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Format
from samut_hub.catalogue.imports.rows import RowError, Words, said_in
from samut_hub.catalogue.records.iso2709 import Fault, RecordError, read_record, write_record
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.marcxml import read_marcxml
from samut_hub.catalogue.records.materials import control_text
from samut_hub.catalogue.records.splitting import Piece, pieces
from samut_hub.catalogue.records.unimarc import is_unimarc, to_marc21
from samut_hub.catalogue.records.xml_splitting import xml_pieces
from samut_hub.catalogue.service import keys_of
from samut_hub.tables import Row, rows_of

BATCH = 500
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)))


@dataclass(slots=True)
class Entry:
    """One record of a file. `columns` are those of a title; empty for one that is refused, and `reason` says why.

    `end` is where it ends in the file; `data` are its bytes, `copies` the items it tells of.
    """

    position: int
    end: int
    data: bytes
    columns: dict[str, Any] = field(default_factory=dict)
    headings: list[tuple[HeadingKind, str]] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    wrong_isbn: str = ""


def entries(run: Import, path: Path, words: Words, *, after: int = 0) -> Iterator[Entry]:
    """What stands in the file after that position, in memory that does not grow with it; raises NotMarcError.

    What comes before is only counted, so an import that goes on loses little time.
    """
    if Format(run.format).is_table:
        for row in rows_of(path, run.encoding):
            if row.position > after:
                yield _of_row(row, run.columns or [], words)
        return
    split, read = _WAYS[Format(run.format)]
    with path.open("rb") as file:
        for piece in split(file):
            if piece.position > after:
                yield _of_piece(piece, read, with_copies=run.with_copies)


def in_batches(some: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(some, BATCH)):
        yield batch


def columns_of(record: Record, said: Description) -> dict[str, Any]:
    """A title's columns that follow from its record."""
    marc = write_record(record)
    return {
        **msgspec.structs.asdict(said),
        **keys_of(said, record),
        "marc": marc,
        "origin_key": _origin_key(record, marc),
    }


def _of_piece(piece: Piece, read: Callable[[bytes], Record], *, with_copies: bool) -> Entry:
    entry = Entry(piece.position, piece.end, piece.data)
    try:
        record = read(piece.data)
        if is_unimarc(record):
            record = to_marc21(record)
        _fill(entry, record, describe(record))
    except RecordError as error:
        entry.reason = (error.fault if piece.ended else Fault.TRUNCATED).value
        entry.detail = error.detail
    else:
        entry.copies = copies_in(record) if with_copies else []
    return entry


def _of_row(row: Row, columns: list[str], words: Words) -> Entry:
    entry = Entry(row.position, row.position, row.data)
    try:
        said = said_in(row, columns, words)
        entry.copies, entry.wrong_isbn = said.copies, said.wrong_isbn
        _fill(entry, said.record, said.title)
    except RowError as error:
        entry.reason, entry.detail = error.reason.value, error.detail
    return entry


def _fill(entry: Entry, record: Record, said: Description) -> None:
    if not said.title:
        raise RecordError(Fault.NO_TITLE)
    entry.columns = columns_of(record, said)
    entry.headings, entry.variants = headings_of(record), variants_of(record)


def _origin_key(record: Record, marc: bytes) -> str:
    """The record's number with the agency that gave it; without them, the record itself."""
    agency, number = control_text(record, "003").strip(), control_text(record, "001").strip()
    if agency and number:
        return f"{agency} {number}".translate(_CONTROL)[:200]
    return hashlib.sha256(marc).hexdigest()


_WAYS: dict[Format, tuple[Callable[[BinaryIO], Iterator[Piece]], Callable[[bytes], Record]]] = {
    Format.MARC: (pieces, read_record),
    Format.MARCXML: (xml_pieces, read_marcxml),
}
