"""Owing and paying, at one desk and at two."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import WrongAmountError, add_charge, open_charges, pay
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member, MemberType
from samut_hub.staff.models import StaffAccount

NOON = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
CLERK = 1


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session(None) as session:
        session.add(Library(id=1, code="ban", name_th="บ้าน", name_en="Ban"))
        session.add(MemberType(id=1, library_id=1, code="pupil", name_th="นักเรียน", name_en="Pupil"))
        session.flush()
        session.add(
            StaffAccount(id=CLERK, library_id=1, username="dao", name="Dao", password_hash="", role="librarian")
        )
        session.add(
            Member(
                id=1,
                library_id=1,
                number="10001",
                type_id=1,
                name_th="มานี",
                sort_name=b"",
                joined_on=date(2026, 5, 1),
                changed_at=NOON,
            )
        )
    with database.session(1) as session:
        yield session


@pytest.fixture
def manee(session: Session) -> Member:
    return session.get_one(Member, 1)


def owe(session: Session, member: Member, amount: int) -> Charge:
    return add_charge(session, member=member, kind=ChargeKind.OVERDUE, amount=amount, now=NOON)


def test_two_fines_add_up_to_the_debt(session: Session, manee: Member) -> None:
    owe(session, manee, 500)
    owe(session, manee, 250)
    assert manee.debt == 750


def test_paying_a_part_leaves_the_rest_owed(session: Session, manee: Member) -> None:
    charge = owe(session, manee, 500)
    pay(session, charge=charge, amount=200, staff_id=CLERK, now=NOON)
    session.flush()
    assert (charge.paid, manee.debt) == (200, 300)
    assert open_charges(session, manee) == [charge]


def test_a_charge_paid_in_full_is_no_longer_open(session: Session, manee: Member) -> None:
    charge = owe(session, manee, 500)
    pay(session, charge=charge, amount=200, staff_id=CLERK, now=NOON)
    pay(session, charge=charge, amount=300, staff_id=CLERK, now=NOON)
    assert manee.debt == 0
    assert open_charges(session, manee) == []


@pytest.mark.parametrize("amount", [0, -100, 501])
def test_nobody_pays_nothing_or_more_than_is_owed(session: Session, manee: Member, amount: int) -> None:
    charge = owe(session, manee, 500)
    with pytest.raises(WrongAmountError) as refused:
        pay(session, charge=charge, amount=amount, staff_id=CLERK, now=NOON)
    assert refused.value.left == 500
    assert (charge.paid, manee.debt) == (0, 500)


def test_counters_in_the_database_are_those_in_memory(session: Session, manee: Member) -> None:
    charge = owe(session, manee, 500)
    pay(session, charge=charge, amount=120, staff_id=CLERK, now=NOON)
    session.flush()
    session.expire_all()
    assert (manee.debt, charge.paid) == (380, 120)


def test_two_desks_take_the_same_money_only_once(session: Session, manee: Member, database: Database) -> None:
    charge_id = owe(session, manee, 500).id
    session.commit()

    def take(_: int) -> bool:
        with database.session(1) as own:
            try:
                pay(own, charge=own.get_one(Charge, charge_id), amount=500, staff_id=CLERK, now=NOON)
            except WrongAmountError:
                return False
        return True

    with ThreadPoolExecutor(4) as desks:
        assert sorted(desks.map(take, range(4))) == [False, False, False, True]
    with database.session(1) as own:
        assert own.get_one(Member, 1).debt == 0


def test_fines_at_many_desks_at_once_all_count(session: Session, database: Database) -> None:
    session.commit()

    def fine(_: int) -> None:
        with database.session(1) as own:
            owe(own, own.get_one(Member, 1), 100)

    with ThreadPoolExecutor(4) as desks:
        list(desks.map(fine, range(12)))
    with database.session(1) as own:
        assert own.get_one(Member, 1).debt == 1200
