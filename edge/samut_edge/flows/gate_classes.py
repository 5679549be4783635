"""A class comes in behind its teacher: the gate stays open for so many persons, or for a time. Pure."""

from dataclasses import replace

from samut_edge.flows.gate_events import Action, CloseToClass, Done, Keep, Open, Save, SayYes, Show
from samut_edge.flows.gate_occupancy import passed
from samut_edge.flows.gate_states import GateRules, GateState, Group, Now, Person
from samut_wire import messages as m
from samut_wire.topics import Kind

LONGEST_CLASS = 600.0
"""Seconds; no order from afar holds a gate open for longer."""


def is_teacher(person: Person, rules: GateRules) -> bool:
    return person.member_type in rules.settings.group_types and not person.reasons


def begin_class(
    state: GateState, part: str, member: str, now: Now, rules: GateRules, size: tuple[int, float] | None = None
) -> tuple[GateState, Done]:
    """`size`: how many persons, and within how many seconds. Without beams all of them are counted at once."""
    persons, seconds = size or (rules.settings.group_persons, rules.settings.group_seconds)
    until = now.moment + min(seconds, LONGEST_CLASS)
    state = replace(state, group=Group(member, max(1, persons), until), open_until=max(state.open_until, until))
    counted: tuple[Action, ...] = ()
    if not rules.has_beams:
        state = replace(state, occupancy=passed(state.occupancy, "in", persons))
        counted = (_count(part, persons, member), Save())
    return state, (*counted, Open(until - now.moment, "in", for_class=True), SayYes(), Show(True, "in"))


def class_comes(state: GateState, part: str) -> tuple[GateState, Done]:
    """One more of the class is in; the last one closes the gate."""
    group = state.group
    if group is None:
        return state, ()
    left = replace(group, left=group.left - 1)
    state = replace(state, occupancy=passed(state.occupancy, "in"), group=left if left.left else None)
    closing: tuple[Action, ...] = () if left.left else (CloseToClass(),)
    return state, (_count(part, 1, group.member), Save(), *closing)


def class_ends(state: GateState, now: Now) -> GateState:
    """By time."""
    is_over = state.group is not None and state.group.until <= now.moment
    return replace(state, group=None) if is_over else state


def _count(part: str, persons: int, member: str) -> Keep:
    return Keep(Kind.COUNT, m.PersonsCounted(part=part, direction="in", persons=persons, member=member))
