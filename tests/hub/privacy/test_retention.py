"""The retention clock: what is old is parted from its people, and the counts stay what they were."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from samut_hub.auditing import Action, AuditEntry, Deed, note
from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation.fines import end_lateness
from samut_hub.circulation.models import Loan
from samut_hub.circulation.running_fines import run_fines
from samut_hub.db import Database
from samut_hub.members.models import Group, Member
from samut_hub.privacy import service
from samut_hub.visits.models import Visit
from samut_hub.visits.service import Passage, record_passage
from tests.hub.circulation.conftest import MANEE, PITI, School
from tests.hub.circulation.conftest import school as school
from tests.hub.conftest import Clock, SignIn

LONG_AGO, LATELY = timedelta(days=900), timedelta(days=300)


def lend(session: Session, school: School, number: str, returned_at: datetime | None) -> int:
    """One loan that ended then."""
    member = session.get_one(Member, school.ids[number])
    item = session.scalars(select(Item).order_by(Item.id)).all()[len(session.scalars(select(Loan.id)).all())]
    at = (returned_at or datetime.fromisoformat("2026-11-01T00:00+00:00")) - timedelta(days=7)
    loan = Loan(item=item, member=member, lent_at=at, due_at=at, returned_at=returned_at, source="desk")
    session.add(loan)
    session.flush()
    return loan.id


def member_of(database: Database, school: School, loan_id: int) -> int | None:
    with database.session(school.library) as session:
        return session.get_one(Loan, loan_id).member_id


def test_an_old_loan_goes_from_its_member_and_keeps_class_and_type(
    school: School, database: Database, clock: Clock
) -> None:
    """Of the time when it was lent: the class has another name by now."""
    now = clock()
    with database.session(school.library) as session:
        old = lend(session, school, MANEE, now - LONG_AGO)
        new, out = lend(session, school, MANEE, now - LATELY), lend(session, school, MANEE, None)
        session.scalars(select(Group)).first().name = "ป.5"  # type: ignore[union-attr]
    assert service.run(database, school.library, now)[0] == 1
    assert member_of(database, school, old) is None
    assert member_of(database, school, new) == member_of(database, school, out) == school.ids[MANEE]
    with database.session(school.library) as session:
        kept = session.get_one(Loan, old)
        assert (kept.member_type, kept.member_group, kept.trace) == ("pupil", "ป.4", [])
        by_type = select(Loan.member_type, func.count()).group_by(Loan.member_type)
        assert dict(session.execute(by_type).all()) == {"pupil": 3}


def test_rows_of_before_are_filled_with_what_is_known_now(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        old = lend(session, school, MANEE, clock() - LONG_AGO)
        loan = session.get_one(Loan, old)
        loan.member_type = loan.member_group = None
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        assert session.get_one(Loan, old).member_type == "pupil"
        assert session.get_one(Loan, old).member_group == "ป.4"


def test_who_still_owes_or_lost_the_item_stays_with_the_loan(
    school: School, database: Database, clock: Clock
) -> None:
    now = clock()
    with database.session(school.library) as session:
        owed, settled, lost = (lend(session, school, number, now - LONG_AGO) for number in (MANEE, PITI, PITI))
        session.get_one(Loan, lost).lost_at = now - LONG_AGO
        session.get_one(Loan, lost).item.status = "lost"
        of = {"kind": "lost", "amount": 500, "made_at": now - LONG_AGO}
        session.add(Charge(member_id=school.ids[MANEE], loan_id=owed, paid=100, **of))
        session.add(Charge(member_id=school.ids[PITI], loan_id=settled, paid=500, **of))
    service.run(database, school.library, now)
    assert member_of(database, school, owed) == school.ids[MANEE]
    assert member_of(database, school, settled) is None
    assert member_of(database, school, lost) == school.ids[PITI]
    with database.session(school.library) as session:
        assert set(session.scalars(select(Charge.loan_id))) == {owed, None}


def test_visits_go_from_their_members_and_are_counted_all_the_same(
    school: School, database: Database, clock: Clock
) -> None:
    with database.session(school.library) as session:
        for days in (400, 10):
            at = clock() - timedelta(days=days)
            record_passage(session, Passage("gate", "reader", "in", MANEE, True, (), at))
    assert service.run(database, school.library, clock())[1] == 1
    with database.session(school.library) as session:
        rows = session.execute(
            select(Visit.member_id, Visit.member_type, Visit.member_group).order_by(Visit.at)
        ).all()
    assert [tuple(row) for row in rows] == [(None, "pupil", "ป.4"), (school.ids[MANEE], "pupil", "ป.4")]


def test_entries_of_who_did_what_go_when_their_time_is_over(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        for days in (800, 10):
            made = {"action": Action.ADDED, "kind": "news", "thing": str(days), "name": "", "changes": {}}
            note(session, Deed(library_id=school.library, **made), now=clock() - timedelta(days=days))
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        left = session.scalars(select(AuditEntry.thing).where(AuditEntry.kind == "news")).all()
    assert left == ["10"]


def test_a_library_chooses_and_nought_keeps_for_ever(
    school: School, database: Database, clock: Clock, sign_in: SignIn
) -> None:
    browser = sign_in("administrator")
    months = {"loans_months": "0", "visits_months": "12", "notices_months": "6", "audit_months": "24"}
    months["guests_days"] = "90"
    assert browser.post("/settings/retention", data=months).status_code == 302
    assert browser.post("/settings/retention", data={**months, "loans_months": "-1"}).status_code == 422
    assert browser.post("/settings/retention", data={**months, "notices_months": "7"}).status_code == 422
    with database.session(school.library) as session:
        old = lend(session, school, MANEE, clock() - LONG_AGO)
    service.run(database, school.library, clock())
    assert member_of(database, school, old) == school.ids[MANEE]
    browser.post("/settings/retention", data={**months, "loans_months": "12"})
    service.run(database, school.library, clock())
    assert member_of(database, school, old) is None


def test_pages_of_item_and_title_bear_a_loan_without_a_member(
    school: School, database: Database, clock: Clock, sign_in: SignIn
) -> None:
    with database.session(school.library) as session:
        old = lend(session, school, MANEE, clock() - LONG_AGO)
        item = session.get_one(Loan, old).item
        item_id, title_id = item.id, item.title_id
    service.run(database, school.library, clock())
    browser = sign_in()
    assert browser.get(f"/catalogue/items/{item_id}").status_code == 200
    assert browser.get(f"/title/{title_id}").status_code == 200


def test_the_indices_of_loans_are_those_of_before(database: Database) -> None:
    """The table was made anew on SQLite: what keeps one open loan per item must have stayed."""
    found = {one["name"]: one for one in inspect(database.engine).get_indexes("loans")}
    assert found["one_open_loan_per_item"]["unique"]
    names = {name for name, one in found.items() if any("where" in key for key in one.get("dialect_options", {}))}
    assert {
        "ix_loans_of_somebody",
        "one_open_loan_per_item",
        "ix_loans_open_of_member",
        "ix_loans_open_due",
        "ix_loans_lost",
    } <= names


def test_what_comes_late_goes_as_well_however_old_it_is(school: School, database: Database, clock: Clock) -> None:
    """The clock has come far when a library brings in its old books, or a debt of years ago is settled."""
    with database.session(school.library) as session:
        owed = lend(session, school, MANEE, clock() - 3 * LONG_AGO)
        of = {"kind": "lost", "amount": 500, "made_at": clock() - LONG_AGO}
        session.add(Charge(member_id=school.ids[MANEE], loan_id=owed, paid=100, **of))
    for _ in range(2):
        assert service.run(database, school.library, clock()) == (0, 0)
        clock.pass_by(days=400)
    with database.session(school.library) as session:
        brought_in = lend(session, school, PITI, clock() - 3 * LONG_AGO)
        record_passage(session, Passage("gate", "reader", "in", MANEE, True, (), clock() - 3 * LONG_AGO))
        session.execute(update(Charge).values(paid=500))
    assert service.run(database, school.library, clock()) == (2, 1)
    assert member_of(database, school, owed) is member_of(database, school, brought_in) is None


def test_a_library_that_kept_all_for_a_while_forgets_what_ended_meanwhile(
    school: School, database: Database, clock: Clock
) -> None:
    with database.session(school.library) as session:
        kept = lend(session, school, MANEE, clock() - LATELY)
    service.run(database, school.library, clock())
    for months in (0, 12):
        clock.pass_by(days=900)
        with database.session(school.library) as session:
            service.choose(session, school.library, loans_months=months)
        service.run(database, school.library, clock())
    assert member_of(database, school, kept) is None


def test_a_hundred_thousand_old_loans_go_in_parts(school: School, database: Database, clock: Clock) -> None:
    """Three parts are enough to see that each begins where the last one ended."""
    at = clock() - LONG_AGO
    with database.session(school.library) as session:
        first = lend(session, school, MANEE, at)
        like = session.get_one(Loan, first)
        row = {"library_id": school.library, "item_id": like.item_id, "member_id": like.member_id, "source": "desk"}
        row |= {"lent_at": at, "due_at": at, "returned_at": at, "trace": [], "renewals": 0}
        session.execute(insert(Loan), [row] * 2_500)
    assert service.run(database, school.library, clock())[0] == 2_501
    assert service.run(database, school.library, clock())[0] == 0


def of_charges(database: Database, do: Callable[[], object]) -> tuple[list[str], list[bool]]:
    """How SQLite finds charges in what is done; and of each look for old loans, whether it keeps out who writes."""
    asked: list[tuple[str, Any, bool]] = []

    def listen(connection: Connection, cursor: object, statement: str, values: Any, *rest: object) -> None:
        asked.append((statement, values, connection.get_execution_options()["samut_writes"]))

    event.listen(database.engine, "before_cursor_execute", listen)
    do()
    event.remove(database.engine, "before_cursor_execute", listen)
    changes = ("SELECT", "UPDATE", "DELETE")
    with database.engine.connect() as connection:
        steps = [
            row.detail
            for statement, values, _ in asked
            if statement.startswith(changes)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    return [step for step in steps if "charges" in step], [one[2] for one in asked if "EXISTS" in one[0]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_charges_are_found_by_their_loans_and_nobody_waits_while_old_loans_are_looked_for(
    school: School, database: Database, clock: Clock
) -> None:
    with database.session(school.library) as session:
        lend(session, school, MANEE, clock() - LONG_AGO)
        late = lend(session, school, PITI, None)
        session.get_one(Loan, late).renewals = 1

    def do() -> None:
        assert service.run(database, school.library, clock())[0] == 1
        run_fines(database, school.library, clock())
        with database.session(school.library) as session:
            end_lateness(session, session.get_one(Loan, late), clock())

    steps, writes = of_charges(database, do)
    assert len(steps) >= 5
    assert [step for step in steps if "loan_id=?" not in step and "member_id=?" not in step] == []
    assert writes[0] is False
