"""Books are lent and taken back at a machine of another maker, as at the desk."""

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Conflict, Hold, HoldState
from samut_hub.db import Database
from tests.hub.circulation.conftest import BLOCKED, BOOKS, MANEE, PITI, SOUTHERNER, TEACHER, School
from tests.hub.conftest import Clock
from tests.hub.sip2.conftest import NEVER, STAMP, AddAccount, Machine, Running, field, fields

BOOK = BOOKS[0]


def test_a_pupil_borrows_a_book(kiosk: Machine, school: School) -> None:
    answer = kiosk.lend(MANEE, BOOK)
    assert answer.startswith(f"121NUY{STAMP}AO")
    assert field(answer, "AH") == "20261201    235959"
    assert field(answer, "AJ") == f"นิทานเล่ม {BOOK}"
    assert [loan.item.barcode for loan in school.loans(MANEE)] == [BOOK]


def test_a_blocked_pupil_is_told_why(kiosk: Machine, school: School) -> None:
    answer = kiosk.lend(BLOCKED, BOOK)
    assert answer.startswith("120NUN")
    assert "ทำหนังสือหาย" in (field(answer, "AF") or "")
    assert school.loans() == []


def test_a_book_comes_back(kiosk: Machine, school: School) -> None:
    kiosk.lend(MANEE, BOOK)
    answer = kiosk.take_back(BOOK)
    assert answer.startswith("101YUN")
    assert field(answer, "AA") == MANEE
    assert school.loans() == []


def test_a_late_book_costs(kiosk: Machine, school: School, clock: Clock) -> None:
    kiosk.lend(MANEE, BOOK)
    clock.pass_by(days=10)
    assert field(kiosk.take_back(BOOK), "AF") == "2 days late, fine 2.00 baht."
    assert school.member(MANEE).debt == 200


def test_who_asks_again_for_what_was_just_lent_is_told_the_same(kiosk: Machine, school: School) -> None:
    first = kiosk.lend(MANEE, BOOK)
    again = kiosk.lend(MANEE, BOOK, stamp="20261123    100007")
    assert again.startswith("121N")
    assert field(again, "AH") == field(first, "AH")
    assert [loan.renewals for loan in school.loans()] == [0]


def test_the_same_message_over_a_new_connection_has_the_same_answer(
    kiosk: Machine, running: Running, school: School, clock: Clock
) -> None:
    """The book went on to another pupil; the return that is repeated must not end that loan."""
    kiosk.lend(MANEE, BOOK)
    returned = kiosk.take_back(BOOK)
    other = running.machine()
    clock.pass_by(seconds=5)
    assert other.lend(PITI, BOOK).startswith("121")
    assert other.take_back(BOOK) == returned
    assert [loan.member_id for loan in school.loans()] == [school.ids[PITI]]


def test_a_machine_whose_clock_stands_still_is_served_again_later(
    kiosk: Machine, school: School, clock: Clock
) -> None:
    kiosk.lend(MANEE, BOOK)
    kiosk.take_back(BOOK)
    clock.pass_by(minutes=11)
    assert kiosk.lend(MANEE, BOOK).startswith("121")
    assert len(school.loans(MANEE)) == 1


def test_lending_again_renews_where_machine_and_account_say_so(kiosk: Machine, school: School, clock: Clock) -> None:
    kiosk.lend(MANEE, BOOK)
    clock.pass_by(days=3)
    assert kiosk.lend(MANEE, BOOK, renewals="N").startswith("120")
    assert kiosk.lend(MANEE, BOOK).startswith("121Y")
    assert [loan.renewals for loan in school.loans()] == [1]
    assert kiosk.lend(MANEE, BOOK).startswith("121Y")  # the same message


def test_a_pupil_renews_one_and_all(kiosk: Machine, school: School, clock: Clock) -> None:
    for book in BOOKS[:2]:
        kiosk.lend(MANEE, book)
    clock.pass_by(days=3)
    answer = kiosk.ask(f"29NN{STAMP}{NEVER}AOnorth|AA{MANEE}|AB{BOOK}|AC|")
    assert answer.startswith("301YUY")
    everything = kiosk.ask(f"65{STAMP}AOnorth|AA{MANEE}|AC|")
    assert everything.startswith("66100010001")
    assert (fields(everything, "BM"), fields(everything, "BN")) == ([BOOKS[1]], [BOOK])
    assert kiosk.ask(f"29NN{STAMP}{NEVER}AOnorth|AA{PITI}|AB{BOOK}|AC|").startswith("300N")


def test_an_item_that_costs_asks_the_member_first(kiosk: Machine, school: School, database: Database) -> None:
    with database.session(school.library) as session:
        session.scalars(select(Item).where(Item.barcode == BOOK)).one().service_charge = 500
    asked = kiosk.lend(MANEE, BOOK)
    assert asked.startswith("120")
    assert (field(asked, "BV"), field(asked, "BH")) == ("5.00", "THB")
    assert kiosk.lend(MANEE, BOOK, more="BOY|").startswith("121")
    assert school.member(MANEE).debt == 500


def test_who_waits_is_told_of_at_the_return(kiosk: Machine, school: School, database: Database) -> None:
    kiosk.lend(MANEE, BOOK)
    assert kiosk.ask(f"15+{STAMP}AOnorth|AA{PITI}|AB{BOOK}|AC|").startswith("161N")
    answer = kiosk.take_back(BOOK)
    assert answer.startswith("101YUY")
    assert field(answer, "CV") == "01"
    assert kiosk.lend(MANEE, BOOK, stamp="20261123    100100").startswith("120")
    assert kiosk.lend(PITI, BOOK).startswith("121")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_kit_goes_to_the_desk_where_its_parts_are_checked(
    kiosk: Machine, school: School, database: Database
) -> None:
    with database.session(school.library) as session:
        session.scalars(select(Item).where(Item.barcode == BOOK)).one().parts = "สายไฟ"
    kiosk.lend(MANEE, BOOK)
    answer = kiosk.take_back(BOOK)
    assert (answer[:6], field(answer, "CV")) == ("101YUY", "99")
    assert "Its parts are checked there." in answer
    assert kiosk.lend(PITI, BOOK).startswith("120")


def test_a_sorter_without_these_options_sets_nothing_aside(
    running: Running, school: School, account: AddAccount, database: Database
) -> None:
    account("sorter", alerts=False, fulfil_holds=False)
    sorter = running.machine("sorter")
    sorter.lend(MANEE, BOOK)
    sorter.ask(f"15+{STAMP}AOnorth|AA{PITI}|AB{BOOK}|AC|")
    assert sorter.take_back(BOOK).startswith("101YUN")
    with database.session(school.library) as session:
        assert session.scalars(select(Hold.state)).all() == [HoldState.WAITING]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sorter_that_sets_nothing_aside_tells_of_who_waits(
    running: Running, school: School, account: AddAccount, database: Database
) -> None:
    """Also without blocking, where the return has happened already."""
    account("sorter", fulfil_holds=False)
    sorter = running.machine("sorter")
    for book in BOOKS[:2]:
        sorter.lend(MANEE, book)
        sorter.ask(f"15+{STAMP}AOnorth|AA{PITI}|AB{book}|AC|")
    answer = sorter.take_back(BOOK)
    assert (answer[:6], field(answer, "CV")) == ("101YUY", "01")
    sorter.ask(f"09Y{STAMP}{STAMP}APhall|AOnorth|AB{BOOKS[1]}|AC|")
    assert school.loans() == []
    with database.session(school.library) as session:
        assert set(session.scalars(select(Hold.state))) == {HoldState.WAITING}


def test_what_is_of_another_library_is_unknown(running: Running, school: School, account: AddAccount) -> None:
    account("north")
    account("south", library="south")
    south, north = running.machine("south"), running.machine("north")
    refused = south.lend(SOUTHERNER, BOOK)
    assert refused.startswith("120")
    assert field(refused, "AJ") == ""
    assert south.item(BOOK).startswith("1801")
    assert south.take_back(BOOK).startswith("100NUY")
    assert "BLN" in south.status(MANEE)
    assert north.lend(SOUTHERNER, BOOK).startswith("120")


def test_what_a_machine_did_without_the_hub_comes_into_the_books(
    kiosk: Machine, school: School, database: Database, clock: Clock
) -> None:
    clock.pass_by(hours=3)
    due = "20261130    235959"
    lent = f"11YY20261123    110000{due}AOnorth|AA{MANEE}|AB{BOOK}|AC|"
    assert kiosk.ask(lent).startswith("121")
    [loan] = school.loans(MANEE)
    assert (loan.lent_at.hour, loan.due_at.day) == (4, 30)
    assert kiosk.ask(f"09Y20261123    12000020261123    120000APhall|AOnorth|AB{BOOK}|AC|").startswith("101")
    assert school.loans() == []
    assert kiosk.ask(f"11YY20261123    110500{NEVER}AOnorth|AA99999|AB{BOOKS[1]}|AC|").startswith("121")
    with database.session(school.library) as session:
        assert session.scalars(select(Conflict.kind)).all() == ["unknown_member"]


def test_a_renewal_that_a_machine_made_without_the_hub_stands_for_its_member_alone(
    kiosk: Machine, school: School, clock: Clock
) -> None:
    kiosk.lend(MANEE, BOOK)
    clock.pass_by(days=3)
    renewed = f"29NY20261125    10000020261210    235959AOnorth|AA%s|AB{BOOK}|AC|"
    assert kiosk.ask(renewed % PITI).startswith("300N")
    assert field(kiosk.ask(renewed % MANEE), "AH") == "20261210    235959"
    [loan] = school.loans(MANEE)
    assert (loan.lent_at.day, loan.due_at.day, loan.renewals) == (23, 10, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_renewal_until_the_end_of_time_is_left_to_the_rules(
    kiosk: Machine, school: School, database: Database, clock: Clock
) -> None:
    kiosk.lend(MANEE, BOOK)
    clock.pass_by(days=3)
    assert kiosk.ask(f"29NY20261125    10000099991231    235959AOnorth|AA{MANEE}|AB{BOOK}|AC|").startswith("301Y")
    [loan] = school.loans(MANEE)
    assert (loan.due_at.year, loan.renewals) == (2026, 1)
    with database.session(school.library) as session:
        assert session.scalars(select(Conflict.kind)).all() == []


def test_a_date_decades_old_is_not_refused(kiosk: Machine, school: School) -> None:
    assert kiosk.lend(MANEE, BOOK, stamp="19960212    100239").startswith("121")
    old = f"11YY19960212    100239{NEVER}AOnorth|AA{PITI}|AB{BOOKS[1]}|AC|"
    assert kiosk.ask(old).startswith("121")
    assert {loan.lent_at.year for loan in school.loans()} == {2026}


@pytest.mark.parametrize(
    ("told", "due"),
    [("25691130    235959", "20261130"), ("99991231    235959", "20261201"), ("20280101    000000", "20261201")],
    ids=["in Buddhist years", "the end of time", "too far away"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_date_that_a_machine_told_stands_only_if_it_can_be(
    kiosk: Machine, school: School, told: str, due: str
) -> None:
    lent = f"11YY25691123    100000{told}AOnorth|AA{MANEE}|AB{BOOK}|AC|"
    assert (field(kiosk.ask(lent), "AH") or "")[:8] == due
    [loan] = school.loans(MANEE)
    assert loan.due_at.strftime("%Y%m%d") == due


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_teacher_is_answered_in_the_language_asked_for(kiosk: Machine, school: School) -> None:
    kiosk.patron(TEACHER, language="001")
    assert field(kiosk.lend(TEACHER, "nothing"), "AF") == "Barcode nothing is not known. Please take it to the desk."


def test_properties_of_items_are_not_kept(kiosk: Machine, school: School) -> None:
    assert kiosk.ask(f"19{STAMP}AOnorth|AB{BOOK}|AC|CH|").startswith("200")
