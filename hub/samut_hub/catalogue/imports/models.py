"""Imports: what was brought in, what was refused, and what undoing one puts back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.catalogue.imports.policy import Action, Format, Match
from samut_hub.db import Base, OfLibrary


class Import(OfLibrary, Base):
    """One file, how it is to be brought in, and what came of it.

    Its bytes lie in the hub's home under their `digest` (SHA-256). `position` is the last record or row that was
    committed: an import that was cut short goes on after it. `at` is where that ends, of `size` bytes.
    `columns` says for each column of a table what it means; `header_key` is the same for tables with the same
    header. `already_there` counts records that were known and left as they are, `copies` items that were added.
    `begun_at` is None while it is only looked at. `undone` is what undoing did not put back, and why.
    `task_id` is the last task of it, which is over when there is none.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_digest", "library_id", "digest"), Index("ix_imports_task", "task_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    digest: Mapped[str] = mapped_column(default="", server_default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    format: Mapped[str] = mapped_column(default=Format.MARC.value, server_default=Format.MARC.value)
    encoding: Mapped[str] = mapped_column(default="", server_default="")
    columns: Mapped[list[str] | None] = mapped_column(JSON)
    header_key: Mapped[str] = mapped_column(default="", server_default="")
    match: Mapped[str] = mapped_column(default=Match.SAME.value, server_default=Match.SAME.value)
    action: Mapped[str] = mapped_column(default=Action.SKIP.value, server_default=Action.SKIP.value)
    with_copies: Mapped[bool] = mapped_column(default=False, server_default="0")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    counted: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    added: Mapped[int] = mapped_column(default=0)
    overlaid: Mapped[int] = mapped_column(default=0, server_default="0")
    copies: Mapped[int] = mapped_column(default=0, server_default="0")
    already_there: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)

    @property
    def done(self) -> int:
        """Records of the file that are dealt with."""
        return self.added + self.overlaid + self.already_there + self.refused


class RefusedRecord(OfLibrary, Base):
    """A record that could not be imported: its bytes, its place in the file and the reason are kept.

    Where only a copy was refused, or something was noted (`policy.NOTES`), the title came in all the same.
    """

    __tablename__ = "refused_records"
    __table_args__ = (Index("ix_refused_records_import", "import_id", "library_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    position: Mapped[int]
    reason: Mapped[str]
    detail: Mapped[str] = mapped_column(default="", server_default="")
    record: Mapped[bytes] = mapped_column(LargeBinary)


class OverlaidTitle(OfLibrary, Base):
    """A title as it was before an import first changed it. `version` is the last one that the import made."""

    __tablename__ = "overlaid_titles"
    __table_args__ = (Index("ix_overlaid_titles_import", "import_id", "library_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    title_id: Mapped[int]
    version: Mapped[int]
    material: Mapped[str]
    origin_key: Mapped[str]
    marc: Mapped[bytes] = mapped_column(LargeBinary)


class ImportedItem(OfLibrary, Base):
    """An item that an import added, at that moment: one that was changed since stays when the import is undone."""

    __tablename__ = "imported_items"
    __table_args__ = (Index("ix_imported_items_import", "import_id", "library_id", "item_id"),)

    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    added_at: Mapped[datetime]
