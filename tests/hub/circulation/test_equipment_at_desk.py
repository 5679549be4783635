"""A projector with its parts at the desk: lent and taken back on the page of the books, its parts checked off."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, MaterialType
from samut_hub.charges.models import Charge
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.kits.models import PartsCheck
from samut_hub.circulation.models import LoanRule
from samut_hub.libraries.models import Closure
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER, Desk, School
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PROJECTOR = "B00001"
PARTS = ("สายไฟ", "รีโมต", "กระเป๋า")


@pytest.fixture
def projector(school: School) -> int:
    """The id of its title; it is lent for a day."""
    with school.database.session(school.library) as session:
        session.add(MaterialType(code="equipment", name_th="โสตทัศนูปกรณ์", name_en="Equipment"))
        session.flush()
        unit = item_of(session)
        unit.title.material, unit.title.title, unit.parts = "equipment", "เครื่องฉายภาพ", "\n".join(PARTS)
        session.add(LoanRule(material="equipment", loan_days=1, fine_per_day=500))
        session.add(LoanRule(member_type="teacher", material="equipment", loan_days=1, fine_per_day=500))
        return unit.title_id


def item_of(session: Session) -> Item:
    return session.scalars(select(Item).where(Item.barcode == PROJECTOR)).one()


def status(school: School) -> str:
    with school.database.session(school.library, writes=False) as session:
        return str(item_of(session).status)


def check(desk: Desk, school: School, *there: str, **more: str) -> str:
    """What the desk answers when these parts are ticked; `all=1` is the button for all of them."""
    with school.database.session(school.library, writes=False) as session:
        item_id = item_of(session).id
    form = {"part": list(there), "command": more.pop("command", desk.new_command()), **more}
    return str(desk.browser.post(f"/desk/kits/{item_id}", data=form, headers=desk.headers).text)


@pytest.mark.requirement("Q-01")
@pytest.mark.requirement("Q-03")
def test_whatever_reads_codes_lends_and_returns_equipment_on_the_page_of_the_books(
    desk: Desk, school: School, projector: int
) -> None:
    """Readers of bar and QR codes type what they read, on a computer set to Thai too; a book goes with it."""
    desk.scan(f"  {TEACHER}\t")
    assert "Lent, due" in desk.scan(PROJECTOR)
    assert "Lent, due" in desk.scan("ฺจจจจ/")
    assert {loan.item.barcode for loan in school.loans(TEACHER)} == {PROJECTOR, "B00002"}
    desk.clock.pass_by(minutes=1)
    assert "Returned" in desk.scan(PROJECTOR.lower())
    desk.member = None
    assert "Returned" in desk.hand_in("B00002")
    assert school.loans() == []


@pytest.mark.requirement("Q-02")
def test_the_slip_tells_of_equipment_too(desk: Desk, school: School, projector: int) -> None:
    desk.lend_all(TEACHER, PROJECTOR, "B00002")
    page = desk.browser.get(f"/desk/slip/{school.ids[TEACHER]}").text
    for said in ("เครื่องฉายภาพ", PROJECTOR, "B00002", "due 24 Nov 2026", "Phennapha Rakrian"):
        assert said in page
    pdf = desk.browser.get(f"/desk/slip/{school.ids[TEACHER]}.pdf")
    assert pdf.data.startswith(b"%PDF")
    desk.scan(PROJECTOR)
    page = desk.browser.get(f"/desk/slip/{school.ids[TEACHER]}").text
    assert re.search(r"<h2>Returned · 1 item</h2>.*เครื่องฉายภาพ", page, re.DOTALL)


def test_parts_are_shown_when_it_is_lent_and_checked_off_when_it_comes_back(
    desk: Desk, school: School, projector: int
) -> None:
    desk.scan(TEACHER)
    lent = desk.scan(PROJECTOR)
    assert "Goes with it:" in lent
    assert all(f'value="{part}"' in lent for part in PARTS)
    desk.clock.pass_by(minutes=1)
    back = desk.scan(PROJECTOR)
    assert "Must have come back:" in back
    assert status(school) == "to_check"
    assert "All parts are there" in check(desk, school, all="1")
    assert status(school) == "available"


def test_what_is_missing_is_noted_charged_once_and_the_kit_is_incomplete(
    desk: Desk, school: School, projector: int
) -> None:
    desk.lend_all(TEACHER, PROJECTOR)
    desk.scan(PROJECTOR)
    command = desk.new_command()
    wrong = check(desk, school, "สายไฟ", loan="1", amount="ห้าสิบ")
    assert "is no amount in baht" in wrong
    for _ in range(2):
        told = check(desk, school, "สายไฟ", "กระเป๋า", loan="1", amount="๓๕๐", note="ลืมไว้ห้อง ป.4", command=command)
        assert "Missing: รีโมต" in told
    assert "Charged 350 baht to Phennapha Rakrian" in told
    assert status(school) == "incomplete"
    with school.database.session(school.library, writes=False) as session:
        (charge,) = session.scalars(select(Charge))
        assert (charge.amount, charge.note) == (35_000, "รีโมต")
        (seen,) = session.scalars(select(PartsCheck))
        assert (seen.missing, seen.note, seen.at_lending) == ("รีโมต", "ลืมไว้ห้อง ป.4", False)
    desk.scan(MANEE)
    assert "cannot be borrowed now" in desk.scan(PROJECTOR)
    page = desk.browser.get("/desk/bookings/").text
    assert "Parts missing" in page
    assert "missing before" in desk.browser.get(f"/desk/kits/{item_id(school)}").text
    assert "All parts are there" in check(desk, school, all="1")
    assert status(school) == "available"


def item_id(school: School) -> int:
    with school.database.session(school.library, writes=False) as session:
        return int(item_of(session).id)


def test_what_was_missing_when_it_was_lent_is_not_the_borrowers_fault(
    desk: Desk, school: School, projector: int
) -> None:
    desk.lend_all(TEACHER, PROJECTOR)
    assert "Missing: รีโมต" in check(desk, school, "สายไฟ", "กระเป๋า", loan="1")
    assert status(school) == "available", "it is out"
    assert "missing before" in desk.scan(PROJECTOR)


def test_a_reserved_kit_is_set_aside_once_its_parts_were_checked(desk: Desk, school: School, projector: int) -> None:
    desk.lend_all(TEACHER, PROJECTOR)
    desk.browser.post(f"/desk/holds/of/{projector}", data={"member": PITI})
    desk.member = None
    assert "Set aside" not in desk.hand_in(PROJECTOR)
    assert "Set aside for Piti Phithakthin" in check(desk, school, all="1")


def test_an_assistant_notes_what_is_missing_and_charges_nothing(
    desk: Desk, school: School, projector: int, sign_in: SignIn
) -> None:
    desk.lend_all(TEACHER, PROJECTOR)
    desk.scan(PROJECTOR)
    desk.browser = sign_in("assistant")
    assert "Missing: รีโมต" in check(desk, school, "สายไฟ", "กระเป๋า", loan="1", amount="100")
    with school.database.session(school.library, writes=False) as session:
        assert session.scalars(select(Charge)).all() == []


def test_staff_book_it_hand_it_out_and_cancel(desk: Desk, school: School, projector: int) -> None:
    address = f"/desk/bookings/of/{projector}"
    assert f'href="{address}"' in desk.browser.get(f"/catalogue/{projector}").text
    form = {"member": TEACHER, "first": "2026-11-24", "last": "2026-11-25", "item": "", "purpose": "ประชุมผู้ปกครอง"}
    assert desk.browser.post(address, data={**form, "member": "99999"}).status_code == 422
    closed = desk.browser.post(address, data={**form, "last": "2026-11-29"})
    assert "The library is closed on 29 Nov 2026." in closed.text
    page = desk.browser.post(address, data=form, follow_redirects=True).text
    assert "Booked: 24 Nov 2026 – 25 Nov 2026" in page
    assert "ประชุมผู้ปกครอง" in page
    again = desk.browser.post(address, data={**form, "member": PITI})
    assert "It is free from 26 Nov 2026." in again.text
    desk.browser.post(address, data={**form, "member": PITI, "first": "2569-11-26", "last": ""})
    assert "26 Nov 2026" in desk.browser.get("/desk/bookings/").text
    desk.scan(TEACHER)
    assert "Lent, due 25 Nov 2026" in desk.scan(PROJECTOR)
    assert desk.browser.post("/desk/bookings/2/cancel", follow_redirects=True).status_code == 200
    assert desk.browser.post("/desk/bookings/2/cancel").status_code == 422
    with school.database.session(school.library, writes=False) as session:
        states = session.scalars(select(Booking.state).order_by(Booking.id)).all()
    assert states == [BookingState.COLLECTED, BookingState.CANCELLED]


def test_times_are_filled_in_both_or_none(desk: Desk, projector: int) -> None:
    form = {"member": TEACHER, "first": "2026-11-24", "item": "", "starts": "09:00"}
    refused = desk.browser.post(f"/desk/bookings/of/{projector}", data=form)
    assert "Fill in both times" in refused.text
    made = desk.browser.post(
        f"/desk/bookings/of/{projector}", data={**form, "ends": "11:30"}, follow_redirects=True
    ).text
    assert "24 Nov 2026 09:00 – 11:30" in made


def test_months_lead_to_each_other_and_nonsense_to_this_one(desk: Desk, projector: int, client: FlaskClient) -> None:
    page = desk.browser.get(f"/desk/bookings/of/{projector}?month=2026-12").text
    assert "December 2026" in page
    assert "month=2027-01" in page
    assert "November 2026" in desk.browser.get(f"/desk/bookings/of/{projector}?month=nonsense").text
    assert desk.browser.get("/desk/bookings/of/2").status_code == 404, "a book"


def test_a_lesson_of_every_week_is_booked_at_once_and_told_where_it_cannot_be(
    desk: Desk, school: School, projector: int, sign_in: SignIn
) -> None:
    """Beyond the three bookings of the rules only by who may let limits pass."""
    address = f"/desk/bookings/of/{projector}"
    with school.database.session(school.library) as session:
        session.add(Closure(on=date(2026, 12, 10), name="วันรัฐธรรมนูญ"))
    form = {"member": TEACHER, "first": "2026-11-26", "item": "", "weeks": "5", "beyond": "y"}
    page = sign_in("assistant").post(address, data=form, follow_redirects=True).text
    assert "Booked: 26 Nov 2026" in page
    assert "Not booked on 10 Dec 2026: The library is closed on 10 Dec 2026." in page
    assert "Not booked on 24 Dec 2026: You have booked as much as you may: 3." in page
    more = {**form, "member": PITI, "first": "2026-11-27", "weeks": "4"}
    page = desk.browser.post(address, data=more, follow_redirects=True).text
    assert page.count("Booked: ") == 4
    assert desk.browser.post(address, data={**more, "weeks": "21"}).status_code == 422
