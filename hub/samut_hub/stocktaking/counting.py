"""How far a stock-taking is: which items should be in their place, which of them were not read. Nothing commits."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, ItemChange
from samut_hub.catalogue.service import places
from samut_hub.circulation.models import Hold, Loan
from samut_hub.stocktaking.models import StockScan, StockTaking, UnreadItem
from samut_hub.stocktaking.policy import ON_SHELF, Verdict

PAGE = 50
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the counting is. `expected` are the items that should be in their place, `left` those not read."""

    expected: int
    left: int
    verdicts: dict[str, int] = field(default_factory=dict)

    @property
    def found(self) -> int:
        return self.expected - self.left


def tally(session: Session, taking: StockTaking) -> Tally:
    """Counted anew, as items are lent and moved meanwhile; of a closed one the figures of its closing."""
    by_verdict = select(StockScan.verdict, func.count()).where(StockScan.stock_taking_id == taking.id)
    verdicts = dict(iter(session.execute(by_verdict.group_by(StockScan.verdict))))
    if taking.closed_at is not None:
        return Tally(taking.expected or 0, taking.missing or 0, verdicts)
    both = (func.count(), func.count().filter(~_was_read(taking)))
    expected, left = session.execute(_expected(session, taking).with_only_columns(*both)).one()
    return Tally(expected, left, verdicts)


def items_left(session: Session, taking: StockTaking, page: int = 1) -> Sequence[Item]:
    """Items that should be there and were not read, in the order of the shelf."""
    return session.scalars(_left_in_order(session, taking).limit(PAGE).offset((page - 1) * PAGE)).all()


def all_left(session: Session, taking: StockTaking) -> Iterator[Item]:
    """All of `items_left`, as a stream in little memory."""
    yield from session.scalars(_left_in_order(session, taking).execution_options(yield_per=_AT_ONCE))


def unread(session: Session, taking: StockTaking) -> Select[Item]:
    """Items that should be in their place at this moment and were not read."""
    return _expected(session, taking).where(~_was_read(taking))


def went_through_hands(taking: StockTaking) -> ColumnElement[bool]:
    """Whether the library had the item in its hands since stock is taken, so that its shelf tells nothing.

    It is or was on loan, set aside, or had another status, or it came into the library only then.
    """
    since = taking.started_at
    loans = select(Loan.item_id).where(Loan.library_id == taking.library_id)
    lent = union_all(loans.where(Loan.returned_at.is_(None)), loans.where(Loan.returned_at >= since))
    set_aside = exists().where(
        Hold.item_id == Item.id,
        Hold.library_id == taking.library_id,
        or_(Hold.ended_at.is_(None), Hold.ended_at >= since),
    )
    other_status = exists().where(
        ItemChange.item_id == Item.id,
        ItemChange.library_id == taking.library_id,
        ItemChange.at >= since,
        ItemChange.after["status"].as_string().is_not(None),
    )
    changed = and_(Item.changed_at >= since, or_(set_aside, other_status))
    return or_(Item.added_at > since, Item.id.in_(lent), changed)


def places_within(session: Session, place_id: int | None) -> set[int]:
    """The place and all that lies in it; empty for None."""
    within = set() if place_id is None else {place_id}
    for place, _ in places(session):
        if place.parent_id in within:
            within.add(place.id)
    return within


def is_counted(taking: StockTaking, item: Item, counted: Collection[int]) -> bool:
    """Whether the item belongs to what is counted; `counted` are the places within its place."""
    in_place = taking.place_id is None or item.place_id in counted
    return in_place and (taking.category_id is None or item.category_id == taking.category_id)


def _expected(session: Session, taking: StockTaking) -> Select[Item]:
    """Items that stood in their place all the time, or were read there."""
    stood = or_(~went_through_hands(taking), _was_read(taking, but=Verdict.ON_LOAN))
    wanted = select(Item).where(Item.library_id == taking.library_id, Item.status.in_(ON_SHELF), stood)
    if taking.place_id is not None:
        wanted = wanted.where(Item.place_id.in_(places_within(session, taking.place_id)))
    if taking.category_id is not None:
        wanted = wanted.where(Item.category_id == taking.category_id)
    return wanted


def _left_in_order(session: Session, taking: StockTaking) -> Select[Item]:
    if taking.closed_at is None:
        left = unread(session, taking)
    else:
        noted = and_(UnreadItem.item_id == Item.id, UnreadItem.stock_taking_id == taking.id)
        left = select(Item).join(UnreadItem, noted)
    return left.order_by(Item.call_key, Item.accession_order, Item.id)


def _was_read(taking: StockTaking, *, but: Verdict | None = None) -> ColumnElement[bool]:
    read = exists().where(
        StockScan.library_id == taking.library_id,
        StockScan.stock_taking_id == taking.id,
        StockScan.item_id == Item.id,
    )
    return read if but is None else read.where(StockScan.verdict != but)
