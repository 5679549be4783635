"""People of the community borrow from a school's library, under rules of their own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.service import lend
from samut_hub.members.groups import add_type
from samut_hub.members.service import MemberFields, add_member, member_by_number
from tests.hub.circulation.conftest import BOOKS, MANEE, School, school
from tests.hub.conftest import Clock

__all__ = ["school"]


@pytest.mark.requirement("N-01")
def test_a_neighbour_of_the_school_borrows_for_other_days_than_a_pupil(school: School, clock: Clock) -> None:
    with school.database.session(school.library) as session:
        community = add_type(session, "community", "บุคคลในชุมชน", "Member of the community")
        session.add(LoanRule(member_type="community", loan_days=3, max_items=1))
        fields = MemberFields(number="30001", type_id=community.id, name_th="ป้าสมพร ขายดี")
        neighbour = add_member(session, fields, now=clock(), joined_on=date(2026, 11, 23))
        pupil = member_by_number(session, MANEE)
        assert pupil is not None
        items = session.scalars(select(Item).where(Item.barcode.in_(BOOKS)).order_by(Item.id)).all()
        lent = [
            lend(session, member=one, item=item, now=clock(), source="desk")
            for one, item in zip((neighbour, pupil, neighbour), items, strict=False)
        ]
    due = [one.loan and (one.loan.due_at - clock()) // timedelta(days=1) for one in lent]
    assert due == [3, 8, None]  # a Sunday is not counted among the seven days
