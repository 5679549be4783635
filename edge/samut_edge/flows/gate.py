"""A gate: each event with each state has one result. Pure; the shell looks people up and does what is said here.

What is to be kept stands before what it allows: no relay without its row in the outbox, but where somebody goes out.
"""

from dataclasses import replace

from samut_edge.events import InputChanged
from samut_edge.flows.gate_alarms import alarm_ends, tag_seen, tags_overdue
from samut_edge.flows.gate_classes import begin_class, class_ends
from samut_edge.flows.gate_events import (
    Action,
    Answered,
    Done,
    Event,
    Open,
    Order,
    Save,
    SayYes,
    Show,
    StayOpen,
    Ticked,
)
from samut_edge.flows.gate_inputs import door_stands_open, input_changed
from samut_edge.flows.gate_occupancy import began_anew, is_reset_due
from samut_edge.flows.gate_passes import forget_credits
from samut_edge.flows.gate_states import GateRules, GateState, Now, TagSeen, Tapped
from samut_edge.flows.gate_taps import PASSING_SECONDS, answered, give_up_asking, tapped
from samut_wire import messages as m

LONGEST_OPENING = 30.0
"""Seconds; no order from afar holds a gate open longer, but an emergency."""

Result = tuple[GateState, Done]


def step(state: GateState, event: Event, now: Now, rules: GateRules) -> Result:
    """What the event makes of the gate, and what is to be done in this order."""
    state, first = _time(state, now, rules)
    state, then = _happen(state, event, now, rules)
    return state, first + then


def _happen(state: GateState, event: Event, now: Now, rules: GateRules) -> Result:
    match event:
        case Tapped():
            return tapped(state, event, now, rules)
        case Answered():
            return answered(state, event, now, rules)
        case InputChanged():
            return input_changed(state, event, now, rules)
        case TagSeen():
            return tag_seen(state, event, now, rules)
        case Ticked():
            return state, ()
        case _:
            return _obey(state, event, now, rules)


def _obey(state: GateState, order: Order, now: Now, rules: GateRules) -> Result:
    match order:
        case m.GateOpened(seconds=seconds):
            return _open(state, min(seconds, LONGEST_OPENING), now)
        case m.EmergencyDeclared(over=over):
            return replace(state, emergency=not over), (StayOpen(not over), Save())
        case m.GateLocked(locked=locked):
            return replace(state, locked=locked), (Save(),)
        case m.OccupancyCorrected(people=people):
            return replace(state, occupancy=replace(state.occupancy, persons=people)), (Save(),)
        case m.ClassLetIn(persons=persons, seconds=seconds, member=member):
            if state.locked or state.is_evacuating:
                return state, ()
            return begin_class(state, "", member, now, rules, (persons, seconds))


def _open(state: GateState, seconds: float, now: Now) -> Result:
    """For whoever stands there; staff know who it is."""
    until = now.moment + max(0.0, seconds) + PASSING_SECONDS
    done: tuple[Action, ...] = (Open(max(0.0, seconds), None), SayYes(), Show(True, "in"))
    return replace(state, free_until=max(state.free_until, until)), done


def _time(state: GateState, now: Now, rules: GateRules) -> Result:
    """What time alone changes."""
    state = class_ends(forget_credits(alarm_ends(state, now), now), now)
    state, first = _new_day(state, now, rules)
    state, refused = give_up_asking(state, now)
    state, tags = tags_overdue(state, now, rules)
    state, door = door_stands_open(state, now, rules)
    return state, first + refused + tags + door


def _new_day(state: GateState, now: Now, rules: GateRules) -> Result:
    """Nobody stays overnight: the count and the ways people went begin anew, and what the hub told of them goes."""
    reset = rules.settings.occupancy_reset
    if not is_reset_due(state.occupancy, now.at, rules.calendar, reset):
        return state, ()
    still = state.occupancy.persons if reset == "never" else 0
    return replace(state, occupancy=began_anew(now.at, still), learnt={}), (Save(anew=True),)
