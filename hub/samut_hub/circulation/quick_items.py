"""Items that were entered at the desk with a short title, to be lent at once; somebody catalogues them later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, WrongRangeError, add_items
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_title
from samut_hub.errors import NotFoundError

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the items that are still to be catalogued, the oldest first."""

    items: Sequence[Item]
    total: int
    page: int
    pages: int


def add_quick_item(session: Session, barcode: str, title: str, *, now: datetime) -> Item:
    """A copy with this bar code of a title of which no more is known. Raises a NumberError."""
    items = add_items(
        session, add_title(session, Description(title=title), now=now), ItemFields(accession_number=barcode), now=now
    )
    if len(items) > 1:
        raise WrongRangeError(1)
    item = items[0]
    item.to_catalogue = True
    session.flush()
    return item


def items_to_catalogue(session: Session, page: int = 1) -> Waiting:
    """Behind the last page comes the last page again."""
    total = session.scalar(select(func.count()).select_from(Item).where(Item.to_catalogue)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    wanted = select(Item).where(Item.to_catalogue).order_by(Item.added_at, Item.id)
    found = session.scalars(wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return Waiting(found, total, page, pages)


def is_catalogued(session: Session, item_id: int) -> Item:
    """Its record is as it should be; raises NotFoundError."""
    item = session.get(Item, item_id)
    if item is None or not item.to_catalogue:
        raise NotFoundError(f"Item {item_id} does not wait to be catalogued.")
    item.to_catalogue = False
    session.flush()
    return item
