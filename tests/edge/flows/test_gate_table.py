"""Every state of a gate with every event: what is in the table happens; all else moves nothing and keeps nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from samut_edge.events import Input, InputChanged
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate_occupancy import Occupancy
from samut_edge.flows.gate_states import Alarm, GateState, TagSeen
from samut_wire import messages as m
from tests.edge.flows.gatekeeper import (
    BLOCKED,
    KNOWN_TO_HUB,
    MANEE,
    TEACHER,
    Gatekeeper,
    rules_of,
    tap,
)
from tests.edge.stock import NOW

RULES = rules_of(beams=True, group_types=("teacher",), capacity=10, when_full="refuse", door_held_seconds=5)
LATER = 2.5


def after(*events: ev.Event, waits: float = 0.0) -> Callable[[], Gatekeeper]:
    def prepare() -> Gatekeeper:
        gate = Gatekeeper(RULES)
        gate.does(*events)
        gate.waits(waits)
        gate.done = []
        return gate

    return prepare


def wire(which: Input, active: bool) -> InputChanged:
    return InputChanged("gate", which, active, 0)


def full() -> Gatekeeper:
    return Gatekeeper(RULES, GateState(Occupancy(NOW, persons=10)))


def alarmed() -> Gatekeeper:
    gate = Gatekeeper(RULES)
    gate.state = replace(gate.state, alarm=Alarm("secured_item", gate.now.moment + 60))
    return gate


def in_the_beams() -> Gatekeeper:
    """Nearly through."""
    gate = Gatekeeper(RULES)
    for beam, broken in ((Input.BEAM_OUTER, True), (Input.BEAM_INNER, True), (Input.BEAM_OUTER, False)):
        gate.wire(beam, broken)
    gate.done = []
    return gate


STATES: dict[str, Callable[[], Gatekeeper]] = {
    "at rest": lambda: Gatekeeper(RULES),
    "just let in": after(tap(MANEE)),
    "teacher just let in": after(tap(TEACHER)),
    "teacher let in": after(tap(TEACHER), waits=3),
    "asking": after(tap(None)),
    "class": after(m.ClassLetIn(by="l", persons=5, seconds=60), waits=LATER),
    "closed": after(m.GateLocked(by="l", why="", locked=True)),
    "emergency": after(m.EmergencyDeclared(by="l", why="")),
    "fire": after(wire(Input.FIRE, True)),
    "full": full,
    "alarm": alarmed,
    "in the beams": in_the_beams,
}

EVENTS: dict[str, ev.Event] = {
    "member in": tap(MANEE),
    "member out": tap(MANEE, "out"),
    "blocked in": tap(BLOCKED),
    "unknown in": tap(None),
    "unknown out": tap(None, "out"),
    "teacher in": tap(TEACHER),
    "hub knows": ev.Answered(1, KNOWN_TO_HUB),
    "hub silent": ev.Answered(1, None),
    "answer to nothing": ev.Answered(99, KNOWN_TO_HUB),
    "outer beam": wire(Input.BEAM_OUTER, True),
    "inner beam free": wire(Input.BEAM_INNER, False),
    "exit button": wire(Input.EXIT_BUTTON, True),
    "door": wire(Input.DOOR, True),
    "door shut": wire(Input.DOOR, False),
    "fire rings": wire(Input.FIRE, True),
    "fire ends": wire(Input.FIRE, False),
    "tamper": wire(Input.TAMPER, True),
    "secured tag": TagSeen("exit", "E1", "B1", "เรื่อง"),
    "lent tag": TagSeen("exit", "E1", "B1", "เรื่อง", is_theirs=True),
    "order open": m.GateOpened(by="l", seconds=3),
    "order emergency": m.EmergencyDeclared(by="l", why=""),
    "order over": m.EmergencyDeclared(by="l", why="", over=True),
    "order close": m.GateLocked(by="l", why="", locked=True),
    "order unlock": m.GateLocked(by="l", why="", locked=False),
    "order count": m.OccupancyCorrected(by="l", people=3),
    "order class": m.ClassLetIn(by="l", persons=5, seconds=60),
    "time": ev.Ticked(),
}

OPEN_STATES = ("at rest", "just let in", "teacher just let in", "asking", "class", "alarm", "in the beams")
TEACHER_IN = ("teacher just let in", "teacher let in")
SHUT = ("closed", "emergency", "fire", "full")
NOTHING = ""
EVERY: dict[str, str] = {
    "member in": "keep open",
    "member out": "keep open",
    "blocked in": "keep no",
    "unknown in": "ask",
    "unknown out": "keep open",
    "teacher in": "keep open",
    "hub knows": NOTHING,
    "hub silent": NOTHING,
    "answer to nothing": NOTHING,
    "outer beam": NOTHING,
    "inner beam free": NOTHING,
    "exit button": "yes",
    "door": "keep alarm",
    "door shut": NOTHING,
    "fire rings": "keep",
    "fire ends": NOTHING,
    "tamper": "keep alarm",
    "secured tag": NOTHING,
    "lent tag": "keep",
    "order open": "open",
    "order emergency": "hold",
    "order over": "let go",
    "order close": "save",
    "order unlock": "save",
    "order count": "save",
    "order class": "open",
    "time": NOTHING,
}
OWN: dict[tuple[str, str], str] = {
    ("just let in", "member in"): "open",
    ("teacher just let in", "teacher in"): "open",
    ("teacher let in", "teacher in"): "open",
    **{(state, "door"): NOTHING for state in ("just let in", *TEACHER_IN, "class", "emergency", "fire")},
    ("asking", "unknown in"): NOTHING,
    ("asking", "hub knows"): "keep open",
    ("asking", "hub silent"): "keep no",
    **{
        (state, f"{who} in"): "keep no"
        for state in ("closed", "emergency", "fire")
        for who in ("member", "unknown", "teacher")
    },
    **{("full", f"{who} in"): "keep no" for who in ("member", "teacher")},
    **{(state, "order class"): NOTHING for state in ("closed", "emergency", "fire")},
    ("fire", "fire rings"): NOTHING,
    ("in the beams", "inner beam free"): "keep alarm",
    ("in the beams", "secured tag"): "keep",
}
"""Where a state differs from all others."""
SHORT: dict[type, str] = {
    ev.Keep: "keep",
    ev.Open: "open",
    ev.Ask: "ask",
    ev.SoundAlarm: "alarm",
    ev.SayNo: "no",
    ev.SayYes: "yes",
    ev.Save: "save",
}


def in_short(done: list[ev.Action]) -> str:
    """What matters of it: kept and opened, kept and refused, kept and alarmed, and so on."""
    kinds = {SHORT.get(type(action), "") for action in done}
    for action in done:
        if isinstance(action, ev.StayOpen):
            return "hold" if action.on else "let go"
    wanted = ("keep", next((kind for kind in ("open", "alarm", "no", "ask") if kind in kinds), ""))
    told = " ".join(kind for kind in wanted if kind in kinds)
    return told or next((kind for kind in ("yes", "save") if kind in kinds), NOTHING)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_answer_to_every_event(state: str, event: str) -> None:
    gate = STATES[state]()
    assert in_short(gate.does(EVENTS[event])) == OWN.get((state, event), EVERY[event])
    assert gate.inside >= 0


@pytest.mark.requirement("H-05")
@pytest.mark.parametrize("state", STATES)
def test_there_is_no_state_in_which_somebody_is_not_let_out(state: str) -> None:
    for person in (MANEE, BLOCKED, None):
        gate = STATES[state]()
        done = gate.does(tap(person, "out"))
        assert [action.direction for action in done if isinstance(action, ev.Open)] == ["out"]
        assert not any(isinstance(action, ev.SayNo | ev.CloseToClass) for action in done)


@pytest.mark.parametrize("state", STATES)
def test_every_state_leads_back_to_a_gate_that_lets_members_in(state: str) -> None:
    gate = STATES[state]()
    gate.wire(Input.FIRE, False)
    gate.does(
        m.EmergencyDeclared(by="l", why="", over=True),
        m.GateLocked(by="l", why="", locked=False),
        m.OccupancyCorrected(by="l", people=0),
    )
    gate.waits(700)
    gate.done = []
    gate.does(tap(MANEE))
    assert gate.opened() == ["in"]
