"""Due dates on days that were declared closed later: which are moved, and which cannot be."""

from datetime import date

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.booked import days_span
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.moving import Span, move_part, staying, to_move
from samut_hub.circulation.service import lend
from samut_hub.libraries.closures import enter_closures
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.staff.policy import Role
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER, School
from tests.hub.conftest import Clock, SignIn

SPAN = Span(date(2026, 12, 1), date(2026, 12, 1))


@pytest.fixture
def flooded(school: School, clock: Clock) -> School:
    """Three books are due on 1 December, which is closed later: Manee's membership ends on that day, and the teacher
    has booked one of Piti's from the 2nd."""
    with school.database.session(school.library) as session:
        calendar = calendar_of(session, session.get_one(Library, school.library))
        manee, piti, teacher = (session.get_one(Member, school.ids[number]) for number in (MANEE, PITI, TEACHER))
        manee.expires_on = SPAN.first
        first, second, third = session.scalars(select(Item).order_by(Item.id).limit(3))
        span = days_span(calendar, date(2026, 12, 2), date(2026, 12, 3))
        of = {"starts_at": span.starts, "ends_at": span.ends, "source": "d", "made_at": clock()}
        session.add(Booking(title_id=second.title_id, item_id=second.id, member=teacher, **of))
        session.flush()
        for who, item in ((manee, first), (piti, second), (piti, third)):
            loan = lend(session, member=who, item=item, now=clock(), source="d").loan
            assert loan is not None
            assert calendar.local_day(loan.due_at) == SPAN.first
        enter_closures(session, SPAN.first, SPAN.last, name="น้ำท่วม", is_open=False)
    return school


def test_no_loan_is_moved_into_a_booking_or_past_the_membership(flooded: School, clock: Clock) -> None:
    with flooded.database.session(flooded.library) as session:
        own = session.get_one(Library, flooded.library)
        [day] = to_move(session, own, SPAN, clock())
        assert (day.count, day.stay, day.to) == (1, 2, date(2026, 12, 2))
        stay = staying(session, own, [day], clock())
        assert [(one.loan.item.barcode, one.is_booked) for one in stay] == [("B00001", False), ("B00002", True)]
        assert move_part(session, own, SPAN, clock()) == 1
        assert move_part(session, own, SPAN, clock()) == 0
        session.commit()
        calendar = calendar_of(session, own)
    moved = {loan.item.barcode: calendar.local_day(loan.due_at) for loan in flooded.loans()}
    assert moved == {"B00001": SPAN.first, "B00002": SPAN.first, "B00003": date(2026, 12, 2)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_are_shown_what_stays_and_why(flooded: School, sign_in: SignIn) -> None:
    page = sign_in(Role.ADMINISTRATOR).get("/desk/due-when-closed?first=2026-12-01&last=2026-12-01").text
    assert "1 loan is due on a day that is closed now." in page
    assert "These cannot be moved" in page
    assert "The membership ends on 1 Dec 2026." in page
    assert "Others have booked it by the next open day." in page
