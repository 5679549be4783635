"""Members whom a machine knows by a card."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.service import lend
from samut_hub.db import Database
from samut_hub.libraries.service import card_key
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member
from tests.hub.circulation.conftest import BOOKS, MANEE, School
from tests.hub.conftest import Clock
from tests.hub.sip2.conftest import SECRET, Machine, wait_until

UID = "04A1B2C3D4E580"


@pytest.fixture
def chip(school: School, clock: Clock) -> str:
    """The number of the chip that Manee wears."""
    key = card_key(SECRET, "north")
    with school.database.session(school.library) as session:
        manee = session.get_one(Member, school.ids[MANEE])
        add_card(session, manee, key=key, kind=CardKind.UID, value=UID, now=clock())
    return UID


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_card_at_a_machine_waits_for_the_desk_that_lends_to_its_member(
    kiosk: Machine, school: School, chip: str, database: Database, clock: Clock
) -> None:
    with ThreadPoolExecutor(1) as pool, database.session(school.library) as desk:
        member, item = desk.get_one(Member, school.ids[MANEE]), item_by_barcode(desk, BOOKS[0])
        assert item is not None
        assert lend(desk, member=member, item=item, now=clock(), source="desk:dao").loan is not None
        asked = pool.submit(kiosk.lend, chip, BOOKS[1])
        wait_until("the machine waits for the desk", lambda: one_waits(database))
        desk.commit()
        assert asked.result(30).startswith("121")
    assert school.member(MANEE).open_loans == len(school.loans(MANEE)) == 2


def one_waits(database: Database) -> bool:
    """Whether a transaction waits for what another has locked."""
    with database.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
