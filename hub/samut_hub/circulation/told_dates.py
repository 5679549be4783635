"""Due dates that devices told members while they decided alone.

What the member was told stands, so that nobody is fined for believing it. One that is later than the rules can have
given, staff are told of; one that nobody can have believed, as of a machine that was tampered with or whose clock is
wrong, does not stand.
"""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.booked import booked, is_bookable
from samut_hub.circulation.facts import member_facts
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.lending import count_loan
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts
from samut_rules.renewal import count_renewal
from samut_rules.weighing import Count, weigh

MARGIN = timedelta(days=7)
"""Later than the rules give by so much: for closures and rules of which the device had not yet heard."""
BELIEVABLE = timedelta(days=366)
"""No member believes that something is lent for longer."""


class Granted(Protocol):
    """A loan or renewal of a device: `due` was told to the member at the moment `at`."""

    @property
    def device(self) -> str: ...
    @property
    def barcode(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def due(self) -> datetime: ...


def is_believable(due: datetime, at: datetime) -> bool:
    """Whether a member can have believed it at that moment: neither over already nor very far away."""
    return at < due <= at + BELIEVABLE


def due_of_loan(session: Session, made: Granted, member: Member, item: Item, *, is_over: bool = False) -> datetime:
    """When what was lent is due. `is_over`: it came back already, so nobody needs to look."""
    given = _given(_facts(session, member, item, made.at), made.at, count_loan)
    return _fair(session, made, member, given, is_over=is_over)


def due_of_renewal(session: Session, made: Granted, loan: Loan) -> datetime:
    """When what was renewed is due; the loan still has the due date of before."""
    facts = _facts(session, loan.borrower, loan.item, made.at, renewed=loan)
    given = _given(facts, made.at, count_renewal)
    return _fair(session, made, loan.borrower, given, is_over=loan.returned_at is not None)


def _fair(session: Session, made: Granted, member: Member, given: datetime, *, is_over: bool) -> datetime:
    if made.at < made.due <= given + MARGIN:
        return made.due
    stands = is_believable(made.due, made.at)
    if not is_over:
        kind = ConflictKind.DUE_TOO_LATE if stands else ConflictKind.DUE_IMPOSSIBLE
        _leave_once(session, kind, made, member, f"{made.due.isoformat()} {given.isoformat()}")
    return made.due if stands else given


def _given(facts: LoanFacts, at: datetime, count: Count) -> datetime:
    """By the rules, whether they would have allowed it or not; where none holds, the end of the day."""
    decided, _ = weigh((), facts, at, count=count)
    return decided.due or facts.calendar.end_of(facts.calendar.local_day(at))


def _facts(session: Session, member: Member, item: Item, at: datetime, *, renewed: Loan | None = None) -> LoanFacts:
    library = library_of(session, member.library_id)
    about = ItemFacts(item.barcode, ItemStatus(item.status), due_at=None if renewed is None else renewed.due_at)
    if is_bookable(session, item.title):
        about = booked(session, item, member, at, is_to_fetch=renewed is None).told(about)
    return LoanFacts(
        member=member_facts(session, member, at, late=0),
        item=about,
        terms=terms_of(session, member, item, at),
        calendar=calendar_of(session, library),
        debt_limit=library.debt_limit,
        on_site=renewed is not None and renewed.on_site,
    )


def _leave_once(session: Session, kind: ConflictKind, made: Granted, member: Member, detail: str) -> None:
    """A machine may tell of it again."""
    of = {"kind": kind.value, "device": made.device, "barcode": made.barcode, "happened_at": made.at}
    if session.scalar(select(Conflict.id).filter_by(**of).limit(1)) is None:
        session.add(Conflict(**of, member=member.number, detail=detail))
        session.flush()
