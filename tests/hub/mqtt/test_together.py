"""Events that wait together enter the books together, each once; a question never waits behind them."""

import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt import publish
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.circulation.models import Loan
from samut_hub.commands import Command
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import issue
from samut_hub.fleet.models import Device, StrangeLetter
from samut_hub.fleet.service import join_device
from samut_hub.mqtt import gates
from samut_hub.mqtt.inbox import IN_A_ROW, QUESTIONS_OF_ONE, Came, Inbox
from samut_hub.mqtt.link import Link
from samut_hub.secrets import make_secrets
from samut_hub.visits.models import Visit
from samut_hub.visits.service import Passage
from samut_wire import messages as m
from samut_wire.codec import Letter, encode
from samut_wire.topics import TOPICS, Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import KIOSK, Edge, conflicts, open_loans
from tests.hub.shelf import Shelf
from tests.system.lone_broker import LoneBroker, lone_broker
from tests.system.world import wait_until

GATE = "gate-1"


@pytest.fixture
def gate(database: Database, shelf: Shelf, clock: Clock) -> str:
    with database.session(shelf.library) as session:
        join_device(session, device_id=GATE, role="gate", name="Gate", now=clock())
    return GATE


def came(edge: Edge, kind: Kind, letter: Letter, device: str = KIOSK) -> Came:
    return Came(TOPICS[kind].of(device), encode(letter), edge.clock(), lambda: None)


def lending_day(edge: Edge, shelf: Shelf) -> list[Came]:
    """Ten times out and back again, in the last forty minutes."""
    told = []
    for turn in range(10):
        ago = 40 - 4 * turn
        told.append(came(edge, Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, ago)))
        told.append(came(edge, Kind.RETURN, edge.returned_offline(shelf.book, ago - 2)))
    return told


def passages(edge: Edge, shelf: Shelf, count: int) -> list[Came]:
    body = m.PassageRecorded(reader="r", direction="in", allowed=True, member=shelf.pupil)
    return [came(edge, Kind.PASSAGE, edge.letter(body, minutes_ago=count - n), GATE) for n in range(count)]


def confirmed(edge: Edge) -> dict[str, int]:
    """How many letters of confirmation were sent, and how many events they name."""
    told = [letter.body for kind, letter in edge.heard if kind is Kind.ACKNOWLEDGED]
    bodies = [body for body in told if isinstance(body, m.EventsAcknowledged)]
    return {"letters": len(bodies), "events": sum(len(body.ids) for body in bodies)}


def books(database: Database) -> tuple[int, int]:
    """Loans that ended, and passages."""
    with database.session(None) as session:
        ended = select(func.count()).select_from(Loan).where(Loan.returned_at.is_not(None))
        return session.scalar(ended) or 0, session.scalar(select(func.count()).select_from(Visit)) or 0


def test_a_day_of_two_devices_is_one_transaction_and_one_letter_to_each(
    edge: Edge, shelf: Shelf, gate: str, database: Database, statements: list[str]
) -> None:
    told = [*lending_day(edge, shelf), *passages(edge, shelf, 20)]
    statements.clear()
    edge.door.take_events(told)
    looked_for = [s for s in statements if "FROM commands" in s]
    assert (books(database), open_loans(database), conflicts(database)) == ((10, 20), {}, [])
    assert confirmed(edge) == {"letters": 2, "events": 40}
    assert len(looked_for) == 1


def test_what_comes_twice_is_in_the_books_once(edge: Edge, shelf: Shelf, gate: str, database: Database) -> None:
    """Within one transaction, and again in a later one."""
    told = [*lending_day(edge, shelf), *passages(edge, shelf, 5)]
    edge.door.take_events([*told, *told])
    edge.door.take_events(told)
    assert (books(database), conflicts(database)) == ((10, 5), [])
    with database.session(None) as session:
        assert session.scalar(select(func.count()).select_from(Command)) == 25


def test_what_cannot_be_carried_out_is_set_apart_and_the_others_enter_the_books(
    edge: Edge, shelf: Shelf, gate: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, bad = (
        passages(edge, shelf, 6),
        edge.letter(m.PassageRecorded(reader="broken", direction="in", allowed=True)),
    )
    told.insert(3, came(edge, Kind.PASSAGE, bad, GATE))
    told.insert(1, Came(TOPICS[Kind.PASSAGE].of(GATE), b"{", edge.clock(), lambda: None))
    told.insert(2, came(edge, Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, 5), GATE))
    monkeypatch.setattr(gates, "record_passage", _not_of_the_broken(gates.record_passage))
    edge.door.take_events(told)
    assert books(database) == (0, 6)
    assert open_loans(database) == {}, "a gate lends nothing"
    assert confirmed(edge)["events"] == 7
    with database.session(None) as session:
        assert session.scalars(select(StrangeLetter.kind)).all() == [str(Kind.PASSAGE)]


def _not_of_the_broken(enter: Callable[[Session, Passage], Visit]) -> Callable[[Session, Passage], Visit]:
    def record(session: Session, passage: Passage) -> Visit:
        if passage.reader == "broken":
            raise ValueError("nobody thought of it")
        return enter(session, passage)

    return record


def test_each_library_has_a_transaction_of_its_own(
    edge: Edge, shelf: Shelf, gate: str, libraries: Libraries, database: Database, clock: Clock
) -> None:
    with database.session(libraries.south) as session:
        join_device(session, device_id="gate-s", role="gate", name="Gate", now=clock())
    body = m.PassageRecorded(reader="r", direction="in", allowed=True)
    of_south = [came(edge, Kind.PASSAGE, edge.letter(body), "gate-s") for _ in range(3)]
    of_north = passages(edge, shelf, 3)
    edge.door.take_events([one for pair in zip(of_north, of_south, strict=True) for one in pair])
    with database.session(None) as session:
        counted = dict(session.execute(select(Visit.library_id, func.count()).group_by(Visit.library_id)).all())
    assert counted == {shelf.library: 3, libraries.south: 3}


def put(
    inbox: Inbox, *kinds: Kind, device: str = KIOSK, payload: bytes = b"", taken: list[bytes] | None = None
) -> None:
    told = [] if taken is None else taken
    for kind in kinds:
        inbox.put(Came(TOPICS[kind].of(device), payload, datetime.now(UTC), lambda: told.append(payload)))


def look(inbox: Inbox, most: int = 2) -> list[str]:
    return [one.topic.partition("/dev/")[2].partition("/")[2] for one in inbox.next(most)]


def test_a_question_goes_before_the_events_that_came_earlier() -> None:
    inbox = Inbox()
    put(inbox, Kind.PASSAGE, Kind.LOAN, Kind.PASSAGE, Kind.ASK_MEMBER)
    assert [look(inbox) for _ in range(3)] == [["req/member"], ["evt/passage", "evt/loan"], ["evt/passage"]]
    inbox.close()
    assert inbox.next(2) == []


def test_what_devices_say_of_themselves_and_their_events_go_by_turns() -> None:
    inbox = Inbox()
    put(inbox, *[Kind.PASSAGE] * 4)
    for place in range(4):
        put(inbox, Kind.HEALTH, device=f"gate-{place}")
    turns = [look(inbox) for _ in range(4)]
    assert sorted(turns[:2]) == sorted(turns[2:]) == [["evt/passage"] * 2, ["health"] * 2]


def test_of_what_a_device_says_of_itself_the_newest_counts_and_the_broker_forgets_the_others() -> None:
    inbox, forgotten = Inbox(), list[bytes]()
    for payload in (b"1", b"2", b"3"):
        put(inbox, Kind.HEALTH, payload=payload, taken=forgotten)
    assert [one.payload for one in inbox.next(10)] == [b"3"]
    assert forgotten == [b"1", b"2"]


def test_a_device_that_asks_without_end_stops_neither_the_events_nor_the_questions_of_others() -> None:
    inbox, passed_over = Inbox(), list[bytes]()
    put(inbox, *[Kind.ASK_MEMBER] * 1_000, device="stolen", payload=b"?", taken=passed_over)
    put(inbox, Kind.PASSAGE, Kind.ASK_MEMBER)
    assert len(passed_over) == 1_000 - QUESTIONS_OF_ONE
    turns = [look(inbox) for _ in range(QUESTIONS_OF_ONE + 2)]
    assert turns.index(["evt/passage"]) == IN_A_ROW
    assert len(turns) == QUESTIONS_OF_ONE + 2


def test_what_a_floor_of_devices_says_is_written_at_once(
    edge: Edge, shelf: Shelf, gate: str, database: Database, statements: list[str]
) -> None:
    health = [
        came(edge, Kind.HEALTH, edge.letter(m.DeviceHealth(parts=(), outbox_length=n, replica_version=n)), device)
        for n, device in enumerate((KIOSK, GATE), 1)
    ]
    state = came(edge, Kind.STATE, edge.letter(m.DeviceState(online=True, software="2")), GATE)
    statements.clear()
    edge.door.take_news([*health, state, Came(TOPICS[Kind.HEALTH].of(KIOSK), b"{", edge.clock(), lambda: None)])
    assert sum("UPDATE devices" in one for one in statements) <= 2
    with database.session(None) as session:
        said = {one.id: (one.outbox_length, one.software) for one in session.scalars(select(Device))}
    assert said == {KIOSK: (1, ""), GATE: (0, "2")}
    assert edge.door.replicas_wanted.get_nowait()[0] in (KIOSK, GATE)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LoneBroker]:
    with lone_broker(tmp_path) as broker:
        make_secrets(broker.config)
        yield broker


@contextmanager
def connected(config: Config, heard: list[Came]) -> Iterator[None]:
    """The hub's link; what comes is heard and not yet taken."""
    lock = threading.Lock()

    def receive(topic: str, payload: bytes, taken: object) -> None:
        with lock:
            heard.append(Came(topic, payload, datetime.now(UTC), taken))  # type: ignore[arg-type]

    link = Link(config, receive)
    link.start()
    try:
        yield
    finally:
        link.stop()


def test_the_broker_keeps_what_the_hub_has_not_taken(broker: LoneBroker) -> None:
    """A hub that dies with events in hand is given them again."""
    first: list[Came] = []
    with connected(broker.config, first):
        wait_until("the hub listens", lambda: _say(broker, [b"1"]) or first)
        _say(broker, [b"2", b"3"])
        wait_until("three came", lambda: {one.payload for one in first} == {b"1", b"2", b"3"})
        _take(first, b"2")
    again: list[Came] = []
    with connected(broker.config, again):
        wait_until("what was not taken came again", lambda: {b"1", b"3"} <= {one.payload for one in again})
    assert b"2" not in {one.payload for one in again}


def _take(heard: Sequence[Came], payload: bytes) -> None:
    for one in heard:
        if one.payload == payload:
            one.taken()


def _say(broker: LoneBroker, payloads: Sequence[bytes]) -> None:
    secrets = broker.config.secrets
    if not (secrets / "kiosk-1.crt").exists():
        issued = issue(secrets, KIOSK, datetime.now(UTC))
        (secrets / "kiosk-1.crt").write_bytes(issued.certificate)
        (secrets / "kiosk-1.key").write_bytes(issued.key)
    files = {
        "ca_certs": str(secrets / "ca.crt"),
        "certfile": str(secrets / "kiosk-1.crt"),
        "keyfile": str(secrets / "kiosk-1.key"),
        "tls_version": ssl.PROTOCOL_TLS_CLIENT,
    }
    topic = TOPICS[Kind.LOAN].of(KIOSK)
    messages = [{"topic": topic, "payload": payload, "qos": 1} for payload in payloads]
    publish.multiple(messages, "127.0.0.1", broker.config.mqtt_port, client_id=KIOSK, tls=files)
