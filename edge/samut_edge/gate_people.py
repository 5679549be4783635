"""Who stands before a gate: cards, codes and tags looked up in the replica."""

import re
from datetime import datetime

from samut_edge.books import Books
from samut_edge.events import CardKind, CardTapped, CodeScanned, Direction, TagPassed
from samut_edge.flows.gate_states import Person, TagSeen, Tapped
from samut_rules.visit import entry_reasons
from samut_wire import messages as m
from samut_wire.cards import card_hash

GUEST = "guest"
"""The kind of card under which the code of a guest pass is hashed."""
_TITLES = re.compile(r"^(?:(?:[ก-๙A-Za-z]{1,6}\.)+\s*|(?:เด็กชาย|เด็กหญิง|นางสาว)\s*|(?:นาย|นาง|คุณ|Mr|Mrs|Miss|Ms)\s+)+")


def tap_of(
    event: CardTapped | CodeScanned, direction: Direction, books: Books, now: datetime, *, key: bytes
) -> Tapped:
    """With the person, if the replica knows one; and with the question to the hub, if not."""
    if isinstance(event, CardTapped) and event.kind is not CardKind.NUMBER:
        card = card_hash(key, event.kind, event.value)
        row = books.member(m.MemberAsked(card=card))
        return Tapped(event.part, card, direction, _person(row, books, now), m.EntryAsked(card=card))
    code = (event.text if isinstance(event, CodeScanned) else event.value).strip()
    row = books.member(m.MemberAsked(number=code))
    asked = m.EntryAsked(number=code, guest=card_hash(key, GUEST, code))
    return Tapped(event.part, code, direction, _person(row, books, now), asked)


def tag_of(event: TagPassed, books: Books) -> TagSeen | None:
    """What passes secured though it is on loan was not cleared when it was lent: no fault of who carries it.

    Of a tag that is never cleared only the loan counts: None where it may pass, and for what is no item here.
    """
    item = books.item(event.barcode) if event.barcode else None
    if item is None:
        return TagSeen(event.part, event.tag, event.barcode) if event.clears else None
    is_theirs = bool(item.lent_to) or item.security_pending
    if is_theirs and not event.clears:
        return None
    return TagSeen(event.part, event.tag, event.barcode, item.title, is_theirs)


def first_name(name: str) -> str:
    """As much of a name as a greeting needs: no title, no family name."""
    return next(iter(_TITLES.sub("", name.strip()).split()), "")


def _person(row: m.MemberRow | None, books: Books, now: datetime) -> Person | None:
    if row is None:
        return None
    reasons = entry_reasons(books.member_facts(row, now), books.rules.calendar, now)
    return Person(row.number, row.name, row.member_type, reasons)
