"""A library's own label sheets, its colours, and what it printed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class LabelSheet(OfLibrary, Base):
    """`measures` is a `sheets.Sheet`; `preset` is the key of the one it was taken from, or empty."""

    __tablename__ = "label_sheets"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    preset: Mapped[str] = mapped_column(default="")
    is_measured: Mapped[bool] = mapped_column(default=True)
    measures: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class LabelSettings(OfLibrary, Base):
    """One row for a library: the colours of the ten Dewey classes, and the design and sheet that it printed last."""

    __tablename__ = "label_settings"
    __table_args__ = (UniqueConstraint("library_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_colours: Mapped[list[str]] = mapped_column(JSON)
    last_sheet: Mapped[str] = mapped_column(default="")
    last_design: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class LabelRun(OfLibrary, Base):
    """One making of labels: the items in their order, on which sheet, in which design, from which label on.

    `sheet` is the id of a library's own sheet or the key of a preset. Somebody confirms that the labels came out
    right; only then they count as printed.
    """

    __tablename__ = "label_runs"
    __table_args__ = (Index("ix_label_runs_made_at", "library_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    sheet: Mapped[str]
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str]
    start: Mapped[int]
    copies: Mapped[int]
    item_ids: Mapped[list[int]] = mapped_column(JSON)
    labels: Mapped[int]
    task_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
