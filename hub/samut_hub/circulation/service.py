"""Lending, returning, renewing: load the facts, ask the rules, change the rows. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.booking.booked import booked, fetch, lock_all_units, lock_units
from samut_hub.circulation.facts import Whereabouts, loan_facts, renewal_facts, whereabouts
from samut_hub.circulation.fines import NO_FINE, charge_fine, end_lateness, fine_of
from samut_hub.circulation.found_again import Found, put_right
from samut_hub.circulation.letting_pass import NOTHING, LetPass
from samut_hub.circulation.loans import locked_loan_of, open_loans
from samut_hub.circulation.locking import lock, lock_open, lock_with_loser
from samut_hub.circulation.models import Conflict, ConflictKind, Hold, Loan
from samut_hub.circulation.setting_aside import collect, is_waited_for, scanned, set_aside, taken_away
from samut_hub.circulation.suspensions import suspend
from samut_hub.members.models import Member
from samut_rules.fines import Fine
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision, ItemStatus, Renewing
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal

_COUNT = (
    update(Member)
    .where(Member.id == bindparam("member"))
    .values(open_loans=Member.open_loans + bindparam("more"))
    .values(on_site_loans=Member.on_site_loans + bindparam("more_on_site"))
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """`loan` is None when the decision refuses. `found`: in which loan the item was lost before."""

    item: Item
    decision: Decision
    loan: Loan | None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Checkin:
    """`loan` and `member` are None when the item was not on loan. `hold`: for whom it is set aside now. `found`: in
    which loan it was lost before."""

    item: Item
    loan: Loan | None
    member: Member | None
    fine: Fine
    hold: Hold | None = None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A loan as it was decided. `source` says where."""

    at: datetime
    due: datetime
    source: str
    trace: Sequence[str]
    on_site: bool = False


@dataclass(frozen=True, slots=True)
class Renewal:
    """`fine` is what is owed for the days until now, where it was too late and staff let that pass."""

    decision: Decision
    loan: Loan
    fine: Fine = NO_FINE


def lend(
    session: Session,
    *,
    member: Member,
    item: Item,
    now: datetime,
    source: str,
    passing: LetPass = NOTHING,
    on_site: bool = False,
) -> Checkout:
    """Lend the item if the rules allow, or staff let pass what stands against it. `on_site`: for the library only.

    Two at one moment: the second flush raises IntegrityError, try again.
    """
    lock_with_loser(session, member, item)
    return lend_locked(session, member=member, item=item, now=now, source=source, passing=passing, on_site=on_site)


def lend_locked(
    session: Session,
    *,
    member: Member,
    item: Item,
    now: datetime,
    source: str,
    passing: LetPass = NOTHING,
    on_site: bool = False,
) -> Checkout:
    """The same, for whoever has locked the member's row as it was read. What is scanned is not missing any more."""
    lock_units(session, item.title)
    found, where = put_right(session, item, now), whereabouts(session, item, member, now)
    facts = replace(loan_facts(session, member, item, where.facts, now, late=where.late), on_site=on_site)
    overridden = passing.of_item(item.status)
    decision = passing.signed(decide_loan(facts, now, overridden=overridden))
    if not decision.allowed or decision.due is None:
        return Checkout(item, decision, None, found)
    if Code.ITEM_RESERVED in overridden:
        taken_away(session, item, member, now)
    else:
        _take_from_shelf(session, item, where, now)
    made = Made(now, decision.due, source, decision.trace, on_site)
    loan = open_loan(session, member=member, item=item, made=made)
    if where.booked.own is not None:
        fetch(session, where.booked.own, item, loan, now)
    return Checkout(item, decision, loan, found)


def take_back(
    session: Session,
    *,
    item: Item,
    now: datetime,
    source: str,
    returned_at: datetime | None = None,
    sets_aside: bool = True,
) -> Checkin:
    """End the open loan of the item, if there is one, charge a fine that is due, set it aside if somebody waits.

    `returned_at` is when a device without the hub took it back; who waits can be told only now. Where nothing is set
    aside, as at a sorter, the item comes among those that are to be fetched.
    """
    at = returned_at or now
    found = put_right(session, item, now)
    loan = locked_loan_of(session, item)
    is_waited = scanned(session, item)
    member, fine = None if loan is None else loan.member, NO_FINE
    if loan is None:
        _note_handed_in(session, item, at, source)
    else:
        fine = close_loan(session, loan, at=at, source=source, heard=now)
        _let_parts_be_checked(item, now)
    hold = set_aside(session, item, now, is_waited=is_waited) if sets_aside else None
    return Checkin(item, loan, member, fine, hold, found)


def loans_to_renew(session: Session, member: Member, limit: int | None = None) -> list[Loan]:
    """What the member has, the soonest due first. The titles of all are locked before the first is renewed, smaller
    ids first: another who renews the same titles in another order is waited for, not met."""
    lock(session, member)
    loans = open_loans(session, member, limit)
    lock_all_units(session, {loan.item.title_id for loan in loans})
    return loans


def renew(
    session: Session,
    *,
    loan: Loan,
    now: datetime,
    source: str,
    passing: LetPass = NOTHING,
    renewing: Renewing = Renewing.SEEN,
) -> Renewal:
    """Give the loan a new due date if the rules allow, or staff let pass what stands against it."""
    if not lock_open(session, loan):
        return Renewal(
            Decision(False, (Reason(Code.NOT_ON_LOAN),), None, ("item is lent to the member: no (not_on_loan)",)),
            loan,
        )
    item, member = loan.item, loan.borrower
    lock_units(session, item.title)
    facts = renewal_facts(loan, is_waited_for=is_waited_for(session, item, now))
    facts = booked(session, item, member, now, is_to_fetch=False).told(facts)
    asked = replace(loan_facts(session, member, item, facts, now), renewing=renewing, on_site=loan.on_site)
    decision = passing.signed(decide_renewal(asked, now, overridden=passing.codes))
    if not decision.allowed or decision.due is None:
        return Renewal(decision, loan)
    fine = _end_lateness(session, loan, now)
    loan.due_at, loan.renewals, loan.source = decision.due, loan.renewals + 1, source
    loan.unseen_renewals += renewing is not Renewing.SEEN
    if passing.codes:
        loan.trace = [*loan.trace, decision.trace[-1]]
    return Renewal(decision, loan, fine)


def _end_lateness(session: Session, loan: Loan, now: datetime) -> Fine:
    """What a late return now would cost, in money and days without borrowing, is not let off by a renewal."""
    if now <= loan.due_at:
        return NO_FINE
    fine = end_lateness(session, loan, now)
    suspend(session, loan, now)
    return fine


def _take_from_shelf(session: Session, item: Item, where: Whereabouts, now: datetime) -> None:
    """The member has it in hand, and what he waited for."""
    if where.is_left_aside:
        scanned(session, item)
    if where.hold is not None:
        collect(session, where.hold, item, now)


def _let_parts_be_checked(item: Item, now: datetime) -> None:
    """A kit is given to nobody before staff have looked whether all of it came back."""
    if item.parts and item.status in (ItemStatus.AVAILABLE, ItemStatus.INCOMPLETE):
        item.status, item.changed_at = ItemStatus.TO_CHECK.value, now


def _note_handed_in(session: Session, item: Item, now: datetime, source: str) -> None:
    """Remember that the item was seen here: a loan made offline before this moment has then ended, and who takes
    stock knows that it is not missing."""
    item.last_seen_at = now
    session.add(
        Conflict(
            kind=ConflictKind.RETURN_NOT_ON_LOAN,
            device=source,
            member="",
            barcode=item.barcode,
            happened_at=now,
            detail="",
            settled_at=now,
            settled_by=source,
        )
    )
    session.flush()


def open_loan(session: Session, *, member: Member, item: Item, made: Made) -> Loan:
    """Write the loan, count it at the member and charge what the item costs; the decision was made before."""
    loan = Loan(
        item=item,
        member=member,
        lent_at=made.at,
        due_at=made.due,
        source=made.source,
        renewals=0,
        on_site=made.on_site,
        trace=list(made.trace),
    )
    count_loans(member, loan, 1)
    session.add(loan)
    session.flush()
    if item.service_charge:
        add_charge(
            session, member=member, kind=ChargeKind.SERVICE, amount=item.service_charge, now=made.at, loan_id=loan.id
        )
    return loan


def count_loans(member: Member, loan: Loan, change: int) -> None:
    """One more or one fewer at the member, who is locked. Straight in the table: to write a changed member takes the
    session as long as to write the loan."""
    session = cast("Session", object_session(member))
    session.flush()
    on_site = change * loan.on_site
    session.connection().execute(_COUNT, {"member": member.id, "more": change, "more_on_site": on_site})
    set_committed_value(member, "open_loans", member.open_loans + change)
    set_committed_value(member, "on_site_loans", member.on_site_loans + on_site)


def close_loan(session: Session, loan: Loan, *, at: datetime, source: str, heard: datetime | None = None) -> Fine:
    """End the open loan at that moment; charge the fine, and suspend the member where the rules say so. The member
    is locked by the caller. `heard`: when that was told; until then a fine may have run on, which is put right."""
    member, fine = loan.borrower, fine_of(session, loan, at)
    count_loans(member, loan, -1)
    loan.returned_at, loan.returned_through = at, source
    session.flush()
    if max(at, heard or at) > loan.due_at:
        charge_fine(session, loan, fine.amount, at)
    if at > loan.due_at:
        suspend(session, loan, at)
    return fine
