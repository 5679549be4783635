"""National ID cards read at a desk to enrol their holders, and the numbers that a library chose to keep."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class CardReading(OfLibrary, Base):
    """A card that is to be read, by the id of the order; gone once its holder is saved, or some minutes later.

    `box` is a public key of `samut_hub.sealing`: what the card told (`sealed`) is readable only in the browser that
    asked. `fault` is why nothing was read.
    """

    __tablename__ = "card_readings"

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str]
    photo: Mapped[bool]
    box: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    fault: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NumberKeeping(OfLibrary, Base):
    """A library that keeps the national IDs of its members themselves. Without this row it keeps none."""

    __tablename__ = "number_keeping"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


class KeptNumber(OfLibrary, Base):
    """A member's national ID, sealed with a key of the hub (`samut_hub.sealing`)."""

    __tablename__ = "kept_numbers"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
