"""The passwords of members at machines: one is tried where it is asked for, in no transaction and never twice."""

from datetime import datetime

from samut_hub.db import Database
from samut_hub.members.models import MemberPassword
from samut_hub.members.signing_in import Attempt
from samut_hub.sip2.asked import Client, find_member
from samut_hub.sip2.codec import Kind, Request
from samut_hub.sip2.policy import Pin
from samut_hub.staff import passwords
from samut_hub.staff.attempts import AT_ONCE, SignInRefusedError, count_failure, refuse_if_too_often

_TOLD = {Kind.PATRON_STATUS, Kind.PATRON_INFORMATION}
"""Where a client asks whether a password is right, also one that the account does not need."""
_DONE = {Kind.CHECKOUT, Kind.RENEW, Kind.RENEW_ALL, Kind.HOLD, Kind.PATRON_ENABLE, Kind.FEE_PAID}


def is_asked(client: Client, request: Request) -> bool:
    """Whether the password in this request is to be tried."""
    if not request.get("AD"):
        return False
    if request.kind in _TOLD:
        return True
    return request.kind in _DONE and client.account.pin_needed and client.known != request.get("AA")


def try_pin(database: Database, client: Client, request: Request, now: datetime) -> Pin:
    """That of the member in this request."""
    attempt = Attempt(
        library_id=client.library.id,
        name=request.get("AA"),
        password=request.get("AD"),
        address=client.address,
        card_key=client.card_key,
    )
    return try_password(database, attempt, now)


def try_password(database: Database, attempt: Attempt, now: datetime) -> Pin:
    """Wrong ones are counted as at signing in. An unknown member is the same work and gets the same answer."""
    with AT_ONCE:
        nobodys = passwords.nobodys_hash()
        with database.session(attempt.library_id, writes=False) as session:
            try:
                refuse_if_too_often(session, attempt.guess, now)
            except SignInRefusedError:
                return Pin.TOO_OFTEN
            member = find_member(session, attempt.name, attempt.card_key)
            own = None if member is None else session.get(MemberPassword, member.id)
        fits = passwords.fits(nobodys if own is None else own.password_hash, attempt.password)
        if fits and own is not None:
            return Pin.TEMPORARY if own.must_change else Pin.RIGHT
        with database.session(attempt.library_id) as session:
            count_failure(session, attempt.guess, now)
    return Pin.WRONG
