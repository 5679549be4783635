"""What was done at a desk without the hub comes into the books once, under the name of who did it."""

from datetime import timedelta

from sqlalchemy import select

from samut_hub.circulation.models import Conflict, Loan
from samut_hub.db import Database
from samut_wire import messages as m
from samut_wire.codec import Letter, encode
from samut_wire.ids import command_id
from samut_wire.topics import TOPICS, Kind
from tests.hub.conftest import Clock
from tests.hub.fleet.desks.conftest import DESK, DeskSide
from tests.hub.shelf import Shelf


def told(clock: Clock, body: m.Message, *, minutes_ago: int) -> Letter:
    at = clock() - timedelta(minutes=minutes_ago)
    return Letter(id=command_id(int(at.timestamp() * 1000)), at=at, body=body)


def test_loans_and_returns_of_the_desk_are_booked_once_and_by_name(
    desk: DeskSide, shelf: Shelf, clock: Clock, database: Database
) -> None:
    clock.pass_by(hours=3)
    decision = m.DecisionMade(allowed=True, due_at=clock() + timedelta(days=7), trace=("offline",))
    loans = [
        told(
            clock, m.LoanRecorded(member=shelf.pupil, barcode=barcode, decision=decision, by="wanna"), minutes_ago=ago
        )
        for barcode, ago in ((shelf.book, 60), (shelf.second, 50))
    ]
    back = told(clock, m.ReturnRecorded(barcode=shelf.book, by="wanna"), minutes_ago=10)
    unknown = told(clock, m.ReturnRecorded(barcode="B77777", by="wanna"), minutes_ago=9)
    for letter, kind in [*((loan, Kind.LOAN) for loan in loans), (back, Kind.RETURN), (unknown, Kind.RETURN)] * 3:
        desk._door.take(TOPICS[kind].of(DESK), encode(letter), clock())
        assert desk.told[-1][0] is Kind.ACKNOWLEDGED
    with database.session(shelf.library) as session:
        rows = session.scalars(select(Loan).order_by(Loan.lent_at)).all()
        assert [(loan.item.barcode, loan.source, loan.returned_through) for loan in rows] == [
            (shelf.book, "desk:wanna", "desk:wanna"),
            (shelf.second, "desk:wanna", ""),
        ]
        [waiting] = session.scalars(select(Conflict)).all()
        assert (waiting.kind, waiting.device, waiting.barcode) == ("unknown_item", DESK, "B77777")
