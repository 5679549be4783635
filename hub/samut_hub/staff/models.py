"""Staff accounts and what they may do, their signed-in sessions, and sign-ins that failed."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary
from samut_hub.staff.policy import ALL, PERMISSIONS, Permission, Role, rights_from


class OwnRole(OfLibrary, Base):
    """A role that a library made beside the built-in ones; `permissions` are codes."""

    __tablename__ = "staff_roles"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(JSON)

    @property
    def rights(self) -> frozenset[Permission]:
        return rights_from(self.permissions)


class StaffAccount(OfLibrary, Base):
    """A person who works in a library. `username` is unique on the hub, in lower case.

    The rights are those of the library's own role, if there is one, or else of the built-in `role`; with what was
    `granted` to this person, and without what was `removed`, both as codes. `school_subject` is how the school's
    issuer calls the person who signed in with `email` first.
    """

    __tablename__ = "staff_accounts"
    __table_args__ = (UniqueConstraint("library_id", "school_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="th")
    active: Mapped[bool] = mapped_column(default=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("staff_roles.id"), index=True)
    email: Mapped[str] = mapped_column(default="", server_default="")
    school_subject: Mapped[str | None]
    granted: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    removed: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    own_role: Mapped[OwnRole | None] = relationship(lazy="joined")

    @property
    def rights(self) -> frozenset[Permission]:
        """All that this person may do."""
        return (self.rights_of_role | rights_from(self.granted)) - rights_from(self.removed)

    @property
    def rights_of_role(self) -> frozenset[Permission]:
        return PERMISSIONS[Role(self.role)] if self.own_role is None else self.own_role.rights

    @property
    def is_administrator(self) -> bool:
        """Whether nothing is kept from this person, neither now nor by later versions."""
        return self.role == Role.ADMINISTRATOR and self.role_id is None and self.rights == ALL


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


class SecondStep(OfLibrary, Base):
    """The secret that somebody's app shares with the hub, sealed. In use from `confirmed_at` on.

    `last_step` is the number of the thirty seconds of which a code was used last: no code is good twice.
    """

    __tablename__ = "staff_second_steps"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), primary_key=True, autoincrement=False)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(OfLibrary, Base):
    """One of the codes for who lost the telephone, good once. Only a keyed hash is kept."""

    __tablename__ = "staff_recovery_codes"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(primary_key=True)


class SignInSettings(OfLibrary, Base):
    """How staff of a library sign in. Of those with a role in `second_step_roles` a second step is asked: codes of
    built-in roles, ids of the library's own."""

    __tablename__ = "sign_in_settings"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True, autoincrement=False)
    second_step_roles: Mapped[list[str]] = mapped_column(JSON, default=list)


class SignInProvider(OfLibrary, Base):
    """Whose accounts a library lets in: an issuer of OpenID Connect, and what this hub is there.

    Only e-mail addresses in `domain` are believed, if one is said. `vouches`: the issuer gives them only to whom they
    belong, even where it does not say so. `number_claim` names the claim that holds a member number.
    """

    __tablename__ = "sign_in_providers"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True, autoincrement=False)
    provider: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    domain: Mapped[str] = mapped_column(default="")
    vouches: Mapped[bool] = mapped_column(default=False)
    number_claim: Mapped[str] = mapped_column(default="")
    for_staff: Mapped[bool] = mapped_column(default=False)
    for_members: Mapped[bool] = mapped_column(default=False)


class StaffSession(OfLibrary, Base):
    """One signed-in browser. Only the SHA-256 of its token is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    staff: Mapped[StaffAccount] = relationship(lazy="joined")
