"""The gates of a library and how many people are inside, as the gates and their books tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.fleet.models import Device
from samut_hub.fleet.service import CommandKind, Order, give_order
from samut_hub.visits.models import PeopleCount
from samut_hub.visits.occupancy import Flow, occupancy
from samut_hub.visits.service import note_people

MOST_GATES = 200


@dataclass(frozen=True, slots=True)
class GateNow:
    """A gate and who went through it today."""

    device: Device
    flow: Flow

    @property
    def counts_everybody(self) -> bool:
        return self._set.get("counts") == "beams"

    @property
    def capacity(self) -> int | None:
        return self._set.get("capacity") or None

    @property
    def _set(self) -> dict[str, Any]:
        return dict(self.device.settings.get("gate") or {})


@dataclass(frozen=True, slots=True)
class GatesNow:
    """`people` are in the library; `counted` is what staff counted last today."""

    gates: Sequence[GateNow]
    people: int
    counted: PeopleCount | None

    @property
    def capacity(self) -> int | None:
        """The smallest that a gate keeps to."""
        return min((gate.capacity for gate in self.gates if gate.capacity), default=None)

    @property
    def came(self) -> int:
        return sum(gate.flow.came for gate in self.gates)

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.people >= self.capacity


def gates_of(session: Session, library_id: int) -> Sequence[Device]:
    wanted = select(Device).where(Device.library_id == library_id, Device.role == "gate", Device.revoked_at.is_(None))
    return session.scalars(wanted.order_by(Device.name, Device.id).limit(MOST_GATES)).all()


def gates_now(session: Session, library_id: int, start: datetime) -> GatesNow:
    """`start` is when the day began. Four questions, however many gates."""
    devices = gates_of(session, library_id)
    bare = [GateNow(device, Flow()) for device in devices]
    inside = occupancy(session, library_id, start, {one.device.id for one in bare if one.counts_everybody})
    gates = [GateNow(device, inside.flows.get(device.id, Flow())) for device in devices]
    return GatesNow(gates, inside.people, inside.counted)


def correct_people(session: Session, library_id: int, order: Order, now: datetime) -> int:
    """Somebody counted all who are inside: from now on the hub counts from there, and so do the gates that are
    connected. How many these are."""
    note_people(session, _people(order), order.by, order.reason, now)
    there = [gate for gate in gates_of(session, library_id) if gate.online]
    for gate in there:
        give_order(session, gate, order, now)
    return len(there)


def note_if_only_gate(session: Session, device: Device, order: Order, now: datetime) -> None:
    """What the only gate is told to count from is true for the library."""
    if order.kind is CommandKind.OCCUPANCY and len(gates_of(session, device.library_id)) == 1:
        note_people(session, _people(order), order.by, order.reason, now)


def gate_names(session: Session) -> dict[str, str]:
    """Names of all gates that there are or were."""
    return dict(session.execute(select(Device.id, Device.name).where(Device.role == "gate").limit(MOST_GATES)).all())


def _people(order: Order) -> int:
    return int((order.content or {})["people"])
