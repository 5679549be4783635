"""Which loans there are: of an item, of many, of a member."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from samut_hub.catalogue.lending import lends
from samut_hub.catalogue.models import Item
from samut_hub.circulation.locking import WITHOUT_DETAILS
from samut_hub.circulation.models import Loan
from samut_hub.db import prepared
from samut_hub.members.models import Member

_OPEN_LOAN = prepared(
    select(Loan)
    .where(Loan.item_id == bindparam("item"), Loan.returned_at.is_(None))
    .options(joinedload(Loan.member), joinedload(Loan.item))
)
_LOCKED_LOAN = prepared(
    select(Loan)
    .join(Loan.member)
    .where(Loan.item_id == bindparam("item"), Loan.returned_at.is_(None))
    .options(contains_eager(Loan.member).options(*WITHOUT_DETAILS), defer(Loan.trace))
    .with_for_update(of=[Member, Loan])
    .execution_options(populate_existing=True)
)
_OVERDUE = prepared(
    select(func.count())
    .select_from(Loan)
    .where(Loan.member_id == bindparam("member"), Loan.returned_at.is_(None))
    .where(Loan.due_at < bindparam("now"), Loan.claimed_at.is_(None))
)


def open_loan_of(session: Session, item: Item) -> Loan | None:
    """Who has the item now."""
    return session.scalar(_OPEN_LOAN, {"item": item.id})


def locked_loan_of(session: Session, item: Item) -> Loan | None:
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


def last_loan(session: Session, item: Item) -> Loan | None:
    """The last one, where it is still known who had the item."""
    latest = select(Loan).where(Loan.item_id == item.id).order_by(Loan.lent_at.desc(), Loan.id.desc()).limit(1)
    loan = session.scalar(latest.options(joinedload(Loan.member)))
    return None if loan is None or loan.member_id is None else loan


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
    """How many items are late; counted by index, whatever else the member has. What is said to be back is looked for
    and is not among these: it hinders no loan."""
    return session.scalar(_OVERDUE, {"member": member.id, "now": now}) or 0
