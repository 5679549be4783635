"""Long random days at a gate: nobody is locked in, nothing opens unrecorded, nobody is counted below nobody."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from samut_edge.events import Direction, Input
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate_states import Person
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.edge.flows.gatekeeper import (
    BLOCKED,
    GUEST,
    KNOWN_TO_HUB,
    MANEE,
    PITI,
    STRANGER,
    TEACHER,
    Gatekeeper,
    rules_of,
    tap,
)

PEOPLE = (MANEE, PITI, TEACHER, BLOCKED, None)
ORDERS: tuple[ev.Order, ...] = (
    m.GateOpened(by="l", seconds=3),
    m.EmergencyDeclared(by="l", why=""),
    m.EmergencyDeclared(by="l", why="", over=True),
    m.GateLocked(by="l", why="", locked=True),
    m.GateLocked(by="l", why="", locked=False),
    m.OccupancyCorrected(by="l", people=2),
    m.ClassLetIn(by="l", persons=2, seconds=30),
)
weights = st.sampled_from(["off", "warn", "refuse"])


class Day(RuleBasedStateMachine):
    """One gate, whatever happens to it."""

    @initialize(
        beams=st.booleans(),
        counts=st.sampled_from(["cards", "beams"]),
        hours=weights,
        passback=weights,
        full=weights,
        capacity=st.sampled_from([None, 1, 3]),
    )
    def begins(self, *, beams: bool, hours: str, passback: str, full: str, **own: Any) -> None:
        weighed: dict[str, Any] = {"follow_hours": hours, "anti_passback": passback, "when_full": full}
        self.gate = Gatekeeper(rules_of(beams=beams, group_types=("teacher",), group_persons=2, **weighed, **own))
        self.alarmed = 0
        self.events = 0

    @rule(person=st.sampled_from(PEOPLE), direction=st.sampled_from(["in", "out"]))
    def taps(self, person: Person | None, direction: Direction) -> None:
        was_recent = (tap(person, direction).card, direction) in self.gate.state.recent
        done = self.gate.does(tap(person, direction))
        opened = [n for n, action in enumerate(done) if isinstance(action, ev.Open)]
        kept = [n for n, action in enumerate(done) if isinstance(action, ev.Keep) and action.kind is Kind.PASSAGE]
        assert direction == "in" or opened, "somebody was not let out"
        assert not opened or was_recent or kept[0] < opened[0], "the gate opened unrecorded"

    @rule(answer=st.sampled_from([None, STRANGER, KNOWN_TO_HUB, GUEST]))
    def hub_answers(self, answer: m.EntryAnswered | None) -> None:
        question = next((asking.question for asking in self.gate.state.asking), self.gate.state.questions)
        done = self.gate.does(ev.Answered(question, answer))
        assert not any(isinstance(action, ev.Open) for action in done) or isinstance(done[0], ev.Keep)

    @rule(order=st.sampled_from(ORDERS))
    def staff_order(self, order: ev.Order) -> None:
        self.gate.does(order)

    @rule(wire=st.sampled_from(list(Input)), active=st.booleans())
    def wire_changes(self, wire: Input, active: bool) -> None:
        self.events += 1
        done = self.gate.wire(wire, active)
        assert not any(isinstance(action, ev.Open) for action in done)

    @rule(direction=st.sampled_from(["in", "out"]))
    def walks(self, direction: Direction) -> None:
        self.events += 4
        self.gate.walks(direction)

    @rule(tag=st.sampled_from(["E1", "E2"]), is_theirs=st.booleans())
    def carries(self, tag: str, is_theirs: bool) -> None:
        self.events += 1
        self.gate.tag(tag, is_theirs=is_theirs)

    @rule(eighths=st.integers(1, 400))
    def waits(self, eighths: int) -> None:
        self.events += 1
        self.gate.waits(eighths / 8)

    @rule()
    def night(self) -> None:
        self.gate.waits(24 * 3600)
        assert self.gate.inside == 0

    @invariant()
    def nobody_is_counted_below_nobody(self) -> None:
        assert not hasattr(self, "gate") or self.gate.inside >= 0

    @invariant()
    def what_opens_for_a_class_ends(self) -> None:
        longest = [
            action.seconds for action in getattr(self, "gate", Gatekeeper()).done if isinstance(action, ev.Open)
        ]
        assert max(longest, default=0) <= 600

    def teardown(self) -> None:
        """Each event alarms at most once, a tag at most once in ten seconds; and there is a way back to normal."""
        gate = self.gate
        sounded = [action for action in gate.done if isinstance(action, ev.SoundAlarm)]
        loud = [alarm for alarm in gate.kept(Kind.ALARM) if not alarm.quiet and alarm.kind != "fire"]
        assert len(sounded) == len(loud)
        assert Counter(alarm.kind for alarm in loud).total() <= self.events + 1
        gate.wire(Input.FIRE, False)
        gate.does(ORDERS[2], ORDERS[4], m.OccupancyCorrected(by="l", people=0), tap(MANEE, "out"))
        gate.waits(700)
        gate.rules = rules_of()
        before = len(gate.opened())
        gate.does(tap(MANEE))
        assert gate.opened()[before:] == ["in"]


Day.TestCase.settings = settings(derandomize=True, deadline=None, max_examples=200, stateful_step_count=40)
TestADay = pytest.mark.requirement("H-05")(Day.TestCase)
