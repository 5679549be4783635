"""Passages of gates."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member


class Visit(OfLibrary, Base):
    """One tap at a gate, allowed or not. `member_id` is NULL when the card was not known.

    `member_type` (its code), `member_group` (its name) and `member_level` are those of the member at that time; they
    stay when the retention clock parts an old visit from its member.
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

    member: Mapped[Member | None] = relationship()
