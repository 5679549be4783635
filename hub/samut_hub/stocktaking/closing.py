"""The end of a stock-taking: what was not read is written down, and may be declared missing. Nothing commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import WrongStatusError, change_status
from samut_hub.catalogue.models import Item
from samut_hub.stocktaking.counting import Tally, tally, unread, went_through_hands
from samut_hub.stocktaking.models import StockTaking, UnreadItem
from samut_hub.stocktaking.policy import ON_SHELF, Fate
from samut_rules.loan import ItemStatus

_AT_ONCE = 100
"""Items in one transaction: they cannot be lent until it ends."""


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the items that were not read, each a number of them."""

    open: int = 0
    missing: int = 0
    kept: int = 0


def close(session: Session, taking: StockTaking, *, now: datetime) -> Tally:
    """End it, keep its figures and what was not read; that stays as it is until it is declared missing.

    One that is closed stays as it was closed.
    """
    session.refresh(taking, ["closed_at"], with_for_update=True)
    if taking.closed_at is None:
        last = tally(session, taking)
        taking.missing = _write_down(session, taking)
        taking.found = last.found
        taking.expected = taking.found + taking.missing
        taking.closed_at = now
        session.flush()
    return tally(session, taking)


def fates(session: Session, taking: StockTaking) -> Fates:
    """Of the items of a closed one that were not read."""
    counts = select(UnreadItem.fate, func.count()).where(UnreadItem.stock_taking_id == taking.id)
    found = dict(iter(session.execute(counts.group_by(UnreadItem.fate))))
    return Fates(found.get(Fate.OPEN, 0), found.get(Fate.MISSING, 0), found.get(Fate.KEPT, 0))


def declare_missing(session: Session, taking: StockTaking, by: By) -> bool:
    """Give some of the items that were not read the status missing; whether there were any left to do.

    What was lent, returned, read or changed meanwhile stays as it is.
    """
    open_ones = select(UnreadItem.item_id).where(
        UnreadItem.stock_taking_id == taking.id, UnreadItem.fate == Fate.OPEN
    )
    ids = session.scalars(open_ones.order_by(UnreadItem.item_id).limit(_AT_ONCE)).all()
    locked = select(Item).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(of=Item)
    items = session.scalars(locked.execution_options(populate_existing=True)).all()
    turned_up = _turned_up(session, taking, ids)
    gone = [item.id for item in items if item.id not in turned_up and _declared(session, item, by)]
    _note(session, taking, gone, Fate.MISSING)
    _note(session, taking, list(set(ids).difference(gone)), Fate.KEPT)
    return bool(ids)


def _write_down(session: Session, taking: StockTaking) -> int:
    rows = unread(session, taking).with_only_columns(
        literal(taking.library_id), literal(taking.id), Item.id, literal(Fate.OPEN.value)
    )
    written = insert(UnreadItem).from_select(["library_id", "stock_taking_id", "item_id", "fate"], rows)
    session.execute(written)
    return fates(session, taking).open


def _turned_up(session: Session, taking: StockTaking, ids: Sequence[int]) -> set[int]:
    is_elsewhere = Item.status.not_in(ON_SHELF)
    seen = or_(is_elsewhere, went_through_hands(taking), Item.last_seen_at >= taking.started_at)
    return set(session.scalars(select(Item.id).where(Item.id.in_(ids), seen)))


def _declared(session: Session, item: Item, by: By) -> bool:
    try:
        change_status(session, item, ItemStatus.MISSING.value, by)
    except WrongStatusError:
        return False
    return True


def _note(session: Session, taking: StockTaking, ids: Sequence[int], fate: Fate) -> None:
    mine = (UnreadItem.stock_taking_id == taking.id, UnreadItem.item_id.in_(ids))
    session.execute(update(UnreadItem).where(*mine).values(fate=fate.value))
