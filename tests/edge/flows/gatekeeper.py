"""A gate in a test: time passes, people come and go, and it is noted what the gate does."""

from datetime import timedelta
from typing import Any

from samut_edge.events import Direction, Input, InputChanged
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate import step
from samut_edge.flows.gate_occupancy import Occupancy
from samut_edge.flows.gate_states import GateRules, GateState, Now, Person, TagSeen, Tapped
from samut_rules.calendar import Calendar, Span
from samut_rules.reasons import Code, Reason
from samut_wire import messages as m
from samut_wire.configuration import GateSettings
from samut_wire.topics import Kind
from tests.edge.stock import NOW

OPEN = Calendar("Asia/Bangkok")
MANEE = Person("10001", "ด.ญ. มานี ใจดี", "pupil")
PITI = Person("10004", "ปิติ มีสุข", "pupil")
TEACHER = Person("10009", "ครูสมศรี รักเรียน", "teacher")
BLOCKED = Person("10002", "ชูใจ", "pupil", (Reason(Code.MEMBER_BLOCKED, {"note": "ทำบัตรหาย"}),))
GUEST = m.EntryAnswered(known=True, name="คุณวิชัย", guest="hash-of-pass", until=NOW + timedelta(hours=8), uses=2)
KNOWN_TO_HUB = m.EntryAnswered(known=True, number="10005", name="วีระ กล้าหาญ", member_type="pupil")
STRANGER = m.EntryAnswered(known=False)

__all__ = [
    "BLOCKED",
    "GUEST",
    "KNOWN_TO_HUB",
    "MANEE",
    "OPEN",
    "PITI",
    "STRANGER",
    "TEACHER",
    "Gatekeeper",
    "Span",
    "rules_of",
    "tap",
]


def rules_of(*, beams: bool = False, calendar: Calendar = OPEN, **settings: Any) -> GateRules:
    return GateRules(GateSettings(directions={"in": "in", "out": "out"}, **settings), calendar, beams)


def tap(person: Person | None, direction: Direction = "in", card: str = "") -> Tapped:
    known = card or (person.key if person else "unknown")
    return Tapped(direction, known, direction, person, m.EntryAsked(card=known))


class Gatekeeper:
    """`done` is all that the gate did, in order."""

    def __init__(self, rules: GateRules | None = None, state: GateState | None = None) -> None:
        self.rules = rules or rules_of()
        self.now = Now(NOW, 1_000.0)
        self.state = state or GateState(Occupancy(NOW))
        self.done: list[ev.Action] = []

    @property
    def inside(self) -> int:
        return self.state.occupancy.persons

    def waits(self, seconds: float) -> list[ev.Action]:
        self.now = Now(self.now.at + timedelta(seconds=seconds), self.now.moment + seconds)
        return self.does(ev.Ticked())

    def does(self, *events: ev.Event) -> list[ev.Action]:
        """What the gate does now."""
        before = len(self.done)
        for event in events:
            self.state, done = step(self.state, event, self.now, self.rules)
            self.done += done
        return self.done[before:]

    def wire(self, wire: Input, active: bool) -> list[ev.Action]:
        return self.does(InputChanged("gate", wire, active, 0))

    def walks(self, direction: Direction = "in") -> list[ev.Action]:
        first, second = (
            (Input.BEAM_OUTER, Input.BEAM_INNER) if direction == "in" else (Input.BEAM_INNER, Input.BEAM_OUTER)
        )
        done: list[ev.Action] = []
        for wire, broken in ((first, True), (second, True), (first, False), (second, False)):
            self.now = Now(self.now.at + timedelta(seconds=0.1), self.now.moment + 0.1)
            done += self.wire(wire, broken)
        return done

    def tag(self, tag: str = "E004", **item: Any) -> list[ev.Action]:
        return self.does(TagSeen("exit", tag, "B00001", "พระอภัยมณี", **item))

    def opened(self) -> list[Direction | None]:
        return [action.direction for action in self.done if isinstance(action, ev.Open)]

    def kept(self, kind: Kind) -> list[Any]:
        return [action.body for action in self.done if isinstance(action, ev.Keep) and action.kind is kind]

    def alarms(self) -> list[tuple[str, bool]]:
        return [(alarm.kind, alarm.quiet) for alarm in self.kept(Kind.ALARM)]

    def shown(self) -> ev.Show:
        return [action for action in self.done if isinstance(action, ev.Show)][-1]

    def reason(self) -> Code | None:
        reason = self.shown().reason
        return reason.code if reason else None
