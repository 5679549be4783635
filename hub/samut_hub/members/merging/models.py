"""Two entries of one person made into one, so that it can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class MemberMerge(OfLibrary, Base):
    """The member of `from_row`, as it was before, went into `into_id`.

    `into_before` and `into_after` are the kept member's columns, of those that changed with it. `number` and `name`
    are those of the one that went. It is kept as long as it can be undone (`samut_hub.privacy.traces`).
    """

    __tablename__ = "member_merges"
    __table_args__ = (Index("ix_member_merges_library", "library_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int]
    into_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    from_row: Mapped[dict[str, Any]] = mapped_column(JSON)
    into_before: Mapped[dict[str, Any]] = mapped_column(JSON)
    into_after: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]


class MovedRow(OfLibrary, Base):
    """A row of any table that moved to the kept member: its table, its key and the column that names the member.

    `dropped` is the whole row where the kept member had one of its kind already and only one may be.
    """

    __tablename__ = "moved_member_rows"
    __table_args__ = (Index("ix_moved_member_rows_merge", "merge_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("member_merges.id", ondelete="CASCADE"))
    table: Mapped[str]
    column: Mapped[str]
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    dropped: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class DistinctMembers(OfLibrary, Base):
    """Two members who look alike and are not the same, staff have said; the lower id first."""

    __tablename__ = "distinct_members"

    one_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
