"""Names and subjects under which titles stand: one row for each form that is used or referred from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base


class Heading(Base):
    """A person, body or subject. `key` is the text without case, accents and punctuation, once for each kind.

    Every heading of a title has a row, made when the title is saved. A librarian authorises one, gives it a note, and
    has other forms point to it: a heading with `see_id` is not used, that one is. `sort_key` is of ICU (Thai).
    """

    __tablename__ = "headings"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_headings_sort_key", "kind", "sort_key", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    text: Mapped[str]
    key: Mapped[str]
    sort_key: Mapped[bytes] = mapped_column(LargeBinary)
    is_authorised: Mapped[bool] = mapped_column(default=False)
    see_id: Mapped[int | None] = mapped_column(ForeignKey("headings.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class HeadingRelation(Base):
    """See also: kept once for each direction."""

    __tablename__ = "heading_relations"

    heading_id: Mapped[int] = mapped_column(ForeignKey("headings.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("headings.id"), primary_key=True, index=True)


class TitleHeading(Base):
    """A title stands under this heading."""

    __tablename__ = "title_headings"
    __table_args__ = (Index("ix_title_headings_heading", "heading_id", "title_id"),)

    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"), primary_key=True)
    heading_id: Mapped[int] = mapped_column(ForeignKey("headings.id"), primary_key=True)


class HeadingChange(Base):
    """A heading renamed, or merged into another (`into_id`), and how far its titles have followed.

    Titles follow in the order of their ids, up to `last_title_id`; undoing goes through `HeadingChangeTitle` rows.
    `moved` keeps what of the heading itself went over: the ids of forms that referred to it and of related headings.
    """

    __tablename__ = "heading_changes"
    __table_args__ = (Index("ix_heading_changes_heading", "heading_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    heading_id: Mapped[int] = mapped_column(ForeignKey("headings.id"))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("headings.id"), index=True)
    text_before: Mapped[str]
    text_after: Mapped[str]
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    last_title_id: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class HeadingChangeTitle(Base):
    """The fields of one title that a change of a heading rewrote: pairs of before and after, None where one went."""

    __tablename__ = "heading_change_titles"

    change_id: Mapped[int] = mapped_column(ForeignKey("heading_changes.id"), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"), primary_key=True, index=True)
    fields: Mapped[list[Any]] = mapped_column(JSON)
