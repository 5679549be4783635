"""Requests that come twice: a client that did not hear the answer sends the same again, also over a new connection.

SIP2 has no command ids. The same bytes, with the same transaction date, are the same command for a while; clients
whose clock stands still say something new after it.
"""

import hashlib
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from samut_hub.commands import Command, answer_given
from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import Answer, Kind, Request

CHANGES = {
    Kind.BLOCK_PATRON,
    Kind.CHECKIN,
    Kind.CHECKOUT,
    Kind.HOLD,
    Kind.PATRON_ENABLE,
    Kind.RENEW,
    Kind.RENEW_ALL,
}
"""What writes."""

LATELY = timedelta(minutes=10)
_SECRET = {"AC", "AD"}


def command_of(request: Request) -> str:
    """The same for the same request, without its passwords; empty for one without a transaction date."""
    if request.kind not in CHANGES or not request.fixed["at"].strip():
        return ""
    told = sorted((name, value) for name, value in request.fields.items() if name not in _SECRET)
    whole = msgspec.json.encode((request.kind.value, list(request.fixed.values()), told))
    return hashlib.sha256(whole).hexdigest()


def given_lately(session: Session, client: Client, command: str, now: datetime) -> Answer | None:
    """What was answered to the same request; one of long ago is forgotten."""
    before = answer_given(session, client.source, command)
    if before is None:
        return None
    if now - before.at < LATELY:
        return msgspec.json.decode(before.answer, type=Answer)
    session.execute(delete(Command).where(Command.source == client.source, Command.command_id == command))
    return None


def note(session: Session, client: Client, command: str, *, kind: str, answer: Answer, now: datetime) -> None:
    """Keep the answer. For a repeat this raises IntegrityError: nothing is done twice, `given_lately` has it."""
    row = {"source": client.source, "command_id": command, "kind": f"sip2.{kind}", "at": now}
    kept = {"library_id": client.library.id, "answer": msgspec.json.encode(answer)}
    session.connection().execute(insert(Command).values({**row, **kept}))
