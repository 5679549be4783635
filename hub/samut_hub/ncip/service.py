"""From a message to its answer, in one transaction; the answer is kept for who did not hear it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, fromstring, tostring

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError, OperationalError

from samut_hub.commands import Command, answer_given
from samut_hub.db import Database, is_collision
from samut_hub.libraries.service import card_key
from samut_hub.members.signing_in import Attempt
from samut_hub.ncip import items, lending, users
from samut_hub.ncip.access import Partner
from samut_hub.ncip.asked import Asked, said_by
from samut_hub.ncip.problems import GENERAL, ProblemError
from samut_hub.ncip.reading import Request
from samut_hub.ncip.writing import holder, leaf
from samut_hub.sip2.pins import try_password
from samut_hub.sip2.policy import Pin

TRIES = 3
LATELY = timedelta(minutes=10)
"""So long the same request is a repetition, if what it brought about is still so."""


@dataclass(frozen=True, slots=True)
class Service:
    """`is_still_so`: whether what it brought about stands; None for what changes nothing."""

    answer: Callable[[Asked], lending.Answer]
    is_still_so: Callable[[Asked], bool] | None = None


SERVICES: Mapping[str, Service] = {
    "LookupUser": Service(users.look_up_user),
    "LookupItem": Service(items.look_up_item),
    "CheckOutItem": Service(lending.check_out, lending.is_still_lent),
    "CheckInItem": Service(lending.check_in, lending.is_still_here),
    "RenewItem": Service(lending.renew_item, lending.is_still_lent),
    "RequestItem": Service(items.request_item, items.is_still_held),
    "CancelRequestItem": Service(items.cancel_request, items.is_still_cancelled),
}


@dataclass(frozen=True)
class Counter:
    """Where requests are answered. `clock` gives the present time in UTC, `card_secret` see `libraries.card_key`."""

    database: Database
    clock: Callable[[], datetime]
    card_secret: bytes

    def answer(self, partner: Partner, request: Request) -> Element:
        """The body of the answer. Raises ProblemError where the service is not known here.

        Two at one moment may collide; the loser finds the winner's rows, or its own answer, at the next try.
        """
        service = SERVICES.get(request.service)
        if service is None:
            raise ProblemError("Unsupported Service", scheme=GENERAL, element=request.service)
        pin = self._pin(partner, request)
        for attempt in range(TRIES):
            try:
                return self._once(partner, request, service, pin)
            except (IntegrityError, OperationalError) as error:
                if attempt == TRIES - 1 or (isinstance(error, OperationalError) and not is_collision(error)):
                    raise
        raise AssertionError("the last try returns or raises")

    def _pin(self, partner: Partner, request: Request) -> Pin:
        said = said_by(request)
        if not said.password:
            return Pin.NOT_ASKED
        attempt = Attempt(
            library_id=partner.library.id,
            name=said.number,
            password=said.password,
            address=partner.address,
            card_key=self._card_key(partner),
        )
        return try_password(self.database, attempt, self.clock())

    def _once(self, partner: Partner, request: Request, service: Service, pin: Pin) -> Element:
        with self.database.session(partner.library.id, writes=service.is_still_so is not None) as session:
            asked = Asked(session, partner, request, self.clock(), pin, self._card_key(partner))
            header = _header(asked)
            try:
                parts = _given_lately(asked, service)
                if parts is None:
                    parts = service.answer(asked)
                    _note(asked, service, parts)
            except ProblemError as problem:
                refused: lending.Answer = [problem.written(request.service), problem.fee]
                parts = _given_meanwhile(asked, service) or refused
            return holder(f"{request.service}Response", header, *parts)

    def _card_key(self, partner: Partner) -> bytes:
        return card_key(self.card_secret, partner.library.code)


def _given_lately(asked: Asked, service: Service) -> lending.Answer | None:
    """What was answered to the same request, if it is still so; else, as one of long ago, it is forgotten."""
    if service.is_still_so is None:
        return None
    source, digest = asked.partner.source, asked.request.digest
    before = answer_given(asked.session, source, digest)
    if before is None:
        return None
    if asked.now - before.at < LATELY and service.is_still_so(asked):
        return list(fromstring(before.answer))  # noqa: S314 — the hub itself wrote it
    asked.session.execute(delete(Command).where(Command.source == source, Command.command_id == digest))
    return None


def _given_meanwhile(asked: Asked, service: Service) -> lending.Answer | None:
    """The same request may have come at the same moment, and was carried out while this one waited for its rows."""
    try:
        return _given_lately(asked, service)
    except ProblemError:
        return None


def _note(asked: Asked, service: Service, parts: lending.Answer) -> None:
    if service.is_still_so is None:
        return
    command = Command(
        source=asked.partner.source,
        command_id=asked.request.digest,
        kind=f"ncip.{asked.request.service}",
        at=asked.now,
        answer=tostring(holder("Answer", *parts), encoding="utf-8"),
    )
    asked.session.add(command)
    asked.session.flush()


def _header(asked: Asked) -> Element | None:
    """To whom the request came from, where it says so."""
    sender = asked.request.text("InitiationHeader", "FromAgencyId", "AgencyId")
    if not sender:
        return None
    ours = holder("FromAgencyId", leaf("AgencyId", asked.partner.agency))
    return holder("ResponseHeader", ours, holder("ToAgencyId", leaf("AgencyId", sender)))
