"""Bringing in records in batches: what is new is added, what is known is passed over or replaced, what is damaged is
kept with its bytes. The caller commits after each batch together with the place it reached, so an import that is cut
short goes on where it was and nothing comes in twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from samut_hub.bulk import add_numbered
from samut_hub.catalogue.authorities.linking import link_headings
from samut_hub.catalogue.imports.columns import plain
from samut_hub.catalogue.imports.copies import Wanted, add_copies
from samut_hub.catalogue.imports.entries import Entry
from samut_hub.catalogue.imports.matching import Outcome, outcomes
from samut_hub.catalogue.imports.models import Import, RefusedRecord
from samut_hub.catalogue.imports.overlaying import overlay
from samut_hub.catalogue.imports.policy import NOTES, Refusal, Verdict
from samut_hub.catalogue.imports.rows import Words
from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.catalogue.service import add_material_types, note_changes
from samut_hub.errors import NotFoundError, RefusedError

PER_PAGE = 50
TITLES = Title.metadata.tables[Title.__tablename__]


class UndoneError(RefusedError):
    """Nothing more of the import may come in."""

    def __init__(self) -> None:
        super().__init__("This import was undone, so it does not go on.")


@dataclass(frozen=True)
class Refusals:
    """Records refused for one reason, by their numbers in the file."""

    reason: str
    positions: Sequence[int]


def import_by_id(session: Session, run_id: int) -> Import:
    """The library's import; raises NotFoundError."""
    found = session.get(Import, run_id)
    if found is None:
        raise NotFoundError(f"There is no import {run_id} in this library.")
    return found


def imports_of(session: Session, page: int) -> tuple[Sequence[Import], int]:
    """A page of the library's imports, the last first, and how many there are."""
    wanted = select(Import).order_by(Import.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return session.scalars(wanted).all(), session.scalar(select(func.count()).select_from(Import)) or 0


def same_file(session: Session, run: Import) -> Import | None:
    """The last import of the very same file that was begun and not undone."""
    same = (Import.digest == run.digest, Import.digest != "", Import.id != run.id)
    begun = (Import.begun_at.is_not(None), Import.undone_at.is_(None))
    return session.scalar(select(Import).where(*same, *begun).order_by(Import.id.desc()).limit(1))


def words_of(session: Session) -> Words:
    """What the kinds of material are called."""
    found = session.scalars(select(MaterialType))
    names = {plain(name): one.code for one in found for name in (one.code, one.name_th, one.name_en)}
    return Words(names)


def going(session: Session, run_id: int) -> Import:
    """The library's import, which nobody undoes before this transaction ends. Raises NotFoundError, UndoneError."""
    found = session.get(Import, run_id, with_for_update=True)
    if found is None:
        raise NotFoundError(f"There is no import {run_id} in this library.")
    if found.undo_asked_at is not None or found.undone_at is not None:
        raise UndoneError
    return found


def begin(session: Session, run: Import, *, now: datetime) -> None:
    """From here on it changes the catalogue."""
    add_material_types(session)
    run.begun_at = run.begun_at or now


def take_in(session: Session, run_id: int, batch: Sequence[Entry], *, now: datetime) -> None:
    """Put a batch into the catalogue, and note that it was. Raises UndoneError.

    What is in already is passed over: two processes may be at it when one was thought to be dead.
    """
    run = going(session, run_id)
    batch = [entry for entry in batch if entry.position > run.position]
    if not batch:
        return
    found = outcomes(session, run, batch)
    _add_titles(session, run, [one for one in found if one.verdict is Verdict.NEW], now)
    changed = [one for one in found if one.verdict is Verdict.OVERLAID]
    if changed:
        overlay(session, run, changed, now=now)
    written = [one for one in found if one.verdict in (Verdict.NEW, Verdict.OVERLAID)]
    link_headings(
        session,
        {_title_of(one): one.entry.headings for one in written},
        now=now,
        variants=[variant for one in written for variant in one.entry.variants],
    )
    refused = [_refused(run, one.entry, one.entry.reason, one.entry.detail) for one in found if one.entry.reason]
    run.refused += len(refused)
    refused += [
        _refused(run, one.entry, Refusal.WRONG_ISBN.value, one.entry.wrong_isbn)
        for one in written
        if one.entry.wrong_isbn
    ]
    touched = {_title_of(one) for one in written}
    if run.with_copies or run.columns:
        touched |= {one.title_id or _title_of(one) for one in found if one.entry.copies and not one.entry.reason}
        refused += _add_copies(session, run, found, now)
    if refused:
        session.execute(insert(RefusedRecord), refused)
    if touched:
        note_changes(session, sorted(touched))
    run.already_there += sum(one.verdict in (Verdict.KNOWN, Verdict.REPEATED) for one in found)
    run.position, run.at = batch[-1].position, batch[-1].end


def finish(session: Session, run_id: int, *, now: datetime) -> Import:
    run = going(session, run_id)
    run.finished_at = run.finished_at or now
    return run


def refusals(session: Session, run_id: int) -> list[Refusals]:
    """What was refused or noted, by reason, the most frequent first."""
    wanted = select(RefusedRecord.reason, RefusedRecord.position).where(RefusedRecord.import_id == run_id)
    by_reason: dict[str, list[int]] = {}
    for reason, position in session.execute(wanted.order_by(RefusedRecord.position)):
        by_reason.setdefault(reason, []).append(position)
    return sorted((Refusals(*one) for one in by_reason.items()), key=lambda one: -len(one.positions))


def refused_of(session: Session, run_id: int, page: int) -> tuple[Sequence[RefusedRecord], int]:
    """A page of what was refused, in the order of the file, and how much it is."""
    own = (RefusedRecord.import_id == run_id) & RefusedRecord.reason.not_in(NOTES)
    wanted = select(RefusedRecord).where(own).order_by(RefusedRecord.position, RefusedRecord.id)
    total = session.scalar(select(func.count()).select_from(RefusedRecord).where(own)) or 0
    return session.scalars(wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all(), total


def _add_titles(session: Session, run: Import, new: Sequence[Outcome], now: datetime) -> None:
    """Their outcomes then know their ids."""
    where_from = {"source": run.file_name, "import_id": run.id, "changed_at": now}
    rows = [{**one.entry.columns, **where_from} for one in new]
    for one, title_id in zip(new, add_numbered(session, TITLES, rows), strict=True):
        one.title_id = title_id
    run.added += len(new)


def _title_of(one: Outcome) -> int:
    """The title that the entry is now, or that the one it repeats is."""
    title_id = one.title_id if one.first is None else one.first.title_id
    if title_id is None:
        raise AssertionError(f"Record {one.entry.position} has no title yet.")
    return title_id


def _add_copies(session: Session, run: Import, found: Iterable[Outcome], now: datetime) -> list[dict[str, Any]]:
    """Rows for those that could not be added."""
    good = {one.entry.position: one for one in found if one.entry.copies and not one.entry.reason}
    wanted = [Wanted(line, _title_of(one), copy) for line, one in good.items() for copy in one.entry.copies]
    without = {one.title_id for one in wanted if not one.copy.accession_number and not one.copy.barcode}
    stocked = _stocked(session, run, without)
    wanted = [one for one in wanted if one.title_id not in stocked or one.copy.accession_number or one.copy.barcode]
    not_added = add_copies(session, run, wanted, now=now) if wanted else []
    return [_refused(run, good[one.line].entry, one.reason.value, one.detail) for one in not_added]


def _stocked(session: Session, run: Import, title_ids: Iterable[int]) -> set[int]:
    """Those of which the library has copies from before: copies without numbers may well be these."""
    ids = set(title_ids)
    if not ids:
        return set()
    others = or_(Title.import_id.is_(None), Title.import_id != run.id)
    wanted = select(Item.title_id).join(Title, Title.id == Item.title_id).where(Item.title_id.in_(ids), others)
    return set(session.scalars(wanted))


def _refused(run: Import, entry: Entry, reason: str, detail: str) -> dict[str, Any]:
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "position": entry.position,
        "reason": reason,
        "detail": detail[:500].replace("\0", ""),
        "record": entry.data,
    }
