"""What was entered on a cataloguing day, by whom."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class Entry(OfLibrary, Base):
    """One book entered: its copies, and whether the title was added with it, so that it can be taken back whole.

    `token` is that of the form: the same form sent twice is one entry. `title` and `numbers` are as they were then.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index("uq_entries_token", "library_id", "token", unique=True),
        Index("ix_entries_staff", "library_id", "staff_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"))
    at: Mapped[datetime]
    title_id: Mapped[int]
    title: Mapped[str]
    is_new_title: Mapped[bool] = mapped_column(default=False)
    item_ids: Mapped[list[int]] = mapped_column(JSON)
    numbers: Mapped[str]
    undone_at: Mapped[datetime | None]
