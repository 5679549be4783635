"""What a library keeps of a journal, magazine or newspaper: holdings and the issues received."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class Holding(OfLibrary, Base):
    """A run of one title at one place. `statement` is what staff wrote of issues that were never checked in here."""

    __tablename__ = "holdings"
    __table_args__ = (Index("ix_holdings_title", "library_id", "title_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"), index=True)
    frequency: Mapped[str]
    statement: Mapped[str] = mapped_column(default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    is_current: Mapped[bool] = mapped_column(default=True)
    retention: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class Issue(OfLibrary, Base):
    """One issue that came, or is missing: then `received_on` is None. `year` is of the Common Era.

    `issue_order` puts issues in the order of volume and number as people count.
    """

    __tablename__ = "issues"
    __table_args__ = (Index("ix_issues_holding", "holding_id", "library_id", "year", "issue_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    year: Mapped[int]
    volume: Mapped[str] = mapped_column(default="")
    number: Mapped[str]
    issue_order: Mapped[str]
    published_on: Mapped[date | None]
    label: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date | None]
    supplement: Mapped[str] = mapped_column(default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True)
    added_at: Mapped[datetime]
