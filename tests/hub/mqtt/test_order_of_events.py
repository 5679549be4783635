"""Events of a device go into the books in their order, also when the database fails at one of them for a while."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from samut_edge import replay
from samut_edge.clock import utc_now
from samut_edge.outbox import Outbox
from samut_edge.settings import read_settings
from samut_edge.uplink import Uplink
from samut_hub.circulation.models import ConflictKind, Loan
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.enrolment import NewDevice, enrol
from samut_hub.fleet.models import StrangeLetter
from samut_hub.fleet.service import join_device
from samut_hub.libraries.models import Library
from samut_hub.mqtt.door import Door
from samut_hub.mqtt.link import Link
from samut_hub.mqtt.turns import LIMIT, SILENCE
from samut_hub.secrets import make_secrets
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import DeviceRole, Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import KIOSK, Edge, conflicts, open_loans
from tests.hub.shelf import Shelf
from tests.system.lone_broker import LoneBroker, lone_broker

SOON = 10.0
"""A device sends again what was not confirmed."""

NOT_LENT = ConflictKind.RETURN_NOT_ON_LOAN.value
NOT_ENTERED = ConflictKind.LOAN_UNWRITTEN.value

FAILS = {
    "sqlite": ["CREATE TRIGGER full BEFORE INSERT ON loans BEGIN SELECT there_is_no_such_function(); END"],
    "postgresql": [
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$",
        'CREATE TRIGGER "full" BEFORE INSERT ON loans FOR EACH ROW EXECUTE FUNCTION full_disk()',
    ],
}
WORKS = {
    "sqlite": ["DROP TRIGGER full"],
    "postgresql": ['DROP TRIGGER "full" ON loans', "DROP FUNCTION full_disk()"],
}


@contextmanager
def no_loan_can_be_written(database: Database) -> Iterator[None]:
    kind = database.engine.dialect.name
    _tell(database, FAILS[kind])
    try:
        yield
    finally:
        _tell(database, WORKS[kind])


def _tell(database: Database, statements: list[str]) -> None:
    with database.session(None) as session:
        for statement in statements:
            session.execute(text(statement))


def confirmed(edge: Edge, kind: Kind, letter: Letter, device: str = KIOSK) -> bool:
    return edge.say(kind, letter, device) == m.EventsAcknowledged(ids=(letter.id,))


def lives(edge: Edge) -> None:
    """The device tells how it is: something that is carried out."""
    edge.say(Kind.HEALTH, edge.letter(m.DeviceHealth(parts=(), outbox_length=2, replica_version=0)))


def comes(edge: Edge) -> Letter:
    """The device is there, over a new connection."""
    state = edge.letter(m.DeviceState(online=True))
    edge.say(Kind.STATE, state)
    return state


def loans(database: Database) -> int:
    with database.session(None) as session:
        return session.scalars(select(func.count()).select_from(Loan)).one()


def set_apart(database: Database) -> list[str]:
    with database.session(None) as session:
        return list(session.scalars(select(StrangeLetter.fault)))


def test_a_return_waits_until_the_loan_before_it_is_in_the_books(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    lent, back = edge.lent_offline(shelf.pupil, shelf.book, 20), edge.returned_offline(shelf.book, 10)
    with no_loan_can_be_written(database):
        for _ in range(2):
            assert not confirmed(edge, Kind.LOAN, lent)
            assert not confirmed(edge, Kind.RETURN, back)
            edge.clock.pass_by(seconds=SOON)
    assert not confirmed(edge, Kind.RETURN, back)
    assert confirmed(edge, Kind.LOAN, lent)
    assert open_loans(database) == {shelf.book: shelf.pupil}
    assert confirmed(edge, Kind.RETURN, back)
    assert (open_loans(database), conflicts(database), loans(database)) == ({}, [], 1)


def test_nobody_waits_for_what_fails_at_another_device(
    edge: Edge, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        join_device(session, device_id="gate-1", role="gate", name="Gate", now=edge.clock())
    passage = m.PassageRecorded(reader="reader_in", direction="in", allowed=True)
    with no_loan_can_be_written(database):
        assert not confirmed(edge, Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, 20))
        assert confirmed(edge, Kind.PASSAGE, edge.letter(passage), "gate-1")
        lives(edge)
        assert isinstance(edge.say(Kind.ASK_MEMBER, edge.letter(m.MemberAsked(number=shelf.pupil))), m.MemberFound)


def test_what_does_not_come_again_stops_its_device_for_minutes_only(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """The memory card of the device was changed, and the loan is lost with it."""
    with no_loan_can_be_written(database):
        assert not confirmed(edge, Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, 20))
    later = edge.lent_offline(shelf.other, shelf.second, 10)
    edge.clock.pass_by(seconds=LIMIT - SOON)
    assert not confirmed(edge, Kind.LOAN, later)
    edge.clock.pass_by(seconds=SOON)
    assert confirmed(edge, Kind.LOAN, later)
    assert open_loans(database) == {shelf.second: shelf.other}


def test_what_fails_for_long_where_others_work_is_set_apart(edge: Edge, shelf: Shelf, database: Database) -> None:
    lent, back = edge.lent_offline(shelf.pupil, shelf.book, 20), edge.returned_offline(shelf.second, 10)
    with no_loan_can_be_written(database):
        end = edge.clock() + timedelta(seconds=LIMIT)
        while edge.clock() < end:
            lives(edge)
            assert not confirmed(edge, Kind.LOAN, lent)
            assert not confirmed(edge, Kind.RETURN, back)
            edge.clock.pass_by(seconds=SILENCE - SOON)
        lives(edge)
        assert confirmed(edge, Kind.LOAN, lent)
        assert confirmed(edge, Kind.RETURN, back)
    assert (set_apart(database), conflicts(database)) == (["OperationalError"], [NOT_ENTERED, NOT_LENT])
    assert confirmed(edge, Kind.LOAN, lent)
    assert open_loans(database) == {}, "staff may have lent it by hand meanwhile"


def test_what_fails_once_more_in_the_rush_after_an_outage_is_not_set_apart(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    lent = edge.lent_offline(shelf.pupil, shelf.book, 20)
    with no_loan_can_be_written(database):
        lives(edge)
        assert not confirmed(edge, Kind.LOAN, lent)
        edge.clock.pass_by(seconds=LIMIT)
        assert not confirmed(edge, Kind.LOAN, lent)
        edge.clock.pass_by(seconds=SOON)
        lives(edge)
        assert not confirmed(edge, Kind.LOAN, lent)
    assert confirmed(edge, Kind.LOAN, lent)
    assert (set_apart(database), open_loans(database)) == ([], {shelf.book: shelf.pupil})


def test_a_computer_that_learns_the_time_lets_nobody_overtake(shelf: Shelf, database: Database, clock: Clock) -> None:
    """One without a clock of its own starts with the hour it went out at, and hears the right one later."""
    edge = Edge(database, clock, steady=lambda: 0.0)
    lent, back = edge.lent_offline(shelf.pupil, shelf.book, 20), edge.returned_offline(shelf.book, 10)
    with no_loan_can_be_written(database):
        assert not confirmed(edge, Kind.LOAN, lent)
    edge.clock.pass_by(hours=5)
    assert not confirmed(edge, Kind.RETURN, back)
    assert confirmed(edge, Kind.LOAN, lent)


def test_over_a_new_connection_the_oldest_is_confirmed_though_a_later_one_failed(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """The confirmation of the first was lost with the old connection; over the new one the device sends only that."""
    comes(edge)
    first, lent = edge.returned_offline(shelf.third, 30), edge.lent_offline(shelf.pupil, shelf.book, 20)
    assert confirmed(edge, Kind.RETURN, first)
    with no_loan_can_be_written(database):
        assert not confirmed(edge, Kind.LOAN, lent)
    comes(edge)
    assert confirmed(edge, Kind.RETURN, first)
    assert confirmed(edge, Kind.LOAN, lent)


def test_nobody_overtakes_because_the_broker_repeats_to_the_hub_who_is_there(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    state = comes(edge)
    lent, back = edge.lent_offline(shelf.pupil, shelf.book, 20), edge.returned_offline(shelf.book, 10)
    with no_loan_can_be_written(database):
        assert not confirmed(edge, Kind.LOAN, lent)
    edge.say(Kind.STATE, state)
    assert not confirmed(edge, Kind.RETURN, back)
    assert confirmed(edge, Kind.LOAN, lent)


def test_what_fails_while_the_database_is_away_is_never_set_apart(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """For hours nothing else works either."""
    lent, back = edge.lent_offline(shelf.pupil, shelf.book, 20), edge.returned_offline(shelf.book, 10)
    with no_loan_can_be_written(database):
        for _ in range(5):
            assert not confirmed(edge, Kind.LOAN, lent)
            assert not confirmed(edge, Kind.RETURN, back)
            edge.clock.pass_by(seconds=LIMIT - 1)
    assert confirmed(edge, Kind.LOAN, lent)
    assert confirmed(edge, Kind.RETURN, back)
    assert (set_apart(database), open_loans(database), loans(database)) == ([], {}, 1)


@contextmanager
def hub_at(config: Config, database: Database, clock: Clock) -> Iterator[None]:
    """The hub's link and door, working."""
    door = Door(database, clock, lambda kind, device, letter: link.send(kind, device, letter))
    link = Link(config, door.receive)
    work = threading.Thread(target=door.run)
    link.start()
    work.start()
    try:
        yield
    finally:
        door.stop()
        link.stop()
        work.join()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LoneBroker]:
    with lone_broker(tmp_path) as broker:
        make_secrets(broker.config)
        yield broker


def test_a_real_device_sends_again_what_the_hub_held_back(
    broker: LoneBroker,
    shelf: Shelf,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three events over a real broker: what the first returns was not lent. The second fails at first, when the
    third is on its way with it."""
    monkeypatch.setattr(replay, "PATIENCE", 0.5)
    caplog.set_level("INFO", logger="samut_hub.mqtt.door")
    folder = broker.config.home / "kiosk-2"
    with database.session(shelf.library) as session:
        library, new = session.get_one(Library, shelf.library), NewDevice("kiosk-2", DeviceRole.KIOSK, "Kiosk")
        enrol(session, broker.config, library, new, folder, now=datetime.now(UTC))
    said = Edge(database, clock)
    events = [
        (Kind.RETURN, said.returned_offline(shelf.third, 30)),
        (Kind.LOAN, said.lent_offline(shelf.pupil, shelf.book, 20)),
        (Kind.RETURN, said.returned_offline(shelf.book, 10)),
    ]
    with hub_at(broker.config, database, clock):
        asyncio.run(_replayed(folder, events, database, caplog))
    assert (open_loans(database), conflicts(database), loans(database)) == ({}, [NOT_LENT], 1)


async def _replayed(
    folder: Path, events: list[tuple[Kind, Letter]], database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_settings(folder / "settings.toml")
    async with Outbox(folder / "outbox.db") as outbox, asyncio.timeout(30):
        for kind, letter in events:
            await outbox.add(kind, letter)
        uplink = Uplink(settings, outbox, utc_now, boot="b", address=(settings.hub.host, settings.hub.mqtt_port))
        with no_loan_can_be_written(database):
            link = asyncio.create_task(uplink.run(_hear_nothing, _state, _description))
            while "event waits for an older one" not in caplog.text:
                await asyncio.sleep(0.02)
            assert len(outbox) == len(events) - 1
        while len(outbox):
            await asyncio.sleep(0.02)
        link.cancel()
        await asyncio.wait([link])


async def _hear_nothing(_kind: Kind, _letter: Letter) -> None:
    return


def _state() -> m.DeviceState:
    return m.DeviceState(online=True)


def _description() -> m.DeviceDescription:
    return m.DeviceDescription(role="kiosk", parts=())
