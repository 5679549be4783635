"""Two people at one till, and one transfer at two desks, at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from samut_hub.charges.books import Tender
from samut_hub.charges.closing import NothingToCloseError, close_till
from samut_hub.charges.models import ChargeKind, TillClosing
from samut_hub.charges.policy import Method
from samut_hub.charges.service import TransferTakenError, add_charge, pay_fee
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.charges.conftest import DAO, NOON, add_people

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def owing(database: Database) -> Database:
    """Manee and Piti each owe five baht."""
    add_people(database)
    with database.session(1) as session:
        for member in session.scalars(select(Member)):
            add_charge(session, member=member, kind=ChargeKind.COPIES, amount=500, now=NOON)
    return database


def test_a_till_is_closed_once(owing: Database) -> None:
    with owing.session(1) as session:
        pay_fee(session, session.get_one(Member, 1), tender=Tender(500), teller=DAO)
    with ThreadPoolExecutor(1) as pool, owing.session(1) as first:
        close_till(first, "desk:dao", counted=500, note="", teller=DAO)
        second = pool.submit(close, owing)
        wait_until_one_waits(owing)
        first.commit()
        with pytest.raises(NothingToCloseError):
            second.result(30)
    with owing.session(1) as session:
        assert session.scalars(select(TillClosing.expected)).all() == [500]


def test_a_transfer_is_on_one_receipt(owing: Database) -> None:
    with ThreadPoolExecutor(1) as pool, owing.session(1) as first:
        pay_fee(first, first.get_one(Member, 1), tender=Tender(500, Method.PROMPTPAY, "T77"), teller=DAO)
        second = pool.submit(take_from_piti, owing)
        wait_until_one_waits(owing)
        first.commit()
        with pytest.raises(TransferTakenError):
            second.result(30)
    with owing.session(1) as session:
        assert session.get_one(Member, 2).debt == 500


def close(database: Database) -> None:
    with database.session(1) as session:
        close_till(session, "desk:dao", counted=500, note="", teller=DAO)


def take_from_piti(database: Database) -> None:
    with database.session(1) as session:
        pay_fee(session, session.get_one(Member, 2), tender=Tender(500, Method.PROMPTPAY, "T77"), teller=DAO)


def wait_until_one_waits(database: Database) -> None:
    until = time.monotonic() + 20
    with database.engine.connect() as connection:
        while not connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < until, "nobody waited"
            time.sleep(0.02)
