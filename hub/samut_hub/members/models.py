"""Members, their cards, types and groups, and how they sign in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.staff.policy import Provider as Provider


class CardKind(StrEnum):
    """How a card is read; of what the edge reads by itself, the same words as there."""

    UID = "uid"
    NATIONAL_ID = "national_id"
    BARCODE = "barcode"
    QR = "qr"


class CardState(StrEnum):
    """A lost card still tells whose it is, so that it can be said; one that was replaced is nobody's."""

    ACTIVE = "active"
    LOST = "lost"
    REPLACED = "replaced"


class FieldKind(StrEnum):
    """What a field of the library's own holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class MemberType(OfLibrary, Base):
    """Pupil, teacher, member of the community: chosen by each library.

    A renewed membership lasts `valid_months`, or where that is None until the school year ends (`year_ends`, MM-DD).
    """

    __tablename__ = "member_types"
    __table_args__ = (UniqueConstraint("library_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str]
    valid_months: Mapped[int | None]
    year_ends: Mapped[str] = mapped_column(default="03-31", server_default="03-31")

    def name(self, language: str) -> str:
        return self.name_th if language == "th" else self.name_en


class EducationLevel(OfLibrary, Base):
    """What the library calls a step of education; a higher `step` comes after a lower one."""

    __tablename__ = "education_levels"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_th: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")

    def name(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name_th


class Group(OfLibrary, Base):
    """A class or department. `level` is the step of education of those in it who have none of their own."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[int | None]


class Member(OfLibrary, Base):
    """A person who may borrow. `number` is what the bar code of the card says.

    `open_loans`, `on_site_loans` (those of them for use in the library only) and `debt` (satang) are counters,
    changed together with the rows they count. `suspended_until`: the last day without borrowing, after a late
    return. `blocked` is the note the member reads when refused; empty means not blocked. `sort_name` is an ICU sort
    key (Thai). `born` is as in `birth`, `level` a step of education, `phone_key` the phone's digits alone.
    `card_lost` is kept by `cards`. `school_year`: the last year for which the class is known, by the Common Era in
    which it begins.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("library_id", "number"),
        Index("ix_members_sort_name", "library_id", "sort_name"),
        Index("ix_members_phone", "library_id", "phone_key"),
        Index("ix_members_group", "group_id"),
        Index("ix_members_email", "library_id", "email"),
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
    level: Mapped[int | None]
    born: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    facebook: Mapped[str] = mapped_column(default="", server_default="")
    line_id: Mapped[str] = mapped_column(default="", server_default="")
    guardian_name: Mapped[str] = mapped_column(default="", server_default="")
    guardian_phone: Mapped[str] = mapped_column(default="", server_default="")
    guardian_relation: Mapped[str] = mapped_column(default="", server_default="")
    phone_key: Mapped[str] = mapped_column(default="", server_default="")
    card_lost: Mapped[bool] = mapped_column(default=False, server_default=false())
    school_year: Mapped[int | None]
    joined_on: Mapped[date]
    expires_on: Mapped[date | None]
    blocked: Mapped[str] = mapped_column(default="")
    open_loans: Mapped[int] = mapped_column(default=0)
    on_site_loans: Mapped[int] = mapped_column(default=0, server_default="0")
    suspended_until: Mapped[date | None]
    debt: Mapped[int] = mapped_column(default=0)
    photo: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    has_photo: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]

    type: Mapped[MemberType] = relationship(lazy="joined")
    group: Mapped[Group | None] = relationship(lazy="joined")
    cards: Mapped[list["Card"]] = relationship(back_populates="member", cascade="all, delete-orphan")

    def name(self, language: str) -> str:
        return self.name_th if language == "th" or not self.name_en else self.name_en

    @property
    def education(self) -> int | None:
        """The step of education: the member's own, or that of the class."""
        return self.group.level if self.level is None and self.group is not None else self.level


class MemberField(OfLibrary, Base):
    """A field that a library added to its form of members; `choices` only of one to choose from."""

    __tablename__ = "member_fields"
    __table_args__ = (UniqueConstraint("library_id", "name_th"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(JSON)

    def name(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name_th


class MemberValue(OfLibrary, Base):
    """What a field of the library's own says of a member; it goes when that goes."""

    __tablename__ = "member_values"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("member_fields.id"), primary_key=True, index=True)
    value: Mapped[str]


class Card(OfLibrary, Base):
    """A card of a member, kept only as `samut_wire.cards.card_hash`; `hint` shows the last characters.

    `active` is whether it may be used: true of CardState.ACTIVE and of no other.
    """

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("library_id", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str]
    hash: Mapped[str]
    hint: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default=CardState.ACTIVE.value, server_default=CardState.ACTIVE.value)
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


class MemberIdentity(OfLibrary, Base):
    """An account elsewhere that is the member's. `subject` is how that provider calls it, and never changes there.

    `signs_in` is false where it was linked by a code that others may have seen: it takes notices, and lets nobody in.
    """

    __tablename__ = "member_identities"
    __table_args__ = (UniqueConstraint("library_id", "provider", "subject"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    linked_at: Mapped[datetime]
    signs_in: Mapped[bool] = mapped_column(default=False, server_default=false())

    member: Mapped[Member] = relationship()


class MemberBatch(OfLibrary, Base):
    """One change made to many members; its `MemberChange` rows are what undoing it puts back.

    `plan` says what is to be done, and may be changed until `begun_at`; `task_id` is the task that does or undoes it.
    """

    __tablename__ = "member_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    begun_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    members: Mapped[int] = mapped_column(default=0)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"), index=True)


class MemberChange(OfLibrary, Base):
    """What a batch changed of a member: only the columns that differ. `left`: changed since, so not put back."""

    __tablename__ = "member_changes"
    __table_args__ = (UniqueConstraint("batch_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("member_batches.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    left: Mapped[bool] = mapped_column(default=False, server_default=false())

    member: Mapped[Member] = relationship()
