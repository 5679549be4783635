"""One connection's side of the talk, without sockets and without a database: what each line calls for."""

from dataclasses import dataclass

from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import (
    Answer,
    Encoding,
    Framed,
    Kind,
    Line,
    Request,
    UnreadableError,
    read,
    sealed,
    unframe,
    write,
)

AGAIN = sealed(b"96", sequence="", with_checksum=True)
"""Asks the client to send its last message again."""
MOST_FAULTS = 20
"""Lines in a row that are no requests, until the connection is closed."""
MOST_SIGN_INS = 3
_OPEN_TO_ALL = {Kind.LOGIN, Kind.STATUS}


@dataclass(frozen=True, slots=True)
class Send:
    """This line goes back, as it is."""

    line: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """The request is to be answered; `Dialogue.say` then makes a line of the answer."""

    request: Request
    framed: Framed


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection is closed; `why` is for the log."""

    why: str


class Dialogue:
    """`client` is None until the sign-in."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client
        self._last: Send | None = None
        self._faults = 0
        self._refused = 0

    def take(self, line: Line) -> Send | Ask | HangUp:
        """What the line calls for."""
        try:
            framed = self._unframe(line)
            request = read(framed.body, self._encoding)
        except UnreadableError:
            return self._not_understood()
        if request.kind is Kind.RESEND:
            return self._last or Send(AGAIN)
        if self.client is None and request.kind not in _OPEN_TO_ALL:
            return HangUp("a request before the sign-in")
        self._faults = 0
        return Ask(request, framed)

    def say(self, answer: Answer, framed: Framed) -> bytes:
        """The line of the answer, with sequence number and checksum where the request had them. It is kept for 97,
        which is answered without sequence number."""
        body = write(answer, encoding=self._encoding)
        self._last = Send(sealed(body, sequence="", with_checksum=framed.has_checksum))
        return sealed(body, sequence=framed.sequence, with_checksum=framed.has_checksum)

    def signed_in(self, client: Client | None) -> Answer | HangUp:
        """The answer to a sign-in; after some that failed there is none. Who fails is not known any more."""
        if client is not None:
            self.client, self._refused = client, 0
            return Answer("941")
        self.client = None
        self._refused += 1
        return Answer("940") if self._refused <= MOST_SIGN_INS else HangUp("too many wrong sign-ins")

    @property
    def _encoding(self) -> str:
        return Encoding.UTF8.value if self.client is None else self.client.account.encoding

    def _unframe(self, line: Line) -> Framed:
        if line.text is None:
            raise UnreadableError("too long")
        framed = unframe(line.text)
        if not framed.has_checksum and self.client is not None and self.client.account.checksum_required:
            raise UnreadableError("without the checksum that its account must send")
        return framed

    def _not_understood(self) -> Send | HangUp:
        self._faults += 1
        return Send(AGAIN) if self._faults < MOST_FAULTS else HangUp("too many lines that are no requests")
