"""Searches that people keep."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class SavedSearch(OfLibrary, Base):
    """A search that one of the staff keeps under a name. `words` is what stands after ? in its address."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("library_id", "staff_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"))
    name: Mapped[str]
    words: Mapped[str]
    saved_at: Mapped[datetime]
