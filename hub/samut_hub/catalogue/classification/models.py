"""The library's own table of author numbers."""

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class AuthorNumber(OfLibrary, Base):
    """A line of the table: names from `name` on, up to the next line, have this number. `key` is its place."""

    __tablename__ = "author_numbers"
    __table_args__ = (Index("ix_author_numbers_key", "library_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[str]
