"""From a request to its answer, in one transaction; sign-in, and what is known of clients. Runs on threads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from samut_hub.catalogue.models import Place
from samut_hub.db import Database, is_collision
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.sip2 import items, lending, patrons, payments, pins, repeats
from samut_hub.sip2.accounts import Attempt, at_address, sign_in
from samut_hub.sip2.asked import Asked, Client
from samut_hub.sip2.codec import Answer, Kind, Request
from samut_hub.sip2.dates import written
from samut_hub.sip2.enquiries import Enquiries, Enquiry
from samut_hub.sip2.models import Sip2Account
from samut_hub.sip2.policy import PROTOCOL, Networks, Pin, comes_from, networks_of, supported
from samut_hub.sip2.words import language_of

TRIES = 3
TIMEOUT, RETRIES = "050", "003"
"""Tenths of a second that a client should wait for an answer, and how often it should try."""

_ANSWERS: Mapping[Kind, Callable[[Asked], Answer]] = {
    Kind.BLOCK_PATRON: patrons.block_patron,
    Kind.CHECKIN: lending.checkin,
    Kind.CHECKOUT: lending.checkout,
    Kind.HOLD: items.hold,
    Kind.ITEM_INFORMATION: items.item_information,
    Kind.ITEM_STATUS_UPDATE: items.item_status_update,
    Kind.PATRON_STATUS: patrons.patron_status,
    Kind.PATRON_ENABLE: patrons.enable_patron,
    Kind.RENEW: lending.renewal,
    Kind.END_SESSION: patrons.end_session,
    Kind.FEE_PAID: payments.fee_paid,
    Kind.PATRON_INFORMATION: patrons.patron_information,
    Kind.RENEW_ALL: lending.renew_all,
}
_ENQUIRIES = (Kind.PATRON_STATUS, Kind.PATRON_INFORMATION)


@dataclass(frozen=True)
class Counter:
    """Where requests are answered. `clock` gives the present time in UTC, `card_secret` see `libraries.card_key`."""

    database: Database
    clock: Callable[[], datetime]
    card_secret: bytes
    enquiries: Enquiries = field(default_factory=Enquiries)

    def enter(self, attempt: Attempt) -> Client | None:
        """The client that signed in. Raises SignInRefusedError; None when its account has just been removed."""
        account_id = sign_in(self.database, attempt, self.clock())
        with self.database.session(None) as session:
            seen = update(Sip2Account).where(Sip2Account.id == account_id)
            session.execute(seen.values(seen_at=self.clock()))
        return self.client_of(account_id, attempt.address)

    def enter_by_address(self, address: str) -> Client | None:
        """The client at an address that needs no sign-in."""
        with self.database.session(None, writes=False) as session:
            account = at_address(session.scalars(select(Sip2Account).where(Sip2Account.by_address)).all(), address)
        return None if account is None else self.client_of(account.id, address)

    def networks(self) -> Networks:
        """From where any account may come."""
        with self.database.session(None, writes=False) as session:
            return networks_of(chain.from_iterable(session.scalars(select(Sip2Account.networks))))

    def client_of(self, account_id: int, address: str) -> Client | None:
        """As the account is now; None when it is gone or not for this address."""
        return self.known([(account_id, address)])[0]

    def known(self, wanted: Iterable[tuple[int, str]]) -> list[Client | None]:
        """The same for many with few statements."""
        asked = list(wanted)
        ids = {account_id for account_id, _ in asked}
        with self.database.session(None, writes=False) as session:
            own = {row.id: row for row in session.scalars(select(Sip2Account).where(Sip2Account.id.in_(ids)))}
            of = {row.library_id for row in own.values()}
            libraries = {row.id: row for row in session.scalars(select(Library).where(Library.id.in_(of)))}
            places: dict[int, dict[int, str]] = {library_id: {} for library_id in of}
            for place in session.scalars(select(Place).where(Place.library_id.in_(of))):
                places[place.library_id][place.id] = place.name
        return [self._client(own.get(account_id), address, libraries, places) for account_id, address in asked]

    def _client(
        self,
        account: Sip2Account | None,
        address: str,
        libraries: Mapping[int, Library],
        places: Mapping[int, dict[int, str]],
    ) -> Client | None:
        if account is None or not comes_from(address, account.networks):
            return None
        library = libraries[account.library_id]
        key = card_key(self.card_secret, library.code)
        return Client(account, library, places[library.id], key, address, enquiries=self.enquiries)

    def try_pin(self, client: Client, request: Request) -> Pin:
        return pins.try_pin(self.database, client, request, self.clock())

    def answer(self, client: Client, request: Request, pin: Pin = Pin.NOT_ASKED) -> Answer:
        """Two at one moment may collide; the loser finds the winner's rows, or its own answer, at the next try."""
        if request.kind is Kind.STATUS:
            return status(self.clock(), client)
        _note_member(client, request, pin)
        if request.kind in _ENQUIRIES and client.account.takes_payments:
            enquiry = Enquiry(request.fixed["at"], self.clock())
            self.enquiries.note(client.account.id, request.get("AA"), enquiry)
        for attempt in range(TRIES):
            try:
                return self._once(client, request, pin, is_again=attempt > 0)
            except (IntegrityError, OperationalError) as error:
                if attempt == TRIES - 1 or not _is_worth_trying(error):
                    raise
        raise AssertionError("the last try returns or raises")

    def _once(self, client: Client, request: Request, pin: Pin, *, is_again: bool) -> Answer:
        command = repeats.command_of(request)
        with self.database.session(client.library.id, writes=request.kind in repeats.CHANGES) as session:
            asked = Asked(session, client, request, self.clock(), pin)
            before = repeats.given_lately(asked, command) if is_again and command else None
            if before is not None:
                return before
            answer = _ANSWERS[request.kind](asked)
            session.flush()
            if not command:
                return answer
            if not repeats.has_changed(request, answer):
                return repeats.given_lately(asked, command) or answer
            repeats.note(asked, command, answer)
            return answer


def status(now: datetime, client: Client | None) -> Answer:
    """99 → 98. Who has not signed in learns no name."""
    if client is None:
        told = (("AO", ""), ("BX", supported(blocks=False, payments=False)))
        return Answer(f"98YNNNNN{TIMEOUT}{RETRIES}{now:%Y%m%d   Z%H%M%S}{PROTOCOL}", told)
    asked = client.account
    yes = "Y" if asked.renewals else "N"
    head = f"98YYY{yes}NY{TIMEOUT}{RETRIES}{written(now, client.library.zone)}{PROTOCOL}"
    institution = asked.institution or client.library.code
    messages = supported(blocks=asked.may_block, payments=asked.takes_payments)
    return Answer(head, (("AO", institution), ("AM", client.library.name(asked.language)), ("BX", messages)))


def _note_member(client: Client, request: Request, pin: Pin) -> None:
    """Which member stands there, in which language, and whether the password was right."""
    if request.kind in _ENQUIRIES:
        client.language = language_of(request.fixed["language"], client.account.language)
    if request.kind is Kind.END_SESSION:
        client.language = client.known = ""
    if pin is Pin.RIGHT:
        client.known = request.get("AA")
    elif pin is not Pin.NOT_ASKED or (request.get("AA") and request.get("AA") != client.known):
        client.known = ""


def _is_worth_trying(error: IntegrityError | OperationalError) -> bool:
    return isinstance(error, IntegrityError) or is_collision(error) or error.connection_invalidated
