"""Accounts elsewhere that are a member's: the school's, and LINE, where notices go as well. No use case commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samut_hub.members.models import Member, MemberIdentity, Provider


class IdentityTakenError(Exception):
    """The account elsewhere is linked with another member of the library."""

    def __init__(self, holder: Member) -> None:
        super().__init__(f"The account is linked with member {holder.number}.")
        self.holder = holder


class IdentityKeptError(Exception):
    """The member signs in with another account there, which no code may replace."""


def member_of(session: Session, provider: Provider, subject: str) -> Member | None:
    """Whose account this is, in the session's library."""
    wanted = (MemberIdentity.provider == provider, MemberIdentity.subject == subject)
    return session.scalar(select(Member).join(MemberIdentity).where(*wanted))


def let_in_by(session: Session, provider: Provider, subject: str) -> Member | None:
    """Who may sign in with this account, in the session's library."""
    found = member_of(session, provider, subject)
    return found if found is not None and signs_in(session, found, provider) else None


def signs_in(session: Session, member: Member, provider: Provider) -> bool:
    """Whether the member signs in with an account there; one linked by a code takes notices only."""
    found = session.get(MemberIdentity, (member.id, provider))
    return found is not None and found.signs_in


def subject_of(session: Session, member: Member, provider: Provider) -> str | None:
    """How the provider calls the member, who may not be known there."""
    found = session.get(MemberIdentity, (member.id, provider))
    return None if found is None else found.subject


def identities_of(session: Session, member: Member) -> Sequence[MemberIdentity]:
    of = (MemberIdentity.member_id == member.id, MemberIdentity.library_id == member.library_id)
    return session.scalars(select(MemberIdentity).where(*of).order_by(MemberIdentity.provider)).all()


def link(
    session: Session, member: Member, provider: Provider, subject: str, *, now: datetime, signs_in: bool = False
) -> None:
    """The member's account there, in place of one linked before. Doing it again changes nothing.

    `signs_in` only where the member proved to be both. Raises IdentityTakenError, IdentityKeptError.
    """
    holder = member_of(session, provider, subject)
    if holder is not None and holder.id != member.id:
        raise IdentityTakenError(holder)
    own = session.get(MemberIdentity, (member.id, provider)) or MemberIdentity(
        library_id=member.library_id, member_id=member.id, provider=provider, signs_in=False
    )
    if holder is None:
        if own.signs_in and not signs_in:
            raise IdentityKeptError(f"Member {member.number} signs in with another account.")
        own.subject, own.linked_at = subject, now
    own.signs_in = own.signs_in or signs_in
    session.add(own)
    session.flush()


def unlink(session: Session, member: Member, provider: Provider) -> None:
    """There may be nothing to part."""
    of = (MemberIdentity.member_id == member.id, MemberIdentity.provider == provider)
    session.execute(delete(MemberIdentity).where(*of))
