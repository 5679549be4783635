"""Equipment that members have booked for some days or hours."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.catalogue.models import Item, Title
from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member


class BookingState(StrEnum):
    """A booking keeps its unit free until it was collected, cancelled, or not claimed."""

    BOOKED = "booked"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Booking(OfLibrary, Base):
    """A unit of a title is kept for a member from `starts_at` until `ends_at`.

    By the day these are the ends of days at the library, `by_hours` moments of one day. Which unit it is may change
    to make room, unless the member asked for this one (`is_fixed`). `purpose` is what the member says it is for.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "ix_bookings_of_item",
            "library_id",
            "item_id",
            "starts_at",
            sqlite_where=text("state = 'booked'"),
            postgresql_where=text("state = 'booked'"),
        ),
        Index(
            "ix_bookings_of_title",
            "library_id",
            "title_id",
            "starts_at",
            sqlite_where=text("state = 'booked'"),
            postgresql_where=text("state = 'booked'"),
        ),
        Index("ix_bookings_of_member", "library_id", "member_id", "state"),
        Index("ix_bookings_state", "library_id", "state", "starts_at"),
        Index("ix_bookings_title", "title_id"),
        Index("ix_bookings_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    by_hours: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_fixed: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(default=BookingState.BOOKED.value)
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    title: Mapped[Title] = relationship()
    item: Mapped[Item] = relationship()
    member: Mapped[Member] = relationship()
