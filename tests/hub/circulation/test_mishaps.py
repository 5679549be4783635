"""Items that were lost, are said to have come back, or came back damaged; and what is put right when one is found."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation.holds import place_hold
from samut_hub.circulation.models import Hold, Loan, LoanRule
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.conftest import Clock, Libraries

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRICE, WORK = 25_000, 2_000


def status_of(school: School, barcode: str) -> str:
    with school.database.session(school.library) as session:
        return session.scalars(select(Item.status).where(Item.barcode == barcode)).one()


def charges_of(school: School, number: str) -> dict[str, tuple[int, int]]:
    """Amount and what was paid or waived of it, by kind."""
    with school.database.session(school.library) as session:
        found = session.scalars(select(Charge).where(Charge.member_id == school.ids[number]))
        return {charge.kind: (charge.amount, charge.paid) for charge in found}


@pytest.fixture
def priced(school: School) -> School:
    """A book costs 250 baht and the work 20; the price is given back within 30 days, and one claim is believed."""
    with school.database.session(school.library) as session:
        rule = session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one()
        rule.default_price, rule.processing_fee = PRICE, WORK
        rule.lost_refund, rule.lost_refund_days, rule.max_claims = "price", 30, 1
    return school


def note(desk: Desk, loan: Loan, what: str, **filled: str) -> str:
    form = {"what": what, "price": "250" if what == "lost" else "", "becomes": "repaired", **filled}
    return desk.browser.post(f"/desk/loans/{loan.id}/mishap", data=form, follow_redirects=True).text


def lent(desk: Desk, school: School, barcode: str = "B00001") -> Loan:
    desk.lend_all(MANEE, barcode)
    return school.loans(MANEE)[-1]


@on_sqlite
def test_a_lost_book_costs_its_price_and_the_work_and_ends_the_loan(desk: Desk, priced: School) -> None:
    loan = lent(desk, priced)
    page = desk.browser.get(f"/desk/loans/{loan.id}/mishap").text
    assert "Beside the item the work is charged: 20 baht." in page
    assert 'value="250.00"' in page
    assert "Noted, and charged: 270 baht." in note(desk, loan, "lost")
    assert charges_of(priced, MANEE) == {"lost": (PRICE, 0), "processing": (WORK, 0)}
    assert status_of(priced, "B00001") == "lost"
    assert priced.loans(MANEE) == []
    assert priced.member(MANEE).open_loans == 0
    assert desk.browser.post(f"/desk/loans/{loan.id}/mishap", data={"what": "lost"}).status_code == 404
    assert priced.member(MANEE).debt == PRICE + WORK


@on_sqlite
def test_found_again_in_time_the_price_is_taken_off_and_the_work_stays(
    desk: Desk, priced: School, clock: Clock
) -> None:
    note(desk, lent(desk, priced), "lost")
    desk.wait(days=3)
    answer = desk.hand_in("B00001")
    assert "Found again. It was lost by Manee Meechai." in answer
    assert "250 baht of the charge was taken off." in answer
    assert charges_of(priced, MANEE)["lost"] == (PRICE, PRICE)
    assert priced.member(MANEE).debt == WORK
    assert status_of(priced, "B00001") == "available"
    assert "Found again" not in desk.hand_in("B00001")


@on_sqlite
def test_found_on_the_shelf_by_who_borrows_it_next(desk: Desk, priced: School) -> None:
    note(desk, lent(desk, priced), "lost")
    desk.member = None
    desk.scan(PITI)
    answer = desk.scan("B00001")
    assert "Lent, due" in answer
    assert "Found again. It was lost by Manee Meechai." in answer
    assert priced.member(MANEE).debt == WORK


def test_a_lost_book_whose_loser_is_forgotten_can_be_taken_in_again(
    database: Database, priced: School, clock: Clock
) -> None:
    with database.session(priced.library) as session:
        book = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
        loan = Loan(item=book, lent_at=clock(), due_at=clock(), returned_at=clock(), lost_at=clock(), source="desk")
        session.add(loan)
        book.status = "missing"
        session.flush()
        assert take_back(session, item=book, now=clock(), source="desk:dao").loan is None
        assert book.status == "available"


@on_sqlite
def test_strange_numbers_find_nothing(desk: Desk, school: School) -> None:
    huge = 10**30
    assert desk.browser.get(f"/desk/loans/{huge}/mishap").status_code == 404
    filled = {"loan": str(huge), "code": "renewals_used", "reason": "x"}
    assert desk.send("/desk/let-pass", **filled).status_code == 404
    assert desk.send("/desk/let-pass", barcode="B00001", reason="x").status_code == 404
    assert desk.browser.get(f"/settings/calendar/holidays?year={huge}").status_code in {403, 404}


@on_sqlite
def test_found_too_late_nothing_is_given_back(desk: Desk, priced: School) -> None:
    note(desk, lent(desk, priced), "lost")
    desk.wait(days=31)
    desk.hand_in("B00001")
    assert priced.member(MANEE).debt == PRICE + WORK


@on_sqlite
def test_what_was_paid_for_a_lost_book_is_told_to_be_given_back(desk: Desk, priced: School) -> None:
    note(desk, lent(desk, priced), "lost")
    with priced.database.session(priced.library) as session:
        charge = session.scalars(select(Charge).where(Charge.kind == "lost")).one()
        charge.paid = 10_000
    answer = desk.hand_in("B00001")
    assert "150 baht of the charge was taken off." in answer
    assert "100 baht was paid and is to be given back" in answer


@on_sqlite
def test_who_says_that_it_was_returned_pays_no_fine_from_then_and_not_twice(desk: Desk, priced: School) -> None:
    first, second = lent(desk, priced), lent(desk, priced, "B00002")
    desk.wait(days=10)
    assert "It stays with the member until it is found" in note(desk, first, "claimed")
    assert "Noted" not in note(desk, second, "claimed")
    desk.wait(days=30)
    assert "Not renewed" in desk.renew(first)
    desk.hand_in("B00001")
    assert charges_of(priced, MANEE) == {"overdue": (200, 0)}


@on_sqlite
def test_what_is_late_and_said_to_be_back_hinders_no_new_loan(desk: Desk, priced: School) -> None:
    loan = lent(desk, priced)
    desk.wait(days=10)
    desk.scan(MANEE)
    assert "Not lent" in desk.scan("B00002")
    note(desk, loan, "claimed")
    assert "Lent, due" in desk.scan("B00002")


@on_sqlite
def test_a_lost_book_without_a_price_is_asked_for_one(desk: Desk, school: School) -> None:
    loan = lent(desk, school)
    assert "Neither this item nor a rule has a price." in desk.browser.get(f"/desk/loans/{loan.id}/mishap").text
    assert "Write what the member pays for the item." in note(desk, loan, "lost", price="")
    assert school.loans(MANEE) != []
    assert "Noted. Nothing was charged." in note(desk, loan, "lost", price="0")
    assert charges_of(school, MANEE) == {}


@on_sqlite
def test_of_a_lost_book_only_the_work_may_be_charged(desk: Desk, priced: School) -> None:
    assert "Noted, and charged: 20 baht." in note(desk, lent(desk, priced), "lost", price="0")
    assert charges_of(priced, MANEE) == {"processing": (WORK, 0)}


@on_sqlite
@pytest.mark.parametrize(
    ("becomes", "status", "amount", "charged"),
    [
        ("repaired", "in_repair", "35", {"damage": (3_500, 0)}),
        ("lent_on", "available", "0", {}),
        ("written_off", "withdrawn", "", {}),
    ],
)
def test_a_damage_costs_what_staff_say_and_nothing_unasked(
    desk: Desk, priced: School, becomes: str, status: str, amount: str, charged: dict[str, tuple[int, int]]
) -> None:
    page = desk.browser.get(f"/desk/loans/{(loan := lent(desk, priced)).id}/mishap").text
    assert "Empty: nothing is charged. A new one costs 250 baht." in page
    note(desk, loan, "damaged", amount=amount, becomes=becomes)
    assert charges_of(priced, MANEE) == charged
    assert status_of(priced, "B00001") == status
    assert priced.loans(MANEE) == []


@on_sqlite
def test_a_damage_seen_after_the_return_is_charged_once_to_who_had_it(desk: Desk, priced: School) -> None:
    lent(desk, priced)
    assert "It came back damaged" in desk.hand_in("B00001")
    sent = {"amount": "40", "becomes": "repaired", "note": "น้ำหก", "loan": "1"}
    command = desk.new_command()
    for _click in range(2):
        answer = desk.send("/desk/damage/1", command=command, **sent).text
        assert "The damage is noted, and charged: 40 baht." in answer
        assert "Manee Meechai" in answer
    assert charges_of(priced, MANEE) == {"damage": (4_000, 0)}
    assert status_of(priced, "B00001") == "in_repair"
    assert "Write the amount in baht" in desk.send("/desk/damage/1", **{**sent, "amount": "x"}).text


@on_sqlite
def test_a_damage_is_charged_to_whose_return_it_was_noted_at_not_to_who_borrowed_since(
    desk: Desk, priced: School
) -> None:
    loan = lent(desk, priced)
    assert f'name="loan" value="{loan.id}"' in desk.hand_in("B00001")
    assert f'name="loan" value="{loan.id}"' in desk.browser.get("/desk/damage/1").text
    desk.lend_all(PITI, "B00001")
    sent = {"amount": "40", "becomes": "repaired", "loan": str(loan.id)}
    for seen in (sent, {**sent, "loan": ""}, {**sent, "loan": "", "amount": ""}):
        assert "Somebody else has this item by now." in desk.send("/desk/damage/1", **seen).text
    assert len(priced.loans(PITI)) == 1
    desk.hand_in("B00001")
    assert "The damage is noted" in desk.send("/desk/damage/1", **sent).text
    assert (charges_of(priced, MANEE), charges_of(priced, PITI)) == ({"damage": (4_000, 0)}, {})
    assert desk.send("/desk/damage/2", **sent).status_code == 404


@on_sqlite
def test_who_was_to_get_the_damaged_book_waits_again(desk: Desk, priced: School, clock: Clock) -> None:
    loan = lent(desk, priced)
    with priced.database.session(priced.library) as session:
        title = session.get_one(Loan, loan.id).item.title
        place_hold(session, session.get_one(Member, priced.ids[PITI]), title, now=clock())
    desk.member = None
    assert "Set aside for Piti" in desk.scan("B00001")
    desk.send("/desk/damage/1", amount="", becomes="repaired")
    assert status_of(priced, "B00001") == "in_repair"
    with priced.database.session(priced.library) as session:
        assert session.scalars(select(Hold.state)).one() == "waiting"


@on_sqlite
def test_nobody_is_charged_where_it_is_not_known_who_had_it(desk: Desk, priced: School) -> None:
    assert "Nobody can be charged" in desk.browser.get("/desk/damage/1").text
    sent = {"becomes": "lent_on", "command": desk.new_command()}
    answer = desk.browser.post("/desk/damage/1", data={**sent, "amount": "40"})
    assert answer.status_code == 422
    assert "Nobody can be charged" in answer.text
    assert desk.browser.post("/desk/damage/1", data=sent).status_code == 302
    assert "It came back damaged" in desk.browser.get("/catalogue/items/1").text


@on_sqlite
def test_what_is_said_to_be_back_is_looked_for_until_it_is_found_or_given_up(desk: Desk, priced: School) -> None:
    loan = lent(desk, priced)
    assert "Of nothing on loan it is said" in desk.browser.get("/desk/claims").text
    note(desk, loan, "claimed")
    desk.wait(days=3)
    page = desk.browser.get("/desk/claims").text
    assert "3 days" in page
    assert "Manee Meechai" in page
    for address in (f"/desk/?member={priced.ids[MANEE]}", f"/members/{priced.ids[MANEE]}"):
        assert "said to be back" in desk.browser.get(address).text
    assert "Said to be back since 23 Nov 2026" in desk.browser.get("/catalogue/items/1").text
    assert desk.browser.get("/desk/claims.pdf").data.startswith(b"%PDF")
    sent = {"command": desk.new_command()}
    for _click in range(2):
        answer = desk.browser.post(f"/desk/claims/{loan.id}/found", data=sent, follow_redirects=True).text
        assert "Returned" in answer
        assert "Of nothing on loan it is said" in answer
    assert priced.loans(MANEE) == []


@on_sqlite
def test_found_on_an_old_page_takes_nothing_from_who_borrowed_it_since(desk: Desk, priced: School) -> None:
    loan = lent(desk, priced)
    note(desk, loan, "claimed")
    desk.hand_in("B00001")
    desk.lend_all(PITI, "B00001")
    assert "This loan has ended already." in desk.send(f"/desk/claims/{loan.id}/found").text
    assert len(priced.loans(PITI)) == 1


@on_sqlite
def test_what_can_never_be_renewed_is_not_offered(
    desk: Desk, school: School, sign_in: Callable[..., FlaskClient], statements: Callable[[], Any]
) -> None:
    helper, here = sign_in("assistant"), f"/desk/?member={school.ids[MANEE]}"
    lent(desk, school)
    assert "loan-renew" in helper.get(here).text
    with school.database.session(school.library) as session:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().max_renewals = 0
    page = helper.get(here).text
    assert "Cannot be renewed" in page
    assert "loan-renew" not in page
    assert "loan-renew" in desk.browser.get(here).text, "a librarian may let it pass"
    with statements() as one:
        helper.get(here)
    desk.lend_all(MANEE, "B00002", "B00003")
    with statements() as three:
        helper.get(here)
    assert len(three) == len(one)


@pytest.mark.requirement("W-14")
@pytest.mark.parametrize("status", ["missing", "lost"])
@pytest.mark.parametrize("scans", [take_back, lend], ids=["return", "loan"])
def test_a_missing_item_scanned_at_a_kiosk_or_a_desk_is_there_again(
    database: Database, libraries: Libraries, school: School, clock: Clock, status: str, scans: Callable[..., object]
) -> None:
    with database.session(libraries.north) as session:
        item = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
        item.status = status
    for source in ("kiosk-1", "desk:dao"):
        with database.session(libraries.north) as session:
            item = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
            asked = {"item": item, "now": clock(), "source": source}
            if scans is lend:
                asked["member"] = session.get_one(Member, school.ids[PITI])
            answer = scans(session, **asked)
            assert answer is not None
            assert item.status == "available"
            assert bool(school_loans(session)) is (scans is lend)
            take_back(session, item=item, now=clock(), source=source)
            item.status = status


def school_loans(session: Session) -> list[Loan]:
    return list(session.scalars(select(Loan).where(Loan.returned_at.is_(None))))
