"""Whatever is done with a member's money, in whatever order and however often it is sent: the sums hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.charges.books import Tender, WrongAmountError
from samut_hub.charges.giving_back import Refund, VoidRefusedError, refund, void_receipt
from samut_hub.charges.models import Charge, ChargeKind, Payment, Receipt
from samut_hub.charges.policy import EntryKind
from samut_hub.charges.service import add_charge, pay_fee, waive
from samut_hub.commands import once
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.charges.conftest import DAO, NOON, add_people

Row = TypeVar("Row", Charge, Receipt, Payment)
Deed = tuple[str, int, int, bool]
"""What is done, to which of the rows that there are, how much, and whether it is owed again."""

DEEDS = st.tuples(
    st.sampled_from(["charge", "pay", "waive", "void", "refund"]),
    st.integers(0, 5),
    st.integers(-1, 700),
    st.booleans(),
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("books") / "samut.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    add_people(database)
    yield database
    database.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, max_size=12), data=st.data())
def test_the_debt_is_what_is_owed_whatever_was_done_and_sent_again(
    books: Database, deeds: list[Deed], data: st.DataObject
) -> None:
    sent = [(place, deed) for place, deed in enumerate(deeds) for _ in range(data.draw(st.integers(1, 3)))]
    order = data.draw(st.permutations(sent))
    with books.open(1) as session:
        done = [(place, deed) for place, deed in order if _send(session, str(place), deed)]
        _check(session)
        rows = _sums(session)
        for place, deed in done:
            _send(session, str(place), deed)
        assert _sums(session) == rows
        session.rollback()


def _send(session: Session, command: str, deed: Deed) -> bool:
    """As a page does: what is refused leaves nothing, and may be tried again."""
    try:
        with session.begin_nested():
            once(session, "desk:dao", command, "test", NOON, do=lambda: _do(session, deed))
    except (WrongAmountError, VoidRefusedError):
        session.expire_all()
        return False
    return True


def _do(session: Session, deed: Deed) -> bytes:
    what, which, amount, reopens = deed
    member = session.get_one(Member, which % 2 + 1)
    if what == "charge":
        add_charge(session, member=member, kind=ChargeKind.OTHER, amount=amount, now=NOON)
    elif what == "pay":
        pay_fee(session, member, tender=Tender(amount), teller=DAO)
    elif what == "waive" and (charge := _one(session, Charge, which)):
        waive(session, charge, amount=amount, reason="", teller=DAO)
    elif what == "void" and (receipt := _one(session, Receipt, which)):
        void_receipt(session, receipt, reason="", teller=DAO)
    elif what == "refund" and (payment := _one(session, Payment, which)):
        refund(session, payment, wanted=Refund(amount=amount, reason="", reopens=reopens), teller=DAO)
    return b""


def _one(session: Session, table: type[Row], which: int) -> Row | None:
    rows = session.scalars(select(table).order_by(table.id)).all()
    return rows[which % len(rows)] if rows else None


def _check(session: Session) -> None:
    session.expire_all()
    for member in session.scalars(select(Member)):
        charges = session.scalars(select(Charge).where(Charge.member_id == member.id)).all()
        assert member.debt == sum(charge.left for charge in charges)
        for charge in charges:
            lines = session.scalars(select(Payment).where(Payment.charge_id == charge.id)).all()
            assert 0 <= charge.waived <= charge.paid <= charge.amount
            assert charge.paid == sum(line.amount for line in lines)
            assert charge.waived == sum(line.amount for line in lines if line.kind == EntryKind.WAIVER)
    receipts = session.scalars(select(Receipt).order_by(Receipt.number)).all()
    assert [receipt.number for receipt in receipts] == list(range(1, len(receipts) + 1))
    for receipt in receipts:
        left = sum(line.amount for line in receipt.entries if line.kind != EntryKind.WAIVER)
        assert 0 <= left <= receipt.amount
        assert not (receipt.voided_at and left)


def _sums(session: Session) -> list[tuple[int, ...]]:
    """How many rows there are, and what they come to."""
    sums = [
        session.execute(select(func.count(), func.sum(table.amount))).one() for table in (Charge, Payment, Receipt)
    ]
    return [*map(tuple, sums), (session.scalar(select(func.sum(Member.debt))) or 0,)]
