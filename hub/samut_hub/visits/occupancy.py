"""How many are in the library now: what gates told since the day began, or since staff counted. Nothing commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from samut_hub.visits.models import GateCount, PeopleCount, Visit


@dataclass(frozen=True, slots=True)
class Flow:
    """People through one gate today; `since` counts those who came in less those who left since staff counted."""

    came: int = 0
    went: int = 0
    since: int = 0

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.came + other.came, self.went + other.went, self.since + other.since)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """`flows` by gate. `counted` is what staff counted last today, if they did."""

    flows: Mapping[str, Flow]
    counted: PeopleCount | None

    @property
    def people(self) -> int:
        """Never fewer than nobody. Who came in by one gate may leave by another, so gates are summed before that."""
        base = self.counted.people if self.counted else 0
        return max(0, base + sum(flow.since for flow in self.flows.values()))


def occupancy(session: Session, library_id: int, start: datetime, beams: Collection[str]) -> Occupancy:
    """`start` is when the day began; `beams` are the gates whose counts hold everybody, with a card or without."""
    counted = last_count(session, library_id, start)
    since = counted.at if counted else start
    with_cards = (Visit.library_id == library_id, Visit.at >= start, Visit.allowed, Visit.device.not_in(beams))
    without = (GateCount.library_id == library_id, GateCount.at >= start)
    rows = [
        *session.execute(_by_gate(Visit, since).where(*with_cards)),
        *session.execute(_by_gate(GateCount, since).where(*without)),
    ]
    return Occupancy(_flows((gate, direction, int(all_), int(late)) for gate, direction, all_, late in rows), counted)


def last_count(session: Session, library_id: int, start: datetime) -> PeopleCount | None:
    of_today = (PeopleCount.library_id == library_id, PeopleCount.at >= start)
    newest = select(PeopleCount).where(*of_today).order_by(PeopleCount.at.desc(), PeopleCount.id.desc())
    return session.scalars(newest.limit(1)).first()


def _by_gate(table: type[Visit] | type[GateCount], since: datetime) -> Select[str, str, int, int]:
    later: ColumnElement[int] = case((table.at > since, table.persons), else_=0)
    sums = select(table.device, table.direction, func.sum(table.persons), func.sum(later))
    return sums.group_by(table.device, table.direction)


def _flows(rows: Iterable[tuple[str, str, int, int]]) -> dict[str, Flow]:
    flows: dict[str, Flow] = {}
    for gate, direction, whole, late in rows:
        one = Flow(came=whole, since=late) if direction == "in" else Flow(went=whole, since=-late)
        flows[gate] = flows.get(gate, Flow()) + one
    return flows
