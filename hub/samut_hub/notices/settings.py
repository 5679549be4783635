"""What a library tells, and whether its channels are ready. No use case commits."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.notices.models import MemberNotices, NoticeSettings
from samut_hub.notices.policy import Channel, Subject
from samut_hub.notices.sealing import unseal

DEFAULT_LANGUAGE = "th"
"""Of members who chose none."""


class Security(StrEnum):
    """How the connection to a mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Missing(StrEnum):
    """What a channel still needs."""

    SMTP_HOST = "smtp_host"
    SENDER = "sender"
    PASSWORD = "password"  # noqa: S105 — a code, not a password
    LINE_ACCOUNT = "line_account"
    LINE_TOKEN = "line_token"  # noqa: S105
    LINE_SECRET = "line_secret"  # noqa: S105
    HTTPS = "https"


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class LineChannel:
    """`account` is the basic ID of the official account, as “@samut”."""

    account: str
    token: str
    secret: str


def settings_of(session: Session, library_id: int, *, locked: bool = False) -> NoticeSettings | None:
    """None for a library that tells nothing. `locked`: until the transaction ends nobody else makes notices."""
    wanted = select(NoticeSettings).where(NoticeSettings.library_id == library_id)
    return session.scalar(wanted.with_for_update() if locked else wanted)


def settings_to_change(session: Session, library_id: int) -> NoticeSettings:
    """The library's settings; those of a library that begins with it are made."""
    own = settings_of(session, library_id)
    if own is None:
        own = NoticeSettings(library_id=library_id)
        session.add(own)
        session.flush()
    return own


def mail_server(own: NoticeSettings, secret: bytes) -> MailServer:
    password = unseal(secret, own.library_id, own.smtp_password)
    return MailServer(own.smtp_host, own.smtp_port, Security(own.smtp_security), own.smtp_user, password, own.sender)


def line_channel(own: NoticeSettings, secret: bytes) -> LineChannel:
    token, key = unseal(secret, own.library_id, own.line_token), unseal(secret, own.library_id, own.line_secret)
    return LineChannel(own.line_account, token, key)


def lacks_of_email(own: NoticeSettings | None, secret: bytes) -> list[Missing]:
    """What is to be filled in before e-mail can be sent."""
    if own is None or not own.smtp_host:
        return [Missing.SMTP_HOST]
    lacks = [] if own.sender else [Missing.SENDER]
    if own.smtp_user and not mail_server(own, secret).password:
        lacks.append(Missing.PASSWORD)
    return lacks


def lacks_of_line(own: NoticeSettings | None, secret: bytes) -> list[Missing]:
    """What is to be filled in before LINE can be used."""
    channel = LineChannel("", "", "") if own is None else line_channel(own, secret)
    needed = {
        Missing.LINE_ACCOUNT: channel.account,
        Missing.LINE_TOKEN: channel.token,
        Missing.LINE_SECRET: channel.secret,
    }
    return [missing for missing, there in needed.items() if not there]


def ready_channels(own: NoticeSettings, secret: bytes) -> list[Channel]:
    """Those over which can be sent now, in the order in which they are tried."""
    return [
        *([] if lacks_of_line(own, secret) else [Channel.LINE]),
        *([] if lacks_of_email(own, secret) else [Channel.EMAIL]),
    ]


def choices_of(session: Session, member_id: int) -> MemberNotices | None:
    return session.get(MemberNotices, member_id)


def choose(
    session: Session, member_id: int, library_id: int, *, language: str, choices: dict[Subject, list[Channel]]
) -> None:
    """What the member wants from now on; subjects that are not named take the first way there is."""
    row = session.get(MemberNotices, member_id) or MemberNotices(library_id=library_id, member_id=member_id)
    row.language = language
    row.choices = {subject.value: [channel.value for channel in ways] for subject, ways in choices.items()}
    session.add(row)
    session.flush()


def stop_by_email(session: Session, member_id: int, library_id: int, subject: Subject) -> None:
    """The member wants no more e-mail of this kind; other ways stay."""
    row = session.get(MemberNotices, member_id) or MemberNotices(
        library_id=library_id, member_id=member_id, language=DEFAULT_LANGUAGE, choices={}
    )
    left = [way for way in row.choices.get(subject, [Channel.LINE.value]) if way != Channel.EMAIL]
    row.choices = {**row.choices, subject.value: left}
    session.add(row)
    session.flush()
