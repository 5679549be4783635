"""A checkout of a member with a thousand open loans, beside one of a member with none."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median

from sqlalchemy import insert, select, update

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.bench.figures import Figure
from tests.bench.homes import home_on
from tests.bench.overdue import fill_shelves, take_statistics
from tests.postgres import PostgresServer

MANY, LENT, WARM = 1_000, 300, 30
RATIO = 1.2


def measure_on_both() -> list[list[Figure]]:
    """On SQLite, then on PostgreSQL."""
    with PostgresServer() as server:
        return [_measure(""), _measure(server.url(server.new_database()))]


def _measure(url: str) -> list[Figure]:
    """By turns, so that whatever else the machine does meets both alike."""
    with home_on(url) as (_config, database):
        library = fill_shelves(database, MANY + 2)
        with database.session(library) as session:
            collector, reader = session.scalars(select(Member.id).order_by(Member.id).limit(2)).all()
            items = session.scalars(select(Item.id).order_by(Item.id).limit(MANY + 2)).all()
            session.execute(update(LoanRule).values(max_items=10 * MANY))
            now = datetime.now(UTC)
            same = {"library_id": library, "member_id": collector, "source": "desk:dao", "trace": []}
            times = {"lent_at": now, "due_at": now + timedelta(days=7)}
            session.execute(insert(Loan), [{**same, **times, "item_id": item_id} for item_id in items[:MANY]])
            session.execute(update(Member).where(Member.id == collector).values(open_loans=MANY))
        take_statistics(database)
        many, none = [], []
        for _ in range(WARM + LENT):
            many.append(_lend(database, library, collector, items[MANY]))
            none.append(_lend(database, library, reader, items[MANY + 1]))
    few, lots = median(none[WARM:]), median(many[WARM:])
    return [
        Figure("Checkout of a member with no open loans, p50", few, "ms"),
        Figure(f"Checkout of a member with {MANY:,} open loans, p50", lots, "ms"),
        Figure("Ratio of the two", lots / few, "×", RATIO),
    ]


def _lend(database: Database, library: int, member_id: int, item_id: int) -> float:
    """Milliseconds for the loan in its transaction; the return is not counted."""
    began = time.perf_counter()
    with database.session(library) as session:
        member, item = session.get_one(Member, member_id), session.get_one(Item, item_id)
        made = lend(session, member=member, item=item, now=datetime.now(UTC), source="desk:dao")
        assert made.loan is not None, made.decision.reasons
    took = (time.perf_counter() - began) * 1000
    with database.session(library) as session:
        take_back(session, item=session.get_one(Item, item_id), now=datetime.now(UTC), source="desk:dao")
    return took
