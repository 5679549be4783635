"""Two records of one title made into one, so that it can be undone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base


class MergeState(StrEnum):
    """While rows move, each library's in a transaction of its own, the merge goes on; then it is done, or undone."""

    MOVING = "moving"
    DONE = "done"
    MOVING_BACK = "moving_back"
    UNDONE = "undone"


class TitleMerge(Base):
    """Title `from_id` went into `into_id`. Both records are kept as they were before.

    `into_version` is that of the kept title right after: a later one says that it was changed since.
    """

    __tablename__ = "title_merges"
    __table_args__ = (Index("ix_title_merges_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(index=True)
    into_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=MergeState.MOVING.value)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    from_row: Mapped[dict[str, Any]] = mapped_column(JSON)
    from_marc: Mapped[bytes | None] = mapped_column(LargeBinary)
    into_row: Mapped[dict[str, Any]] = mapped_column(JSON)
    into_marc: Mapped[bytes | None] = mapped_column(LargeBinary)
    into_version: Mapped[int]
    undone_at: Mapped[datetime | None]


class MergedRow(Base):
    """A row of any table that moved to the kept title: its table, its key and the column that names the title.

    `dropped` is the whole row where the kept title had one of its kind already and only one may be.
    """

    __tablename__ = "merged_rows"
    __table_args__ = (Index("ix_merged_rows_merge", "merge_id", "library_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("title_merges.id"))
    library_id: Mapped[int | None]
    table: Mapped[str]
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    column: Mapped[str]
    dropped: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class DistinctTitles(Base):
    """Titles that look alike and are not the same, a librarian has said: `by` names what they have in common."""

    __tablename__ = "distinct_titles"

    by: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
