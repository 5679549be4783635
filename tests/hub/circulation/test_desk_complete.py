"""What the desk does besides: renew all, lend for the library, batches of returns, earlier days, quick items."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.staff.policy import Role
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.conftest import Clock, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def say(school: School, **said: object) -> None:
    with school.database.session(school.library) as session:
        general = session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one()
        for name, value in said.items():
            setattr(general, name, value)


def test_all_that_a_member_has_is_renewed_at_once_and_what_cannot_be_is_told(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.wait(days=2)
    desk.scan(MANEE)
    first = school.loans(MANEE)[0]
    with school.database.session(school.library) as session:
        session.get_one(Loan, first.id).renewals = 1
    told = desk.send("/desk/renew-all").text
    assert "Renewed, due 3 Dec 2026" in told
    assert "It has been renewed as often as allowed: 1." in told
    assert [loan.renewals for loan in school.loans(MANEE)] == [1, 1]


def test_without_scripts_all_that_was_renewed_is_told_too(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.wait(days=2)
    desk.scan(MANEE)
    desk.headers = {}
    page = desk.browser.get(desk.send("/desk/renew-all").headers["Location"]).text
    assert page.count("Renewed, due 3 Dec 2026") == 2


def test_renewals_without_the_item_at_hand_are_counted_where_the_rules_ask(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    assert "Renewed without the items at hand" not in desk.scan(MANEE)
    say(school, max_unseen_renewals=0, max_renewals=5)
    desk.wait(days=2)
    assert "Renewed without the items at hand" in desk.scan(MANEE)
    told = desk.send(f"/desk/renew/{school.loans(MANEE)[0].id}", unseen="on").text
    assert "It has been renewed unseen as often as allowed: 0." in told
    assert "Renewed, due" in desk.renew(school.loans(MANEE)[0])


def test_a_reference_book_is_lent_for_use_in_the_library(desk: Desk, school: School) -> None:
    with school.database.session(school.library) as session:
        session.scalars(select(Item).where(Item.barcode == "B00001")).one().status = "reference"
    desk.scan(MANEE)
    assert "cannot be borrowed now" in desk.scan("B00001")
    told = desk.send("/desk/scan", scan="B00001", on_site="on").text
    assert "in the library" in told
    assert [loan.on_site for loan in school.loans(MANEE)] == [True]
    assert "Returned" in desk.hand_in("B00001")
    assert school.member(MANEE).on_site_loans == 0


def test_the_panel_shows_note_charges_and_reservations_of_the_member(
    desk: Desk, school: School, clock: Clock
) -> None:
    school.change(lambda member: setattr(member, "note", "แว่นหาย"), MANEE)
    with school.database.session(school.library) as session:
        session.add(Charge(member_id=school.ids[MANEE], kind="lost", amount=9_900, made_at=clock(), note="ปกขาด"))
    school.change(lambda member: setattr(member, "debt", 9_900), MANEE)
    panel = desk.scan(MANEE)
    for shown in (
        "แว่นหาย",
        "Lost item",
        "ปกขาด",
        "99 baht",
        "Take payment",
        "For use in the library",
        "<kbd>F8</kbd>",
    ):
        assert shown in panel


@pytest.mark.requirement("C-09")
def test_books_that_come_back_one_after_the_other_are_summed_up_with_their_fines(desk: Desk, clock: Clock) -> None:
    desk.lend_all(MANEE, "B00001")
    desk.member = None
    desk.lend_all(PITI, "B00002")
    desk.wait(days=10)
    first = desk.send("/desk/return", scan="B00001").text
    assert "1 item returned" in first
    second = desk.send("/desk/return", scan="B00002", count="1", fines="200").text
    assert "2 items returned" in second
    assert "fines together 4 baht" in second
    assert 'name="fines" value="400"' in second


def test_a_book_drop_is_emptied_as_of_the_day_on_which_it_was_filled(
    desk: Desk, school: School, clock: Clock
) -> None:
    """Due on 1 December, in the drop on the 2nd, taken out on the 4th: one day late."""
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.member = None
    desk.wait(days=11)
    told = desk.send("/desk/return", scan="B00001", returned_on="2026-12-02").text
    assert "1 day late" in told
    assert school.member(MANEE).debt == 100
    assert "is said to have come back" in desk.send("/desk/return", scan="B00002", returned_on="2026-11-22").text
    assert [loan.item.barcode for loan in school.loans(MANEE)] == ["B00002"]
    for wrong in ("2026-12-05", "2026-09-01", "soon"):
        answer = desk.send("/desk/return", scan="B00002", returned_on=wrong)
        assert "dated back by 60 days at most" in answer.text
    assert len(school.loans(MANEE)) == 1


def test_only_who_has_the_right_dates_returns_back(sign_in: SignIn, desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    desk.member = None
    desk.browser = sign_in(Role.ASSISTANT)
    assert "Came back on" not in desk.browser.get("/desk/return").text
    assert desk.send("/desk/return", scan="B00001", returned_on="2026-11-23").status_code == 403
    assert len(school.loans(MANEE)) == 1


def test_a_book_without_a_record_is_lent_at_once_and_waits_to_be_catalogued(desk: Desk, school: School) -> None:
    desk.scan(MANEE)
    assert "A book without a record" in desk.scan("Z00009")
    wrong = desk.send("/desk/quick-item", barcode="Z00009", title=" ")
    assert "Write a short title" in wrong.text
    command = desk.new_command()
    for _time in range(2):
        told = desk.send("/desk/quick-item", command=command, barcode="Z00009", title="ดอกสร้อย").text
        assert "Lent, due 1 Dec 2026" in told
    assert "cannot be a new bar code" in desk.send("/desk/quick-item", barcode="z00009", title="อีกเล่ม").text
    assert [loan.item.barcode for loan in school.loans(MANEE)] == ["Z00009"]
    listed = desk.browser.get("/desk/quick-items").text
    assert "ดอกสร้อย" in listed
    item_id = school.loans(MANEE)[0].item_id
    assert desk.browser.post(f"/desk/quick-items/{item_id}/done").status_code == 302
    assert "Nothing waits to be catalogued." in desk.browser.get("/desk/quick-items").text
    assert desk.browser.post(f"/desk/quick-items/{item_id}/done").status_code == 404


def test_nobody_enters_books_without_a_member_or_the_right(desk: Desk, clock: Clock) -> None:
    assert "A book without a record" not in desk.scan("Z00009")
    clock.pass_by(seconds=timedelta(seconds=1).seconds)
    assert desk.send("/desk/quick-item", barcode="Z00009", title="เรื่อง").status_code == 404


def test_a_suspension_is_shown_at_the_desk_let_pass_and_lifted(
    desk: Desk, school: School, clock: Clock, sign_in: SignIn
) -> None:
    say(school, suspension_days=3)
    desk.lend_all(MANEE, "B00001")
    desk.wait(days=10)
    assert "Borrowing is suspended until" in desk.scan(MANEE) + desk.scan("B00001") + desk.scan(MANEE)
    refused = desk.scan("B00002")
    assert "Borrowing is suspended until" in refused
    let_pass = {"barcode": "B00002", "code": "suspended", "reason": "สอบปลายภาค"}
    assert "Lent, due" in desk.send("/desk/let-pass", **let_pass).text
    address = f"/desk/members/{school.ids[MANEE]}/suspension/lift"
    assert sign_in(Role.ASSISTANT).post(address).status_code == 403
    assert "Borrowing is suspended until" in desk.browser.get(f"/members/{school.ids[MANEE]}").text
    assert desk.browser.post(address).status_code == 302
    assert school.member(MANEE).suspended_until is None
    assert "suspended" not in desk.scan(MANEE)


@pytest.mark.requirement("W-06")
def test_one_box_takes_members_books_out_books_in_and_tells_what_it_does_not_know(desk: Desk, school: School) -> None:
    """Also while the computer is set to Thai: then the scanner's digits arrive as Thai letters."""
    assert "Not on loan" in desk.scan("B00003")
    assert "Manee" in desk.scan(MANEE)
    assert "Lent, due" in desk.scan("B00001")
    assert "Lent a moment ago" in desk.scan("B00001")
    assert "Lent, due" in desk.scan("b00002")
    desk.wait(minutes=1)
    assert "Returned" in desk.scan("B00001")
    assert "is not known here" in desk.scan("X99999")
    assert "Piti" in desk.scan("/จจจ/"), "20002 on a Thai keyboard"
    assert [loan.item.barcode for loan in school.loans(MANEE)] == ["B00002"]
    assert school.loans(PITI) == []
    assert "Returned" in desk.scan("B00002")
    assert school.loans() == []
