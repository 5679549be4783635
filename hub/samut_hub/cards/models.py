"""A library's own card designs and pictures, how it printed last, and what was printed for whom."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member


class CardDesign(OfLibrary, Base):
    """`drawn` is a `design.Design`."""

    __tablename__ = "card_designs"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    drawn: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class CardPicture(OfLibrary, Base):
    """A background or the library's logo, JPEG or PNG, as `drawn_pictures` made it of what was uploaded."""

    __tablename__ = "card_pictures"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_logo: Mapped[bool] = mapped_column(default=False, server_default=false())
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]


class CardSettings(OfLibrary, Base):
    """One row for a library: how it printed last, a `printing.Wish`, which is offered the next time."""

    __tablename__ = "card_settings"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    last_wish: Mapped[dict[str, Any]] = mapped_column(JSON)


class CardRun(OfLibrary, Base):
    """One making of cards. `wish` is a `printing.Wish`, `drawn` the design as it was then,
    `design_name` what it was called: a ready one by its key.

    Somebody confirms that the cards came out right; only then they count as printed.
    """

    __tablename__ = "card_runs"
    __table_args__ = (Index("ix_card_runs_made_at", "library_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    design_name: Mapped[str]
    drawn: Mapped[dict[str, Any]] = mapped_column(JSON)
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    cards: Mapped[int]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"), index=True)
    confirmed_at: Mapped[datetime | None]


class PrintedCard(OfLibrary, Base):
    """One card of a run, in the order of `id`: what it says. A member who got another number has none with it yet."""

    __tablename__ = "printed_cards"
    __table_args__ = (Index("ix_printed_cards_member", "member_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("card_runs.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    number: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]

    run: Mapped[CardRun] = relationship()
    member: Mapped[Member] = relationship()
