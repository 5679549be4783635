"""Libraries whose catalogues are searched, what they were asked, and the records they gave."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from samut_hub.db import Base, OfLibrary


class Target(OfLibrary, Base):
    """A library that is asked, by one protocol; see `policy.Address` for its columns.

    `licence` says on what terms its records may be used; it is kept with each record that is copied.
    """

    __tablename__ = "copying_targets"
    __table_args__ = (Index("ix_copying_targets_position", "library_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    database: Mapped[str]
    syntax: Mapped[str]
    coding: Mapped[str] = mapped_column(default="")
    is_secure: Mapped[bool] = mapped_column(default=False)
    isbn_index: Mapped[str] = mapped_column(default="")
    title_index: Mapped[str] = mapped_column(default="")
    author_index: Mapped[str] = mapped_column(default="")
    timeout: Mapped[int] = mapped_column(default=10)
    licence: Mapped[str] = mapped_column(default="")
    is_on: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class CopySearch(OfLibrary, Base):
    """What was asked of other libraries. `answers` has for each: name, total, fault, detail; see `service.Told`."""

    __tablename__ = "copying_searches"
    __table_args__ = (Index("ix_copying_searches_at", "library_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"))
    at: Mapped[datetime]
    isbn: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class CopyHit(OfLibrary, Base):
    """A record that a library gave, ready to be shown; `record` is ISO 2709 in UTF-8. `position` counts from 0."""

    __tablename__ = "copying_hits"
    __table_args__ = (Index("ix_copying_hits_search", "library_id", "search_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("copying_searches.id"))
    position: Mapped[int]
    source: Mapped[str]
    licence: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    publisher: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    isbn: Mapped[str] = mapped_column(default="")
    match_key: Mapped[str] = mapped_column(default="")
    record: Mapped[bytes] = deferred(mapped_column(LargeBinary))
