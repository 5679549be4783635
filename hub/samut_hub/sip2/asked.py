"""One request with all that its answer needs, and who and what it is about."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.policy import sought_key
from samut_hub.circulation.facts import how_many_late
from samut_hub.circulation.locking import ONLY_NAMED, lock, with_item
from samut_hub.db import prepared
from samut_hub.libraries.models import Library
from samut_hub.members.models import CardKind, Member
from samut_hub.members.policy import is_national_id
from samut_hub.members.service import member_by_card, member_by_number
from samut_hub.sip2 import dates, words
from samut_hub.sip2.codec import Answer, Request
from samut_hub.sip2.enquiries import Enquiries, Enquiry
from samut_hub.sip2.models import Sip2Account
from samut_hub.sip2.policy import Pin
from samut_rules.reasons import Code, Reason
from samut_wire.cards import card_hash
from samut_wire.numbers import member_number

_NUMBERED = prepared(
    select(Member, Library, how_many_late(Member.library_id, Member.id))
    .join(Library, Library.id == Member.library_id)
    .where(Member.number == bindparam("number"))
)
_BOTH = (
    with_item(Member.number == bindparam("number"))
    .add_columns(Library)
    .join(Library, Library.id == Member.library_id)
)
_BARCODED = prepared(select(Item).where(Item.barcode_key == bindparam("key")).options(ONLY_NAMED))
CLOCK_TOLERANCE = timedelta(hours=1)

Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Client:
    """A connection whose account is known. `language` is that of the member who stands before it.

    `known` is the member identifier whose password was right, until the end of the member's session. `places` are the
    names of the library's places. Account and library are read anew every few seconds; see `service.Counter`.
    `enquiries` are those of all clients.
    """

    account: Sip2Account
    library: Library
    places: dict[int, str]
    card_key: bytes
    address: str
    language: str = ""
    known: str = ""
    enquiries: Enquiries = field(default_factory=Enquiries)

    @property
    def source(self) -> str:
        """How loans and returns name the place where they were made."""
        return f"sip2:{self.account.login}"

    def last_enquiry(self, patron: str) -> Enquiry | None:
        return self.enquiries.last(self.account.id, patron)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request inside its transaction."""

    session: Session
    client: Client
    request: Request
    now: datetime
    pin: Pin

    @property
    def language(self) -> str:
        return self.client.language or self.client.account.language

    @property
    def stamp(self) -> str:
        """The transaction date of the answer."""
        return self.written(self.now)

    @property
    def institution(self) -> tuple[str, str]:
        return "AO", self.client.account.institution or self.request.get("AO")

    @property
    def patron(self) -> tuple[str, str]:
        return "AA", self.request.get("AA")

    @property
    def barcode(self) -> tuple[str, str]:
        return "AB", self.request.get("AB")

    def written(self, moment: datetime) -> str:
        return dates.written(moment, self.client.library.zone)

    def moment(self, name: str) -> datetime | None:
        """A date among the parts of fixed length."""
        return dates.moment_of(self.request.fixed[name], self.client.library.zone)

    def happened(self, name: str) -> datetime:
        """When it happened by the client's clock, or now when that clock cannot be right."""
        said = self.moment(name)
        earliest = self.client.account.added_at - CLOCK_TOLERANCE
        return said if said is not None and earliest <= said <= self.now + CLOCK_TOLERANCE else self.now

    def screen(self, *sentences: str) -> Fields:
        return tuple(("AF", sentence) for sentence in sentences if sentence)

    def why(self, *reasons: Reason) -> Fields:
        return self.screen(*(words.reason(reason, self.language) for reason in reasons))

    def say(self, say: words.Say, **values: str | int) -> str:
        return words.said(say, self.language, **values)

    def answer(self, head: str, *fields: Fields) -> Answer:
        return Answer(head, tuple(field for part in fields for field in part))

    def member(self) -> Member | None:
        """Who the patron identifier is: a member number, or the number of a card."""
        return self.member_and_late()[0]

    def member_and_late(self) -> tuple[Member | None, int | None]:
        """The same, with how many items are late where that came with the member."""
        text = self.request.get("AA")
        asked = {"number": member_number(text), "now": self.now}
        found = self.session.execute(_NUMBERED, asked).one_or_none()
        if found is None:
            return find_member(self.session, text, self.client.card_key), None
        self.session.info["library"] = found[1]  # so that the session still knows it when it is asked for
        return found[0], found[2]

    def item(self) -> Item | None:
        key = sought_key(self.request.get("AB"))
        return None if key is None else self.session.scalar(_BARCODED, {"key": key})

    def both(self) -> tuple[Member | None, Item | None]:
        """Member and item with one statement that locks the member; where that finds nothing, as by the number of a
        card, each on its own, with the member locked too."""
        number, key = member_number(self.request.get("AA")), sought_key(self.request.get("AB"))
        if key is not None:
            found = self.session.execute(_BOTH, {"number": number, "key": key}).one_or_none()
            if found is not None:
                self.session.info["library"] = found[2]
                return found[0], found[1]
        member = self.member()
        if member is not None:
            lock(self.session, member)
        return member, self.item()

    def unknown(self, member: Member | None, item: Item | None) -> tuple[Reason, ...]:
        """What is not known in this library."""
        reasons = [Reason(Code.MEMBER_UNKNOWN)] if member is None else []
        return (*reasons, *([self.unknown_item] if item is None else []))

    @property
    def unknown_item(self) -> Reason:
        return Reason(Code.ITEM_UNKNOWN, {"barcode": self.request.get("AB")})

    @property
    def is_let_in(self) -> bool:
        """Whether the member may be served without more: the password was right, or none is needed."""
        if not self.client.account.pin_needed or self.pin is Pin.RIGHT:
            return True
        return self.pin is Pin.NOT_ASKED and self.client.known == self.request.get("AA") != ""

    @property
    def pin_fault(self) -> str:
        """The sentence about a password that is missing or wrong; empty when nothing is to be said."""
        faults = {
            Pin.WRONG: words.Say.WRONG_PIN,
            Pin.TEMPORARY: words.Say.PIN_IS_TEMPORARY,
            Pin.TOO_OFTEN: words.Say.PIN_TOO_OFTEN,
        }
        if self.pin in faults:
            return self.say(faults[self.pin])
        return "" if self.is_let_in else self.say(words.Say.NO_PIN)


def find_member(session: Session, text: str, card_key: bytes) -> Member | None:
    found = member_by_number(session, text)
    if found is not None or not text:
        return found
    number = member_number(text)
    kind = CardKind.NATIONAL_ID if is_national_id(number) else CardKind.UID
    return member_by_card(session, card_hash(card_key, kind, number))
