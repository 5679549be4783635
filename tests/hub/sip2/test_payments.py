"""Members pay at machines of other makers; each payment comes into the books once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.charges.models import ChargeKind, Payment, Receipt
from samut_hub.charges.service import add_charge
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import MANEE, PITI, School
from tests.hub.conftest import Clock
from tests.hub.sip2.conftest import AddAccount, Machine, Running, field

LATER = "20261123    100500"


@pytest.fixture
def coin_box(running: Running, school: School, account: AddAccount, clock: Clock) -> Machine:
    """A machine that takes cash, and two pupils who owe twelve baht each: ten and two."""
    account(payments="cash")
    with school.database.session(school.library) as session:
        for number in (MANEE, PITI):
            for amount in (1_000, 200):
                _charge(session, session.get_one(Member, school.ids[number]), amount, clock)
    return running.machine()


def _charge(session: Session, member: Member, amount: int, clock: Clock) -> None:
    add_charge(session, member=member, kind=ChargeKind.CARD, amount=amount, now=clock())


def pay(
    machine: Machine, member: str, amount: str, *, number: str = "", at: str = LATER, currency: str = "THB"
) -> str:
    return machine.ask(f"37{at}0400{currency}BV{amount}|AOnorth|AA{member}|AC|BK{number}|")


def ask(machine: Machine, member: str, at: str) -> None:
    assert field(machine.ask(f"63001{at}{'':<10}AOnorth|AA{member}|AC|"), "BL") == "Y"


def receipts(school: School) -> list[Receipt]:
    with school.database.session(school.library, writes=False) as session:
        return list(session.scalars(select(Receipt).order_by(Receipt.id)))


def test_what_is_paid_at_a_machine_is_in_the_books_with_a_receipt(coin_box: Machine, school: School) -> None:
    assert (field(coin_box.ask("9900802.00"), "BX") or "")[9] == "Y"
    answer = pay(coin_box, MANEE, "10.50", number="T-1")
    assert answer.startswith("38Y")
    assert (field(answer, "BK"), field(answer, "AF")) == ("T-1", "10.50 baht paid, receipt 2570/000001.")
    [receipt] = receipts(school)
    assert (receipt.amount, receipt.till, receipt.method) == (1_050, "sip2:kiosk", "cash")
    assert receipt.reference == "sip2:kiosk 2026-11-23 T-1"
    assert receipt.shown_reference == "2026-11-23 T-1"
    assert (school.member(MANEE).debt, field(coin_box.status(MANEE), "BV")) == (150, "1.50")
    with school.database.session(school.library, writes=False) as session:
        assert session.scalars(select(Payment.amount).order_by(Payment.id)).all() == [1_000, 50]


def test_a_payment_told_again_is_one_payment(
    coin_box: Machine, running: Running, school: School, clock: Clock
) -> None:
    """By its number, whenever and through whichever connection; without one by the message itself."""
    machines = [running.machine() for _ in range(4)]
    with ThreadPoolExecutor(len(machines)) as pool:
        told = set(pool.map(lambda machine: pay(machine, MANEE, "5", number="77"), machines))
    assert len(told) == 1
    clock.pass_by(hours=3)
    assert field(pay(coin_box, MANEE, "5.00", number="77", at="20261123    130500"), "AF") == (
        "5.00 baht paid, receipt 2570/000001."
    )
    assert pay(coin_box, PITI, "4") == pay(running.machine(), PITI, "4")
    assert [receipt.amount for receipt in receipts(school)] == [500, 400]


@pytest.mark.parametrize("method", ["cash", "other"])
def test_other_money_under_the_same_number_is_another_payment(
    running: Running, school: School, account: AddAccount, clock: Clock, method: str
) -> None:
    """The machine was switched off and on, or two of them sign in alike. Each told again is the same."""
    account(payments=method)
    with school.database.session(school.library) as session:
        for number in (MANEE, PITI):
            _charge(session, session.get_one(Member, school.ids[number]), 2_000, clock)
    machine = running.machine()
    for _ in range(2):
        for member, amount in ((MANEE, "5"), (MANEE, "6"), (PITI, "5")):
            assert pay(machine, member, amount, number="77").startswith("38Y")
        clock.pass_by(hours=2)
    assert [receipt.amount for receipt in receipts(school)] == [500, 600, 500]


@pytest.mark.parametrize("first_date", ["20200101    00", "20261123    10", " " * 14])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_machine_whose_clock_begins_anew_each_time_takes_money_each_time(
    coin_box: Machine, school: School, clock: Clock, first_date: str
) -> None:
    """And so do its numbers. What it tells again without a new question is one payment, at once and after hours."""
    stamps = [f"{first_date}{minute}00".ljust(18) if first_date.strip() else " " * 18 for minute in ("01", "03")]
    for wait in ({"hours": 5}, {"hours": 20}):
        ask(coin_box, MANEE, stamps[0])
        for hours in (0, 2):
            clock.pass_by(hours=hours)
            assert pay(coin_box, MANEE, "2", number="1", at=stamps[1]).startswith("38Y")
        clock.pass_by(**wait)
    ask(coin_box, MANEE, stamps[0])
    pay(coin_box, MANEE, "2", number="1", at=stamps[1])
    assert [receipt.amount for receipt in receipts(school)] == [200, 200, 200]
    assert school.member(MANEE).debt == 600


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_told_again_by_a_clock_that_runs_is_one_payment_though_the_member_was_there_since(
    coin_box: Machine, school: School, clock: Clock
) -> None:
    for number in ("77", ""):
        ask(coin_box, MANEE, "20261123    100400")
        pay(coin_box, MANEE, "5", number=number)
    clock.pass_by(days=2)
    ask(coin_box, MANEE, "20261125    100000")
    for number in ("77", ""):
        assert pay(coin_box, MANEE, "5", number=number).startswith("38Y")
    assert [receipt.amount for receipt in receipts(school)] == [500, 500]


@pytest.mark.parametrize("method", ["cash", "other"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_machines_count_their_payments_anew_each_day(
    running: Running, school: School, account: AddAccount, clock: Clock, method: str
) -> None:
    account(payments=method)
    with school.database.session(school.library) as session:
        _charge(session, session.get_one(Member, school.ids[MANEE]), 2_000, clock)
    machine = running.machine()
    pay(machine, MANEE, "5", number="1")
    clock.pass_by(hours=20)
    assert pay(machine, MANEE, "5", number="1", at="20261124    060500").startswith("38Y")
    assert pay(machine, MANEE, "5", number="1").startswith("38Y"), "of yesterday, told again"
    assert [receipt.amount for receipt in receipts(school)] == [500, 500]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_payment_told_again_after_days_is_one_payment(coin_box: Machine, school: School, clock: Clock) -> None:
    """While other money under that number is another payment: the clock of that machine may stand still."""
    first = pay(coin_box, MANEE, "5", number="77")
    clock.pass_by(days=4)
    again = pay(coin_box, MANEE, "5", number="77")
    assert field(again, "AF") == field(first, "AF")
    assert pay(coin_box, MANEE, "2", number="77").startswith("38Y")
    assert [receipt.amount for receipt in receipts(school)] == [500, 200]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_payment_told_again_past_midnight_is_one_payment(coin_box: Machine, school: School, clock: Clock) -> None:
    """Though the machine writes a new date on it; other money under that number is another payment."""
    clock.pass_by(hours=13, minutes=50)
    assert pay(coin_box, MANEE, "5", number="9", at="20261123    235500").startswith("38Y")
    clock.pass_by(minutes=10)
    again = pay(coin_box, MANEE, "5", number="9", at="20261124    000500")
    assert field(again, "AF") == "5.00 baht paid, receipt 2570/000001."
    assert pay(coin_box, MANEE, "2", number="9", at="20261124    000600").startswith("38Y")
    assert [receipt.amount for receipt in receipts(school)] == [500, 200]


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("12.01", "THB", "Only 12.00 baht are owed. Nothing was recorded. Please go to the desk."),
        ("-1", "THB", "“-1” is no amount that can be paid. Nothing was recorded."),
        ("1e3", "THB", "“1e3” is no amount that can be paid. Nothing was recorded."),
        ("5.00", "USD", "USD cannot be paid, only THB. Nothing was recorded."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_paid_is_refused_with_a_sentence(
    coin_box: Machine, school: School, amount: str, currency: str, said: str
) -> None:
    answer = pay(coin_box, MANEE, amount, currency=currency)
    assert (answer[:3], field(answer, "AF")) == ("38N", said)
    assert (receipts(school), school.member(MANEE).debt) == ([], 1_200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_for_nobody_no_payment_is_recorded(coin_box: Machine, school: School) -> None:
    assert field(pay(coin_box, "99999", "5"), "AF") == "We do not know this card. Please ask the librarian."
    assert receipts(school) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_machine_that_takes_none_says_where_to_pay(kiosk: Machine, school: School) -> None:
    assert field(pay(kiosk, MANEE, "5"), "AF") == "No payments are taken here. Please pay at the desk."
