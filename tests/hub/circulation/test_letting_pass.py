"""Refusals that staff let pass: who may which, what the loan keeps of it, and what nobody can."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from samut_hub.circulation.letting_pass import RIGHTS, may_let_pass
from samut_hub.staff.policy import ALL, PERMISSIONS, Role
from samut_rules.overrides import Override
from samut_rules.reasons import Code
from tests.hub.circulation.conftest import BLOCKED, MANEE, PITI, Desk, School
from tests.hub.conftest import Clock


def pass_it(desk: Desk, barcode: str, *codes: str, reason: str = "ครูประจำชั้นขอไว้", command: str = "") -> str:
    form = {"member": str(desk.member), "barcode": barcode, "reason": reason}
    return desk.browser.post(
        "/desk/let-pass",
        data={**form, "command": command or desk.new_command(), "code": list(codes)},
        headers=desk.headers,
    ).text


@pytest.fixture
def assistant(school: School, sign_in: Callable[..., FlaskClient], clock: Clock) -> Desk:
    return Desk(lambda: sign_in(Role.ASSISTANT), school, clock)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_kind_of_override_is_a_right_of_its_own() -> None:
    assert set(RIGHTS) == set(Override)
    assert len(set(RIGHTS.values())) == len(RIGHTS)


@on_sqlite
def test_a_librarian_lends_a_fourth_book_and_the_loan_tells_who_and_why(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002", "B00003")
    assert "Lend all the same" in desk.scan("B00004")
    answer = pass_it(desk, "B00004", "limit_reached")
    assert "Lent, due" in answer
    assert "Let pass by north.librarian: “ครูประจำชั้นขอไว้”" in answer
    told = school.loans(MANEE)[-1].trace[-1]
    assert told == "let pass by north.librarian (limit_reached): “ครูประจำชั้นขอไว้”"
    assert school.member(MANEE).open_loans == 4


@on_sqlite
def test_an_assistant_is_told_who_may_and_is_refused_all_the_same(assistant: Desk, school: School) -> None:
    assistant.lend_all(MANEE, "B00001", "B00002", "B00003")
    answer = assistant.scan("B00004")
    assert "A librarian may let this pass." in answer
    assert "Lend all the same" not in answer
    assert "You have the most you may borrow" in pass_it(assistant, "B00004", "limit_reached")
    assert len(school.loans(MANEE)) == 3


@on_sqlite
def test_only_what_was_said_is_let_pass(desk: Desk, school: School) -> None:
    desk.scan(BLOCKED)
    assert "Not lent" in pass_it(desk, "B00001", "limit_reached")
    assert "Lent, due" in pass_it(desk, "B00001", "member_blocked")


@on_sqlite
def test_what_is_out_is_never_let_pass(desk: Desk, school: School) -> None:
    desk.lend_all(PITI, "B00001")
    desk.scan(MANEE)
    assert "Not lent" in pass_it(desk, "B00001", "item_on_loan", "no_rule", "rubbish")
    assert [loan.member_id for loan in school.loans()] == [school.ids[PITI]]


@on_sqlite
def test_without_a_reason_nothing_is_let_pass(desk: Desk, school: School) -> None:
    desk.scan(BLOCKED)
    assert "Write why you let it pass" in pass_it(desk, "B00001", "member_blocked", reason="  ")
    assert school.loans() == []


@on_sqlite
def test_a_double_enter_lets_pass_once(desk: Desk, school: School) -> None:
    desk.scan(BLOCKED)
    command = desk.new_command()
    answers = [pass_it(desk, "B00001", "member_blocked", command=command) for _ in range(2)]
    assert all("Lent, due" in answer for answer in answers)
    assert len(school.loans(BLOCKED)) == 1


@on_sqlite
def test_a_used_up_renewal_is_let_pass_and_told_in_the_loan(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001")
    loan = school.loans(MANEE)[0]
    desk.wait(days=2)
    desk.renew(loan)
    desk.wait(days=2)
    assert "Renew all the same" in desk.renew(loan)
    filled = {"loan": str(loan.id), "code": "renewals_used", "reason": "ทำรายงานกลุ่ม"}
    assert "Renewed, due" in desk.send("/desk/let-pass", **filled).text
    assert "(renewals_used): “ทำรายงานกลุ่ม”" in school.loans(MANEE)[0].trace[-1]


def test_what_was_written_off_is_not_lent_by_letting_pass() -> None:
    code, values = Code.ITEM_NOT_FOR_LOAN, {"status": "withdrawn"}
    assert not may_let_pass(ALL, code, values)
    assert may_let_pass(PERMISSIONS[Role.LIBRARIAN], code, {"status": "in_repair"})
    assert not may_let_pass(ALL, Code.NO_RULE)
