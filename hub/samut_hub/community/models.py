"""What a library tells the public."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class News(OfLibrary, Base):
    """News on the public pages from the first day to the last, both included; without a last day it stays.

    `text` is plain: paragraphs with an empty line between them.
    """

    __tablename__ = "news"
    __table_args__ = (Index("ix_news_shown", "library_id", "shown_from", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    shown_from: Mapped[date]
    shown_until: Mapped[date | None]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    changed_at: Mapped[datetime]
