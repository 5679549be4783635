"""Titles and items: find, add, change. No use case commits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.policy import match_key


def item_by_barcode(session: Session, barcode: str) -> Item | None:
    """The library's item with this bar code; Thai digits, spaces around it and small letters are understood."""
    return session.scalar(select(Item).where(Item.barcode_key == match_key(barcode)))
