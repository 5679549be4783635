"""Staff accounts, their signed-in sessions, and sign-ins that failed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary


class StaffAccount(OfLibrary, Base):
    """A person who works in a library. `username` is unique on the hub, in lower case."""

    __tablename__ = "staff_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="th")
    active: Mapped[bool] = mapped_column(default=True)


class FailedSignIn(Base):
    """One wrong password, forgotten when it no longer counts.

    Of the name, which may be nobody's or a password typed in the wrong field, only the SHA-256 is kept. `origin`:
    see `policy.origin_of`.
    """

    __tablename__ = "failed_sign_ins"
    __table_args__ = (
        Index("ix_failed_sign_ins_who", "name_hash", "origin", "at"),
        Index("ix_failed_sign_ins_where", "origin", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_hash: Mapped[str]
    origin: Mapped[str]
    at: Mapped[datetime]


class StaffSession(OfLibrary, Base):
    """One signed-in browser. Only the SHA-256 of its token is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    staff: Mapped[StaffAccount] = relationship(lazy="joined")
