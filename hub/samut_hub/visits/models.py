"""Passages of gates, people counted without cards, guests, and alarms."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member


class Visit(OfLibrary, Base):
    """One tap at a gate, allowed or not. `member_id` is NULL when the card was not known.

    `member_type` (its code), `member_group` (its name) and `member_level` are those of the member at that time; they
    stay when the retention clock parts an old visit from its member. `persons` came with one tap; `guest_pass_id` is
    the guest pass that was shown, if one was.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_at", "library_id", "at"),
        Index("ix_visits_member", "library_id", "member_id", "at"),
        Index(
            "ix_visits_of_somebody",
            "library_id",
            "at",
            sqlite_where=text("member_id IS NOT NULL"),
            postgresql_where=text("member_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str]
    reader: Mapped[str]
    direction: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    member_type: Mapped[str | None]
    member_group: Mapped[str | None]
    member_level: Mapped[int | None]
    allowed: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    at: Mapped[datetime]
    persons: Mapped[int] = mapped_column(default=1, server_default="1")
    guest_pass_id: Mapped[int | None]

    member: Mapped[Member | None] = relationship()


class GuestPass(OfLibrary, Base):
    """A code that lets a guest in for a while, `uses` times in all. The code is shown once and kept nowhere.

    `revoked_at`: staff took it back.
    """

    __tablename__ = "guest_passes"
    __table_args__ = (
        UniqueConstraint("library_id", "code_hash"),
        Index("ix_guest_passes_until", "library_id", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(default="", server_default="")


class GateCount(OfLibrary, Base):
    """People whom a gate's beams counted: visitors without a card, or a class. Of its teacher only type and group are
    kept, as of a visit that was parted from its member."""

    __tablename__ = "gate_counts"
    __table_args__ = (Index("ix_gate_counts_at", "library_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str]
    part: Mapped[str]
    direction: Mapped[str]
    persons: Mapped[int]
    with_type: Mapped[str | None]
    with_group: Mapped[str | None]
    at: Mapped[datetime]


class GateAlarm(OfLibrary, Base):
    """What a gate told staff. `quiet`: noted only, as an item that is on loan went out with its tag still secured.

    `seen_by` is who of staff took it off the desks' screens.
    """

    __tablename__ = "gate_alarms"
    __table_args__ = (
        Index("ix_gate_alarms_at", "library_id", "at"),
        Index(
            "ix_gate_alarms_unseen",
            "library_id",
            "quiet",
            "at",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str]
    part: Mapped[str]
    kind: Mapped[str]
    barcode: Mapped[str] = mapped_column(default="", server_default="")
    tag: Mapped[str] = mapped_column(default="", server_default="")
    quiet: Mapped[bool]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str] = mapped_column(default="", server_default="")


class PeopleCount(OfLibrary, Base):
    """So many people were in the library when somebody of staff counted them."""

    __tablename__ = "people_counts"
    __table_args__ = (Index("ix_people_counts_at", "library_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    people: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
