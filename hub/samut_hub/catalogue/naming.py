"""Items by what is read from them: accession number, bar code, radio tag."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from samut_hub.catalogue.models import Item

_AT_ONCE = 5_000
"""Numbers in one statement: both databases take at least 32,000 values."""


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An item's names, as they are compared."""

    item_id: int
    title_id: int
    accession: str
    barcode: str
    tag: str | None


def items_named(
    session: Session,
    *,
    accessions: Collection[str] = (),
    barcodes: Collection[str] = (),
    tags: Collection[str] = (),
) -> list[NamedItem]:
    """The library's items that have one of these names (keys, as `policy.match_key` gives them), each once, by id.

    Each name has an index of its own, so each is asked by itself: SQLite answers the three at once by reading all
    items of the library.
    """
    asked = ((Item.accession_key, accessions), (Item.barcode_key, barcodes), (Item.rfid, tags))
    found = {one.item_id: one for column, keys in asked for one in _named(session, column, keys)}
    return [found[item_id] for item_id in sorted(found)]


def _named(session: Session, column: InstrumentedAttribute[Any], keys: Collection[str]) -> Iterator[NamedItem]:
    names = select(Item.id, Item.title_id, Item.accession_key, Item.barcode_key, Item.rfid)
    rest = iter(keys)
    while some := list(islice(rest, _AT_ONCE)):
        for row in session.execute(names.where(column.in_(some))):
            yield NamedItem(*row)
