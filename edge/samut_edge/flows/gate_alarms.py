"""Items that leave without having been lent, and what else staff should know of at once. Pure."""

from dataclasses import replace

from samut_edge.events import Direction
from samut_edge.flows.gate_events import Done, Keep, SayNo, SoundAlarm
from samut_edge.flows.gate_states import Alarm, GateRules, GateState, Now, TagSeen, TagWaiting
from samut_wire import messages as m
from samut_wire.topics import Kind

SAME_TAG_SECONDS = 10.0
WAIT_FOR_BEAM_SECONDS = 0.7
"""How long a tag that is seen first waits for its carrier to break a beam and so to tell the direction."""
SAME_WALK_SECONDS = 2.0
"""A tag seen so soon after somebody passed goes the way they went."""

Result = tuple[GateState, Done]


def tag_seen(state: GateState, seen: TagSeen, now: Now, rules: GateRules) -> Result:
    """One event for as long as the tag stays; it alarms when it goes out, or nobody can tell where it goes."""
    name = seen.tag or seen.barcode
    fresh = {tag: at for tag, at in state.tags.items() if now.moment - at < SAME_TAG_SECONDS}
    is_known = name in fresh
    state = replace(state, tags={**fresh, name: now.moment})
    if is_known:
        return state, ()
    if seen.is_theirs:
        return state, (_noted(seen),)
    heading = _heading(state, now)
    if heading is None and rules.has_beams:
        waiting = TagWaiting(seen, now.moment + WAIT_FOR_BEAM_SECONDS)
        return replace(state, waiting_tags=(*state.waiting_tags, waiting)), ()
    return _goes(state, seen, heading or "out", now, rules)


def tags_going(state: GateState, heading: Direction, now: Now, rules: GateRules) -> Result:
    """Whoever carries the waiting tags goes this way."""
    waiting = state.waiting_tags
    done: Done = ()
    state = replace(state, waiting_tags=())
    for one in waiting:
        state, more = _goes(state, one.seen, heading, now, rules)
        done += more
    return state, done


def tags_overdue(state: GateState, now: Now, rules: GateRules) -> Result:
    """Tags for which no beam was broken in time are taken as going out."""
    late = [one for one in state.waiting_tags if one.until <= now.moment]
    if not late:
        return state, ()
    done: Done = ()
    state = replace(state, waiting_tags=tuple(one for one in state.waiting_tags if one not in late))
    for one in late:
        state, more = _goes(state, one.seen, "out", now, rules)
        done += more
    return state, done


def raise_alarm(state: GateState, alarmed: m.GateAlarmed, now: Now, rules: GateRules, title: str = "") -> Result:
    """Lamp and sound at once; the event for staff is kept before."""
    seconds = rules.settings.alarm_seconds
    alarm = Alarm(alarmed.kind, now.moment + seconds, title)
    return replace(state, alarm=alarm), (Keep(Kind.ALARM, alarmed), SayNo(), SoundAlarm(seconds))


def alarm_ends(state: GateState, now: Now) -> GateState:
    is_over = state.alarm is not None and state.alarm.until <= now.moment
    return replace(state, alarm=None) if is_over else state


def _heading(state: GateState, now: Now) -> Direction | None:
    if state.beams.heading is not None:
        return state.beams.heading
    if state.last_pass is not None and now.moment - state.last_pass[1] < SAME_WALK_SECONDS:
        return state.last_pass[0]
    return None


def _goes(state: GateState, seen: TagSeen, heading: Direction, now: Now, rules: GateRules) -> Result:
    """Coming in with what was lent elsewhere or long ago is nobody's fault."""
    if heading == "in":
        return state, (_noted(seen),)
    alarmed = m.GateAlarmed(part=seen.part, kind="secured_item", barcode=seen.barcode, tag=seen.tag)
    return raise_alarm(state, alarmed, now, rules, seen.title)


def _noted(seen: TagSeen) -> Keep:
    quiet = m.GateAlarmed(part=seen.part, kind="secured_item", barcode=seen.barcode, tag=seen.tag, quiet=True)
    return Keep(Kind.ALARM, quiet)
