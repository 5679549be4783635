"""Whose accounts a library lets in, and who of its staff somebody is there. No use case commits but `enter`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.issuers import Client, Person
from samut_hub.staff.models import SignInProvider, StaffAccount
from samut_hub.staff.policy import Provider, SignInFault
from samut_hub.staff.seals import Seal
from samut_hub.staff.signing_in import Entered, let_in

LINE_ISSUER = "https://access.line.me"
SCOPES = {Provider.SCHOOL: "openid email profile", Provider.LINE: "openid profile"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFields:
    """What is filled in of a provider; an empty secret leaves that of before."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    domain: str = ""
    vouches: bool = False
    number_claim: str = ""
    for_staff: bool = False
    for_members: bool = False


def provider_of(session: Session, library_id: int, provider: Provider) -> SignInProvider | None:
    return session.get(SignInProvider, (library_id, provider.value))


def keep(session: Session, seal: Seal, library_id: int, provider: Provider, fields: ProviderFields) -> SignInProvider:
    found = provider_of(session, library_id, provider)
    row = found or SignInProvider(library_id=library_id, provider=provider.value, sealed_secret=b"")
    for name in ("issuer", "client_id", "domain", "vouches", "number_claim", "for_staff", "for_members"):
        setattr(row, name, getattr(fields, name))
    if fields.secret:
        row.sealed_secret = seal.close(fields.secret.encode(), _about(row))
    session.add(row)
    session.flush()
    return row


def libraries_that_let_staff_in(session: Session) -> Sequence[Library]:
    """For the page where nobody is signed in yet; `session` must see all libraries."""
    own = select(Library).join(SignInProvider, SignInProvider.library_id == Library.id)
    return session.scalars(own.where(SignInProvider.for_staff).order_by(Library.id).limit(20)).all()


def client_of(seal: Seal, row: SignInProvider, *, plain_http: bool) -> Client:
    provider = Provider(row.provider)
    return Client(
        issuer=row.issuer,
        client_id=row.client_id,
        secret=seal.open(row.sealed_secret, _about(row)).decode(),
        scope=SCOPES[provider],
        signs_by_secret=provider is Provider.LINE,
        plain_http=plain_http,
    )


def known_as(row: SignInProvider, person: Person) -> str:
    """By what the person is known here from now on. Of the school it names the issuer too: another one may call
    somebody else the same; LINE's subject is what notices are sent to."""
    return person.subject if row.provider == Provider.LINE else f"{row.issuer} {person.subject}"


def believed_email(row: SignInProvider, person: Person) -> str:
    """The address by which somebody may be found. Raises SignInRefusedError when the issuer does not stand for it."""
    if row.domain and not person.email.endswith(f"@{row.domain.lower()}"):
        raise SignInRefusedError(SignInFault.OTHER_DOMAIN)
    if not person.email or not (person.is_verified or (row.vouches and row.domain)):
        raise SignInRefusedError(SignInFault.NOT_VERIFIED)
    return person.email


def enter(
    database: Database, seal: Seal, row: SignInProvider, person: Person, *, address: str, now: datetime
) -> Entered:
    """As with a password, a second step may be asked. Nobody is made staff by it. Raises SignInRefusedError."""
    with database.session(row.library_id) as session:
        account = _account_of(session, row, person)
        account.school_subject = known_as(row, person)
        return let_in(session, seal, account, address, now)


def _account_of(session: Session, row: SignInProvider, person: Person) -> StaffAccount:
    known = session.scalar(select(StaffAccount).where(StaffAccount.school_subject == known_as(row, person)))
    if known is not None:
        found = [known]
    else:
        named = StaffAccount.email == believed_email(row, person)
        found = list(
            session.scalars(select(StaffAccount).where(named, StaffAccount.school_subject.is_(None)).limit(2))
        )
    if len(found) != 1:
        raise SignInRefusedError(SignInFault.AMBIGUOUS if found else SignInFault.UNKNOWN)
    if not found[0].active:
        raise SignInRefusedError(SignInFault.UNKNOWN)
    return found[0]


def _about(row: SignInProvider) -> str:
    return f"{row.provider} of library {row.library_id}"
