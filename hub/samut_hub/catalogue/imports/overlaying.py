"""Putting a record in the place of one that is there, and what the library added to that one stays."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymarc import Field, Record
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.imports.entries import columns_of
from samut_hub.catalogue.imports.matching import Outcome
from samut_hub.catalogue.imports.models import Import, OverlaidTitle
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marc import ANNOTATION, describe
from samut_hub.catalogue.records.materials import material_of


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
    former = [_former(run, title) for title in titles.values()]
    for one in outcomes:
        _put(titles[one.title_id or 0], one, now)
    session.flush()
    versions = [{"version": title.version} for title in titles.values()]
    session.execute(insert(OverlaidTitle), [row | version for row, version in zip(former, versions, strict=True)])
    run.overlaid += len(outcomes)


def _former(run: Import, title: Title) -> dict[str, object]:
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "title_id": title.id,
        "material": title.material,
        "origin_key": title.origin_key,
        "marc": title.marc,
    }


def _put(title: Title, one: Outcome, now: datetime) -> None:
    """The kind of material stays, unless the record says another than before: leaders know fewer kinds."""
    columns = one.entry.columns
    if title.marc is not None:
        old = read_record(title.marc)
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
