"""Members sign in with an account elsewhere: that of the school, or LINE when they have linked it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.members import identities
from samut_hub.members.models import Member, Provider
from samut_hub.members.service import member_by_number
from samut_hub.members.signing_in import start_session
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.issuers import Person
from samut_hub.staff.models import SignInProvider
from samut_hub.staff.policy import SignInFault
from samut_hub.staff.providers import believed_email, known_as


def enter(database: Database, row: SignInProvider, person: Person, now: datetime) -> str:
    """The token of a new session, in a transaction of its own. Raises SignInRefusedError."""
    provider, subject = Provider(row.provider), known_as(row, person)
    with database.session(row.library_id) as session:
        member = identities.let_in_by(session, provider, subject)
        if member is None:
            member = _found(session, row, person)
            identities.link(session, member, provider, subject, now=now, signs_in=True)
        return start_session(session, member, now)


def _found(session: Session, row: SignInProvider, person: Person) -> Member:
    """Who has no account of this provider yet: LINE knows neither numbers nor addresses of a school."""
    if row.provider == Provider.LINE:
        raise SignInRefusedError(SignInFault.UNKNOWN)
    email = believed_email(row, person)
    number = str(person.claims.get(row.number_claim) or "") if row.number_claim else ""
    by_number = member_by_number(session, number) if number else None
    found = [by_number] if by_number is not None else _with_email(session, email)
    free = [one for one in found if not identities.signs_in(session, one, Provider(row.provider))]
    if len(free) != 1:
        raise SignInRefusedError(SignInFault.AMBIGUOUS if free else SignInFault.UNKNOWN)
    return free[0]


def _with_email(session: Session, email: str) -> list[Member]:
    return list(session.scalars(select(Member).where(Member.email == email).limit(2)))
