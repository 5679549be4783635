"""E-mail by SMTP (RFC 5321): plain text and HTML, one connection for many messages."""

import smtplib
import ssl
from contextlib import suppress
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formatdate
from types import TracebackType
from typing import Self

from email_validator import EmailNotValidError, validate_email

from samut_hub.notices.channels.sending import NotSentError, Outgoing
from samut_hub.notices.policy import Fault
from samut_hub.notices.settings import MailServer, Security

SECONDS = 20


class MailChannel:
    """A mail server of a library. Who takes over a message for others has said so when `send` returns."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, outgoing: Outgoing) -> None:
        """Raises NotSentError."""
        letter = self._letter(outgoing)
        smtp = self._smtp = self._smtp or self._open()
        try:
            self._hand_over(smtp, letter, outgoing.address)
        except NotSentError:
            self._reset(smtp)
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise NotSentError(Fault.UNREACHABLE, _said(error)) from None

    def _open(self) -> smtplib.SMTP:
        own, context = self._server, ssl.create_default_context()
        try:
            if own.security is Security.TLS:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(own.host, own.port, timeout=SECONDS, context=context)
            else:
                smtp = smtplib.SMTP(own.host, own.port, timeout=SECONDS)
            if own.security is Security.STARTTLS:
                smtp.starttls(context=context)
            if own.user:
                smtp.login(own.user, own.password)
        except smtplib.SMTPAuthenticationError as error:
            raise NotSentError(Fault.SIGN_IN, _said(error)) from None
        except smtplib.SMTPNotSupportedError as error:
            raise NotSentError(Fault.NOT_SET_UP, _said(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(Fault.UNREACHABLE, _said(error)) from None
        return smtp

    def _hand_over(self, smtp: smtplib.SMTP, letter: MIMEMultipart, address: str) -> None:
        smtp.ehlo_or_helo_if_needed()
        code, said = smtp.mail(self._server.sender)
        if code != 250:
            raise NotSentError(Fault.BUSY if code < 500 else Fault.SIGN_IN, _reply(code, said))
        code, said = smtp.rcpt(address)
        if code not in (250, 251):
            raise _refusal(code, said)
        self._give(smtp, letter)

    def _give(self, smtp: smtplib.SMTP, letter: MIMEMultipart) -> None:
        """Where the connection breaks after the text was sent, the server may have taken it."""
        try:
            code, said = smtp.data(letter.as_bytes(policy=compat32.clone(linesep="\r\n")))
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise NotSentError(Fault.UNSURE, _said(error)) from None
        if code != 250:
            raise _refusal(code, said)

    def _letter(self, outgoing: Outgoing) -> MIMEMultipart:
        """With the older classes of `email`: the newer ones write a long address in a header as encoded words."""
        letter, message = MIMEMultipart("alternative"), outgoing.message
        letter["Subject"] = _encoded(message.subject)
        letter["From"] = f"{_encoded(outgoing.sender)} <{self._server.sender}>"
        letter["To"] = f"{_encoded(outgoing.receiver)} <{_checked(outgoing.address)}>"
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = f"<{outgoing.key}@{self._server.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if outgoing.stop:
            letter["List-Unsubscribe"] = f"<{outgoing.stop}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter.attach(MIMEText(message.text, "plain", "utf-8"))
        letter.attach(MIMEText(message.html, "html", "utf-8"))
        return letter

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """After a refusal the next message begins anew."""
        try:
            if self._smtp is not None:
                smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._close()

    def _close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp = None


def _encoded(text: str) -> str:
    """Words of a header as RFC 2047 wants them; no line end comes through."""
    return Header(" ".join(text.split()), "utf-8", maxlinelen=70).encode()


def _checked(address: str) -> str:
    """Raises NotSentError for what is no address, or none that every server takes."""
    try:
        return validate_email(address, check_deliverability=False).ascii_email or _refuse(address)
    except EmailNotValidError:
        return _refuse(address)


def _refuse(address: str) -> str:
    raise NotSentError(Fault.NO_ADDRESS, address)


def _refusal(code: int, said: bytes | str) -> NotSentError:
    """RFC 5321, 4.2.1: 4xx may go well later, 5xx never will; 421 closes the connection for all."""
    if code >= 500:
        return NotSentError(Fault.REFUSED, _reply(code, said))
    return NotSentError(Fault.BUSY, _reply(code, said), only_here=code != 421)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _reply(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
