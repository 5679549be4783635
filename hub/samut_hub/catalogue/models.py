"""Titles, which all libraries share, and items, which belong to one, with the places where they stand."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Computed, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.libraries.models import OfRules


class MaterialType(Base):
    """Book, journal, compact disc, game and so on.

    `like` is the code of the kind a library started with that an added one resembles: it gives leader and fields.
    """

    __tablename__ = "material_types"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str]
    like: Mapped[str] = mapped_column(default="", server_default="")

    def name(self, language: str) -> str:
        return self.name_th if language == "th" else self.name_en


class Title(Base):
    """A bibliographic record: fields ready for display beside the whole MARC 21 record (ISO 2709, UTF-8).

    `isbn` is thirteen digits or empty. `year` is of the Common Era. `author` and `subjects` join their values by
    `marc.SEPARATOR`. `sort_title` and `sort_author` are ICU sort keys (Thai). `version` is raised by each change, so
    that two people who edit at once are told. `origin_key` tells a record that is brought in again (`imports`),
    `control_number` is MARC 001; `match_key` is the same for records that are probably of one work (title and first
    author). An `id` is never given again, as harvesters know the titles by it. `source` and `licence` say where the
    record comes from and on what terms. `issn` is eight characters or empty. `call_key` puts call numbers in shelf
    order. `cover` names the cover image's file. A title that was merged into another stays as a pointer to it until
    all libraries' items have moved.
    """

    __tablename__ = "titles"
    __table_args__ = (
        Index("ix_titles_isbn", "isbn"),
        Index("ix_titles_issn", "issn"),
        Index("ix_titles_sort_title", "sort_title"),
        Index("ix_titles_origin_key", "origin_key"),
        Index("ix_titles_control_number", "control_number"),
        Index("ix_titles_match_key", "match_key"),
        Index("ix_titles_call_key", "call_key"),
        Index("ix_titles_changed_at", "changed_at", "id"),
        {"sqlite_autoincrement": True},
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
    issn: Mapped[str] = mapped_column(default="", server_default="")
    edition: Mapped[str] = mapped_column(default="", server_default="")
    publication_place: Mapped[str] = mapped_column(default="", server_default="")
    extent: Mapped[str] = mapped_column(default="", server_default="")
    series: Mapped[str] = mapped_column(default="", server_default="")
    frequency: Mapped[str] = mapped_column(default="", server_default="")
    annotation: Mapped[str] = mapped_column(default="", server_default="")
    promotion: Mapped[str] = mapped_column(default="", server_default="")
    cover: Mapped[str] = mapped_column(default="", server_default="")
    material: Mapped[str] = mapped_column(ForeignKey("material_types.code"), default="book")
    sort_title: Mapped[bytes] = mapped_column(LargeBinary)
    sort_author: Mapped[bytes] = mapped_column(LargeBinary)
    scheme: Mapped[str] = mapped_column(default="", server_default="")
    call_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    match_key: Mapped[str] = mapped_column(default="", server_default="")
    control_number: Mapped[str] = mapped_column(default="", server_default="")
    marc: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    origin_key: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("titles.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class RemovedTitle(Base):
    """A title that is no longer there; harvesters are told, and its old address leads to the one it went into."""

    __tablename__ = "removed_titles"
    __table_args__ = (Index("ix_removed_titles_removed_at", "removed_at", "title_id"),)

    title_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    removed_at: Mapped[datetime]
    merged_into_id: Mapped[int | None]


class Place(OfLibrary, OfRules, Base):
    """Where items stand: a building or room, and within it shelves. A small tree; the top has no parent."""

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_parent", "library_id", "parent_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    def shown(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name


class Category(OfLibrary, OfRules, Base):
    """General, reference, textbook, novel: a library's own division of its items.

    `colour` is that of the band on spine labels, as #rrggbb, or empty.
    """

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    def shown(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name


class Item(OfLibrary, Base):
    """One copy, or one unit of equipment.

    `barcode` is what scanners read; it is the accession number unless another was given; `rfid` is the number of the
    tag. The keys are the numbers in capitals, made by the database: numbers that differ only in that are the same.
    `accession_order` puts accession numbers in the order of people (B2 before B10). Money is satang. `source` says
    from whom the item came; `loan_days` and `fine_per_day`, where given, go before those of the loan rules. `parts`
    are what must come back with it, one in a line. `to_catalogue`: entered at the desk with a short title only.

    `uq_items_own` is for SQLite, which otherwise reads all items of the library to find some by their ids.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("library_id", "accession_key"),
        UniqueConstraint("library_id", "barcode_key"),
        Index("uq_items_rfid", "library_id", "rfid", unique=True),
        Index("uq_items_own", "library_id", "id", unique=True),
        Index("ix_items_title", "library_id", "title_id"),
        Index("ix_items_title_only", "title_id"),
        Index("ix_items_accession_order", "library_id", "accession_order"),
        Index("ix_items_call_key", "library_id", "call_key"),
        Index("ix_items_place", "place_id", "library_id"),
        Index("ix_items_category", "category_id", "library_id"),
        Index("ix_items_added_at", "library_id", "added_at"),
        Index(
            "ix_items_unavailable",
            "library_id",
            "title_id",
            sqlite_where=text("status <> 'available'"),
            postgresql_where=text("status <> 'available'"),
        ),
        Index("ix_items_label_printed_at", "library_id", "label_printed_at"),
        Index(
            "ix_items_to_catalogue",
            "library_id",
            "added_at",
            sqlite_where=text("to_catalogue = 1"),
            postgresql_where=text("to_catalogue"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"))
    accession_number: Mapped[str]
    accession_order: Mapped[str] = mapped_column(default="", server_default="")
    barcode: Mapped[str]
    rfid: Mapped[str | None]
    call_number: Mapped[str] = mapped_column(default="")
    scheme: Mapped[str] = mapped_column(default="", server_default="")
    call_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    source: Mapped[str] = mapped_column(default="", server_default="")
    price: Mapped[int | None]
    service_charge: Mapped[int | None]
    loan_days: Mapped[int | None]
    fine_per_day: Mapped[int | None]
    serial_number: Mapped[str] = mapped_column(default="", server_default="")
    received_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    parts: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[str] = mapped_column(default="available")
    note: Mapped[str] = mapped_column(default="")
    label_printed_at: Mapped[datetime | None]
    to_catalogue: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_seen_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    accession_key: Mapped[str] = deferred(mapped_column(Text, Computed("upper(accession_number)", persisted=True)))
    barcode_key: Mapped[str] = deferred(mapped_column(Text, Computed("upper(barcode)", persisted=True)))

    title: Mapped[Title] = relationship(lazy="joined")


class BatchEdit(OfLibrary, Base):
    """One change made to many items at once; its `ItemChange` rows are what undoing it puts back.

    `task_id` is the task that makes the change, or puts it back, where the items are many.
    """

    __tablename__ = "batch_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    about: Mapped[str]
    items: Mapped[int] = mapped_column(default=0)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"), index=True)
    undone_at: Mapped[datetime | None]


class ItemChange(OfLibrary, Base):
    """What was changed of an item, by whom: `before` and `after` hold only the columns that differ.

    `event` is a code of `policy.ItemEvent`. `happened_on` is the day that staff gave, where it is not that of `at`.
    """

    __tablename__ = "item_changes"
    __table_args__ = (
        Index("ix_item_changes_item", "item_id", "library_id", "id"),
        Index("ix_item_changes_batch", "batch_id", "library_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch_edits.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(default="")
    event: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date | None]


LONGEST_SHOWN = 300
"""Characters of a title that fit a kiosk or a slip many times over."""


def shown_title(item: Item) -> str:
    """The item's title as devices show it: the whole of any but monstrous ones."""
    return item.title.title[:LONGEST_SHOWN]


class TitleChange(Base):
    """A title that the search index must read anew; the indexer follows `id`.

    `is_awaited`: somebody has just saved it and looks for it, before the indexer comes by.
    """

    __tablename__ = "title_changes"
    __table_args__ = (
        Index(
            "ix_title_changes_awaited",
            "id",
            sqlite_where=text("is_awaited = 1"),
            postgresql_where=text("is_awaited"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int]
    is_awaited: Mapped[bool] = mapped_column(default=False, server_default=false())
