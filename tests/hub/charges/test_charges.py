"""Owing and paying, at one desk and at two."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from samut_hub.charges.books import Tender, WrongAmountError
from samut_hub.charges.kinds import ByHand, KindFields, NameTakenError, charge_by_hand, save_own_kind
from samut_hub.charges.models import Charge, ChargeKind, ChargeSettings, OwnChargeKind, Receipt
from samut_hub.charges.policy import MOST_OWED, Method, YearKind
from samut_hub.charges.service import add_charge, open_charges, pay_fee, take_off, waive
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.charges.conftest import CLERK, DAO, NOON

DESKS, PAYMENTS = 50, 60


def owe(session: Session, member: Member, amount: int) -> Charge:
    return add_charge(session, member=member, kind=ChargeKind.OVERDUE, amount=amount, now=NOON)


def test_two_fines_add_up_to_the_debt(session: Session, manee: Member) -> None:
    owe(session, manee, 500)
    owe(session, manee, 250)
    assert manee.debt == 750


def test_paying_a_part_leaves_the_rest_owed(session: Session, manee: Member) -> None:
    charge = owe(session, manee, 500)
    pay_fee(session, manee, tender=Tender(200), teller=DAO)
    session.expire_all()
    assert (charge.paid, manee.debt) == (200, 300)
    assert open_charges(session, manee) == [charge]


def test_one_receipt_tells_of_several_charges_the_oldest_paid_first(session: Session, manee: Member) -> None:
    first, second, third = (owe(session, manee, amount) for amount in (500, 300, 100))
    receipt = pay_fee(session, manee, tender=Tender(600, Method.PROMPTPAY, "0123"), teller=DAO)
    assert [(line.charge, line.amount, line.method) for line in receipt.entries] == [
        (first, 500, "promptpay"),
        (second, 100, "promptpay"),
    ]
    assert (receipt.amount, receipt.reference, receipt.staff_id, receipt.till) == (600, "0123", CLERK, "desk:dao")
    assert open_charges(session, manee) == [second, third]


def test_chosen_charges_are_paid_before_older_ones(session: Session, manee: Member) -> None:
    old, new = owe(session, manee, 500), owe(session, manee, 300)
    pay_fee(session, manee, tender=Tender(300), teller=DAO, only=[new.id])
    assert (old.paid, new.paid) == (0, 300)
    with pytest.raises(WrongAmountError) as refused:
        pay_fee(session, manee, tender=Tender(100), teller=DAO, only=[new.id])
    assert refused.value.left == 0


def test_hundreds_of_charges_are_counted_at_once(
    session: Session, manee: Member, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    row = {"library_id": manee.library_id, "member_id": manee.id, "kind": "overdue", "made_at": NOON}
    session.execute(insert(Charge), [{**row, "amount": place + 1} for place in range(300)])
    manee.debt = 45_150
    session.flush()
    with statements() as asked:
        receipt = pay_fee(session, manee, tender=Tender(45_000), teller=DAO)
    assert len([one for one in asked if one.startswith("UPDATE")]) <= 4
    session.expire_all()
    assert [line.charge.paid for line in receipt.entries] == [*range(1, 300), 150]
    assert manee.debt == 150


@pytest.mark.parametrize("amount", [0, -100, 501])
def test_nobody_pays_nothing_or_more_than_is_owed(session: Session, manee: Member, amount: int) -> None:
    charge = owe(session, manee, 500)
    with pytest.raises(WrongAmountError) as refused:
        pay_fee(session, manee, tender=Tender(amount), teller=DAO)
    assert refused.value.left == 500
    assert (charge.paid, manee.debt) == (0, 500)


def test_nobody_owes_more_than_the_books_can_hold(session: Session, manee: Member) -> None:
    owe(session, manee, MOST_OWED)
    with pytest.raises(WrongAmountError):
        owe(session, manee, 1)
    assert manee.debt == MOST_OWED


def test_a_part_is_waived_with_its_reason(session: Session, manee: Member) -> None:
    charge = owe(session, manee, 500)
    waiver = waive(session, charge, amount=200, reason="ป่วย", teller=DAO)
    assert (charge.paid, charge.waived, charge.left, manee.debt) == (200, 200, 300, 300)
    assert (waiver.reason, waiver.staff_id, waiver.method, waiver.receipt_id) == ("ป่วย", CLERK, "", None)
    with pytest.raises(WrongAmountError):
        waive(session, charge, amount=301, reason="ป่วย", teller=DAO)


def test_a_library_charges_for_what_it_likes(session: Session, manee: Member) -> None:
    kind = OwnChargeKind(library_id=1)
    save_own_kind(session, kind, KindFields(name_th="ค่าห้องประชุม", name_en="", amount=5_000))
    wanted = ByHand(kind=ChargeKind.OWN, own_kind_id=kind.id, amount=kind.amount, note="ห้อง 2")
    charge = charge_by_hand(session, manee, wanted=wanted, teller=DAO)
    assert (charge.own_kind, charge.staff_id, charge.note, manee.debt) == (kind, CLERK, "ห้อง 2", 5_000)
    with pytest.raises(NameTakenError):
        save_own_kind(session, OwnChargeKind(library_id=1), KindFields(name_th="ค่าห้องประชุม", name_en="", amount=0))


def test_a_loan_that_did_not_happen_costs_nothing_more(session: Session, manee: Member) -> None:
    dropped = add_charge(session, member=manee, kind=ChargeKind.SERVICE, amount=100, now=NOON, loan_id=7)
    partly = add_charge(session, member=manee, kind=ChargeKind.OVERDUE, amount=300, now=NOON, loan_id=7)
    pay_fee(session, manee, tender=Tender(50), teller=DAO, only=[partly.id])
    take_off(session, member=manee, loan_id=7, now=NOON)
    assert manee.debt == 0
    assert session.scalars(select(Charge.id)).all() == [partly.id]
    assert dropped not in session
    assert (partly.paid, partly.waived) == (300, 250)


def test_two_desks_take_the_same_money_only_once(session: Session, manee: Member, database: Database) -> None:
    owe(session, manee, 500)
    session.commit()

    def take(_: int) -> bool:
        try:
            with database.session(1) as own:
                pay_fee(own, own.get_one(Member, 1), tender=Tender(500), teller=DAO)
        except WrongAmountError:
            return False
        return True

    with ThreadPoolExecutor(4) as desks:
        assert sorted(desks.map(take, range(4))) == [False, False, False, True]
    with database.session(1) as own:
        assert own.get_one(Member, 1).debt == 0
        assert len(own.scalars(select(Receipt)).all()) == 1


def test_fines_at_many_desks_at_once_all_count(session: Session, database: Database) -> None:
    session.commit()

    def fine(_: int) -> None:
        with database.session(1) as own:
            owe(own, own.get_one(Member, 1), 100)

    with ThreadPoolExecutor(4) as desks:
        list(desks.map(fine, range(12)))
    with database.session(1) as own:
        assert own.get_one(Member, 1).debt == 1200


def test_receipts_of_fifty_desks_at_once_have_every_number_once(
    session: Session, manee: Member, database: Database
) -> None:
    """Some break off when the receipt is written already: their numbers go to the next."""
    owe(session, manee, PAYMENTS * 100)
    owe(session, session.get_one(Member, 2), PAYMENTS * 100)
    session.commit()

    class BreaksOffError(Exception):
        pass

    def pay(place: int) -> None:
        with suppress(BreaksOffError), database.session(1) as own:
            pay_fee(own, own.get_one(Member, place % 2 + 1), tender=Tender(100), teller=DAO)
            if place % 6 == 0:
                raise BreaksOffError

    with ThreadPoolExecutor(DESKS) as desks:
        list(desks.map(pay, range(PAYMENTS)))
    with database.session(1) as own:
        numbers = sorted(own.scalars(select(Receipt.number)))
        owed = own.get_one(Member, 1).debt + own.get_one(Member, 2).debt
    assert numbers == list(range(1, PAYMENTS * 5 // 6 + 1))
    assert owed == 2 * PAYMENTS * 100 - len(numbers) * 100


def test_receipts_begin_anew_each_year_as_the_library_counts_them(session: Session, manee: Member) -> None:
    owe(session, manee, 1_000)

    def pay(at: datetime) -> str:
        return pay_fee(session, manee, tender=Tender(100), teller=replace(DAO, now=at)).shown_number

    in_september = datetime(2026, 9, 30, 16, 59, tzinfo=UTC)
    in_october = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
    assert [pay(NOON), pay(in_september), pay(in_october)] == ["2569/000001", "2569/000002", "2570/000001"]
    session.add(ChargeSettings(library_id=1, year=YearKind.CALENDAR))
    session.flush()
    assert [pay(in_october), pay(datetime(2027, 1, 1, tzinfo=UTC))] == ["2569/000003", "2570/000002"]
