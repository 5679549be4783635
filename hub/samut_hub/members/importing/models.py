"""Imports of members: what was brought in, what was refused, and what undoing one puts back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, false, true
from sqlalchemy.orm import Mapped, deferred, mapped_column

from samut_hub.db import Base, OfLibrary
from samut_hub.members.importing.policy import Action, Match


class MemberImport(OfLibrary, Base):
    """One file of members or of their photographs, how it is to be brought in, and what came of it.

    Its bytes lie in the hub's home under their `digest` (SHA-256). `position` is the last row or picture that was
    committed: an import that was cut short goes on after it. `columns` says for each column of a table what it means,
    `header_key` is the same for tables with the same header. `adds`: members who are not there yet are made, `makes`:
    so are types, classes and levels. `type_id` and `school_year` are for rows that say none. `made` names by kind the
    types, classes, levels and fields that the import made, and the levels that classes had.
    """

    __tablename__ = "member_imports"
    __table_args__ = (Index("ix_member_imports_digest", "library_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    encoding: Mapped[str] = mapped_column(default="")
    header: Mapped[list[str]] = mapped_column(JSON, default=list)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    header_key: Mapped[str] = mapped_column(default="")
    match: Mapped[str] = mapped_column(default=Match.NUMBER.value)
    action: Mapped[str] = mapped_column(default=Action.UPDATE.value)
    adds: Mapped[bool] = mapped_column(default=True, server_default=true())
    makes: Mapped[bool] = mapped_column(default=False, server_default=false())
    type_id: Mapped[int | None] = mapped_column(ForeignKey("member_types.id", ondelete="SET NULL"), index=True)
    school_year: Mapped[int | None]
    made: Mapped[dict[str, list[Any]]] = mapped_column(JSON, default=dict)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"), index=True)
    started_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class ImportedMember(OfLibrary, Base):
    """What an import did to a member, whom it `added` or changed.

    `before` and `after` are columns of the member, of those that differ; `values_before` and `values_after` what the
    library's own fields said, by their numbers. `cards` are those that were given.
    `kept` says why undoing left it as it is. `photo_before` is the photograph that another took the place of.
    All these but the cards are emptied when the import cannot be undone any more.
    """

    __tablename__ = "imported_members"
    __table_args__ = (Index("ix_imported_members_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("member_imports.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(index=True)
    position: Mapped[int]
    added: Mapped[bool]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    values_before: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    values_after: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    cards: Mapped[list[int]] = mapped_column(JSON, default=list)
    kept: Mapped[str] = mapped_column(default="")
    photo_before: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))


class RefusedRow(OfLibrary, Base):
    """A row or picture that was not brought in, or came in with a note. `row` is as the file has it, in CSV.

    `row` and `detail` tell of people: `files.sweep` empties them after some weeks, what is counted stays.
    """

    __tablename__ = "refused_member_rows"
    __table_args__ = (Index("ix_refused_member_rows_import", "import_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("member_imports.id", ondelete="CASCADE"))
    position: Mapped[int]
    reason: Mapped[str]
    detail: Mapped[str]
    row: Mapped[bytes] = mapped_column(LargeBinary)
