"""Items that members say have come back: until each is found or given up. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import Loan

PAGE = 50
MOST_PRINTED = 2_000
OPEN = (Loan.claimed_at.is_not(None), Loan.returned_at.is_(None))


@dataclass(frozen=True, slots=True)
class Claims:
    """One page of loans, and how many there are on all pages."""

    loans: Sequence[Loan]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _pages(self.total)


def open_claims(session: Session, page: int = 1) -> Claims:
    """The oldest first, with members."""
    total = session.scalar(select(func.count()).select_from(Loan).where(*OPEN)) or 0
    page = min(max(1, page), _pages(total))
    in_order = _open().order_by(Loan.claimed_at, Loan.id).limit(PAGE).offset((page - 1) * PAGE)
    return Claims(session.scalars(in_order.options(joinedload(Loan.member))).all(), total, page)


def claims_on_shelves(session: Session) -> Sequence[Loan]:
    """In the order in which one walks along the shelves: by place, then by call number."""
    along = (Item.place_id, func.coalesce(Item.call_key, Title.call_key), Item.accession_number, Loan.id)
    return session.scalars(_open().order_by(*along).limit(MOST_PRINTED)).all()


def _open() -> Select[Loan]:
    with_titles = contains_eager(Loan.item).contains_eager(Item.title)
    return select(Loan).join(Loan.item).join(Item.title).where(*OPEN).options(with_titles)


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))
