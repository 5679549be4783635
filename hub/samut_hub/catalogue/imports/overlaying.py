"""Putting a record in the place of one that is there, and what the library added to that one stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from pymarc import Field, Record
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.imports.entries import columns_of
from samut_hub.catalogue.imports.matching import Outcome
from samut_hub.catalogue.imports.models import Import, OverlaidTitle
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import kept_record, read_record, write_record
from samut_hub.catalogue.records.marc import ANNOTATION, describe
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.materials import material_of
from samut_hub.catalogue.service import description_of


def is_local(field: Field) -> bool:
    """Fields that MARC 21 leaves to libraries (a 9 in the tag), covers and files they added, and their reviews."""
    return ("9" in field.tag and field.tag != "490") or (field.tag == "520" and field.indicator1 == ANNOTATION)


def overlaid(old: Record, new: Record) -> Record:
    """The new record with those local fields of the old one that it does not have."""
    record = Record()
    record.leader = new.leader
    there = {str(field) for field in new.fields}
    kept = [field for field in old.fields if is_local(field) and str(field) not in there]
    record.fields = [*new.fields, *kept]
    return record


def overlay(session: Session, run: Import, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Change the titles that were matched; the columns of the entries become those that the titles then have."""
    ids = [one.title_id for one in outcomes]
    found = session.scalars(select(Title).where(Title.id.in_(ids)).options(undefer(Title.marc)))
    titles = {title.id: title for title in found}
    kept = select(OverlaidTitle.title_id, OverlaidTitle.id, OverlaidTitle.version)
    rows = session.execute(kept.where(OverlaidTitle.import_id == run.id, OverlaidTitle.title_id.in_(ids)))
    earlier = {title_id: (row_id, version) for title_id, row_id, version in rows}
    former = [_former(run, title) for title in titles.values() if title.id not in earlier]
    own = [row_id for title_id, (row_id, version) in earlier.items() if titles[title_id].version == version]
    for one in outcomes:
        _put(titles[one.title_id or 0], one, now)
    session.flush()
    if former:
        session.execute(insert(OverlaidTitle), [row | {"version": titles[row["title_id"]].version} for row in former])
    _follow(session, own)
    run.overlaid += len(outcomes)


def _follow(session: Session, row_ids: Sequence[int]) -> None:
    """Titles that the import had changed before: what is kept is the first record, with the version of now.

    Where somebody changed the title in between, the version stays behind, and undoing leaves the title as it is.
    """
    present = select(Title.version).where(Title.id == OverlaidTitle.title_id).scalar_subquery()
    mine = update(OverlaidTitle).where(OverlaidTitle.id.in_(row_ids)).values(version=present)
    session.execute(mine.execution_options(synchronize_session=False))


def _former(run: Import, title: Title) -> dict[str, Any]:
    """Of a title without a record that can be read, a record that says what its form does."""
    readable = kept_record(title.marc) is not None
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "title_id": title.id,
        "material": title.material,
        "origin_key": title.origin_key,
        "marc": title.marc if readable else write_record(new_record(description_of(title))),
    }


def _put(title: Title, one: Outcome, now: datetime) -> None:
    """The kind of material stays, unless the record says another than before: leaders know fewer kinds."""
    columns = one.entry.columns
    old = kept_record(title.marc)
    if old is not None:
        record = overlaid(old, read_record(columns["marc"]))
        said = describe(record)
        material = title.material if material_of(old) == said.material else columns["material"]
        columns = {
            **columns_of(record, msgspec.structs.replace(said, material=material)),
            "origin_key": columns["origin_key"],
            "marc": write_record(record),
        }
        one.entry.columns = columns
    for name, value in columns.items():
        setattr(title, name, value)
    title.changed_at = now
