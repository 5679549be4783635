"""What titles and items of the first version lack: columns that follow from the record, headings, the shelf order.

No use case commits. Each does a part that begins behind an id; a part that was done already changes nothing again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from pymarc import Record
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.authorities.linking import headings_of, link_headings, variants_of
from samut_hub.catalogue.items import arrange
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.iso2709 import RecordError, read_record
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.service import description_of, keys_of, note_changes

BATCH = 500


def refill_titles(session: Session, after: int, *, now: datetime) -> int | None:
    """Fill the empty columns of the titles after this one from their records, and link their headings.

    The last title that was done; None when there is none left. What has a value stays, and so do version and date:
    nothing is changed of what the records say. The titles are locked, so that nobody changes them meanwhile.
    """
    some = select(Title).where(Title.id > after).order_by(Title.id).limit(BATCH).with_for_update()
    titles = session.scalars(some.options(undefer(Title.marc))).all()
    records = {title.id: _record(title) for title in titles}
    variants = [variant for record in records.values() for variant in variants_of(record)]
    headings = {title_id: headings_of(record) for title_id, record in records.items()}
    link_headings(session, headings, now=now, variants=variants)
    _fill(session, {title: _columns(title, records[title.id]) for title in titles})
    return titles[-1].id if titles else None


def arrange_items(session: Session, after: int) -> int | None:
    """Give the library's items after this one their places on the shelf and in the register, as `refill_titles`."""
    items = session.scalars(select(Item).where(Item.id > after).order_by(Item.id).limit(BATCH)).all()
    for item in items:
        arrange(session, item)
    session.flush()
    return items[-1].id if items else None


def _record(title: Title) -> Record:
    """Of a title without a record, or with one that cannot be read, what it shows."""
    try:
        return new_record(description_of(title)) if title.marc is None else read_record(title.marc)
    except RecordError:
        return new_record(description_of(title))


def _columns(title: Title, record: Record) -> dict[str, Any]:
    """All columns that follow from the record, as they are where they have a value."""
    said = {name: getattr(title, name) or value for name, value in asdict(describe(record)).items()}
    keys = keys_of(Description(**said), record)
    return said | {name: getattr(title, name) or value for name, value in keys.items()}


def _fill(session: Session, wanted: Mapping[Title, dict[str, Any]]) -> None:
    rows = [
        {"of": title.id, **columns}
        for title, columns in wanted.items()
        if any(getattr(title, name) != value for name, value in columns.items())
    ]
    if not rows:
        return
    filled: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of"}
    session.connection().execute(update(Title).where(Title.id == bindparam("of")).values(filled), rows)
    note_changes(session, [row["of"] for row in rows])
