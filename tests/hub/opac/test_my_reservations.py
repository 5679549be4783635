"""A pupil looks at her loans, reserves and pauses, and books a projector, all by herself."""

import pytest
from flask import Flask
from sqlalchemy import select

from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Hold, HoldEnd, HoldState, LoanRule
from samut_hub.circulation.pickups import add_pickup
from tests.hub.conftest import Clock, browser_of
from tests.hub.opac.conftest import Town
from tests.hub.opac.test_my_library import MANEE, PITI, SIGN_IN, member_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MY = "/lib/north/my"


@pytest.fixture
def book(town: Town) -> int:
    """Piti has the only copy; two places to fetch what one reserves."""
    title = town.book("พระอภัยมณี", "B00001")
    town.lend("B00001", PITI)
    town.lend("B00001", MANEE, returned=True)
    with town.database.session(town.libraries.north) as session:
        add_pickup(session, "เคาน์เตอร์", "Desk")
        add_pickup(session, "ตึกประถม", "Primary building")
        session.add(LoanRule(loan_days=7, max_items=3, max_renewals=1))
    return title


@pytest.fixture
def projector(town: Town) -> int:
    title = town.book("เครื่องฉายภาพ", "P00001", material="equipment")
    with town.database.session(town.libraries.north) as session:
        session.add(LoanRule(material="equipment", loan_days=1))
    return title


def hold(town: Town) -> Hold:
    with town.database.session(town.libraries.north, writes=False) as session:
        return session.scalars(select(Hold)).one()


@pytest.mark.requirement("X-07")
def test_a_member_sees_what_is_on_loan_when_it_is_due_and_renews_it(
    hub_app: Flask, town: Town, book: int, clock: Clock
) -> None:
    assert browser_of(hub_app).get(MY).location == f"{SIGN_IN}?next={MY}"
    town.book("ขุนช้างขุนแผน", "B00002")
    town.lend("B00002", MANEE)
    piti = member_in(hub_app, town, PITI, own_device=True)
    page = piti.get(MY).text
    assert "พระอภัยมณี" in page
    assert "B00001" in page
    assert "Due on 30 Nov 2026" in page
    assert "ขุนช้างขุนแผน" not in page, "of another"
    clock.pass_by(days=1)
    assert "Renewed. Bring it back by 2 Dec 2026." in piti.post(f"{MY}/loans/1/renew", follow_redirects=True).text
    clock.pass_by(days=11)
    assert "Overdue since 2 Dec 2026" in piti.get(MY).text


@pytest.mark.requirement("X-08")
@pytest.mark.requirement("S-07")
def test_a_member_reserves_chooses_where_to_fetch_it_and_cancels(hub_app: Flask, town: Town, book: int) -> None:
    pupil = member_in(hub_app, town)
    page = pupil.get(f"/lib/north/title/{book}").text
    assert ">Primary building</option>" in page
    page = pupil.post(f"/lib/north/title/{book}/reserve", data={"pickup": "2"}, follow_redirects=True).text
    assert "Reserved. We keep it for you" in page
    page = pupil.get(MY).text
    assert "No. 1 in the queue" in page
    assert "fetch at: Primary building" in page
    assert "The reservation is cancelled." in pupil.post(f"{MY}/holds/1/cancel", follow_redirects=True).text
    ended = hold(town)
    assert (ended.state, ended.ended_why) == (HoldState.CANCELLED, HoldEnd.MEMBER)
    assert pupil.post(f"/lib/north/title/{book}/reserve", data={"pickup": "77"}).status_code == 404


def test_a_member_who_is_away_pauses_the_own_reservation_only(hub_app: Flask, town: Town, book: int) -> None:
    pupil = member_in(hub_app, town)
    pupil.post(f"/lib/north/title/{book}/reserve")
    stranger = member_in(hub_app, town, PITI)
    assert stranger.post(f"{MY}/holds/1/pause", data={"until": "2026-12-01"}).status_code == 404
    assert pupil.post(f"{MY}/holds/1/pause", data={"until": "2026-11-01"}).status_code == 422
    page = pupil.post(f"{MY}/holds/1/pause", data={"until": "2026-12-01"}, follow_redirects=True).text
    assert "Paused until 1 Dec 2026" in page
    assert "End the pause" in page
    pupil.post(f"{MY}/holds/1/pause")
    assert hold(town).suspended_until is None


def test_a_certain_copy_is_reserved_while_another_is_on_the_shelf(hub_app: Flask, town: Town, book: int) -> None:
    """As the second volume of two."""
    town.item(book, "B00009")
    pupil = member_in(hub_app, town)
    page = pupil.get(f"/lib/north/title/{book}").text
    assert "Reserve a certain copy" in page
    assert "Any copy" not in page
    pupil.post(f"/lib/north/title/{book}/reserve", data={"item": "1"})
    assert hold(town).wanted_item_id == 1
    assert "only copy B00001" in pupil.get(MY).text


def test_what_is_being_prepared_can_be_reserved(hub_app: Flask, town: Town, book: int) -> None:
    new = town.title("หนังสือใหม่")
    town.item(new, "B00050", status="in_process")
    pupil = member_in(hub_app, town)
    assert f'action="/lib/north/title/{new}/reserve"' in pupil.get(f"/lib/north/title/{new}").text
    assert "Reserved. We keep" in pupil.post(f"/lib/north/title/{new}/reserve", follow_redirects=True).text


def test_a_member_books_equipment_looks_at_its_calendar_and_cancels(
    hub_app: Flask, town: Town, projector: int, book: int
) -> None:
    pupil, address = member_in(hub_app, town), f"/lib/north/title/{projector}/book"
    assert address in pupil.get(f"/lib/north/title/{projector}").text
    assert "/book" not in pupil.get(f"/lib/north/title/{book}").text
    assert browser_of(hub_app).get(address).location == f"{SIGN_IN}?next={address}"
    form = {"first": "2026-11-25", "last": "2026-11-26", "item": "", "purpose": "วิชาวิทยาศาสตร์"}
    assert "Booked: 25 Nov 2026 – 26 Nov 2026" in pupil.post(address, data=form, follow_redirects=True).text
    stranger = member_in(hub_app, town, PITI)
    page = stranger.get(address).text
    assert "booking-full" in page
    assert "25 Nov 2026 – 26 Nov 2026" in page
    assert "วิชาวิทยาศาสตร์" not in page
    assert "มานี 10001" not in page
    refused = stranger.post(address, data=form)
    assert refused.status_code == 422
    assert "It is free from 27 Nov 2026." in refused.text
    assert stranger.post(f"{MY}/bookings/1/cancel").status_code == 404
    assert "The booking is cancelled." in pupil.post(f"{MY}/bookings/1/cancel", follow_redirects=True).text
    with town.database.session(town.libraries.north, writes=False) as session:
        assert session.scalars(select(Booking.state)).all() == [BookingState.CANCELLED]


def test_by_the_hour_where_it_is_lent_by_the_hour(hub_app: Flask, town: Town, projector: int, book: int) -> None:
    with town.database.session(town.libraries.north) as session:
        session.add(LoanRule(member_type="pupil", material="equipment", loan_hours=2))
    pupil, address = member_in(hub_app, town), f"/lib/north/title/{projector}/book"
    page = pupil.get(address).text
    assert 'name="starts"' in page
    assert 'name="last"' not in page
    form = {"first": "2026-11-25", "starts": "09:00", "ends": "10:30", "item": ""}
    assert "25 Nov 2026 09:00 – 10:30" in pupil.post(address, data=form, follow_redirects=True).text
