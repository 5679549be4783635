"""One scan box: what a scan means, and what the librarian is told."""

import hashlib
from collections.abc import Callable
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from samut_hub.commands import Command
from samut_hub.libraries.service import card_key
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member
from samut_hub.web.hub import Hub
from tests.hub.circulation.conftest import BLOCKED, ENDED, MANEE, PITI, SOUTHERNER, TEACHER, Desk, School
from tests.hub.conftest import Clock


def test_a_card_opens_the_session_of_its_member(desk: Desk, school: School) -> None:
    answer = desk.scan(MANEE)
    assert "Manee Meechai" in answer
    assert "ป.4" in answer
    assert desk.member == school.ids[MANEE]


def test_one_card_and_three_books_are_four_scans_and_nothing_else(desk: Desk, school: School) -> None:
    desk.scan(MANEE)
    answers = [desk.scan(barcode) for barcode in ("B00001", "B00002", "B00003")]
    assert all("Lent, due 1 Dec 2026" in answer for answer in answers)
    assert len(school.loans(MANEE)) == 3
    assert school.member(MANEE).open_loans == 3


def test_a_child_at_the_limit_hears_why(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002", "B00003")
    answer = desk.scan("B00004")
    assert "You have the most you may borrow: 3" in answer
    assert "The member has fewer items than allowed" in answer
    assert len(school.loans(MANEE)) == 3


def test_a_teacher_goes_on_where_a_child_stops(desk: Desk, school: School) -> None:
    desk.lend_all(TEACHER, "B00001", "B00002", "B00003", "B00004")
    assert len(school.loans(TEACHER)) == 4


@pytest.mark.parametrize(("number", "why"), [(BLOCKED, "ทำหนังสือหาย"), (ENDED, "The membership has ended")])
def test_who_may_not_borrow_is_told_before_any_book(desk: Desk, school: School, number: str, why: str) -> None:
    opened = desk.scan(number)
    assert "No loans" in opened
    assert why in opened
    assert "Not lent" in desk.scan("B00001")
    assert school.loans() == []


@pytest.mark.requirement("C-07")
def test_loans_and_returns_are_done_in_the_same_box(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    assert "Returned" in desk.scan("B00001")
    assert "Lent" in desk.scan("B00002")
    assert [loan.item.barcode for loan in school.loans(MANEE)] == ["B00002"]


def test_a_book_of_somebody_else_is_returned_for_that_person(desk: Desk, school: School) -> None:
    desk.lend_all(PITI, "B00001")
    desk.scan(MANEE)
    answer = desk.scan("B00001")
    assert "Piti Phithakthin" in answer
    assert 'id="on-loan"' not in answer
    assert school.loans() == []
    assert "Lent" in desk.scan("B00001")


def test_a_book_scanned_twice_in_a_hurry_stays_lent(desk: Desk, school: School, clock: Clock) -> None:
    desk.scan(MANEE)
    desk.scan("B00001")
    clock.pass_by(seconds=2)
    assert "Lent a moment ago to Manee Meechai" in desk.scan("B00001")
    assert len(school.loans(MANEE)) == 1


def test_a_double_enter_lends_once_and_says_the_same(desk: Desk, school: School) -> None:
    desk.scan(MANEE)
    command = desk.new_command()
    first, second = desk.scan("B00001", command=command), desk.scan("B00001", command=command)
    assert "Lent, due" in first
    assert "Lent, due" in second
    assert len(school.loans(MANEE)) == 1
    assert school.member(MANEE).open_loans == 1


def test_a_repeat_is_answered_as_before_however_late_it_comes(desk: Desk, school: School, clock: Clock) -> None:
    desk.scan(MANEE)
    command = desk.new_command()
    desk.scan("B00001", command=command)
    clock.pass_by(hours=1)
    assert "Lent, due" in desk.scan("B00001", command=command)
    assert len(school.loans(MANEE)) == 1


def test_a_fast_scanner_sends_two_books_from_one_form(desk: Desk, school: School) -> None:
    desk.scan(MANEE)
    command = desk.new_command()
    desk.scan("B00001", command=command)
    desk.scan("B00002", command=command)
    assert len(school.loans(MANEE)) == 2


def test_a_book_without_a_member_is_on_the_shelf_or_comes_back(desk: Desk, school: School) -> None:
    assert "Not on loan" in desk.scan("B00001")
    desk.lend_all(MANEE, "B00001")
    desk.member = None
    assert "Returned" in desk.scan("B00001")


def test_what_nobody_knows_can_be_searched_for(desk: Desk) -> None:
    answer = desk.scan("แฮร์รี่")
    assert "is not known here" in answer
    assert "/catalogue/?q=" in answer
    assert "/members/?q=" in answer


def test_thai_digits_and_a_thai_keyboard_are_understood(desk: Desk, school: School) -> None:
    desk.scan("๒๐๐๐๑")
    assert desk.member == school.ids[MANEE]
    desk.scan("/จจจ/")
    assert desk.member == school.ids[PITI]


def test_a_chip_card_opens_the_session_until_it_is_lost(desk: Desk, school: School, clock: Clock) -> None:
    hub: Hub = desk.browser.application.extensions["samut"]
    with school.database.session(school.library) as session:
        key = card_key(hub.card_secret, "north")
        member = session.get_one(Member, school.ids[MANEE])
        card = add_card(session, member, key=key, kind=CardKind.UID, value="04a1b2c3d4", now=clock())
    desk.scan("04A1B2C3D4")
    assert desk.member == school.ids[MANEE]
    with school.database.session(school.library) as session:
        session.merge(card).active = False
    assert "is not known here" in desk.scan("04A1B2C3D4")


def test_a_national_id_that_nobody_has_is_not_written_down(desk: Desk) -> None:
    assert "1101700230708" not in desk.scan("1101700230708")


@pytest.mark.parametrize("scanned", ["1101700230705", "04A1B2C3D4E5F6"])
@pytest.mark.parametrize("address", ["/desk/scan", "/desk/return"])
def test_of_what_nobody_knows_only_the_end_is_kept(desk: Desk, school: School, scanned: str, address: str) -> None:
    desk.send(address, scan=scanned)
    with school.database.session(school.library) as session:
        kept = session.scalars(select(Command)).one()
        assert scanned not in kept.answer.decode()
        assert scanned[-4:] in kept.answer.decode()
        assert hashlib.sha256(scanned.encode()).hexdigest()[:12] not in kept.command_id


def test_what_nobody_knows_is_told_as_it_was_typed(desk: Desk) -> None:
    command = desk.new_command()
    assert "“04A1B2C3D4”" in desk.scan("04A1B2C3D4", command=command)
    assert "“04A1B2C3D4”" in desk.scan("04A1B2C3D4", command=command)


def test_a_librarian_of_another_library_finds_neither_child_nor_book(
    school: School, sign_in: Callable[..., FlaskClient], clock: Clock
) -> None:
    elsewhere = Desk(partial(sign_in, library="south"), school, clock)
    assert "is not known here" in elsewhere.scan(MANEE)
    assert "is not known here" in elsewhere.scan("B00001")
    elsewhere.member = school.ids[MANEE]
    assert elsewhere.send("/desk/scan", scan=SOUTHERNER).status_code == 404


def test_a_form_without_a_command_is_refused(desk: Desk, school: School) -> None:
    assert desk.send("/desk/scan", scan=MANEE, command="something").status_code == 400


def test_reasons_are_said_in_the_language_of_the_librarian(
    school: School, sign_in: Callable[..., FlaskClient], clock: Clock
) -> None:
    desk = Desk(partial(sign_in, language="th"), school, clock)
    desk.scan(BLOCKED)
    answer = desk.scan("B00001")
    assert "สมาชิกถูกระงับสิทธิ์" in answer
    assert "ไม่ให้ยืม" in answer


def test_lending_costs_few_statements_however_much_is_on_loan(desk: Desk, school: School) -> None:
    desk.lend_all(TEACHER, "B00001")
    few = statements(desk, "B00002")
    for barcode in ("B00003", "B00004"):
        desk.scan(barcode)
    assert statements(desk, "B00005") == few
    assert few <= 9


def statements(desk: Desk, barcode: str) -> int:
    """How many statements one scan sends to the database."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    engine = desk.school.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert "Lent, due" in desk.scan(barcode)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
