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


def member_of(session: Session, provider: Provider, subject: str) -> Member | None:
    """Whose account this is, in the session's library."""
    wanted = (MemberIdentity.provider == provider, MemberIdentity.subject == subject)
    return session.scalar(select(Member).join(MemberIdentity).where(*wanted))


def subject_of(session: Session, member: Member, provider: Provider) -> str | None:
    """How the provider calls the member, who may not be known there."""
    found = session.get(MemberIdentity, (member.id, provider))
    return None if found is None else found.subject


def identities_of(session: Session, member: Member) -> Sequence[MemberIdentity]:
    of = (MemberIdentity.member_id == member.id, MemberIdentity.library_id == member.library_id)
    return session.scalars(select(MemberIdentity).where(*of).order_by(MemberIdentity.provider)).all()


def link(session: Session, member: Member, provider: Provider, subject: str, *, now: datetime) -> None:
    """The member's account there, in place of one linked before. Doing it again changes nothing.

    Raises IdentityTakenError.
    """
    holder = member_of(session, provider, subject)
    if holder is not None:
        if holder.id != member.id:
            raise IdentityTakenError(holder)
        return
    own = session.get(MemberIdentity, (member.id, provider)) or MemberIdentity(
        library_id=member.library_id, member_id=member.id, provider=provider
    )
    own.subject, own.linked_at = subject, now
    session.add(own)
    session.flush()


def unlink(session: Session, member: Member, provider: Provider) -> None:
    """There may be nothing to part."""
    of = (MemberIdentity.member_id == member.id, MemberIdentity.provider == provider)
    session.execute(delete(MemberIdentity).where(*of))
