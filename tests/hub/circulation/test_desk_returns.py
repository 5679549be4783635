"""Coming back late, returning without a member, renewing, and two desks at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask.testing import FlaskClient

from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.conftest import Clock

Browsers = Callable[..., FlaskClient]


@pytest.mark.requirement("C-08")
def test_a_book_comes_back_without_the_card_of_who_had_it(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    desk.member = None
    answer = desk.hand_in("B00001")
    assert "Returned" in answer
    assert "Manee Meechai" in answer
    assert school.loans() == []


def test_the_box_for_returns_lends_nothing_and_opens_nobody(desk: Desk, school: School) -> None:
    assert "is not known here" in desk.hand_in(MANEE)
    assert "Not on loan" in desk.hand_in("B00001")
    assert school.loans() == []


def test_a_book_lent_by_a_clock_that_is_ahead_comes_back(desk: Desk, school: School) -> None:
    desk.clock.pass_by(hours=2)
    desk.lend_all(MANEE, "B00001")
    desk.clock.pass_by(hours=-2)
    assert "Returned" in desk.scan("B00001")
    assert school.loans() == []


def test_a_book_lent_at_another_desk_while_this_one_waited_stays_lent(desk: Desk, school: School) -> None:
    desk.scan(MANEE)
    desk.clock.pass_by(milliseconds=5)
    desk.scan("B00001")
    desk.clock.pass_by(milliseconds=-5)
    assert "Lent a moment ago" in desk.scan("B00001")
    assert len(school.loans()) == 1


@pytest.mark.requirement("C-09")
def test_each_late_book_tells_its_fine_and_the_sum(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.wait(days=10)
    desk.scan(MANEE)
    first, second = desk.scan("B00001"), desk.scan("B00002")
    assert "fine 2 baht" in first
    assert "Owes 2 baht altogether" in first
    assert "fine 2 baht" in second
    assert "Owes 4 baht altogether" in second
    assert school.member(MANEE).debt == 400


def test_who_has_something_overdue_may_borrow_again_after_returning_it(desk: Desk) -> None:
    desk.lend_all(MANEE, "B00001")
    desk.wait(days=10)
    assert "You have overdue items: 1" in desk.scan(MANEE)
    answer = desk.scan("B00001")
    assert 'id="standing"' in answer
    assert "No loans" not in answer
    assert "Lent" in desk.scan("B00002")


@pytest.mark.requirement("K-07")
def test_a_loan_is_renewed_once_and_then_no_more(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    loan = school.loans(MANEE)[0]
    desk.wait(days=2)
    assert "Renewed, due 3 Dec 2026" in desk.renew(loan)
    assert "It has been renewed as often as allowed: 1." in desk.renew(loan)


def test_without_scripts_the_desk_is_a_page_that_answers(school: School, sign_in: Browsers, clock: Clock) -> None:
    desk = Desk(sign_in, school, clock, fragments=False)
    opened = desk.browser.get(desk.send("/desk/scan", scan=MANEE).location).text
    assert "Manee Meechai" in opened
    desk.member = school.ids[MANEE]
    lent = desk.browser.get(desk.send("/desk/scan", scan="B00001").location).text
    assert "Lent, due 1 Dec 2026" in lent
    assert "นิทานเล่ม B00001" in lent
    clock.pass_by(minutes=1)
    returned = desk.browser.get(desk.send("/desk/return", scan="B00001").location).text
    assert "Returned" in returned


def test_two_desks_lend_one_book_and_one_of_them_is_told(school: School, sign_in: Browsers, clock: Clock) -> None:
    desks = [Desk(partial(sign_in, "librarian"), school, clock), Desk(partial(sign_in, "assistant"), school, clock)]
    for desk, number in zip(desks, (MANEE, PITI), strict=True):
        desk.scan(number)
    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(lambda desk: "Lent, due" in desk.scan("B00001"), desks))
    assert told == [False, True]
    assert len(school.loans()) == 1
    assert school.member(MANEE).open_loans + school.member(PITI).open_loans == 1


def test_the_same_scan_sent_twice_at_once_lends_once(school: School, sign_in: Browsers, clock: Clock) -> None:
    desks = [Desk(sign_in, school, clock), Desk(sign_in, school, clock)]
    for desk in desks:
        desk.scan(MANEE)
    command = desks[0].new_command()
    with ThreadPoolExecutor(2) as both:
        told = list(both.map(lambda desk: "Lent, due" in desk.scan("B00001", command=command), desks))
    assert told == [True, True]
    assert school.member(MANEE).open_loans == 1
