"""Each night: what is due today is renewed where the rules say so, and fines of what is late run on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation import nightly
from samut_hub.circulation.facts import renewal_facts
from samut_hub.circulation.holds import Wish, place_hold
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.nightly import _part, run
from samut_hub.circulation.running_fines import run_fines
from samut_hub.circulation.service import lend, take_back
from samut_hub.fleet.models import ReplicaChange
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import MANEE, PITI, School
from tests.hub.conftest import Clock

DUE_NIGHT = datetime(2026, 11, 30, 19, 0, tzinfo=UTC)
"""Lent on 23 November for seven open days: due on 1 December, which begins in Bangkok at 17:00."""


def lent(school: School, clock: Clock, number: str, barcode: str) -> int:
    with school.database.session(school.library) as session:
        item = session.scalars(select(Item).where(Item.barcode == barcode)).one()
        member = session.get_one(Member, school.ids[number])
        loan = lend(session, member=member, item=item, now=clock(), source="desk:dao").loan
        assert loan is not None
        return loan.id


def give_back(school: School, barcode: str, now: datetime) -> int:
    with school.database.session(school.library) as session:
        item = session.scalars(select(Item).where(Item.barcode == barcode)).one()
        return take_back(session, item=item, now=now, source="desk:dao").fine.amount


def charged(school: School) -> list[tuple[int, int]]:
    with school.database.session(school.library) as session:
        return [(one.amount, one.paid) for one in session.scalars(select(Charge).order_by(Charge.id))]


@pytest.fixture
def by_itself(school: School) -> School:
    with school.database.session(school.library) as session:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().auto_renew = True
    return school


@pytest.mark.requirement("K-07")
def test_what_is_due_today_is_renewed_once_unless_somebody_waits(by_itself: School, clock: Clock) -> None:
    first, second = (lent(by_itself, clock, MANEE, barcode) for barcode in ("B00001", "B00002"))
    with by_itself.database.session(by_itself.library) as session:
        waits_for = session.get_one(Loan, second).item.title
        place_hold(session, session.get_one(Member, by_itself.ids[PITI]), waits_for, now=clock())
    assert run(by_itself.database, by_itself.library, DUE_NIGHT - timedelta(days=1)) == (0, 0)
    assert run(by_itself.database, by_itself.library, DUE_NIGHT) == (1, 0)
    assert run(by_itself.database, by_itself.library, DUE_NIGHT + timedelta(hours=1)) == (0, 0)
    with by_itself.database.session(by_itself.library) as session:
        renewed, waited_for = session.get_one(Loan, first), session.get_one(Loan, second)
        assert renewed.due_at > DUE_NIGHT + timedelta(days=6)
        assert (renewed.renewals, renewed.unseen_renewals, renewed.source) == (1, 1, "night")
        assert waited_for.renewals == 0


def test_only_the_copy_that_somebody_waits_for_is_not_renewed(by_itself: School, clock: Clock) -> None:
    loans = [lent(by_itself, clock, MANEE, barcode) for barcode in ("B00001", "B00002")]
    with by_itself.database.session(by_itself.library) as session:
        first, second = (session.get_one(Loan, loan_id).item for loan_id in loans)
        second.title_id = first.title_id
        session.flush()
        place_hold(session, session.get_one(Member, by_itself.ids[PITI]), first.title, Wish(item=first), now=clock())
    assert run(by_itself.database, by_itself.library, DUE_NIGHT) == (1, 0)
    with by_itself.database.session(by_itself.library) as session:
        assert [session.get_one(Loan, loan_id).renewals for loan_id in loans] == [0, 1]


def test_who_lost_the_card_is_not_renewed_for_by_itself(by_itself: School, clock: Clock) -> None:
    lent(by_itself, clock, MANEE, "B00001")
    by_itself.change(lambda member: setattr(member, "card_lost", True), MANEE)
    assert run(by_itself.database, by_itself.library, DUE_NIGHT) == (0, 0)


def test_no_rule_renews_by_itself_unless_it_says_so(school: School, clock: Clock) -> None:
    lent(school, clock, MANEE, "B00001")
    assert run(school.database, school.library, DUE_NIGHT) == (0, 0)


def test_a_fine_runs_on_each_night_and_the_return_does_not_double_it(school: School, clock: Clock) -> None:
    lent(school, clock, MANEE, "B00001")
    late = DUE_NIGHT + timedelta(days=1)
    for night, owed in ((late, 100), (late, 100), (late + timedelta(days=1), 200)):
        run_fines(school.database, school.library, night)
        assert charged(school) == [(owed, 0)]
        assert school.member(MANEE).debt == owed
    assert give_back(school, "B00001", late + timedelta(days=2)) == 300
    assert charged(school) == [(300, 0)]
    assert school.member(MANEE).debt == 300
    assert run_fines(school.database, school.library, late + timedelta(days=9)) == 0


def test_what_came_back_in_time_though_told_late_costs_nothing(school: School, clock: Clock) -> None:
    lent(school, clock, MANEE, "B00001")
    run_fines(school.database, school.library, DUE_NIGHT + timedelta(days=3))
    with school.database.session(school.library) as session:
        item = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
        now = DUE_NIGHT + timedelta(days=4)
        take_back(session, item=item, now=now, source="desk:dao", returned_at=DUE_NIGHT - timedelta(hours=9))
    assert charged(school) == [(0, 0)]
    assert school.member(MANEE).debt == 0


def test_what_was_paid_of_a_running_fine_stays_paid(school: School, clock: Clock) -> None:
    lent(school, clock, MANEE, "B00001")
    run_fines(school.database, school.library, DUE_NIGHT + timedelta(days=1))
    with school.database.session(school.library) as session:
        session.scalars(select(Charge)).one().paid = 100
        session.get_one(Member, school.ids[MANEE]).debt = 0
    run_fines(school.database, school.library, DUE_NIGHT + timedelta(days=2))
    assert charged(school) == [(200, 100)]
    assert school.member(MANEE).debt == 100


def test_a_fine_stops_at_its_cap(school: School, clock: Clock) -> None:
    lent(school, clock, MANEE, "B00001")
    run_fines(school.database, school.library, DUE_NIGHT + timedelta(days=60))
    assert charged(school) == [(2_000, 0)]


def test_a_slip_in_a_rule_stops_neither_the_night_nor_a_return(school: School, clock: Clock) -> None:
    with school.database.session(school.library) as session:
        rule = session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one()
        rule.fine_per_day, rule.fine_cap, rule.suspension_days = 10_000_000, None, 3_650
    lent(school, clock, MANEE, "B00001")
    late = DUE_NIGHT + timedelta(days=1_200)
    assert run_fines(school.database, school.library, late) == 1
    assert give_back(school, "B00001", late) == 10_000_000


def test_the_night_looks_at_a_loan_as_the_desk_does(by_itself: School, clock: Clock) -> None:
    """It reads columns alone, and must see in them what the desk sees in the loan."""
    number = lent(by_itself, clock, MANEE, "B00001")
    with by_itself.database.session(by_itself.library) as session:
        loan = session.get_one(Loan, number)
        loan.renewals, loan.unseen_renewals, loan.recalled_at = 2, 1, clock()
        session.flush()
        [seen] = _part(session, (0, 0))
        at_desk = renewal_facts(loan, is_waited_for=False)
        assert seen.facts == replace(at_desk, barcode="", lent_to="")
        assert [one.id for one in session.scalars(select(Loan))] == [seen.out.id]


def test_devices_hear_of_what_the_night_changed(by_itself: School, clock: Clock) -> None:
    lent(by_itself, clock, MANEE, "B00001")
    with by_itself.database.session(by_itself.library) as session:
        session.execute(delete(ReplicaChange))
    assert run(by_itself.database, by_itself.library, DUE_NIGHT) == (1, 0)
    assert run(by_itself.database, by_itself.library, DUE_NIGHT + timedelta(days=30))[1] == 1
    with by_itself.database.session(by_itself.library) as session:
        item_id = session.scalars(select(Loan.item_id)).one()
        noted = session.execute(select(ReplicaChange.kind, ReplicaChange.key).order_by(ReplicaChange.id)).all()
        assert noted == [("item", f"{item_id}"), ("member", f"{by_itself.ids[MANEE]}")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_part_that_the_database_ends_for_others_is_done_again(
    by_itself: School, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent(by_itself, clock, MANEE, "B00001")
    collision = DeadlockDetected("deadlock detected")
    faults = [OperationalError("SELECT", {}, collision) for _ in range(2)]

    def lock(*asked: object) -> None:
        if faults:
            raise faults.pop()

    monkeypatch.setattr(nightly, "lock_all_units", lock)
    assert run(by_itself.database, by_itself.library, DUE_NIGHT) == (1, 0)
    assert faults == []
