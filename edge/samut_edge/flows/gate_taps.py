"""A card at a gate: who it is, what the rules say, in or out. Pure."""

from dataclasses import replace

from samut_edge.flows.gate_classes import begin_class, is_teacher
from samut_edge.flows.gate_events import Action, Answered, Ask, Done, Keep, Open, Save, SayNo, SayYes, Show
from samut_edge.flows.gate_occupancy import is_inside, noted, passed
from samut_edge.flows.gate_states import Asking, Credit, GateRules, GateState, Now, Person, Tapped
from samut_rules.reasons import Code, Reason
from samut_rules.visit import Entry, Weighed, weigh_entry
from samut_wire import messages as m
from samut_wire.topics import Kind

PASSING_SECONDS = 2.0
"""How long after the relay fell back somebody may still be on the way through."""
CLASS_TAP_SECONDS = 5.0
"""How long after the relay fell back a teacher's second tap lets the class in."""
MOST_LEARNT = 500
NOBODY = Person()
UNKNOWN = Reason(Code.MEMBER_UNKNOWN)

Result = tuple[GateState, Done]


def tapped(state: GateState, tap: Tapped, now: Now, rules: GateRules) -> Result:
    """The way out is open to everybody; the way in to who is known to be good, else the hub is asked."""
    person = tap.person or state.learnt.get(tap.card)
    if person is not None and _lets_class_in(state, tap, person, now, rules):
        return begin_class(state, tap.reader, person.number, now, rules)
    if _is_repeat(state, tap, now, rules):
        return _repeated(state, tap, person, now, rules)
    if tap.direction == "out":
        return _let_out(state, tap, person or NOBODY, now, rules)
    if closed := _closed(state):
        return state, _refusal(tap, person or NOBODY, (closed,))
    if person is not None and person.is_good(now.at):
        return _judge(state, tap, person, now, rules)
    return _ask(state, tap, now, rules)


def answered(state: GateState, event: Answered, now: Now, rules: GateRules) -> Result:
    """Who has been waiting is let in or refused. An answer that nobody waits for any more changes nothing."""
    asking = next((one for one in state.asking if one.question == event.question), None)
    if asking is None:
        return state, ()
    state = replace(state, asking=tuple(one for one in state.asking if one is not asking))
    if closed := _closed(state):
        return state, _refusal(asking.tap, NOBODY, (closed,))
    person = _told(event.found)
    if person is None:
        return state, _refusal(asking.tap, NOBODY, (UNKNOWN,))
    if not person.reasons:
        state = _learn(state, asking.tap.card, person)
    return _judge(state, asking.tap, person, now, rules)


def give_up_asking(state: GateState, now: Now) -> Result:
    """Nobody waits longer than the time that was set, even where no answer comes at all."""
    late = [one for one in state.asking if one.until <= now.moment]
    if not late:
        return state, ()
    kept = tuple(one for one in state.asking if one not in late)
    refusals = [_refusal(one.tap, NOBODY, (UNKNOWN,)) for one in late]
    return replace(state, asking=kept), tuple(action for refusal in refusals for action in refusal)


def _ask(state: GateState, tap: Tapped, now: Now, rules: GateRules) -> Result:
    if any(one.tap.card == tap.card for one in state.asking):
        return state, ()
    number = state.questions + 1
    asking = Asking(number, tap, now.moment + rules.settings.hub_seconds + PASSING_SECONDS)
    return replace(state, questions=number, asking=(*state.asking, asking)), (Ask(number, tap.asked),)


def _told(found: m.EntryAnswered | None) -> Person | None:
    if found is None or not found.known:
        return None
    known = set(Code)
    reasons = tuple(
        Reason(Code(one.code), dict(one.values)) if one.code in known else UNKNOWN for one in found.reasons
    )
    return Person(found.number, found.name, found.member_type, reasons, found.guest, found.until, found.uses)


def _learn(state: GateState, card: str, person: Person) -> GateState:
    """Only what lets somebody in: what stands against it may be over before the day is."""
    kept = dict(list(state.learnt.items())[-MOST_LEARNT + 1 :])
    return replace(state, learnt={**kept, card: person})


def _judge(state: GateState, tap: Tapped, person: Person, now: Now, rules: GateRules) -> Result:
    entry = Entry(
        now.at,
        rules.calendar,
        is_exempt=person.member_type in rules.settings.exempt_types,
        is_inside=is_inside(state.occupancy, person.key, now.at, rules.settings.passback_hours),
        inside=state.occupancy.persons,
        capacity=rules.settings.capacity,
    )
    weighed = weigh_entry(entry, rules.policy)
    if against := person.reasons + weighed.against:
        return state, _refusal(tap, person, against)
    return _let_in(state, tap, person, weighed, now, rules)


def _let_in(state: GateState, tap: Tapped, person: Person, weighed: Weighed, now: Now, rules: GateRules) -> Result:
    state = _through(state, tap, person, now, rules)
    if person.guest:
        state = _learn(state, tap.card, replace(person, uses=person.uses - 1))
    return state, _opening(tap, person, weighed.noted, rules)


def _let_out(state: GateState, tap: Tapped, person: Person, now: Now, rules: GateRules) -> Result:
    return _through(state, tap, person, now, rules), _opening(tap, person, (), rules)


def _through(state: GateState, tap: Tapped, person: Person, now: Now, rules: GateRules) -> GateState:
    """The person may pass: counted now, where people are counted by their cards."""
    occupancy = state.occupancy if rules.by_beams else passed(state.occupancy, tap.direction)
    fresh = {key: at for key, at in state.recent.items() if now.moment - at < _remembered_seconds(rules)}
    opened = replace(
        state,
        occupancy=noted(occupancy, person.key, tap.direction, now.at),
        recent={**fresh, (tap.card, tap.direction): now.moment},
    )
    return _credited(opened, tap, now, rules)


def _credited(state: GateState, tap: Tapped, now: Now, rules: GateRules) -> GateState:
    until = now.moment + rules.settings.open_seconds + PASSING_SECONDS
    let_through = (*state.credits, Credit(tap.direction, until)) if rules.has_beams else ()
    return replace(state, credits=let_through, open_until=max(state.open_until, until))


def _opening(tap: Tapped, person: Person, notes: tuple[Reason, ...], rules: GateRules) -> Done:
    hint = notes[0] if notes else None
    return (
        Keep(Kind.PASSAGE, _passage(tap, person, notes, allowed=True)),
        Open(rules.settings.open_seconds, tap.direction),
        Save(person.key),
        SayYes(),
        Show(True, tap.direction, person.name, hint),
    )


def _refusal(tap: Tapped, person: Person, reasons: tuple[Reason, ...]) -> Done:
    kept = Keep(Kind.PASSAGE, _passage(tap, person, reasons, allowed=False))
    return kept, SayNo(), Show(False, tap.direction, person.name, reasons[0])


def _passage(tap: Tapped, person: Person, reasons: tuple[Reason, ...], *, allowed: bool) -> m.PassageRecorded:
    return m.PassageRecorded(
        reader=tap.reader,
        direction=tap.direction,
        allowed=allowed,
        member=person.number,
        reasons=tuple(m.ReasonGiven(code=one.code, values=dict(one.values)) for one in reasons),
        guest=person.guest,
    )


def _closed(state: GateState) -> Reason | None:
    """Why nobody at all is let in."""
    if state.is_evacuating:
        return Reason(Code.EMERGENCY)
    return Reason(Code.ENTRY_CLOSED) if state.locked else None


def _is_repeat(state: GateState, tap: Tapped, now: Now, rules: GateRules) -> bool:
    last = state.recent.get((tap.card, tap.direction))
    return last is not None and 0 <= now.moment - last < rules.settings.repeat_seconds


def _lets_class_in(state: GateState, tap: Tapped, person: Person, now: Now, rules: GateRules) -> bool:
    """A teacher's second tap once the gate has closed after the first; who taps while it is open is impatient."""
    last = state.recent.get((tap.card, "in"))
    if last is None or tap.direction == "out" or not is_teacher(person, rules) or state.group or _closed(state):
        return False
    return 0 <= now.moment - last - rules.settings.open_seconds < CLASS_TAP_SECONDS


def _remembered_seconds(rules: GateRules) -> float:
    """How long a tap is known that another one may follow."""
    own = rules.settings
    return max(own.repeat_seconds, own.open_seconds + CLASS_TAP_SECONDS) if own.group_types else own.repeat_seconds


def _repeated(state: GateState, tap: Tapped, person: Person | None, now: Now, rules: GateRules) -> Result:
    """The gate opens again, but it is no second visit."""
    name = person.name if person else ""
    if tap.direction == "in" and (closed := _closed(state)):
        return state, (SayNo(), Show(False, "in", name, closed))
    again: tuple[Action, ...] = (
        Open(rules.settings.open_seconds, tap.direction),
        SayYes(),
        Show(True, tap.direction, name, Reason(Code.REPEATED_TAP)),
    )
    until = now.moment + rules.settings.open_seconds + PASSING_SECONDS
    state = replace(state, open_until=max(state.open_until, until))
    return _still_credited(state, tap, until) if rules.has_beams else state, again


def _still_credited(state: GateState, tap: Tapped, until: float) -> GateState:
    """The one who was let through has until then; but nobody more, where somebody has passed since."""
    own = [credit for credit in state.credits if credit.direction == tap.direction]
    if not own and _has_passed(state, tap):
        return state
    others = tuple(credit for credit in state.credits if not own or credit is not own[-1])
    return replace(state, credits=(*others, Credit(tap.direction, until)))


def _has_passed(state: GateState, tap: Tapped) -> bool:
    """This way, since the card was tapped first."""
    if state.last_pass is None:
        return False
    direction, moment = state.last_pass
    return direction == tap.direction and moment >= state.recent[tap.card, tap.direction]
