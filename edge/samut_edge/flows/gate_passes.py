"""Somebody has passed the beams: who was let in, who came behind them, who is a visitor without a card. Pure."""

from dataclasses import replace

from samut_edge.events import Direction, Input
from samut_edge.flows.gate_alarms import raise_alarm, tags_going
from samut_edge.flows.gate_beams import broken_or_free
from samut_edge.flows.gate_classes import class_comes
from samut_edge.flows.gate_events import Done, Keep, Save
from samut_edge.flows.gate_occupancy import passed
from samut_edge.flows.gate_states import GateRules, GateState, Now
from samut_wire import messages as m
from samut_wire.topics import Kind

Result = tuple[GateState, Done]


def beam_changed(state: GateState, part: str, beam: Input, active: bool, now: Now, rules: GateRules) -> Result:
    """One beam was broken or is free again; tags that waited for it are now known to go in or out."""
    before = state.beams.heading
    beams, through = broken_or_free(state.beams, beam, active, now.moment)
    state = replace(state, beams=beams)
    done: Done = ()
    if before is None and beams.heading is not None:
        state, done = tags_going(state, beams.heading, now, rules)
    if through is None:
        return state, done
    state, counted = _passed(replace(state, last_pass=(through, now.moment)), part, through, now, rules)
    return state, done + counted


def forget_credits(state: GateState, now: Now) -> GateState:
    """Who was let in and did not come."""
    kept = tuple(one for one in state.credits if one.until > now.moment)
    return state if kept == state.credits else replace(state, credits=kept)


def _passed(state: GateState, part: str, through: Direction, now: Now, rules: GateRules) -> Result:
    state = forget_credits(state, now)
    credit = next((one for one in state.credits if one.direction == through), None)
    if credit is not None:
        state = replace(state, credits=tuple(one for one in state.credits if one is not credit))
        return _visitor(state, part, through) if rules.by_beams else (state, ())
    if through == "in" and state.group is not None:
        return class_comes(state, part)
    state, counted = _visitor(state, part, through)
    if _was_expected(state, through, now, rules):
        return state, counted
    state, alarm = raise_alarm(state, m.GateAlarmed(part=part, kind="tailgating"), now, rules)
    return state, counted + alarm


def _visitor(state: GateState, part: str, through: Direction) -> Result:
    counted = Keep(Kind.COUNT, m.PersonsCounted(part=part, direction=through))
    return replace(state, occupancy=passed(state.occupancy, through)), (counted, Save())


def _was_expected(state: GateState, through: Direction, now: Now, rules: GateRules) -> bool:
    """Whoever goes out may; and who comes in where there is no barrier, or while it stands open for everybody."""
    is_free = state.is_evacuating or now.moment < state.free_until
    return through == "out" or rules.by_beams or is_free or not rules.settings.tailgating
