"""Pictures of titles: the cover, and pictures of what is inside."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base


class TitleImage(Base):
    """A picture of a title, which all libraries share. `name` names its files; `Title.cover` is the cover's name."""

    __tablename__ = "title_images"
    __table_args__ = (
        UniqueConstraint("title_id", "name"),
        Index("ix_title_images_title", "title_id", "position"),
        Index("ix_title_images_name", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"))
    name: Mapped[str]
    caption: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]
