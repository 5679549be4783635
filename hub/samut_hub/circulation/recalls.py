"""An item that another member waits for is called back before it is due. No use case commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.locking import lock_open
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_rules.renewal import recalled_due

LOOKED_AT = 50
"""Copies of a title that are out; no school has more."""


class NothingToRecallError(Exception):
    """Nobody waits any more, or no copy would come back earlier."""


def recall(session: Session, hold: Hold, now: datetime) -> Loan:
    """Bring the due date of one copy forward, of the one that can come back first; its member has the days that the
    rules guarantee. Who says that it is back already cannot bring it. Raises NothingToRecallError.
    """
    earliest = min(_possible(session, hold, now), key=lambda found: found[0], default=None)
    if earliest is None:
        raise NothingToRecallError(hold.id)
    due, loan = earliest
    if not lock_open(session, loan) or loan.due_at <= due:
        raise NothingToRecallError(hold.id)
    loan.trace = [*loan.trace, f"recalled on {now.date()}, was due {loan.due_at.date()}"]
    loan.due_at, loan.recalled_at = due, now
    session.flush()
    return loan


def _possible(session: Session, hold: Hold, now: datetime) -> list[tuple[datetime, Loan]]:
    if hold.state != HoldState.WAITING:
        return []
    out = select(Loan).join(Item, Loan.item_id == Item.id).where(Item.title_id == hold.title_id)
    if hold.wanted_item_id is not None:
        out = out.where(Item.id == hold.wanted_item_id)
    with_somebody = (Loan.returned_at.is_(None), Loan.claimed_at.is_(None))
    loans = session.scalars(out.where(*with_somebody, Loan.recalled_at.is_(None), Loan.due_at > now).limit(LOOKED_AT))
    calendar, found = calendar_of(session, library_of(session, hold.library_id)), []
    for loan in loans:
        terms = terms_of(session, loan.borrower, loan.item, now)
        if terms is None:
            continue
        due = recalled_due(terms, calendar, now, lent_at=loan.lent_at, due_at=loan.due_at)
        if due < loan.due_at:
            found.append((due, loan))
    return found
