"""A library with two gates: the main one, and one without a barrier that counts everybody by beams."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from samut_hub.db import Database
from samut_hub.fleet.models import Device
from samut_hub.visits.models import GateAlarm, GateCount
from samut_hub.visits.service import Passage, count_persons, record_passage
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, put_on_shelf

MAIN, BEAMS = "gate-1", "gate-2"


@dataclass
class Gates:
    database: Database
    library: int
    clock: Clock
    shelf: Shelf

    def passes(self, who: str = "", direction: str = "in", *, at: datetime | None = None, **told: object) -> None:
        told = {"device": MAIN, "reader": "in", "allowed": True, "reasons": (), **told}
        with self.database.session(self.library) as session:
            passage = Passage(member=who, direction=direction, at=at or self.clock(), **told)  # type: ignore[arg-type]
            record_passage(session, passage)

    def counts(self, persons: int, direction: str = "in", device: str = BEAMS) -> None:
        with self.database.session(self.library) as session:
            row = GateCount(device=device, part="gate", direction=direction, persons=persons, at=self.clock())
            count_persons(session, row, "")

    def alarms(self, kind: str = "secured_item", *, quiet: bool = False, **what: str) -> int:
        with self.database.session(self.library) as session:
            row = GateAlarm(device=MAIN, part="exit", kind=kind, quiet=quiet, at=self.clock(), **what)
            session.add(row)
            session.flush()
            return row.id


@pytest.fixture
def gates(database: Database, libraries: Libraries, clock: Clock) -> Gates:
    shelf = put_on_shelf(database, libraries.north, clock())
    always = {"role": "gate", "online": True, "added_at": clock(), "changed_at": clock()}
    with database.session(libraries.north) as session:
        session.add(Device(id=MAIN, name="ประตูใหญ่", settings={"gate": {"capacity": 40}}, **always))
        session.add(Device(id=BEAMS, name="ประตูหลัง", settings={"gate": {"counts": "beams"}}, **always))
    return Gates(database, libraries.north, clock, shelf)
