"""What the schedule works out of the loans for public pages; no row tells of a few members only.

A title that is removed takes its rows along: those who remove it know nothing of these tables.
"""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class PopularTitle(OfLibrary, Base):
    """How often a title was lent in a library lately; only those lent most have a row."""

    __tablename__ = "popular_titles"
    __table_args__ = (
        Index("ix_popular_titles_loans", "library_id", "loans"),
        Index("ix_popular_titles_title", "title_id"),
    )

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"), primary_key=True)
    loans: Mapped[int]


class TitleCompany(OfLibrary, Base):
    """How many members of a library borrowed both titles lately; kept once for each direction."""

    __tablename__ = "title_companies"
    __table_args__ = (Index("ix_title_companies_title", "title_id"), Index("ix_title_companies_other", "other_id"))

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"), primary_key=True)
    members: Mapped[int]
