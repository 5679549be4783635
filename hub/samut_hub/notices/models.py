"""What the library tells and how, what members chose, each notice, and what it was made for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member
from samut_hub.notices.policy import USUAL_KINDS, State
from samut_hub.staff.models import StaffAccount

_BEGIN: Mapping[str, Any] = {
    "paused": False,
    "kinds": [kind.value for kind in USUAL_KINDS],
    "due_soon_days": 2,
    "overdue_days": [1, 7, 14],
    "expiry_days": 14,
    "letters_from": 3,
    "quiet_from": 20 * 60,
    "quiet_until": 7 * 60,
    "letterhead": "",
    "signer": "",
    "smtp_host": "",
    "smtp_port": 587,
    "smtp_security": "starttls",
    "smtp_user": "",
    "sender": "",
    "email_fault": "",
    "line_account": "",
    "line_fault": "",
}


class NoticeSettings(OfLibrary, Base):
    """What a library tells its members, when, and over which servers. A library without a row tells nothing.

    `overdue_days` are the days late of the first, second and third reminder. From reminder `letters_from` on a letter
    is made as well; 0 means never. Quiet hours are minutes since midnight. Passwords and tokens are sealed; see
    `samut_hub.notices.sealing`. `letterhead` is the address of the library on letters, `signer` who signs them.
    `line_fault` and `email_fault` are what the server said last, empty after a message that went through.
    """

    __tablename__ = "notice_settings"

    def __init__(self, **values: Any) -> None:
        """What is not said is as a library begins; also before it is written."""
        super().__init__(**{**_BEGIN, **values})

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    paused: Mapped[bool]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    due_soon_days: Mapped[int]
    overdue_days: Mapped[list[int]] = mapped_column(JSON)
    expiry_days: Mapped[int]
    letters_from: Mapped[int]
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    letterhead: Mapped[str]
    signer: Mapped[str]
    smtp_host: Mapped[str]
    smtp_port: Mapped[int]
    smtp_security: Mapped[str]
    smtp_user: Mapped[str]
    smtp_password: Mapped[bytes | None] = mapped_column(LargeBinary)
    sender: Mapped[str]
    email_fault: Mapped[str]
    line_account: Mapped[str]
    line_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    line_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    line_fault: Mapped[str]


class NoticeEvent(OfLibrary, Base):
    """Something that happened and that a member is to be told of at once; gone when the notice is made."""

    __tablename__ = "notice_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ref_id: Mapped[int]


class NoticeOccasion(OfLibrary, Base):
    """What was told already. `ref_id` is a loan, hold, receipt or member; `mark` tells apart what recurs there, as a
    due date. Whoever makes a notice writes its occasions in the same transaction."""

    __tablename__ = "notice_occasions"
    __table_args__ = (Index("ix_notice_occasions_at", "at"),)

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Notice(OfLibrary, Base):
    """One message to one member over one channel. `about` holds ids by kind: loans, a hold, a receipt.

    It is put into words when it is sent; `address`, `subject` and `text` then say what went where. `key` tells the
    receiving server that a message is the same as one before. `first_tried_at` is when it was first given away
    without an answer that it was not taken: since then it may have arrived. `fault` is a `policy.Fault`, `detail`
    what the server said. `staff_id` is who asked for it.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_waiting", "state", "next_at"),
        Index("ix_notices_of_library", "library_id", "id"),
        Index("ix_notices_of_state", "library_id", "state", "id"),
        Index("ix_notices_of_member", "library_id", "member_id", "id"),
        Index("ix_notices_member_only", "member_id"),
        Index("ix_notices_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    kind: Mapped[str]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.WAITING.value)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    first_tried_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))

    member: Mapped[Member] = relationship()
    staff: Mapped[StaffAccount | None] = relationship()


class NoticeText(OfLibrary, Base):
    """The words of a library in place of those that come with Samut."""

    __tablename__ = "notice_texts"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    changed_at: Mapped[datetime]


class MemberNotices(OfLibrary, Base):
    """What a member chose: the language, and ways by `policy.Subject`; an empty list means not to be told."""

    __tablename__ = "member_notices"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str]
    choices: Mapped[dict[str, list[str]]] = mapped_column(JSON)


class LineCode(OfLibrary, Base):
    """A code that a member sends to the library's LINE account, once, to link the two. Only its SHA-256 is kept.

    `staff_id` is who made it at the desk; of one that the member made there is none.
    """

    __tablename__ = "line_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_by: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))

    staff: Mapped[StaffAccount | None] = relationship()
