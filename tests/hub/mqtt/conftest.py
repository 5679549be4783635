"""A device at the hub's door, and what the books hold after it spoke."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from samut_hub.circulation.models import Conflict, Loan
from samut_hub.db import Database
from samut_hub.fleet.service import join_device
from samut_hub.mqtt.door import Door
from samut_wire import messages as m
from samut_wire.codec import Letter, encode
from samut_wire.ids import command_id
from samut_wire.topics import TOPICS, Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.remembered import remembered
from tests.hub.shelf import Shelf, put_on_shelf

KIOSK = "kiosk-1"


class Edge:
    """A device on the other side of the door: says things, keeps what comes back."""

    def __init__(
        self, database: Database, clock: Clock, secret: bytes = b"", *, steady: Callable[[], float] | None = None
    ) -> None:
        self.clock = clock
        self.waited = 0.0
        self.heard: list[tuple[Kind, Letter]] = []
        self.door = Door(
            database,
            clock,
            lambda kind, device, letter: self.heard.append((kind, letter)),
            secret=secret,
            steady=steady or (lambda: clock().timestamp()),
        )

    def letter(self, body: m.Message, *, minutes_ago: float = 0, **fields: object) -> Letter:
        at = self.clock() - timedelta(minutes=minutes_ago)
        return Letter(id=command_id(int(at.timestamp() * 1000)), at=at, body=body, **fields)  # type: ignore[arg-type]

    def say(self, kind: Kind, letter: Letter, device: str = KIOSK) -> m.Message | None:
        self.heard.clear()
        self.door.take(TOPICS[kind].of(device), encode(letter), self.clock() - timedelta(seconds=self.waited))
        return self.heard[0][1].body if self.heard else None

    def check_out(self, number: str, barcode: str, **fields: object) -> m.CheckoutAnswered:
        letter = self.letter(m.CheckoutAsked(member=number, barcode=barcode), **fields)
        answer = self.say(Kind.ASK_CHECKOUT, letter)
        assert isinstance(answer, m.CheckoutAnswered)
        return answer

    def lent_offline(self, number: str, barcode: str, minutes_ago: float) -> Letter:
        due = self.clock() + timedelta(days=7)
        decision = m.DecisionMade(allowed=True, due_at=due, trace=("offline",))
        body = m.LoanRecorded(member=number, barcode=barcode, decision=decision)
        return self.letter(body, minutes_ago=minutes_ago)

    def returned_offline(self, barcode: str, minutes_ago: float) -> Letter:
        return self.letter(m.ReturnRecorded(barcode=barcode), minutes_ago=minutes_ago)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    remembered(database, ("kiosk", clock()), lambda: _join_kiosk(database, libraries.north, clock()))
    return put_on_shelf(database, libraries.north, clock())


def _join_kiosk(database: Database, library: int, now: datetime) -> None:
    with database.session(library) as session:
        join_device(session, device_id=KIOSK, role="kiosk", name="Kiosk", now=now)


@pytest.fixture
def statements(database: Database, shelf: Shelf) -> Iterator[list[str]]:
    """What is sent to the database."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def edge(database: Database, clock: Clock, shelf: Shelf) -> Edge:
    return Edge(database, clock)


def open_loans(database: Database) -> dict[str, str]:
    """Bar code → member number of what is out."""
    with database.session(None) as session:
        found = session.scalars(select(Loan).where(Loan.returned_at.is_(None)))
        return {loan.item.barcode: loan.member.number for loan in found}


def conflicts(database: Database) -> list[str]:
    with database.session(None) as session:
        return list(session.scalars(select(Conflict.kind).where(Conflict.settled_at.is_(None)).order_by(Conflict.id)))
