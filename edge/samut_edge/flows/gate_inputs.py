"""The wires of a gate: exit button, fire alarm, door, housing. Pure.

The driver has opened the gate already for the exit button and the fire alarm; here it is only known.
"""

from dataclasses import replace

from samut_edge.events import Input, InputChanged
from samut_edge.flows.gate_alarms import raise_alarm
from samut_edge.flows.gate_events import Done, Keep, SayYes, Show
from samut_edge.flows.gate_passes import beam_changed
from samut_edge.flows.gate_states import GateRules, GateState, Now
from samut_edge.flows.gate_taps import PASSING_SECONDS
from samut_wire import messages as m
from samut_wire.topics import Kind

BEAMS = (Input.BEAM_OUTER, Input.BEAM_INNER)

Result = tuple[GateState, Done]


def input_changed(state: GateState, event: InputChanged, now: Now, rules: GateRules) -> Result:
    """A wire that tells again what is known changes nothing."""
    if event.active == (event.input in state.inputs):
        return state, ()
    state = replace(state, inputs=state.inputs ^ {event.input})
    if event.input in BEAMS:
        return beam_changed(state, event.part, event.input, event.active, now, rules)
    match event.input:
        case Input.EXIT_BUTTON:
            return _exit_button(state, event.active, now, rules)
        case Input.FIRE:
            return _fire(state, event)
        case Input.DOOR:
            return _door(state, event, now, rules)
        case Input.TAMPER if event.active:
            return raise_alarm(state, m.GateAlarmed(part=event.part, kind="tamper"), now, rules)
        case _:
            return state, ()


def door_stands_open(state: GateState, now: Now, rules: GateRules) -> Result:
    """Told once for each time that it stands open too long."""
    longest = rules.settings.door_held_seconds
    if state.door_since is None or not longest or now.moment - state.door_since < longest or _may_be_open(state, now):
        return state, ()
    return raise_alarm(replace(state, door_since=None), m.GateAlarmed(part="", kind="door_held"), now, rules)


def _exit_button(state: GateState, active: bool, now: Now, rules: GateRules) -> Result:
    until = now.moment + rules.exit_seconds + PASSING_SECONDS
    state = replace(state, open_until=max(state.open_until, until))
    return state, ((SayYes(), Show(True, "out")) if active else ())


def _fire(state: GateState, event: InputChanged) -> Result:
    """The alarm for staff; the sound is the building's own."""
    if not event.active:
        return state, ()
    return state, (Keep(Kind.ALARM, m.GateAlarmed(part=event.part, kind="fire")),)


def _door(state: GateState, event: InputChanged, now: Now, rules: GateRules) -> Result:
    if not event.active:
        return replace(state, door_since=None), ()
    state = replace(state, door_since=now.moment)
    if _may_be_open(state, now):
        return state, ()
    return raise_alarm(state, m.GateAlarmed(part=event.part, kind="door_forced"), now, rules)


def _may_be_open(state: GateState, now: Now) -> bool:
    held = state.is_evacuating or state.group is not None or Input.EXIT_BUTTON in state.inputs
    return held or now.moment < max(state.open_until, state.free_until)
