"""Stock-takings: which items should stand where, and what was scanned there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.catalogue.models import Item
from samut_hub.db import Base, OfLibrary


class StockTaking(OfLibrary, Base):
    """One count of the items of a place with all that lies in it, of a category, or of the whole library.

    The figures are those of the moment of closing; what was not read then is kept as `UnreadItem`.
    """

    __tablename__ = "stock_takings"
    __table_args__ = (Index("ix_stock_takings_library", "library_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    started_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    closed_at: Mapped[datetime | None]
    expected: Mapped[int | None]
    found: Mapped[int | None]
    missing: Mapped[int | None]


class StockScan(OfLibrary, Base):
    """A number that was read, once for each stock-taking; read again, the later reading counts.

    `item_id` is None for a number that no item has. `here_id` is the place where it was read, if that was said.
    """

    __tablename__ = "stock_scans"
    __table_args__ = (
        UniqueConstraint("library_id", "stock_taking_id", "code"),
        Index("ix_stock_scans_item", "item_id", "stock_taking_id", "library_id"),
        Index("ix_stock_scans_verdict", "library_id", "stock_taking_id", "verdict", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_taking_id: Mapped[int] = mapped_column(ForeignKey("stock_takings.id"))
    code: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    here_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    verdict: Mapped[str]
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))

    item: Mapped[Item | None] = relationship(lazy="raise")


class UnreadItem(OfLibrary, Base):
    """An item that should have been in its place and was not read, written down when its stock-taking was closed.

    `fate` tells what became of it since, see `policy.Fate`.
    """

    __tablename__ = "stock_unread_items"
    __table_args__ = (
        Index("ix_stock_unread_items_fate", "stock_taking_id", "fate", "item_id"),
        Index("ix_stock_unread_items_item", "item_id"),
    )

    stock_taking_id: Mapped[int] = mapped_column(ForeignKey("stock_takings.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    fate: Mapped[str] = mapped_column(default="")
