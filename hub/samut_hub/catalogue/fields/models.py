"""What a library wants of the fields of its forms, and the fields that it added with their values."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class FieldWish(OfLibrary, Base):
    """A library wants a field otherwise than it was; see `policy.Wish`. An empty material stands for all kinds."""

    __tablename__ = "field_wishes"
    __table_args__ = (UniqueConstraint("library_id", "of", "material", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[str]
    material: Mapped[str] = mapped_column(default="")
    field: Mapped[str]
    shown: Mapped[str | None]
    required: Mapped[bool | None]
    repeatable: Mapped[bool | None]
    default: Mapped[str | None]
    position: Mapped[int | None]


class OwnField(OfLibrary, Base):
    """A field that a library added to its forms of titles, or of items."""

    __tablename__ = "own_fields"
    __table_args__ = (UniqueConstraint("library_id", "of", "name_th"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")

    def name(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name_th


class OwnValue(OfLibrary, Base):
    """What a library says in a field of its own about a title or an item; it goes when that goes."""

    __tablename__ = "own_values"
    __table_args__ = (
        Index("ix_own_values_title", "library_id", "title_id"),
        Index("ix_own_values_item", "library_id", "item_id"),
        Index("ix_own_values_title_only", "title_id"),
        Index("ix_own_values_item_only", "item_id"),
        Index("ix_own_values_field", "field_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("own_fields.id"))
    title_id: Mapped[int | None] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    value: Mapped[str]
