"""Lending, returning, renewing: load the facts, ask the rules, change the rows. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Integer, ScalarSelect, SQLColumnExpression, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from samut_hub.catalogue.lending import lends
from samut_hub.catalogue.models import Item
from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.booking.booked import NOT_BOOKED, Booked, booked, fetch
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.fines import charge_fine, owed_for_others
from samut_hub.circulation.found_again import Found, loser_of, put_right
from samut_hub.circulation.letting_pass import NOTHING, LetPass
from samut_hub.circulation.member_loans import had_before, held_by_kind
from samut_hub.circulation.models import OPEN_HOLD, Conflict, ConflictKind, Hold, HoldState, Loan
from samut_hub.circulation.setting_aside import (
    collect,
    is_still_open,
    is_waited_for,
    scanned,
    set_aside,
    taken_away,
)
from samut_hub.circulation.suspensions import suspend
from samut_hub.circulation.terms import terms_of
from samut_hub.db import prepared
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.age import age_on
from samut_rules.fines import Ceilings, Fine, fine_for
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision, ItemFacts, ItemStatus, LoanFacts, MemberFacts, Renewing
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal
from samut_rules.standing import member_reasons

_IS_BOOKED = exists().where(
    Booking.library_id == Item.library_id,
    Booking.title_id == Item.title_id,
    Booking.state == BookingState.BOOKED.value,
)


def how_many_late(library: SQLColumnExpression[int], member: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """How many items a member has too long at the moment `now` (a parameter), as a column of a larger statement."""
    late = aliased(Loan)
    of_member = (late.library_id == library, late.member_id == member, late.returned_at.is_(None))
    counted = select(func.count()).select_from(late).where(*of_member, late.due_at < bindparam("now"))
    return counted.correlate(Item, Member).scalar_subquery()


_LEFT = aliased(Hold)
_IS_LEFT_ASIDE = exists().where(_LEFT.library_id == Item.library_id, _LEFT.item_id == Item.id, _LEFT.left_aside)
_WHEREABOUTS = prepared(
    select(Member.number, Loan.due_at, Loan.renewals, Hold, Library, _IS_BOOKED, _IS_LEFT_ASIDE)
    .add_columns(how_many_late(Item.library_id, bindparam("member", type_=Integer)))
    .select_from(Item)
    .join(Library, Library.id == Item.library_id)
    .outerjoin(Loan, and_(Loan.item_id == Item.id, Loan.returned_at.is_(None)))
    .outerjoin(Member, Loan.member_id == Member.id)
    .outerjoin(
        Hold,
        and_(Hold.title_id == Item.title_id, Hold.member_id == bindparam("member"), Hold.state.in_(OPEN_HOLD)),
    )
    .where(Item.id == bindparam("item"))
)
_LOCKED_LOAN = prepared(
    select(Loan)
    .join(Loan.member)
    .where(Loan.item_id == bindparam("item"), Loan.returned_at.is_(None))
    .options(contains_eager(Loan.member))
    .with_for_update(of=[Member, Loan])
    .execution_options(populate_existing=True)
)
_OVERDUE = prepared(
    select(func.count())
    .select_from(Loan)
    .where(Loan.member_id == bindparam("member"), Loan.returned_at.is_(None), Loan.due_at < bindparam("now"))
)

_MEMBER_NOW = ["open_loans", "on_site_loans", "debt", "blocked", "suspended_until", "expires_on"]

NO_FINE = Fine(days_late=0, amount=0)


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
class Whereabouts:
    """What the rules look at in an item, and the open hold of the member who wants it, and what is booked. `late`:
    how many items that member has too long. `is_left_aside`: it was not collected, and not scanned since."""

    facts: ItemFacts
    hold: Hold | None
    library: Library
    late: int
    is_left_aside: bool
    booked: Booked = NOT_BOOKED


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
    decision: Decision
    loan: Loan


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
    _lock_with_loser(session, member, item)
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
    scanned(session, item)
    loan = _locked_loan_of(session, item)
    member, fine = None if loan is None else loan.member, NO_FINE
    if loan is None:
        _note_handed_in(session, item, at, source)
    else:
        fine = close_loan(session, loan, at=at, source=source, heard=now)
        _let_parts_be_checked(item, now)
    return Checkin(item, loan, member, fine, set_aside(session, item, now) if sets_aside else None, found)


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
    facts = renewal_facts(loan, is_waited_for=is_waited_for(session, loan.item, now))
    facts = booked(session, loan.item, loan.member, now, is_to_fetch=False).told(facts)
    asked = replace(loan_facts(session, loan.member, loan.item, facts, now), renewing=renewing, on_site=loan.on_site)
    decision = passing.signed(decide_renewal(asked, now, overridden=passing.codes))
    if decision.allowed and decision.due is not None:
        loan.due_at, loan.renewals, loan.source = decision.due, loan.renewals + 1, source
        loan.unseen_renewals += renewing is not Renewing.SEEN
        if passing.codes:
            loan.trace = [*loan.trace, decision.trace[-1]]
    return Renewal(decision, loan)


def _take_from_shelf(session: Session, item: Item, where: Whereabouts, now: datetime) -> None:
    """The member has it in hand, and what he waited for."""
    if where.is_left_aside:
        scanned(session, item)
    if where.hold is not None:
        collect(session, where.hold, item, now)


def lock(session: Session, member: Member) -> None:
    """Lock the member's row until the end, so that two desks cannot both see the last free place of a limit."""
    if not _is_locked_whole(session):
        session.refresh(member, _MEMBER_NOW, with_for_update={"of": Member})


def _lock_with_loser(session: Session, member: Member, item: Item) -> None:
    """Where somebody else had lost the item, charges of that member change too. Two who borrow what the other had
    lost must not wait for each other: whoever locks two members locks the one with the smaller id first."""
    loser = None if _is_locked_whole(session) else loser_of(session, item)
    if loser is not None and loser < member.id:
        session.execute(select(Member.id).where(Member.id == loser).with_for_update())
    lock(session, member)


def lock_open(session: Session, loan: Loan) -> bool:
    """Lock the member and the loan, and look again: another desk may have ended it since it was read."""
    lock(session, loan.member)
    if not _is_locked_whole(session):
        session.refresh(loan, ["returned_at", "due_at", "renewals"], with_for_update={"of": Loan})
    return loan.returned_at is None


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


def _is_locked_whole(session: Session) -> bool:
    """On SQLite a writing transaction has locked everything from its beginning; what was read in it is current."""
    return session.get_bind().dialect.name == "sqlite"


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
    session.add(loan)
    count_loans(member, loan, 1)
    session.flush()
    if item.service_charge:
        add_charge(
            session, member=member, kind=ChargeKind.SERVICE, amount=item.service_charge, now=made.at, loan_id=loan.id
        )
    return loan


def count_loans(member: Member, loan: Loan, change: int) -> None:
    """One more or one fewer at the member, who is locked."""
    member.open_loans += change
    member.on_site_loans += change * loan.on_site


def close_loan(session: Session, loan: Loan, *, at: datetime, source: str, heard: datetime | None = None) -> Fine:
    """End the open loan at that moment; charge the fine, and suspend the member where the rules say so. The member
    is locked by the caller. `heard`: when that was told; until then a fine may have run on, which is put right."""
    member, fine = loan.member, fine_of(session, loan, at)
    loan.returned_at, loan.returned_through = at, source
    count_loans(member, loan, -1)
    session.flush()
    if max(at, heard or at) > loan.due_at:
        charge_fine(session, loan, fine.amount, at)
    if at > loan.due_at:
        suspend(session, loan, at)
    return fine


def open_loan_of(session: Session, item: Item) -> Loan | None:
    """Who has the item now."""
    return session.scalar(
        select(Loan)
        .where(Loan.item_id == item.id, Loan.returned_at.is_(None))
        .options(joinedload(Loan.member), joinedload(Loan.item))
    )


def _locked_loan_of(session: Session, item: Item) -> Loan | None:
    """The same with its member, both locked, in this order: as it is after all who were before."""
    return session.scalar(_LOCKED_LOAN, {"item": item.id})


def open_loans_of_items(session: Session, items: Sequence[Item]) -> dict[int, Loan]:
    """The open loan of each item that is out, by the item's id; one query for all of them."""
    wanted = select(Loan).where(Loan.item_id.in_([item.id for item in items]), Loan.returned_at.is_(None))
    return {loan.item_id: loan for loan in session.scalars(wanted)}


@lends
def lent_among(session: Session, item_ids: Sequence[int]) -> set[int]:
    """Those of these items that are out; the catalogue asks before it writes one off."""
    return set(session.scalars(select(Loan.item_id).where(Loan.item_id.in_(item_ids), Loan.returned_at.is_(None))))


def loans_of_item(session: Session, item: Item, limit: int = 50) -> Sequence[Loan]:
    """Who had the item, the latest loan first."""
    wanted = select(Loan).where(Loan.item_id == item.id).options(joinedload(Loan.member))
    return session.scalars(wanted.order_by(Loan.lent_at.desc(), Loan.id.desc()).limit(limit)).all()


def open_loans(session: Session, member: Member, limit: int | None = None) -> list[Loan]:
    """What the member has, with items and titles, the soonest due first."""
    return list(
        session.scalars(
            select(Loan)
            .where(Loan.member_id == member.id, Loan.returned_at.is_(None))
            .order_by(Loan.due_at, Loan.id)
            .limit(limit)
            .options(joinedload(Loan.item))
        )
    )


def overdue_loans(session: Session, member: Member, now: datetime) -> int:
    """How many items are late; counted by index, whatever else the member has."""
    return session.scalar(_OVERDUE, {"member": member.id, "now": now}) or 0


def standing(session: Session, member: Member, now: datetime, *, late: int | None = None) -> tuple[Reason, ...]:
    """Why the member may borrow nothing at all now; empty when nothing stands against it. `late` is that of
    `member_facts`."""
    library = library_of(session, member.library_id)
    facts = member_facts(session, member, now, late=late)
    return member_reasons(facts, calendar_of(session, library), library.debt_limit, now)


def member_facts(session: Session, member: Member, now: datetime, *, late: int | None = None) -> MemberFacts:
    """What the rules look at in a member. `late`: how many items are, where that was counted before."""
    return MemberFacts(
        number=member.number,
        expires_on=member.expires_on,
        blocked=member.blocked,
        open_loans=member.open_loans - member.on_site_loans,
        on_site_loans=member.on_site_loans,
        suspended_until=member.suspended_until,
        overdue_loans=overdue_loans(session, member, now) if late is None else late,
        debt=member.debt,
        card_lost=member.card_lost,
        age=_age(session, member, now),
        level=member.education,
    )


def _age(session: Session, member: Member, now: datetime) -> int | None:
    if not member.born:
        return None
    return age_on(member.born, calendar_of(session, library_of(session, member.library_id)).local_day(now))


def loan_facts(
    session: Session, member: Member, item: Item, whereabouts: ItemFacts, now: datetime, *, late: int | None = None
) -> LoanFacts:
    """All that a decision about this member and this item looks at. `late`: see `member_facts`."""
    library, terms = library_of(session, member.library_id), terms_of(session, member, item, now)
    return LoanFacts(
        member=replace(member_facts(session, member, now, late=late), held=held_by_kind(session, member, terms)),
        item=replace(whereabouts, earlier=had_before(session, member, item.title_id, terms)),
        terms=terms,
        calendar=calendar_of(session, library),
        debt_limit=library.debt_limit,
    )


def whereabouts(session: Session, item: Item, member: Member, now: datetime) -> Whereabouts:
    """The item's status, who has it, and the member's own open hold, then locked; one query where there is none and
    nothing is booked.

    The library comes with them, so that nobody asks for it again.
    """
    asked = {"item": item.id, "member": member.id, "now": now}
    number, due_at, renewals, found, library, is_booked, is_left, late = session.execute(_WHEREABOUTS, asked).one()
    hold = found if found is not None and is_still_open(session, found) else None
    if number is not None:
        return Whereabouts(_as_lent(item, number, due_at, renewals), hold, library, late, is_left)
    is_own = hold is not None and hold.state == HoldState.READY and hold.item_id == item.id
    reserved_for = member.number if is_own else ""
    facts = ItemFacts(item.barcode, ItemStatus(item.status), reserved_for=reserved_for)
    books = booked(session, item, member, now) if is_booked else NOT_BOOKED
    return Whereabouts(books.told(facts), hold, library, late, is_left, books)


def renewal_facts(loan: Loan, *, is_waited_for: bool) -> ItemFacts:
    """What the rules look at in an item that is to be renewed; what is said to be back is asked for, not renewed."""
    facts = _as_lent(loan.item, loan.member.number, loan.due_at, loan.renewals)
    return replace(
        facts,
        status=ItemStatus.MISSING if loan.claimed_at else facts.status,
        unseen_renewals=loan.unseen_renewals,
        is_recalled=loan.recalled_at is not None,
        is_waited_for=is_waited_for,
    )


def _as_lent(item: Item, number: str, due_at: datetime, renewals: int) -> ItemFacts:
    return ItemFacts(item.barcode, ItemStatus(item.status), number, due_at, renewals)


def fine_of(session: Session, loan: Loan, at: datetime) -> Fine:
    """The whole fine as it stands at that moment."""
    if at <= loan.due_at:
        return NO_FINE
    calendar = calendar_of(session, library_of(session, loan.library_id))
    terms = terms_of(session, loan.member, loan.item, at)
    is_capped = terms is not None and terms.fine_cap_of_member is not None
    others = owed_for_others(session, loan.member, loan) if is_capped else 0
    ceilings = Ceilings(price=loan.item.price, others=others, stopped_at=loan.claimed_at)
    return fine_for(terms, calendar, loan.due_at, at, ceilings=ceilings)
