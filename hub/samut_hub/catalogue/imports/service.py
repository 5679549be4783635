"""Bringing in records in batches: what is new is added, what is known is counted, what is damaged is kept with its
bytes. The caller commits after each batch, so an import that is cut short loses at most one.

A record is known when its control number and the agency that gave it (001 with 003) are, or else when the very same
record is: two systems may well use the same number.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

import msgspec
from pymarc import Record
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.imports.models import Import, RefusedRecord
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import Fault, RecordError, read_record, write_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.records.materials import control_text
from samut_hub.catalogue.records.splitting import Piece, pieces
from samut_hub.catalogue.service import add_material_types, note_changes, sort_keys

BATCH = 500
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)))


@dataclass(frozen=True)
class Batch:
    """Records read from a file and not yet in the database: rows of titles by what tells them again, and refusals.

    `end` is where the last of them ends in the file.
    """

    size: int
    end: int
    titles: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Refusals:
    """Records refused for one reason, by their numbers in the file."""

    reason: str
    positions: Sequence[int]


def batches(file: BinaryIO) -> Iterator[Batch]:
    """The records of a file, in memory that does not grow with it; raises NotMarcError."""
    some: list[Piece] = []
    for piece in pieces(file):
        some.append(piece)
        if len(some) == BATCH:
            yield _batch(some)
            some = []
    if some:
        yield _batch(some)


def start_import(session: Session, file_name: str, *, now: datetime) -> Import:
    """A new run; its library keeps what is refused."""
    add_material_types(session)
    run = Import(file_name=file_name, started_at=now)
    session.add(run)
    session.flush()
    return run


def take_in(session: Session, run_id: int, batch: Batch, *, now: datetime) -> None:
    """Put a batch into the catalogue."""
    run = session.get_one(Import, run_id)
    known = set(session.scalars(select(Title.origin_key).where(Title.origin_key.in_(batch.titles))))
    where_from = {"source": run.file_name, "import_id": run.id, "changed_at": now}
    new = [{**row, **where_from} for key, row in batch.titles.items() if key not in known]
    if new:
        note_changes(session, session.scalars(insert(Title).returning(Title.id), new).all())
    if batch.refused:
        whose = {"library_id": run.library_id, "import_id": run.id}
        session.execute(insert(RefusedRecord), [{**row, **whose} for row in batch.refused])
    run.added += len(new)
    run.refused += len(batch.refused)
    run.already_there += batch.size - len(batch.refused) - len(new)


def finish_import(session: Session, run_id: int, *, now: datetime) -> Import:
    run = session.get_one(Import, run_id)
    run.finished_at = now
    return run


def refusals(session: Session, run_id: int) -> list[Refusals]:
    """What was refused, by reason, the most frequent first."""
    wanted = select(RefusedRecord.reason, RefusedRecord.position).where(RefusedRecord.import_id == run_id)
    by_reason: dict[str, list[int]] = {}
    for reason, position in session.execute(wanted.order_by(RefusedRecord.position)):
        by_reason.setdefault(reason, []).append(position)
    return sorted((Refusals(*one) for one in by_reason.items()), key=lambda one: -len(one.positions))


def _batch(some: Sequence[Piece]) -> Batch:
    batch = Batch(len(some), some[-1].end)
    for piece in some:
        try:
            row = _title_row(piece.data)
        except RecordError as error:
            fault = error.fault if piece.ended else Fault.TRUNCATED
            batch.refused.append({"position": piece.position, "reason": fault.value, "record": piece.data})
        else:
            batch.titles.setdefault(row["origin_key"], row)
    return batch


def _title_row(data: bytes) -> dict[str, Any]:
    record = read_record(data)
    said = describe(record)
    if not said.title:
        raise RecordError(Fault.UNIMARC if _is_unimarc(record) else Fault.NO_TITLE)
    marc = write_record(record)
    return {
        **msgspec.structs.asdict(said),
        **sort_keys(said, record),
        "marc": marc,
        "origin_key": _origin_key(record, marc),
    }


def _is_unimarc(record: Record) -> bool:
    """UNIMARC has the title in 200 and coded data in 100, where MARC 21 has a name."""
    title = record.get("200")
    return "245" not in record and "100" in record and title is not None and "a" in title


def _origin_key(record: Record, marc: bytes) -> str:
    agency, number = control_text(record, "003").strip(), control_text(record, "001").strip()
    if agency and number:
        return f"{agency} {number}".translate(_CONTROL)[:200]
    return hashlib.sha256(marc).hexdigest()
