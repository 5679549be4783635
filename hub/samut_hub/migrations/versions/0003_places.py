"""Places as a tree instead of words at each item, the order of accession numbers, imports that were begun"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BATCH = 1_000
LONGEST_NUMBER = 40
items = sa.table(
    "items",
    *map(sa.column, ("id", "library_id", "accession_number", "accession_order", "location", "shelf", "place_id")),
)
imports = sa.table("imports", *map(sa.column, ("started_at", "begun_at")))
places = sa.table("places", *map(sa.column, ("id", "library_id", "parent_id", "name", "name_en", "position")))


def upgrade() -> None:
    connection = op.get_bind()
    known: dict[tuple[int, str, str], int] = {}
    for rows in _batches(connection):
        for row in rows:
            where = _place(connection, known, row.library_id, row.location.strip(), row.shelf.strip())
            order = re.sub(r"\d+", lambda run: run[0].zfill(LONGEST_NUMBER), row.accession_number.upper())
            changed = sa.update(items).where(items.c.id == row.id)
            connection.execute(changed.values(place_id=where, accession_order=order))
    connection.execute(sa.update(imports).values(begun_at=imports.c.started_at))
    op.drop_column("items", "location")
    op.drop_column("items", "shelf")


def _batches(connection: Connection) -> Iterator[list[sa.Row[Any]]]:
    last = 0
    wanted = sa.select(items).order_by(items.c.id).limit(BATCH)
    while rows := list(connection.execute(wanted.where(items.c.id > last))):
        yield rows
        last = rows[-1].id


def _place(
    connection: Connection, known: dict[tuple[int, str, str], int], library: int, location: str, shelf: str
) -> int | None:
    """The place of these words, made when it is met first; a shelf without a room stands at the top."""
    if not location and not shelf:
        return None
    key = (library, location, shelf)
    if key not in known:
        parent = _place(connection, known, library, location, "") if location and shelf else None
        named = {"name": shelf or location, "name_en": "", "position": len(known) + 1}
        row = {"library_id": library, "parent_id": parent, **named}
        known[key] = connection.execute(sa.insert(places).values(row).returning(places.c.id)).scalar_one()
    return known[key]
