"""Loans for a demo library: some due soon, some overdue, some returned today."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.service import close_loan, lend
from samut_hub.members.models import Member

DAYS_AGO = (0, 0, 1, 2, 3, 5, 12, 20)
RETURNED = (2, 4)
SOURCE = "demo"


def add_sample_loans(session: Session, members: list[Member], items: list[Item], now: datetime) -> None:
    """One loan each to these members, from the last of the items."""
    pairs = zip(members, reversed(items), DAYS_AGO, strict=False)
    for place, (member, item, days) in enumerate(pairs):
        checkout = lend(session, member=member, item=item, now=now - timedelta(days=days), source=SOURCE)
        if checkout.loan is not None and place in RETURNED:
            close_loan(session, checkout.loan, at=now, source=SOURCE)
