"""People who walk through beams, what they carry, and what is wired to the gate."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_edge.events import Input
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate_beams import Beams, broken_or_free
from samut_edge.flows.gate_states import Now
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.edge.flows.gatekeeper import MANEE, PITI, TEACHER, Gatekeeper, rules_of, tap

BEAMS = (Input.BEAM_OUTER, Input.BEAM_INNER)


def through(*changes: tuple[Input, bool], seconds: float = 0.1) -> list[str]:
    beams, moment = Beams(), 0.0
    found: list[str] = []
    for beam, broken in changes:
        moment += seconds
        beams, passed = broken_or_free(beams, beam, broken, moment)
        found += [passed] if passed else []
    return found


OUTER, INNER = BEAMS
IN = ((OUTER, True), (INNER, True), (OUTER, False), (INNER, False))
OUT = ((INNER, True), (OUTER, True), (INNER, False), (OUTER, False))


@pytest.mark.requirement("H-03")
class TestPasses:
    """One person is one complete pass."""

    def test_the_order_of_the_beams_tells_the_direction(self) -> None:
        assert through(*IN, *OUT, *IN) == ["in", "out", "in"]

    def test_who_turns_back_is_nobody(self) -> None:
        assert through((OUTER, True), (OUTER, False)) == []
        assert through((OUTER, True), (INNER, True), (INNER, False), (OUTER, False)) == []
        assert through(*IN[:3], (OUTER, True), (INNER, False), (OUTER, False)) == []

    def test_who_sways_in_a_beam_is_one(self) -> None:
        sways = ((OUTER, True), (OUTER, False)) * 3
        assert through(*sways, *IN[:2], (INNER, False), (INNER, True), *IN[2:]) == ["in"]

    def test_a_wire_that_tells_twice_changes_nothing(self) -> None:
        assert through(*(change for change in IN for _ in range(2))) == ["in"]

    def test_a_bag_left_in_the_beam_is_nobody(self) -> None:
        assert through(*IN, seconds=10) == []

    @given(st.lists(st.tuples(st.sampled_from(BEAMS), st.booleans())))
    def test_nobody_passes_but_through_both_beams(self, changes: list[tuple[Input, bool]]) -> None:
        both = [{beam for beam, broken in changes if broken}]
        assert not through(*changes) or both == [set(BEAMS)]
        cleared = [*changes, (OUTER, False), (INNER, False)]
        assert through(*cleared, *IN)[len(through(*cleared)) :] == ["in"]


@pytest.mark.requirement("H-03")
class TestWithBarrier:
    """Cards count, and the beams see who comes behind."""

    def test_each_one_has_a_card(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        for person in (MANEE, PITI):
            gate.does(tap(person))
            gate.walks()
        assert (gate.inside, gate.alarms(), gate.kept(Kind.COUNT)) == (2, [], [])

    def test_somebody_comes_in_behind_a_friend(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(tap(MANEE))
        gate.walks()
        gate.walks()
        assert (gate.inside, gate.alarms()) == (2, [("tailgating", False)])
        assert any(isinstance(action, ev.SoundAlarm) for action in gate.done)

    def test_who_taps_again_and_then_passes_is_one(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(tap(MANEE))
        gate.waits(1.9)
        gate.does(tap(MANEE))
        gate.waits(4)
        gate.walks()
        assert (gate.inside, gate.alarms()) == (1, [])

    def test_who_was_too_slow_and_taps_again_is_one(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, repeat_seconds=10))
        gate.does(tap(MANEE))
        gate.waits(8)
        gate.does(tap(MANEE))
        gate.walks()
        assert (gate.inside, gate.alarms()) == (1, [])
        gate.walks()
        assert gate.alarms() == [("tailgating", False)]

    def test_a_card_that_is_handed_back_after_its_holder_passed_lets_nobody_more_through(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(tap(MANEE))
        gate.walks()
        gate.does(tap(MANEE))
        gate.walks()
        assert gate.alarms() == [("tailgating", False)]

    def test_a_card_lets_nobody_through_a_minute_later(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(tap(MANEE))
        gate.waits(60)
        gate.walks()
        assert gate.alarms() == [("tailgating", False)]

    def test_a_library_that_does_not_mind(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, tailgating=False))
        gate.walks()
        assert (gate.alarms(), gate.inside) == ([], 1)

    def test_who_leaves_by_the_exit_button_is_counted_and_no_alarm(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(tap(MANEE))
        gate.walks()
        gate.wire(Input.EXIT_BUTTON, True)
        gate.wire(Input.EXIT_BUTTON, False)
        gate.walks("out")
        assert (gate.inside, gate.alarms()) == (0, [])

    def test_staff_let_somebody_in(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(m.GateOpened(by="librarian", seconds=3))
        gate.walks()
        assert (gate.inside, gate.alarms()) == (1, [])


@pytest.mark.requirement("H-03")
def test_visitors_without_cards_are_counted_where_there_is_no_barrier() -> None:
    gate = Gatekeeper(rules_of(beams=True, counts="beams"))
    gate.does(tap(MANEE))
    for direction in ("in", "in", "in", "out"):
        gate.walks("in" if direction == "in" else "out")
    assert [count.direction for count in gate.kept(Kind.COUNT)] == ["in", "in", "in", "out"]
    assert (gate.inside, gate.alarms()) == (2, [])


@pytest.mark.requirement("H-03")
class TestClasses:
    """A teacher taps twice, or the desk lets a class in."""

    def test_a_teacher_lets_the_class_in_by_a_second_tap(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, group_types=("teacher",), group_persons=3))
        gate.does(tap(TEACHER))
        gate.waits(3)
        gate.does(tap(TEACHER))
        for _ in range(4):
            gate.walks()
        assert (gate.inside, gate.alarms(), gate.state.group) == (4, [], None)
        assert [count.member for count in gate.kept(Kind.COUNT)] == ["10009"] * 3
        assert ev.CloseToClass() in gate.done
        gate.walks()
        assert gate.alarms() == [("tailgating", False)]

    def test_a_pupil_who_taps_twice_does_not(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, group_types=("teacher",)))
        gate.does(tap(MANEE))
        gate.waits(3)
        gate.does(tap(MANEE))
        assert gate.state.group is None

    @pytest.mark.parametrize("again", [0.5, 1.9, 2.9])
    def test_an_impatient_teacher_is_one_visitor(self, again: float) -> None:
        """The gate stands open still: a second tap asks for nothing more."""
        gate = Gatekeeper(rules_of(group_types=("teacher",), repeat_seconds=3))
        gate.does(tap(TEACHER))
        gate.waits(again)
        gate.does(tap(TEACHER))
        assert (gate.inside, gate.state.group, gate.kept(Kind.COUNT)) == (1, None, [])

    @pytest.mark.parametrize(("later", "inside"), [(3, 41), (7.9, 41), (8, 2)])
    def test_the_class_comes_soon_after_its_teacher_or_not_at_all(self, later: float, inside: int) -> None:
        gate = Gatekeeper(rules_of(group_types=("teacher",)))
        gate.does(tap(TEACHER))
        gate.waits(later)
        gate.does(tap(TEACHER))
        assert gate.inside == inside

    def test_a_closed_gate_lets_no_class_in(self) -> None:
        gate = Gatekeeper(rules_of(group_types=("teacher",)))
        gate.does(tap(TEACHER), m.GateLocked(by="l", why="", locked=True))
        gate.waits(3)
        gate.does(tap(TEACHER))
        assert (gate.inside, gate.reason()) == (1, Code.ENTRY_CLOSED)

    def test_the_desk_lets_a_class_in_for_a_time(self) -> None:
        gate = Gatekeeper(rules_of(beams=True))
        gate.does(m.ClassLetIn(by="librarian", persons=35, seconds=60, member="10009"))
        gate.walks()
        gate.waits(61)
        gate.walks()
        assert (gate.inside, gate.alarms()) == (2, [("tailgating", False)])

    def test_without_beams_the_whole_class_is_counted_at_once(self) -> None:
        gate = Gatekeeper()
        gate.does(m.ClassLetIn(by="librarian", persons=35, seconds=60))
        assert (gate.inside, [count.persons for count in gate.kept(Kind.COUNT)]) == (35, [35])
        assert [(one.seconds, one.for_class) for one in gate.done if isinstance(one, ev.Open)] == [(60.0, True)]

    def test_no_class_comes_into_a_fire(self) -> None:
        gate = Gatekeeper()
        gate.wire(Input.FIRE, True)
        gate.does(m.ClassLetIn(by="librarian", persons=35, seconds=60))
        assert gate.opened() == []


@pytest.mark.requirement("H-04")
class TestSecuredItems:
    """Only what goes out, and only what was not lent."""

    def test_an_item_that_was_not_lent_alarms_by_its_title(self) -> None:
        gate = Gatekeeper()
        gate.tag()
        assert gate.alarms() == [("secured_item", False)]
        assert gate.state.alarm is not None
        assert gate.state.alarm.title == "พระอภัยมณี"
        assert ev.SoundAlarm(8.0) in gate.done
        gate.waits(8)
        assert gate.state.alarm is None

    def test_a_tag_that_stays_is_one_event(self) -> None:
        gate = Gatekeeper()
        for _ in range(20):
            gate.tag()
            gate.waits(1)
        gate.tag("E005")
        assert len(gate.alarms()) == 2
        gate.waits(11)
        gate.tag("E005")
        assert len(gate.alarms()) == 3

    def test_what_is_on_loan_is_only_noted(self) -> None:
        gate = Gatekeeper()
        gate.tag(is_theirs=True)
        assert gate.alarms() == [("secured_item", True)]
        assert not any(isinstance(action, ev.SoundAlarm) for action in gate.done)

    def test_who_brings_something_in_is_no_thief(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, counts="beams"))
        gate.wire(OUTER, True)
        gate.tag()
        gate.wire(INNER, True)
        gate.wire(OUTER, False)
        gate.wire(INNER, False)
        gate.tag("E005")
        assert gate.alarms() == [("secured_item", True), ("secured_item", True)]

    @pytest.mark.parametrize(("direction", "quiet"), [("in", True), ("out", False)])
    def test_a_tag_seen_before_its_carrier_waits_for_the_beams(self, direction: str, quiet: bool) -> None:
        gate = Gatekeeper(rules_of(beams=True, counts="beams"))
        gate.tag()
        assert gate.alarms() == []
        gate.walks("in" if direction == "in" else "out")
        assert gate.alarms() == [("secured_item", quiet)]

    def test_it_does_not_wait_long(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, counts="beams"))
        gate.tag()
        gate.waits(0.8)
        assert gate.alarms() == [("secured_item", False)]

    def test_who_goes_out_with_it_is_heard_at_once(self) -> None:
        gate = Gatekeeper(rules_of(beams=True, counts="beams"))
        gate.wire(INNER, True)
        gate.tag()
        assert gate.alarms() == [("secured_item", False)]


class TestWires:
    """Doors and housings."""

    def test_a_door_that_is_forced(self) -> None:
        gate = Gatekeeper()
        gate.wire(Input.DOOR, True)
        assert gate.alarms() == [("door_forced", False)]

    def test_a_door_that_somebody_was_let_through_or_that_fire_opened(self) -> None:
        for opens in (tap(MANEE), tap(None, "out"), m.GateOpened(by="librarian", seconds=3)):
            gate = Gatekeeper()
            gate.does(opens)
            gate.waits(1)
            gate.wire(Input.DOOR, True)
            assert gate.alarms() == []
        gate = Gatekeeper()
        gate.wire(Input.EXIT_BUTTON, True)
        gate.wire(Input.DOOR, True)
        assert gate.alarms() == []

    def test_a_door_is_free_as_long_as_the_exit_button_opens_it(self) -> None:
        """However short the pulse of a tap is."""
        gate = Gatekeeper(replace(rules_of(open_seconds=0.5), exit_seconds=5.0))
        gate.wire(Input.EXIT_BUTTON, True)
        gate.wire(Input.EXIT_BUTTON, False)
        gate.waits(4.5)
        gate.wire(Input.DOOR, True)
        assert gate.alarms() == []

    def test_a_door_that_is_held_open_is_told_once(self) -> None:
        gate = Gatekeeper(rules_of(door_held_seconds=20))
        gate.does(tap(MANEE))
        gate.wire(Input.DOOR, True)
        for _ in range(30):
            gate.waits(1)
        assert gate.alarms() == [("door_held", False)]

    def test_a_housing_that_is_opened(self) -> None:
        gate = Gatekeeper()
        gate.wire(Input.TAMPER, True)
        gate.wire(Input.TAMPER, True)
        gate.wire(Input.TAMPER, False)
        assert gate.alarms() == [("tamper", False)]


def test_a_wall_clock_that_jumps_changes_nothing_that_is_measured_in_seconds() -> None:
    gate = Gatekeeper(rules_of(beams=True, occupancy_reset="never"))
    gate.does(tap(MANEE))
    gate.now = Now(gate.now.at + timedelta(days=400), gate.now.moment + 1)
    gate.walks()
    assert gate.alarms() == []
