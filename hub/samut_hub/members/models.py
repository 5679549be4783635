"""Members, their cards, types and groups, and how they sign in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from samut_hub.db import Base, OfLibrary


class CardKind(StrEnum):
    """How a card is read; the same words as on the edge."""

    UID = "uid"
    NATIONAL_ID = "national_id"


class MemberType(OfLibrary, Base):
    """Pupil, teacher, member of the community: chosen by each library."""

    __tablename__ = "member_types"
    __table_args__ = (UniqueConstraint("library_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str]

    def name(self, language: str) -> str:
        return self.name_th if language == "th" else self.name_en


class Group(OfLibrary, Base):
    """A class or department."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Member(OfLibrary, Base):
    """A person who may borrow. `number` is what the bar code of the card says.

    `open_loans` and `debt` (satang) are counters, changed together with the rows they count. `blocked` is the note
    the member reads when refused; empty means not blocked. `sort_name` is an ICU sort key (Thai).
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("library_id", "number"),
        Index("ix_members_sort_name", "library_id", "sort_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    type_id: Mapped[int] = mapped_column(ForeignKey("member_types.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    name_th: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    sort_name: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    joined_on: Mapped[date]
    expires_on: Mapped[date | None]
    blocked: Mapped[str] = mapped_column(default="")
    open_loans: Mapped[int] = mapped_column(default=0)
    debt: Mapped[int] = mapped_column(default=0)
    photo: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    has_photo: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]

    type: Mapped[MemberType] = relationship(lazy="joined")
    group: Mapped[Group | None] = relationship(lazy="joined")
    cards: Mapped[list["Card"]] = relationship(back_populates="member", cascade="all, delete-orphan")

    def name(self, language: str) -> str:
        return self.name_th if language == "th" or not self.name_en else self.name_en


class Card(OfLibrary, Base):
    """A chip card of a member, kept only as `samut_wire.cards.card_hash`; `hint` shows the last characters."""

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("library_id", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str]
    hash: Mapped[str]
    hint: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]

    member: Mapped[Member] = relationship(back_populates="cards")


class MemberPassword(OfLibrary, Base):
    """Of a member who may sign in. `must_change`: staff made it, and it is good for nothing but choosing another."""

    __tablename__ = "member_passwords"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    set_at: Mapped[datetime]


class MemberSession(OfLibrary, Base):
    """One browser in which a member is signed in. Only the SHA-256 of its token is kept.

    On a device that is not the member's own it ends soon after the last visit.
    """

    __tablename__ = "member_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    own_device: Mapped[bool] = mapped_column(default=False, server_default=false())

    member: Mapped[Member] = relationship(lazy="joined")
