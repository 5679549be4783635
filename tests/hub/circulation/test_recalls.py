"""A copy that another member waits for is called back, but not before the days that the rules guarantee."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from samut_hub.circulation.models import Hold, LoanRule
from samut_hub.circulation.recalls import NothingToRecallError, recall
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.conftest import Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def wait_for_it(desk: Desk, school: School) -> int:
    """Manee has the book; Piti waits."""
    desk.lend_all(MANEE, "B00001")
    title_id = school.loans(MANEE)[0].item.title_id
    assert desk.browser.post(f"/desk/holds/of/{title_id}", data={"member": PITI}).status_code == 302
    with school.database.session(school.library) as session:
        return session.scalars(select(Hold.id)).one()


@pytest.mark.requirement("K-07")
def test_it_comes_back_earlier_once_and_is_not_renewed(desk: Desk, school: School) -> None:
    hold_id = wait_for_it(desk, school)
    loan = school.loans(MANEE)[0]
    answer = desk.browser.post(f"/desk/holds/{hold_id}/recall", follow_redirects=True)
    assert "Called back: B00001 is due on 26 Nov 2026 now. Tell Manee Meechai." in answer.text
    assert "Not renewed, due 26 Nov 2026 as before" in desk.renew(loan)
    assert desk.browser.post(f"/desk/holds/{hold_id}/recall").status_code == 422
    assert "recalled on 2026-11-23, was due 2026-12-01" in school.loans(MANEE)[0].trace


def test_the_guaranteed_days_stay(desk: Desk, school: School) -> None:
    with school.database.session(school.library) as session:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().guaranteed_days = 5
    hold_id = wait_for_it(desk, school)
    desk.browser.post(f"/desk/holds/{hold_id}/recall")
    assert school.loans(MANEE)[0].due_at.date().day == 28


def test_what_is_due_soon_anyway_is_not_called_back(desk: Desk, school: School, clock: Clock) -> None:
    hold_id = wait_for_it(desk, school)
    with school.database.session(school.library) as session, pytest.raises(NothingToRecallError):
        recall(session, session.get_one(Hold, hold_id), clock() + timedelta(days=6))


def test_who_says_that_it_is_back_is_not_asked_for_it(desk: Desk, school: School, clock: Clock) -> None:
    hold_id, loan = wait_for_it(desk, school), school.loans(MANEE)[0]
    desk.browser.post(f"/desk/loans/{loan.id}/mishap", data={"what": "claimed"})
    with school.database.session(school.library) as session, pytest.raises(NothingToRecallError):
        recall(session, session.get_one(Hold, hold_id), clock())
