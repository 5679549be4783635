"""Titles, which all libraries share, and items, which belong to one."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from samut_hub.db import Base, OfLibrary


class MaterialType(Base):
    """Book, journal, compact disc, game and so on."""

    __tablename__ = "material_types"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str]

    def name(self, language: str) -> str:
        return self.name_th if language == "th" else self.name_en


class Title(Base):
    """A bibliographic record: fields ready for display beside the whole MARC 21 record (ISO 2709, UTF-8).

    `isbn` is thirteen digits or empty. `year` is of the Common Era. `author` and `subjects` join their values by
    `marc.SEPARATOR`. `sort_title` and `sort_author` are ICU sort keys (Thai). `version` is raised by each change, so
    that two people who edit at once are told. `origin_key` tells a record that is brought in again (`imports`);
    `source` and `licence` say where the record comes from and on what terms.
    """

    __tablename__ = "titles"
    __table_args__ = (
        Index("ix_titles_isbn", "isbn"),
        Index("ix_titles_sort_title", "sort_title"),
        Index("ix_titles_origin_key", "origin_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    publisher: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    isbn: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    call_number: Mapped[str] = mapped_column(default="")
    subjects: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    material: Mapped[str] = mapped_column(ForeignKey("material_types.code"), default="book")
    sort_title: Mapped[bytes] = mapped_column(LargeBinary)
    sort_author: Mapped[bytes] = mapped_column(LargeBinary)
    marc: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    origin_key: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class Item(OfLibrary, Base):
    """One copy. `barcode` is what scanners read; it is the accession number unless another was given.

    The keys are the numbers in capitals, made by the database: numbers that differ only in that are the same.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("library_id", "accession_key"),
        UniqueConstraint("library_id", "barcode_key"),
        Index("ix_items_title", "library_id", "title_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"))
    accession_number: Mapped[str]
    barcode: Mapped[str]
    call_number: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    shelf: Mapped[str] = mapped_column(default="")
    price: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="available")
    note: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    accession_key: Mapped[str] = deferred(mapped_column(Text, Computed("upper(accession_number)", persisted=True)))
    barcode_key: Mapped[str] = deferred(mapped_column(Text, Computed("upper(barcode)", persisted=True)))

    title: Mapped[Title] = relationship(lazy="joined")


LONGEST_SHOWN = 300
"""Characters of a title that fit a kiosk or a slip many times over."""


def shown_title(item: Item) -> str:
    """The item's title as devices show it: the whole of any but monstrous ones."""
    return item.title.title[:LONGEST_SHOWN]


class TitleChange(Base):
    """A title that the search index must read anew; the indexer follows `id`."""

    __tablename__ = "title_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int]


class Import(OfLibrary, Base):
    """One run of an import and what came of it."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(default=0)
    already_there: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class RefusedRecord(OfLibrary, Base):
    """A record that could not be imported: its bytes, its place in the file and the reason are kept."""

    __tablename__ = "refused_records"
    __table_args__ = (Index("ix_refused_records_import", "library_id", "import_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    position: Mapped[int]
    reason: Mapped[str]
    record: Mapped[bytes] = mapped_column(LargeBinary)
