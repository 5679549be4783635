"""Desk stations: what their readers read, which page listens, and who may work there while the hub is away."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class DeskRead(OfLibrary, Base):
    """What a reader of a desk read, on its way to the page that listens; gone after a minute or two.

    `text` goes into the page's box; of a card that is nobody's it is as `service.STRANGE` says. Ids are never given
    twice.
    """

    __tablename__ = "desk_reads"
    __table_args__ = (Index("ix_desk_reads_device", "device_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    text: Mapped[str]
    at: Mapped[datetime]


class DeskListener(OfLibrary, Base):
    """The one page that hears a desk's readers: the page that was opened last."""

    __tablename__ = "desk_listeners"

    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    page: Mapped[str]
    since: Mapped[datetime]


class DeskPin(OfLibrary, Base):
    """With which somebody of the staff signs in at a desk while the hub is away; kept as `samut_wire.pins` does."""

    __tablename__ = "desk_pins"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    pin: Mapped[str]
    set_at: Mapped[datetime]
