"""The log of a device comes in parts, is shown put together, and is forgotten after a day."""

from datetime import timedelta

import pytest

from samut_hub.db import Database
from samut_hub.fleet.logs import forget_logs, last_log, note_log
from samut_hub.fleet.models import Device, DeviceCommand
from samut_wire import messages as m
from tests.hub.conftest import Clock, Libraries, SignIn


@pytest.fixture
def order(database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn) -> str:
    """A librarian asked for the log of the gate."""
    with database.session(libraries.north) as session:
        session.add(Device(id="gate-1", role="gate", name="g", online=True, added_at=clock(), changed_at=clock()))
    sign_in().post("/devices/gate-1/logs")
    with database.session(None) as session:
        return session.query(DeviceCommand).one().id


def tell(database: Database, clock: Clock, order: str, part: int, text: str) -> None:
    with database.session(None) as session:
        device = session.get_one(Device, "gate-1")
        session.info["library_id"] = device.library_id
        note_log(session, device, order, m.LogTold(part=part, of=2, text=text), clock())


def test_parts_are_put_together_whatever_their_order_and_however_often_they_come(
    order: str, database: Database, clock: Clock, sign_in: SignIn
) -> None:
    for part, text in ((2, "second"), (1, "first "), (2, "second")):
        tell(database, clock, order, part, text)
    assert "first second" in sign_in().get("/devices/gate-1").text


def test_what_nobody_asked_for_is_not_kept(order: str, database: Database, clock: Clock) -> None:
    tell(database, clock, "another", 1, "x")
    with database.session(None) as session:
        assert last_log(session, session.get_one(Device, "gate-1")) is None


def test_it_is_forgotten_after_a_day(order: str, database: Database, clock: Clock) -> None:
    tell(database, clock, order, 1, "x")
    with database.session(None) as session:
        forget_logs(session, clock() + timedelta(hours=25))
        assert last_log(session, session.get_one(Device, "gate-1")) is None
