"""The desk: one scan box, and what came of each scan. No use case commits."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.damages import Damage, damage
from samut_hub.circulation.found_again import Found
from samut_hub.circulation.letting_pass import NOTHING, LetPass
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.locking import lock_open, locked_with_item
from samut_hub.circulation.mishaps import LoanEndedError
from samut_hub.circulation.models import Hold, Loan
from samut_hub.circulation.policy import readings, was_just_lent
from samut_hub.circulation.service import (
    Checkin,
    Checkout,
    Renewal,
    lend,
    lend_locked,
    loans_to_renew,
    renew,
    take_back,
)
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import CardKind, Member
from samut_hub.members.policy import hint_of, is_national_id
from samut_hub.members.service import member_by_card, member_by_id, member_by_number
from samut_rules.loan import Decision, ItemStatus, Renewing
from samut_rules.reasons import Code
from samut_wire.cards import card_hash
from samut_wire.numbers import member_number

Said = tuple[str, dict[str, str | int]]
"""A reason: its code and what fills the gaps of its sentence."""

OUT = {Code.ITEM_ON_LOAN, Code.ITEM_ALREADY_YOURS}


class What(StrEnum):
    """What came of a scan."""

    MEMBER = "member"  # the member's session is open now
    LENT = "lent"
    REFUSED = "refused"
    RETURNED = "returned"
    JUST_LENT = "just_lent"  # scanned twice, or lent at another desk at the same moment
    IN_PLACE = "in_place"  # not on loan, and nobody's session is open
    UNKNOWN = "unknown"
    RENEWED = "renewed"
    NOT_RENEWED = "not_renewed"
    NOT_RETURNED = "not_returned"  # it was lent after the day on which it is said to have come back
    DAMAGED = "damaged"  # `fine` is charged for it, to `holder`
    CHECKED = "checked"  # the parts of a kit; `parts` are those that are missing, `fine` what is charged for them


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scan's answer, kept with its command, so that a repeat is told the same. Names of people are not in it.

    `member` is whose session is open, `holder` whose loan it is or was, `book` the title, `item` the copy (ids).
    `fine` is satang, `cost` (satang) is charged for the loan, `parts` are what must come back with the item, to be
    checked off of item `check`. `on_site`: for use in the library only. `aside_for` is the member for whom the item
    must be set aside by that `hold`, until `kept_until`. `lost_by`: the item is found that this member had lost;
    `taken_off` of the charges, and `give_back` was paid (satang). `steps` is the trace. `status` is what a damaged
    item has now.
    """

    what: What
    text: str = ""
    member: int | None = None
    holder: int | None = None
    book: int | None = None
    item: int | None = None
    loan: int | None = None
    barcode: str = ""
    title: str = ""
    due: datetime | None = None
    days_late: int = 0
    fine: int = 0
    cost: int = 0
    parts: str = ""
    check: int | None = None
    on_site: bool = False
    aside_for: int | None = None
    hold: int | None = None
    kept_until: datetime | None = None
    lost_by: int | None = None
    taken_off: int = 0
    give_back: int = 0
    reasons: tuple[Said, ...] = ()
    steps: tuple[str, ...] = ()
    status: str = ""


def scan(
    session: Session,
    text: str,
    *,
    member_id: int | None,
    card_key: bytes,
    now: datetime,
    source: str,
    on_site: bool = False,
) -> Outcome:
    """Open a member's session, lend, or take back: whatever the scanned text means at this moment.

    `member_id` is whose session is open. In a session books are looked for first, without one members are. `on_site`:
    what is lent is for use in the library only.
    """
    both = None if member_id is None else _locked_with_item(session, member_id, text)
    if both is not None:
        made = lend_locked(session, member=both[0], item=both[1], now=now, source=source, on_site=on_site)
        return _lent_or_back(session, both[0], made, now=now, source=source)
    member = None if member_id is None else member_by_id(session, member_id)
    for reading in readings(text):
        known = _read(session, reading, member, card_key)
        if isinstance(known, Member):
            return Outcome(what=What.MEMBER, member=known.id)
        if known is not None and member is not None:
            return lend_item(session, known, member, now=now, source=source, on_site=on_site)
        if known is not None:
            return _taken_back(take_back(session, item=known, now=now, source=source), None)
    return _unknown(text, member_id)


def hand_in(
    session: Session, text: str, *, now: datetime, source: str, returned_at: datetime | None = None
) -> Outcome:
    """Take a book back without knowing whose it is; lends nothing, opens no session (requirement C-08).

    `returned_at`: when it came back, if that was before now.
    """
    for reading in readings(text):
        item = item_by_barcode(session, reading)
        if item is None:
            continue
        loan = None if returned_at is None else open_loan_of(session, item)
        if loan is not None and returned_at is not None and loan.lent_at > returned_at:
            return _lent_later(session, item, loan)
        back = take_back(session, item=item, now=now, source=source, returned_at=returned_at)
        return _taken_back(back, None)
    return _unknown(text)


def found_on_shelf(session: Session, loan: Loan, *, now: datetime, source: str) -> Outcome:
    """End the loan of which the member says that it has ended, and no later one. Raises LoanEndedError."""
    if not lock_open(session, loan) or loan.claimed_at is None:
        raise LoanEndedError(loan.id)
    return _taken_back(take_back(session, item=loan.item, now=now, source=source), None)


def renew_loan(
    session: Session,
    loan: Loan,
    *,
    now: datetime,
    source: str,
    passing: LetPass = NOTHING,
    renewing: Renewing = Renewing.SEEN,
) -> Outcome:
    """Renew for the member whose session is open."""
    return _renewed(renew(session, loan=loan, now=now, source=source, passing=passing, renewing=renewing))


def renew_all(session: Session, member: Member, *, now: datetime, source: str, renewing: Renewing) -> list[Outcome]:
    """Renew all that the member has, the soonest due first; what cannot be renewed is told and stays as it is."""
    loans = loans_to_renew(session, member)
    return [renew_loan(session, loan, now=now, source=source, renewing=renewing) for loan in loans]


def lend_all_the_same(
    session: Session, item: Item, member: Member, *, passing: LetPass, now: datetime, source: str
) -> Outcome:
    """Lend what was refused, where staff let the reasons pass; a reason that came since is told."""
    checkout = lend(session, member=member, item=item, now=now, source=source, passing=passing)
    if checkout.loan is None:
        return _refused(item, member, checkout)
    return _lent(checkout.loan, checkout)


def member_read(session: Session, text: str, card_key: bytes) -> Member | None:
    """The member whose number or card was typed or scanned, also while the computer is set to Thai."""
    for reading in readings(text):
        if person := member_by_number(session, reading) or _card(session, reading, card_key):
            return person
    return None


def _read(session: Session, reading: str, member: Member | None, card_key: bytes) -> Item | Member | None:
    if member is not None and (item := item_by_barcode(session, reading)):
        return item
    if person := member_by_number(session, reading):
        return person
    if member is None and (item := item_by_barcode(session, reading)):
        return item
    return _card(session, reading, card_key)


def _card(session: Session, reading: str, card_key: bytes) -> Member | None:
    number = member_number(reading)
    kind = CardKind.NATIONAL_ID if is_national_id(number) else CardKind.UID
    return member_by_card(session, card_hash(card_key, kind, number))


def lend_item(
    session: Session, item: Item, member: Member, *, now: datetime, source: str, on_site: bool = False
) -> Outcome:
    """Lend it to the member whose session is open, or take it back if it is out."""
    made = lend(session, member=member, item=item, now=now, source=source, on_site=on_site)
    return _lent_or_back(session, member, made, now=now, source=source)


def _locked_with_item(session: Session, member_id: int, text: str) -> tuple[Member, Item] | None:
    """The likeliest reading of a scan in a session: a book on the shelf, or in somebody's hands."""
    likeliest = next(iter(readings(text)), "")
    return locked_with_item(session, member_id, likeliest)


def _lent_or_back(session: Session, member: Member, checkout: Checkout, *, now: datetime, source: str) -> Outcome:
    if checkout.loan is not None:
        session.info["loan"] = checkout.loan  # so that the session still knows it when it is shown
        return _lent(checkout.loan, checkout)
    if any(reason.code in OUT for reason in checkout.decision.reasons):
        return _returned_in_session(session, checkout.item, member, now, source)
    return _refused(checkout.item, member, checkout)


def _lent_later(session: Session, item: Item, loan: Loan) -> Outcome:
    day = calendar_of(session, library_of(session, item.library_id)).local_day(loan.lent_at)
    said = (str(Code.RETURNED_BEFORE_LENT), {"day": day.isoformat()})
    return replace(_of_item(What.NOT_RETURNED, item, None), reasons=(said,))


def _returned_in_session(session: Session, item: Item, member: Member, now: datetime, source: str) -> Outcome:
    loan = open_loan_of(session, item)
    if loan is not None and was_just_lent(loan.lent_at, now):
        return _of_loan(What.JUST_LENT, loan, member.id)
    return _taken_back(take_back(session, item=item, now=now, source=source), member)


def _lent(loan: Loan, checkout: Checkout) -> Outcome:
    lent, steps = _of_loan(What.LENT, loan, loan.member_id), checkout.decision.trace
    parts = replace(lent, parts=loan.item.parts, check=loan.item_id if loan.item.parts else None)
    told = replace(parts, cost=loan.item.service_charge or 0, steps=steps)
    return _found(told, checkout.found)


def _refused(item: Item, member: Member, checkout: Checkout) -> Outcome:
    refused, decision = _kit(_of_item(What.REFUSED, item, member.id), item), checkout.decision
    return _found(replace(refused, reasons=_reasons(decision), steps=decision.trace), checkout.found)


def _taken_back(checkin: Checkin, member: Member | None) -> Outcome:
    open_session = None if member is None else member.id
    if checkin.loan is None:
        in_place = _aside(_kit(_of_item(What.IN_PLACE, checkin.item, open_session), checkin.item), checkin.hold)
        return _found(in_place, checkin.found)
    fine, back = checkin.fine, _of_loan(What.RETURNED, checkin.loan, open_session)
    told = replace(back, days_late=fine.days_late, fine=fine.amount, parts=checkin.item.parts)
    return _aside(_kit(told, checkin.item), checkin.hold)


def _kit(outcome: Outcome, item: Item) -> Outcome:
    """A kit that nobody may borrow before its parts are checked off."""
    is_to_check = item.parts and item.status in (ItemStatus.TO_CHECK, ItemStatus.INCOMPLETE)
    return replace(outcome, check=item.id) if is_to_check else outcome


def _aside(outcome: Outcome, hold: Hold | None) -> Outcome:
    return (
        outcome
        if hold is None
        else replace(outcome, aside_for=hold.member_id, hold=hold.id, kept_until=hold.keep_until)
    )


def _found(outcome: Outcome, found: Found | None) -> Outcome:
    if found is None:
        return outcome
    return replace(outcome, lost_by=found.loan.member_id, taken_off=found.taken_off, give_back=found.give_back)


def damaged(session: Session, item: Item, seen: Damage) -> Outcome:
    """Note what staff saw. Raises as `damages.damage` does."""
    noted = damage(session, item, seen)
    told = replace(_of_item(What.DAMAGED, item, None), status=item.status, fine=seen.amount)
    holder = None if noted.loan is None else noted.loan.member_id
    return _aside(replace(told, holder=holder), noted.hold)


def _renewed(renewal: Renewal) -> Outcome:
    decision, loan = renewal.decision, renewal.loan
    what = What.RENEWED if decision.allowed else What.NOT_RENEWED
    told = replace(_of_loan(what, loan, loan.member_id), reasons=_reasons(decision), steps=decision.trace)
    return replace(told, days_late=renewal.fine.days_late, fine=renewal.fine.amount)


def _of_item(what: What, item: Item, member: int | None) -> Outcome:
    of = Outcome(what=what, member=member, book=item.title_id, item=item.id)
    return replace(of, barcode=item.barcode, title=item.title.title)


def _of_loan(what: What, loan: Loan, member: int | None) -> Outcome:
    of_item = _of_item(what, loan.item, member)
    return replace(of_item, holder=loan.member_id, loan=loan.id, due=loan.due_at, on_site=loan.on_site)


def _reasons(decision: Decision) -> tuple[Said, ...]:
    return tuple((str(reason.code), dict(reason.values)) for reason in decision.reasons)


def _unknown(text: str, member: int | None = None) -> Outcome:
    """It may be a card, or a national ID with a slip of the finger: only its last characters are written down."""
    return Outcome(what=What.UNKNOWN, text=f"…{hint_of(member_number(text))}", member=member)
