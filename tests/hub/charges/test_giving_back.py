"""Receipts declared void, money given back, and the evening at the till."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.charges.accounts import Scope, all_lines, by_till, figures, till_names
from samut_hub.charges.books import Teller, Tender, WrongAmountError
from samut_hub.charges.closing import NothingToCloseError, close_till, open_cash
from samut_hub.charges.giving_back import Refund, VoidFault, VoidRefusedError, refund, void_receipt
from samut_hub.charges.models import Charge, ChargeKind, ClosedError, Payment, Receipt
from samut_hub.charges.policy import EntryKind, Method
from samut_hub.charges.service import add_charge, pay_fee, waive
from samut_hub.members.models import Member
from tests.hub.charges.conftest import CLERK, DAO, NOON

NEXT_DAY = replace(DAO, now=NOON + timedelta(days=1))
KIOSK = Teller(till="sip2:kiosk", now=NOON)


@pytest.fixture
def charge(session: Session, manee: Member) -> Charge:
    return add_charge(session, member=manee, kind=ChargeKind.LOST, amount=500, now=NOON)


@pytest.fixture
def receipt(session: Session, manee: Member, charge: Charge) -> Receipt:
    return pay_fee(session, manee, tender=Tender(400), teller=DAO)


def test_a_void_receipt_keeps_its_number_and_says_why(session: Session, manee: Member, receipt: Receipt) -> None:
    void_receipt(session, receipt, reason="ผิดคน", teller=NEXT_DAY)
    assert (receipt.number, receipt.void_reason, receipt.voided_by) == (1, "ผิดคน", CLERK)
    assert manee.debt == 500
    taken, back = session.scalars(select(Payment).order_by(Payment.id)).all()
    assert (back.kind, back.amount, back.of_id, back.method) == ("void", -400, taken.id, "cash")
    with pytest.raises(VoidRefusedError) as refused:
        void_receipt(session, receipt, reason="ผิดคน", teller=NEXT_DAY)
    assert refused.value.fault is VoidFault.ALREADY_VOID
    assert pay_fee(session, manee, tender=Tender(500), teller=DAO).number == 2


def test_money_given_back_is_owed_again_or_dropped(session: Session, manee: Member, receipt: Receipt) -> None:
    (payment,) = receipt.entries
    charge = payment.charge
    refund(session, payment, wanted=Refund(amount=100, reason="คิดเกิน"), teller=DAO)
    assert (manee.debt, charge.paid, charge.waived, payment.reversed) == (100, 400, 100, 100)
    refund(session, payment, wanted=Refund(amount=200, reason="คืนเงิน", reopens=True), teller=DAO)
    assert (manee.debt, charge.paid, charge.waived, payment.reversed) == (300, 200, 100, 300)
    with pytest.raises(WrongAmountError) as refused:
        refund(session, payment, wanted=Refund(amount=101, reason="อีก"), teller=DAO)
    assert refused.value.left == 100
    with pytest.raises(VoidRefusedError):
        void_receipt(session, receipt, reason="ผิด", teller=DAO)


def test_money_that_was_given_back_cannot_be_given_back(session: Session, receipt: Receipt) -> None:
    back = refund(session, receipt.entries[0], wanted=Refund(amount=100, reason="คิดเกิน"), teller=DAO)
    with pytest.raises(WrongAmountError):
        refund(session, back, wanted=Refund(amount=1, reason="อีก"), teller=DAO)


def test_the_accounts_tell_what_came_and_went_by_what(session: Session, manee: Member, receipt: Receipt) -> None:
    transfer = pay_fee(session, manee, tender=Tender(100, Method.PROMPTPAY), teller=KIOSK)
    refund(session, receipt.entries[0], wanted=Refund(amount=150, reason="คิดเกิน", reopens=True), teller=DAO)
    waive(session, receipt.entries[0].charge, amount=50, reason="ป่วย", teller=DAO)
    void_receipt(session, transfer, reason="ผิด", teller=NEXT_DAY)
    that_day = Scope(NOON, NOON + timedelta(days=1))
    found = figures(session, that_day)
    assert found.total(EntryKind.PAYMENT, method=Method.CASH) == 400
    assert found.total(EntryKind.PAYMENT) == 500
    assert found.total(EntryKind.REFUND) == -150
    assert found.total(EntryKind.WAIVER) == 50
    assert (found.cash, found.money, found.receipts) == (250, 350, 2)
    assert (found.first, found.last) == (receipt, transfer)
    assert [(one.kind, amount) for one, amount in found.by_kind()] == [("lost", 350)]
    assert by_till(session, that_day) == [("desk:dao", 250, 250), ("sip2:kiosk", 0, 100)]
    assert till_names(session, ["desk:dao", "sip2:kiosk"]) == {"desk:dao": "Dao", "sip2:kiosk": "sip2:kiosk"}
    next_day = figures(session, Scope(NEXT_DAY.now, None))
    assert (next_day.money, next_day.cash, next_day.receipts) == (-100, 0, 0)
    own = figures(session, replace(that_day, till="desk:dao"))
    assert (own.money, own.receipts) == (250, 1)
    assert [line.payment.kind for line in all_lines(session, that_day)] == ["payment", "payment", "refund", "waiver"]


def test_a_closing_counts_each_line_once_and_stays_as_it_is(
    session: Session, manee: Member, receipt: Receipt
) -> None:
    pay_fee(session, manee, tender=Tender(50), teller=KIOSK)
    assert open_cash(session, "desk:dao") == (1, 400)
    closing = close_till(session, "desk:dao", counted=380, note="เหรียญหาย", teller=DAO)
    assert (closing.expected, closing.counted, closing.difference) == (400, 380, -20)
    assert figures(session, Scope(closing_id=closing.id)).cash == 400
    assert open_cash(session, "desk:dao") == (0, 0)
    with pytest.raises(NothingToCloseError):
        close_till(session, "desk:dao", counted=0, note="", teller=DAO)
    void_receipt(session, receipt, reason="ผิด", teller=NEXT_DAY)
    evening = close_till(session, "desk:dao", counted=0, note="", teller=NEXT_DAY)
    assert (evening.expected, closing.expected) == (-400, 400)
    with pytest.raises(ClosedError), session.begin_nested():
        closing.counted = 400
