"""Media: what of a title can be opened, heard or watched."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base


class Medium(Base):
    """A file or a link of a title. The library that put it there looks after it; all libraries' readers open it.

    A link has an `url`; a file has a `file` (its name in the hub's folder), a `media_type` and a `size` in bytes.
    One that is not public is for staff only.
    """

    __tablename__ = "media"
    __table_args__ = (Index("ix_media_title", "title_id", "position"), Index("ix_media_file", "file"))

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"))
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"))
    kind: Mapped[str]
    name: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    file: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    is_public: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
