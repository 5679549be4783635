"""What of a title can be had right now: items, their open loans and what is online, and nothing of who has them.

Only the columns that everybody may see are read: no price, source or note of an item ever reaches a public page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from samut_hub.catalogue.lending import Out, tells_out
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.opening import open_among
from samut_hub.circulation.holds import LENDABLE, TO_COME
from samut_hub.circulation.models import Loan
from samut_hub.db import prepared
from samut_hub.media.models import Medium
from samut_rules.loan import ItemStatus

MOST_COPIES = 300
"""A page lists no more, and says how many there are; a title of which a network has more is a textbook."""
MOST_OUT = 20_000
"""Titles that a search can leave out; with more it begins to be slow."""
USABLE = (ItemStatus.AVAILABLE.value, ItemStatus.REFERENCE.value)

_OPEN_LOAN = and_(Loan.library_id == Item.library_id, Loan.item_id == Item.id, Loan.returned_at.is_(None))
_FREE = and_(Item.status.in_(USABLE), Loan.id.is_(None))
_OTHER = aliased(Item)
"""Made once: an alias of so many columns costs more than the query in which it stands."""
KEPT = Item.status != ItemStatus.WITHDRAWN.value
_ON_SHELF = and_(Item.status == ItemStatus.AVAILABLE.value, Loan.id.is_(None))
_STOCK = prepared(
    select(
        Item.title_id,
        func.count(),
        func.count().filter(_FREE),
        func.count(Item.library_id.distinct()),
        func.min(Item.place_id).filter(_FREE),
        func.min(Loan.due_at),
    )
    .outerjoin(Loan, _OPEN_LOAN)
    .where(Item.title_id.in_(bindparam("titles", expanding=True)), KEPT)
    .group_by(Item.title_id)
)
_COPIES = prepared(
    select(
        Item.id,
        Item.library_id,
        Item.accession_number,
        Item.call_number,
        Item.place_id,
        Item.status,
        Loan.due_at,
    )
    .outerjoin(Loan, _OPEN_LOAN)
    .where(Item.title_id == bindparam("title"))
    .order_by(~KEPT, Item.library_id, Item.call_key, Item.accession_order, Item.id)
    .limit(bindparam("most", type_=Integer))
)
_HOLDINGS = prepared(
    select(
        Item.library_id,
        func.count(),
        func.count().filter(KEPT),
        func.count().filter(_FREE),
        func.count().filter(Item.status.in_(LENDABLE)),
        func.count().filter(_ON_SHELF),
        func.count().filter(Item.status.in_(TO_COME)),
    )
    .outerjoin(Loan, _OPEN_LOAN)
    .where(Item.title_id == bindparam("title"))
    .group_by(Item.library_id)
)


@dataclass(frozen=True, slots=True)
class Stock:
    """Of one title, in the libraries of the site: how many items, how many on the shelf, in how many libraries.

    `place_id` is where a free one stands. `due_at` is when the first comes back, where one is on loan.
    """

    total: int = 0
    free: int = 0
    libraries: int = 0
    place_id: int | None = None
    due_at: datetime | None = None
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """One item as everybody may see it; on loan where `due_at` is given."""

    item_id: int
    library_id: int
    accession_number: str
    call_number: str
    place_id: int | None
    status: str
    due_at: datetime | None

    @property
    def is_free(self) -> bool:
        return self.due_at is None and self.status in USABLE

    @property
    def is_to_wait_for(self) -> bool:
        """It is out, set aside for another, or not yet on the shelf."""
        is_here = self.due_at is None and self.status == ItemStatus.AVAILABLE
        return self.status in (*LENDABLE, *TO_COME) and not is_here


@dataclass(frozen=True, slots=True)
class Holding:
    """A library's copies of a title: all, those not written off, those to be had now; those that are lent out at
    all or will be (`coming`: on order, or being prepared), and how many of them are on the shelf."""

    total: int
    kept: int
    free: int
    lends: int
    on_shelf: int
    coming: int = 0

    @property
    def is_all_out(self) -> bool:
        return self.is_out and not self.on_shelf

    @property
    def is_out(self) -> bool:
        """Some copy is out, or still to come."""
        return self.lends + self.coming > self.on_shelf


def stock_of(session: Session, title_ids: Sequence[int]) -> dict[int, Stock]:
    """Of each of these titles that the site has or that is online; what was written off does not count.

    Two queries.
    """
    if not title_ids:
        return {}
    found = {row[0]: Stock(*row[1:]) for row in session.execute(_STOCK, {"titles": list(title_ids)})}
    online = open_among(session, title_ids)
    return found | {title_id: replace(found.get(title_id, Stock()), is_online=True) for title_id in online}


def copies_of(session: Session, title_id: int) -> list[Copy]:
    """The site's items of a title, library by library in the order of the shelf; those written off come last."""
    return [Copy(*row) for row in session.execute(_COPIES, {"title": title_id, "most": MOST_COPIES})]


def holdings_of(session: Session, title_id: int, copies: Sequence[Copy]) -> dict[int, Holding]:
    """What each library of the site has of a title: `copies`, unless these are only the first of very many."""
    if len(copies) < MOST_COPIES:
        library_ids = sorted({one.library_id for one in copies})
        return {own: _held([one for one in copies if one.library_id == own]) for own in library_ids}
    return {row[0]: Holding(*row[1:]) for row in session.execute(_HOLDINGS, {"title": title_id})}


def _held(copies: Sequence[Copy]) -> Holding:
    return Holding(
        total=len(copies),
        kept=sum(one.status != ItemStatus.WITHDRAWN for one in copies),
        free=sum(one.is_free for one in copies),
        lends=sum(one.status in LENDABLE for one in copies),
        on_shelf=sum(one.status == ItemStatus.AVAILABLE and one.due_at is None for one in copies),
        coming=sum(one.status in TO_COME for one in copies),
    )


@tells_out
def without_free_copy(session: Session) -> Out:
    """Titles of which the site has items, but none on the shelf; begins with what is not as it should be."""
    away = (
        select(Item.title_id)
        .join(Loan, _OPEN_LOAN)
        .union(select(Item.title_id).where(Item.status != literal("available", literal_execute=True)))
        .subquery()
    )
    open_loan = select(Loan.id).where(
        Loan.library_id == _OTHER.library_id, Loan.item_id == _OTHER.id, Loan.returned_at.is_(None)
    )
    free = select(_OTHER.id).where(
        _OTHER.title_id == away.c.title_id, _OTHER.status.in_(USABLE), ~open_loan.exists(), _in_scope(session, _OTHER)
    )
    found = session.scalars(select(away.c.title_id).where(~free.exists()).limit(MOST_OUT + 1)).all()
    return Out(tuple(found[:MOST_OUT]), len(found) <= MOST_OUT)


def has_items(session: Session, title_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the site has an item of the title that is not written off, or it is online: for queries of titles.

    Asked as one union, which both databases look up title by title: of two conditions joined by OR PostgreSQL reads
    all items first.
    """
    mine = select(_OTHER.id).where(
        _OTHER.title_id == title_id, _OTHER.status != ItemStatus.WITHDRAWN.value, _in_scope(session, _OTHER)
    )
    online = select(Medium.id).where(Medium.title_id == title_id, Medium.is_public)
    return union_all(mine.correlate(title_id.table), online.correlate(title_id.table)).exists()


def _in_scope(session: Session, item: type[Item]) -> ColumnElement[bool]:
    """Said outright: what holds for the rows of a session does not reach into every subquery."""
    library_id = session.info["library_id"]
    return true() if library_id is None else item.library_id == library_id
