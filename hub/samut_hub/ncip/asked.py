"""One request inside its transaction, and who and what it is about."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.members.models import Member
from samut_hub.ncip.access import Partner
from samut_hub.ncip.problems import GENERAL, NOT_AUTHENTICATED, UNKNOWN_ITEM, UNKNOWN_USER, ProblemError, Words
from samut_hub.ncip.reading import Request, local
from samut_hub.ncip.writing import Scheme, holder, leaf, listed
from samut_hub.sip2 import words
from samut_hub.sip2.asked import find_member
from samut_hub.sip2.policy import Pin
from samut_rules.reasons import Code, Reason

_NUMBERS, _PASSWORDS = {"barcode id", "user id", "barcode", "userid", "username"}, {"pin", "password"}
"""Kinds of AuthenticationInput that name a member, and that prove it."""
ACCESSION = "accession number"


@dataclass(frozen=True, slots=True)
class Said:
    """What a request says of its member."""

    number: str
    password: str = ""


def said_by(request: Request) -> Said:
    """By UserId, or by AuthenticationInput, in which a password may stand too."""
    told = {"number": request.text("UserId", "UserIdentifierValue")}
    for one in request.all("AuthenticationInput"):
        inside = {local(child): (child.text or "").strip() for child in one}
        kind = inside.get("AuthenticationInputType", "").lower()
        if kind in _NUMBERS:
            told["number"] = inside.get("AuthenticationInputData", "")
        elif kind in _PASSWORDS:
            told["password"] = inside.get("AuthenticationInputData", "")
    return Said(**told)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with all that its answer needs. `card_key`: see `libraries.card_key`."""

    session: Session
    partner: Partner
    request: Request
    now: datetime
    pin: Pin
    card_key: bytes

    @property
    def currency(self) -> str:
        return self.partner.account.currency

    @property
    def language(self) -> str:
        return self.partner.account.language

    def member(self) -> Member:
        """Raises ProblemError. Where members must say their password nobody learns who is one without it."""
        number = said_by(self.request).number
        if not number:
            raise ProblemError("Needed Data Missing", scheme=GENERAL, element="UserId")
        if self.pin is not Pin.RIGHT and (self.pin is not Pin.NOT_ASKED or self.partner.account.pin_needed):
            raise ProblemError(NOT_AUTHENTICATED, element="AuthenticationInput")
        member = find_member(self.session, number, self.card_key)
        if member is None:
            raise self.refusal(UNKNOWN_USER, Reason(Code.MEMBER_UNKNOWN), element="UserId", value=number)
        return member

    def item(self) -> Item:
        """Raises ProblemError."""
        number = self.request.text("ItemId", "ItemIdentifierValue")
        if not number:
            raise ProblemError("Needed Data Missing", scheme=GENERAL, element="ItemId")
        item = self._item(number)
        if item is None:
            unknown = Reason(Code.ITEM_UNKNOWN, {"barcode": number})
            raise self.refusal(UNKNOWN_ITEM, unknown, element="ItemId", value=number)
        return item

    def _item(self, number: str) -> Item | None:
        if self.request.text("ItemId", "ItemIdentifierType").lower() == ACCESSION:
            return self.session.scalar(select(Item).where(func.lower(Item.accession_number) == number.lower()))
        return item_by_barcode(self.session, number)

    def refusal(self, kind: str, reason: Reason, *, element: str = "", value: str = "") -> ProblemError:
        return ProblemError(kind, words.reason(reason, self.language), element=element, value=value)

    def refused(self, of: Words, reasons: tuple[Reason, ...]) -> ProblemError:
        """The first reason names the problem, all are told."""
        told = " ".join(words.reason(reason, self.language) for reason in reasons)
        return ProblemError(of.of(reasons[0].code) if reasons else of.otherwise, told)

    def user_id(self, member: Member) -> Element:
        return holder("UserId", leaf("AgencyId", self.partner.agency), leaf("UserIdentifierValue", member.number))

    def item_id(self, barcode: str) -> Element:
        kind = listed("ItemIdentifierType", "Barcode", Scheme.ITEM_ID)
        return holder("ItemId", leaf("AgencyId", self.partner.agency), kind, leaf("ItemIdentifierValue", barcode))

    def request_id(self, number: int) -> Element:
        return holder("RequestId", leaf("AgencyId", self.partner.agency), leaf("RequestIdentifierValue", number))
