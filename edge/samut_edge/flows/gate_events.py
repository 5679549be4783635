"""What happens to a gate, and what a gate does about it."""

from dataclasses import dataclass

from samut_edge.events import Direction, InputChanged
from samut_edge.flows.gate_states import TagSeen, Tapped
from samut_rules.reasons import Reason
from samut_wire import messages as m
from samut_wire.topics import Kind


@dataclass(frozen=True, slots=True)
class Answered:
    """The hub's answer to a question; None when there is none in time."""

    question: int
    found: m.EntryAnswered | None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Some time has passed."""


Order = m.GateOpened | m.EmergencyDeclared | m.GateLocked | m.OccupancyCorrected | m.ClassLetIn
Event = Tapped | Answered | InputChanged | TagSeen | Ticked | Order


@dataclass(frozen=True, slots=True)
class Keep:
    """Into the outbox, before anything that follows is done."""

    kind: Kind
    body: m.PassageRecorded | m.PersonsCounted | m.GateAlarmed


@dataclass(frozen=True, slots=True)
class Save:
    """Note the count, and which way this person went last; `anew` forgets everybody."""

    key: str = ""
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Pulse the relay of that way, or of both; for a class as long as it comes."""

    seconds: float
    direction: Direction | None
    for_class: bool = False


@dataclass(frozen=True, slots=True)
class CloseToClass:
    """The class is in; whoever else the gate is open for still passes."""


@dataclass(frozen=True, slots=True)
class StayOpen:
    on: bool


@dataclass(frozen=True, slots=True)
class SayYes:
    pass


@dataclass(frozen=True, slots=True)
class SayNo:
    pass


@dataclass(frozen=True, slots=True)
class SoundAlarm:
    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    question: int
    asked: m.EntryAsked


@dataclass(frozen=True, slots=True)
class Show:
    """On the screen, for a few seconds. `reason` with `opens` is only a hint."""

    opens: bool
    direction: Direction
    name: str = ""
    reason: Reason | None = None


Action = Keep | Save | Open | CloseToClass | StayOpen | SayYes | SayNo | SoundAlarm | Ask | Show
Done = tuple[Action, ...]
