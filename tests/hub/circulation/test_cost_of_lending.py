"""A loan costs the same whatever its member has on loan already."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import BOOKS, MANEE, PITI, TEACHER, School
from tests.hub.conftest import Clock

MANY = 1_000
MOST = 14
"""Statements of one loan, that of its member and those of its item among them."""
Asked = list[tuple[str, Any]]


@pytest.fixture
def collector(school: School, clock: Clock) -> School:
    """The teacher has a thousand books at home, half of them late, and may have more."""
    now = clock()
    with school.database.session(school.library) as session:
        for rule in session.scalars(select(LoanRule)):
            rule.max_items, rule.max_total = 10 * MANY, 10 * MANY
        title_id = session.scalars(select(Item.title_id)).first()
        same = {"library_id": school.library, "title_id": title_id, "added_at": now, "changed_at": now}
        named = [f"C{number:05d}" for number in range(MANY)]
        session.execute(insert(Item), [{**same, "accession_number": name, "barcode": name} for name in named])
        ids = session.scalars(select(Item.id).where(Item.barcode.in_(named))).all()
        loan = {"library_id": school.library, "member_id": school.ids[TEACHER], "source": "desk:dao", "trace": []}
        times = {"lent_at": now - timedelta(days=9), "due_at": now + timedelta(days=9)}
        session.execute(insert(Loan), [{**loan, **times, "item_id": item_id} for item_id in ids])
        session.execute(update(Member).where(Member.id == school.ids[TEACHER]).values(open_loans=MANY))
    return school


@contextmanager
def listening(database: Database) -> Iterator[Asked]:
    """What the database is asked inside, with the values."""
    asked: Asked = []

    def note(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def asked_for(school: School, clock: Clock, number: str, barcode: str) -> Asked:
    """What one loan asks the database for."""
    with listening(school.database) as asked, school.database.session(school.library) as session:
        member = session.get_one(Member, school.ids[number])
        item = session.scalars(select(Item).where(Item.barcode == barcode)).one()
        assert lend(session, member=member, item=item, now=clock(), source="desk:dao").loan is not None
    return asked


def give_back(school: School, clock: Clock, barcode: str) -> None:
    with school.database.session(school.library) as session:
        item = session.scalars(select(Item).where(Item.barcode == barcode)).one()
        take_back(session, item=item, now=clock(), source="desk:dao")


@pytest.mark.requirement("W-03")
def test_a_loan_costs_the_same_with_a_thousand_on_loan_and_with_none(collector: School, clock: Clock) -> None:
    asked_for(collector, clock, MANEE, BOOKS[0])  # what is worked out once is there now
    few = asked_for(collector, clock, PITI, BOOKS[1])
    many = asked_for(collector, clock, TEACHER, BOOKS[2])
    assert [statement for statement, _ in many] == [statement for statement, _ in few]
    assert len(few) <= MOST
    if "sqlite" in str(collector.database.engine.url):
        assert [step for one in many for step in steps(collector.database, *one) if step.startswith("SCAN")] == []


def steps(database: Database, statement: str, values: Any) -> list[str]:
    """How SQLite finds the rows: SEARCH goes by an index, SCAN through all of them."""
    if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")) or isinstance(values, list):
        return []
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row.detail for row in plan]
