"""Requests that come twice: a client that did not hear the answer sends the same again, also over a new connection.

SIP2 has no command ids. The same bytes, with the same transaction date, are the same command for a while; clients
whose clock stands still say something new after it.
"""

import hashlib
from datetime import timedelta

import msgspec
from sqlalchemy import delete, insert

from samut_hub.circulation.loans import open_loan_of
from samut_hub.commands import Command, answer_given
from samut_hub.sip2.asked import Asked
from samut_hub.sip2.codec import Answer, Kind, Request

CHANGES = {
    Kind.BLOCK_PATRON,
    Kind.CHECKIN,
    Kind.CHECKOUT,
    Kind.FEE_PAID,
    Kind.HOLD,
    Kind.PATRON_ENABLE,
    Kind.RENEW,
    Kind.RENEW_ALL,
}
"""What writes."""

_NOTED = insert(Command)
LATELY = timedelta(minutes=10)
_SECRET = {"AC", "AD"}
_REMEMBERED = {Kind.CHECKIN, Kind.CHECKOUT, Kind.FEE_PAID, Kind.HOLD, Kind.RENEW, Kind.RENEW_ALL}
"""What would do something else the second time, or be refused."""
_DONE = ("1", "Y")
_NOTHING_RENEWED = "0000"


def command_of(request: Request) -> str:
    """The same for the same request, without its passwords; empty for one without a transaction date."""
    if request.kind not in _REMEMBERED or not request.fixed["at"].strip():
        return ""
    told = sorted((name, value) for name, value in request.fields.items() if name not in _SECRET)
    whole = msgspec.json.encode((request.kind.value, list(request.fixed.values()), told))
    return hashlib.sha256(whole).hexdigest()


def has_changed(request: Request, answer: Answer) -> bool:
    """Whether what was asked for was done, so that the answer is to be remembered."""
    if request.kind is Kind.RENEW_ALL:
        return answer.head[2] in _DONE and answer.head[3:7] != _NOTHING_RENEWED
    return answer.head[2] in _DONE


def given_lately(asked: Asked, command: str) -> Answer | None:
    """What was answered to the same request, if the member has said the password again where one is needed, and it
    still is so; else, as one of long ago, it is forgotten."""
    session, source = asked.session, asked.client.source
    before = answer_given(session, source, command) if _may_know(asked) else None
    if before is None:
        return None
    if asked.now - before.at < LATELY and _is_still_so(asked):
        return msgspec.json.decode(before.answer, type=Answer)
    session.execute(delete(Command).where(Command.source == source, Command.command_id == command))
    return None


def note(asked: Asked, command: str, answer: Answer) -> None:
    """Keep the answer. For a repeat this raises IntegrityError: nothing is done twice, `given_lately` has it."""
    row = {
        "source": asked.client.source,
        "command_id": command,
        "kind": f"sip2.{asked.request.kind}",
        "at": asked.now,
        "library_id": asked.client.library.id,
        "answer": msgspec.json.encode(answer),
    }
    asked.session.connection().execute(_NOTED, row)


def _may_know(asked: Asked) -> bool:
    return asked.request.kind is Kind.CHECKIN or asked.request.fixed.get("no_block") == "Y" or asked.is_let_in


def _is_still_so(asked: Asked) -> bool:
    """What was lent may have come back since; what left without asking stays in the books anyhow."""
    if asked.request.kind is not Kind.CHECKOUT or asked.request.fixed["no_block"] == "Y":
        return True
    member, item = asked.member(), asked.item()
    loan = open_loan_of(asked.session, item) if item is not None else None
    return loan is not None and member is not None and loan.member_id == member.id
