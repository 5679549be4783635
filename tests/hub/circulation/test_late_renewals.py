"""Staff let a member renew what is late already: what is owed for the days until then stays owed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from samut_hub.circulation.letting_pass import LetPass
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.running_fines import run_fines
from samut_hub.circulation.service import Renewal, renew
from samut_rules.reasons import Code
from tests.hub.circulation.conftest import MANEE, School
from tests.hub.circulation.test_nightly import DUE_NIGHT, charged, give_back, lent
from tests.hub.conftest import Clock

TWO_DAYS_LATE = DUE_NIGHT + timedelta(days=2)
PASSING = LetPass(frozenset({Code.OVERDUE_LOAN, Code.OWES_TOO_MUCH}), "dao", "was ill")
EXPIRED = {Code.MEMBER_EXPIRED}


def renew_late(school: School, loan_id: int, *, days: int = 2) -> Renewal:
    with school.database.session(school.library) as session:
        now = DUE_NIGHT + timedelta(days=days)
        renewal = renew(session, loan=session.get_one(Loan, loan_id), now=now, source="desk:dao", passing=PASSING)
        assert renewal.decision.allowed
        return renewal


def set_rule(school: School, **said: int) -> None:
    with school.database.session(school.library) as session:
        rule = session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one()
        for name, value in said.items():
            setattr(rule, name, value)


@pytest.mark.parametrize("is_night_before", [True, False])
def test_the_fine_until_then_stays_and_later_days_are_charged_anew(
    school: School, clock: Clock, is_night_before: bool
) -> None:
    loan_id = lent(school, clock, MANEE, "B00001")
    if is_night_before:
        run_fines(school.database, school.library, TWO_DAYS_LATE)
    assert renew_late(school, loan_id).fine.amount == 200
    assert charged(school) == [(200, 0)]
    late_again = DUE_NIGHT + timedelta(days=13)
    for _night in range(2):
        run_fines(school.database, school.library, late_again)
        assert charged(school) == [(200, 0), (200, 0)]
    assert give_back(school, "B00001", late_again + timedelta(days=1)) == 300
    assert charged(school) == [(200, 0), (300, 0)]
    assert school.member(MANEE).debt == 500


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_then_returns_in_time_owes_what_was_owed_before(school: School, clock: Clock) -> None:
    renew_late(school, lent(school, clock, MANEE, "B00001"))
    assert give_back(school, "B00001", TWO_DAYS_LATE + timedelta(days=3)) == 0
    assert (charged(school), school.member(MANEE).debt) == ([(200, 0)], 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_all_days_of_a_loan_cost_no_more_than_its_cap(school: School, clock: Clock) -> None:
    set_rule(school, fine_cap=300)
    renew_late(school, lent(school, clock, MANEE, "B00001"))
    run_fines(school.database, school.library, DUE_NIGHT + timedelta(days=30))
    assert charged(school) == [(200, 0), (100, 0)]
    assert give_back(school, "B00001", DUE_NIGHT + timedelta(days=31)) == 100
    assert charged(school) == [(200, 0), (100, 0)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_owed_for_the_days_until_then_counts_against_the_cap_of_the_member(
    school: School, clock: Clock
) -> None:
    set_rule(school, fine_cap_of_member=300)
    renew_late(school, lent(school, clock, MANEE, "B00001"))
    assert give_back(school, "B00001", DUE_NIGHT + timedelta(days=30)) == 100
    assert school.member(MANEE).debt == 300


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_renewed_until_a_day_that_is_past(school: School, clock: Clock) -> None:
    loan_id, passing = lent(school, clock, MANEE, "B00001"), replace(PASSING, codes=PASSING.codes | EXPIRED)
    school.change(lambda member: setattr(member, "expires_on", date(2026, 12, 3)), MANEE)
    ninth_night = DUE_NIGHT + timedelta(days=9)
    with school.database.session(school.library) as session:
        loan = session.get_one(Loan, loan_id)
        decision = renew(session, loan=loan, now=ninth_night, source="desk:dao", passing=passing).decision
    assert [reason.code for reason in decision.reasons] == [Code.NO_LONGER]
    run_fines(school.database, school.library, ninth_night)
    assert charged(school) == [(800, 0)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_borrowing_is_suspended_for_those_days_too(school: School, clock: Clock) -> None:
    set_rule(school, fine_per_day=0, suspension_days=3)
    renew_late(school, lent(school, clock, MANEE, "B00001"))
    assert school.member(MANEE).suspended_until == date(2026, 12, 9)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_renewal_in_time_costs_nothing(school: School, clock: Clock) -> None:
    assert renew_late(school, lent(school, clock, MANEE, "B00001"), days=0).fine.amount == 0
    assert charged(school) == []
