"""What clients are told about members, and what they may do to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from samut_hub.catalogue.models import Item, shown_title
from samut_hub.charges.models import Charge
from samut_hub.circulation.facts import standing
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.terms import member_terms
from samut_hub.libraries.service import library_of
from samut_hub.members.models import Member
from samut_hub.members.service import block, unblock
from samut_hub.sip2 import policy
from samut_hub.sip2.asked import Asked, Fields
from samut_hub.sip2.codec import Answer
from samut_hub.sip2.policy import Pin, Span, Summary, amount, count
from samut_hub.sip2.words import Say, said
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason

Listed = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Person:
    """A member as clients see one, and what the rules say for any material."""

    member: Member
    reasons: tuple[Reason, ...]
    terms: LoanTerms

    @property
    def limit(self) -> int | None:
        """How many items the member may have, None without end."""
        of_all = [limit.most for limit in self.terms.limits if limit.is_of_all]
        return min((*of_all, *filter(None, [self.terms.max_total])), default=None)

    @property
    def status(self) -> str:
        codes = {str(reason.code) for reason in self.reasons}
        if self.limit is not None and self.member.open_loans >= self.limit:
            codes.add(Code.LIMIT_REACHED)
        return policy.patron_status(codes)


def patron_status(asked: Asked) -> Answer:
    """23 → 24."""
    return _status(asked, "24")


def patron_information(asked: Asked) -> Answer:
    """63 → 64."""
    person = _person(asked)
    head = f"{_language(asked)}{asked.stamp}"
    if person is None:
        return asked.answer(f"64{policy.NOBODY}{head}{'0000' * 6}", _nobody(asked))
    holds, waiting, overdue, fines = _counts(asked, person.member)
    counts = (holds, overdue, person.member.open_loans, fines, 0, waiting)
    wanted = policy.summary(asked.request.fixed["summary"])
    which = policy.span(asked.request.get("BP"), asked.request.get("BQ"))
    library = library_of(asked.session, person.member.library_id)
    return asked.answer(
        f"64{person.status}{head}{''.join(map(count, counts))}",
        _about(asked, person),
        (("BZ", count(person.terms.max_holds)), ("CC", amount(library.debt_limit))),
        (("CB", count(person.limit)),) if person.limit is not None else (),
        tuple(_LISTS[wanted](asked, person.member, which)) if wanted is not None else (),
        asked.why(*person.reasons),
        asked.screen(asked.pin_fault),
    )


def block_patron(asked: Asked) -> Answer:
    """01 → 24: a card that the machine kept. A block by staff stays."""
    if not asked.client.account.may_block:
        return _status(asked, "24", asked.say(Say.NO_BLOCKS))
    member = asked.member()
    if member is not None and not member.blocked:
        block(
            asked.session,
            member,
            ": ".join(filter(None, (_kept_card(asked), asked.request.get("AL")))),
            now=asked.now,
        )
    return _status(asked, "24")


def enable_patron(asked: Asked) -> Answer:
    """25 → 26: takes back a block that a machine of this account made, and no other."""
    if not asked.client.account.may_block:
        return _status(asked, "26", asked.say(Say.NO_BLOCKS))
    member = asked.member()
    if member is not None and asked.is_let_in and f"{member.blocked}: ".startswith(f"{_kept_card(asked)}: "):
        unblock(asked.session, member, now=asked.now)
    return _status(asked, "26")


def end_session(asked: Asked) -> Answer:
    """35 → 36."""
    return asked.answer(f"36Y{asked.stamp}", (asked.institution, asked.patron))


def _status(asked: Asked, head: str, *sentences: str) -> Answer:
    person = _person(asked)
    stamp = f"{_language(asked)}{asked.stamp}"
    if person is None:
        return asked.answer(f"{head}{policy.NOBODY}{stamp}", _nobody(asked), asked.screen(*sentences))
    told = (*asked.why(*person.reasons), *asked.screen(asked.pin_fault, *sentences))
    return asked.answer(f"{head}{person.status}{stamp}", _about(asked, person), told)


def _person(asked: Asked) -> Person | None:
    """The member, if known and let in."""
    member, late = asked.member_and_late() if asked.is_let_in else (None, None)
    if member is None:
        return None
    reasons = standing(asked.session, member, asked.now, late=late)
    return Person(member, reasons, member_terms(asked.session, member, asked.now))


def _nobody(asked: Asked) -> Fields:
    """The same for one who is not known and for one whose password is missing or wrong."""
    why = asked.screen(asked.pin_fault) or asked.why(Reason(Code.MEMBER_UNKNOWN))
    return asked.institution, asked.patron, ("AE", ""), ("BL", "N"), ("CQ", "N"), *why


def _about(asked: Asked, person: Person) -> Fields:
    pin = () if asked.pin is Pin.NOT_ASKED else (("CQ", "Y" if asked.pin is Pin.RIGHT else "N"),)
    money = ("BH", asked.client.account.currency), ("BV", amount(person.member.debt))
    name = person.member.name(asked.language)
    return asked.institution, asked.patron, ("AE", name), ("BL", "Y"), *pin, *money


def _language(asked: Asked) -> str:
    return asked.request.fixed.get("language", "000")


def _kept_card(asked: Asked) -> str:
    """In the language of the account and with its name, so that it is known again whoever stands there."""
    account = asked.client.account
    return f"{said(Say.CARD_KEPT, account.language)} ({account.login})"


def _counts(asked: Asked, member: Member) -> tuple[int, int, int, int]:
    """Holds that are ready, holds that wait, overdue loans, charges that are open; one statement."""
    holds = select(func.count()).select_from(Hold).where(Hold.member_id == member.id)
    late = select(func.count()).select_from(Loan).where(*_late(asked, member))
    owed = select(func.count()).select_from(Charge).where(*_owed(member))
    asks = (holds.where(Hold.state == HoldState.READY), holds.where(Hold.state == HoldState.WAITING), late, owed)
    ready, waiting, overdue, fines = asked.session.execute(select(*(ask.scalar_subquery() for ask in asks))).one()
    return ready, waiting, overdue, fines


def _late(asked: Asked, member: Member) -> tuple[ColumnElement[bool], ...]:
    return *_out(member), Loan.due_at < asked.now


def _out(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Loan.member_id == member.id, Loan.returned_at.is_(None)


def _owed(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Charge.member_id == member.id, Charge.paid < Charge.amount


def _ready_holds(asked: Asked, member: Member, which: Span) -> Listed:
    wanted = select(Item.barcode).join(Hold, Hold.item_id == Item.id)
    ready = wanted.where(Hold.member_id == member.id, Hold.state == HoldState.READY)
    return _barcodes(asked, "AS", ready.order_by(Hold.ready_at, Hold.id), which)


def _waiting_holds(asked: Asked, member: Member, which: Span) -> Listed:
    """By the bar code of a copy of each title, with which clients can ask for it."""
    copy = select(func.min(Item.barcode)).where(Item.title_id == Hold.title_id, Item.library_id == Hold.library_id)
    waiting = select(copy.scalar_subquery()).where(Hold.member_id == member.id, Hold.state == HoldState.WAITING)
    return _barcodes(asked, "CD", waiting.order_by(Hold.placed_at, Hold.id), which)


def _overdue(asked: Asked, member: Member, which: Span) -> Listed:
    return _barcodes(asked, "AT", _lent(_late(asked, member)), which)


def _charged(asked: Asked, member: Member, which: Span) -> Listed:
    return _barcodes(asked, "AU", _lent(_out(member)), which)


def _lent(which: tuple[ColumnElement[bool], ...]) -> Select[str]:
    return select(Item.barcode).join(Loan, Loan.item_id == Item.id).where(*which).order_by(Loan.due_at, Loan.id)


def _barcodes(asked: Asked, field: str, wanted: Select[str], which: Span) -> Listed:
    page = wanted.offset(which.first - 1).limit(which.last - which.first + 1)
    return [(field, barcode) for barcode in asked.session.scalars(page) if barcode]


def _fines(asked: Asked, member: Member, which: Span) -> Listed:
    owed = select(Charge).where(*_owed(member)).order_by(Charge.made_at, Charge.id)
    charges = asked.session.scalars(owed.offset(which.first - 1).limit(which.last - which.first + 1)).all()
    loans = select(Loan).where(Loan.id.in_([charge.loan_id for charge in charges if charge.loan_id is not None]))
    titles = {loan.id: shown_title(loan.item) for loan in asked.session.scalars(loans.options(joinedload(Loan.item)))}
    return [("AV", _fine(charge, titles)) for charge in charges]


def _fine(charge: Charge, titles: dict[int, str]) -> str:
    about = titles.get(charge.loan_id or 0) or charge.note
    return " ".join(filter(None, (amount(charge.amount - charge.paid), about)))


_LISTS = {
    Summary.HOLDS: _ready_holds,
    Summary.OVERDUE: _overdue,
    Summary.CHARGED: _charged,
    Summary.FINES: _fines,
    Summary.UNAVAILABLE_HOLDS: _waiting_holds,
}
