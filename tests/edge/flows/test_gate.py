"""Who gets through a gate, and what it notes of them."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from msgspec import structs

from samut_edge.events import Input
from samut_edge.flows import gate_events as ev
from samut_edge.flows.gate_occupancy import Occupancy, began_anew, recounted
from samut_edge.flows.gate_states import GateState
from samut_rules.calendar import Calendar
from samut_rules.reasons import Code
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
    Span,
    rules_of,
    tap,
)
from tests.edge.stock import NOW

SCHOOL_DAY = Calendar("Asia/Bangkok", weekly_hours={0: (Span(time(8, 30), time(16, 30)),)})
OPENED = [ev.Open(3.0, "in"), ev.Save("10001"), ev.SayYes()]


def test_a_member_comes_in_and_the_passage_is_kept_before_the_gate_opens() -> None:
    gate = Gatekeeper()
    done = gate.does(tap(MANEE))
    assert isinstance(done[0], ev.Keep)
    assert done[0].body == m.PassageRecorded(reader="in", direction="in", allowed=True, member="10001")
    assert done[1:4] == OPENED
    assert gate.inside == 1


def test_who_has_no_right_to_come_in_is_told_why_and_noted() -> None:
    gate = Gatekeeper()
    gate.does(tap(BLOCKED))
    assert (gate.opened(), gate.reason(), gate.inside) == ([], Code.MEMBER_BLOCKED, 0)
    assert [passage.allowed for passage in gate.kept(Kind.PASSAGE)] == [False]
    assert ev.SayNo() in gate.done


def test_the_way_out_is_open_to_everybody_at_once() -> None:
    gate = Gatekeeper(rules_of(follow_hours="refuse", anti_passback="refuse", capacity=1, when_full="refuse"))
    for person in (MANEE, BLOCKED, None):
        gate.does(tap(person, "out"))
    assert gate.opened() == ["out"] * 3
    assert not any(isinstance(action, ev.Ask) for action in gate.done)


def test_a_second_tap_opens_again_but_is_no_second_visit() -> None:
    gate = Gatekeeper()
    gate.does(tap(MANEE))
    gate.waits(1.9)
    gate.does(tap(MANEE))
    assert (gate.opened(), len(gate.kept(Kind.PASSAGE)), gate.inside) == (["in", "in"], 1, 1)
    gate.does(tap(MANEE, "out"))
    gate.waits(0.1)
    gate.does(tap(MANEE))
    assert len(gate.kept(Kind.PASSAGE)) == 3


def test_a_refused_card_does_not_become_a_repetition() -> None:
    gate = Gatekeeper()
    gate.does(tap(BLOCKED), tap(BLOCKED))
    assert gate.opened() == []


def test_only_the_last_moments_are_remembered() -> None:
    gate = Gatekeeper()
    for n in range(1_000):
        gate.waits(1)
        gate.does(tap(replace(MANEE, number=str(n))))
    assert len(gate.state.recent) <= 3


class TestUnknownCards:
    """The hub is asked, and nobody waits for it longer than was set."""

    def test_who_is_known_to_the_hub_comes_in_and_is_known_on_the_way_out(self) -> None:
        gate = Gatekeeper()
        assert gate.does(tap(None)) == [ev.Ask(1, m.EntryAsked(card="unknown"))]
        gate.does(ev.Answered(1, KNOWN_TO_HUB), tap(None, "out"))
        assert [passage.member for passage in gate.kept(Kind.PASSAGE)] == ["10005", "10005"]
        assert gate.opened() == ["in", "out"]

    @pytest.mark.parametrize("answer", [None, STRANGER])
    def test_who_is_not_stays_out(self, answer: m.EntryAnswered | None) -> None:
        gate = Gatekeeper()
        gate.does(tap(None), ev.Answered(1, answer))
        assert (gate.opened(), gate.reason()) == ([], Code.MEMBER_UNKNOWN)

    def test_an_answer_that_never_comes_is_a_refusal(self) -> None:
        gate = Gatekeeper()
        gate.does(tap(None))
        gate.waits(5)
        gate.does(ev.Answered(1, KNOWN_TO_HUB))
        assert [passage.allowed for passage in gate.kept(Kind.PASSAGE)] == [False]
        assert gate.opened() == []

    def test_a_card_held_to_the_reader_asks_once(self) -> None:
        gate = Gatekeeper()
        gate.does(tap(None), tap(None), tap(None, card="another"))
        assert [action.question for action in gate.done if isinstance(action, ev.Ask)] == [1, 2]

    def test_what_the_hub_says_against_somebody_holds(self) -> None:
        ended = m.EntryAnswered(known=True, number="1", reasons=(m.ReasonGiven(code="member_expired"),))
        gate = Gatekeeper()
        gate.does(tap(None), ev.Answered(1, ended))
        assert (gate.opened(), gate.reason()) == ([], Code.MEMBER_EXPIRED)

    def test_what_the_hub_says_against_somebody_is_asked_again(self) -> None:
        """A pass that is good from 13:00 was shown at 12:50."""
        early = structs.replace(GUEST, reasons=(m.ReasonGiven(code="member_expired"),))
        gate = Gatekeeper()
        gate.does(tap(None), ev.Answered(1, early))
        gate.waits(600)
        assert gate.does(tap(None)) == [ev.Ask(2, m.EntryAsked(card="unknown"))]
        gate.does(ev.Answered(2, GUEST))
        assert gate.opened() == ["in"]

    def test_a_reason_of_a_newer_hub_is_a_refusal_too(self) -> None:
        gate = Gatekeeper()
        gate.does(
            tap(None), ev.Answered(1, m.EntryAnswered(known=True, reasons=(m.ReasonGiven(code="from_the_future"),)))
        )
        assert gate.opened() == []


@pytest.mark.requirement("H-03")
class TestGuests:
    """A pass is good for a day, and for so many entries."""

    def test_a_guest_comes_in_as_often_as_the_pass_says_with_the_hub_away(self) -> None:
        gate = Gatekeeper()
        gate.does(tap(None, card="G7K2"), ev.Answered(1, GUEST))
        for _ in range(2):
            gate.waits(60)
            gate.does(tap(None, "out", card="G7K2"))
            gate.waits(60)
            gate.does(tap(None, card="G7K2"))
        assert gate.opened() == ["in", "out", "in", "out"]
        assert isinstance(gate.done[-1], ev.Ask)
        assert {passage.guest for passage in gate.kept(Kind.PASSAGE)} == {"hash-of-pass"}

    def test_a_pass_ends_with_its_day(self) -> None:
        gate = Gatekeeper(rules_of(occupancy_reset="never"))
        gate.does(tap(None, card="G7K2"), ev.Answered(1, GUEST))
        gate.waits(8 * 3600 + 1)
        assert isinstance(gate.does(tap(None, card="G7K2"))[0], ev.Ask)


@pytest.mark.requirement("H-03")
class TestAntiPassback:
    """One card, one person inside."""

    @pytest.mark.parametrize(("wanted", "opened"), [("off", 2), ("warn", 2), ("refuse", 1)])
    def test_a_card_that_is_handed_back_over_the_fence(self, wanted: str, opened: int) -> None:
        gate = Gatekeeper(rules_of(anti_passback=wanted))
        gate.does(tap(MANEE))
        gate.waits(60)
        gate.does(tap(MANEE))
        assert len(gate.opened()) == opened
        assert gate.reason() is (None if wanted == "off" else Code.ALREADY_INSIDE)
        assert [one.code for one in gate.kept(Kind.PASSAGE)[-1].reasons] == (
            [] if wanted == "off" else ["already_inside"]
        )

    def test_who_went_out_comes_in_again(self) -> None:
        gate = Gatekeeper(rules_of(anti_passback="refuse"))
        for direction in ("in", "out", "in"):
            gate.waits(60)
            gate.does(tap(MANEE, "in" if direction == "in" else "out"))
        assert gate.opened() == ["in", "out", "in"]

    def test_it_is_forgotten_after_hours_and_at_night(self) -> None:
        for longest, hours in ((2.0, 2), (72.0, 15)):
            gate = Gatekeeper(rules_of(anti_passback="refuse", passback_hours=longest))
            gate.does(tap(MANEE))
            gate.waits(hours * 3600)
            gate.does(tap(MANEE))
            assert gate.opened() == ["in", "in"]


@pytest.mark.requirement("H-03")
class TestRoomAndHours:
    """Full and closed libraries."""

    @pytest.mark.parametrize(("wanted", "opened"), [("off", 2), ("warn", 2), ("refuse", 1)])
    def test_a_full_library(self, wanted: str, opened: int) -> None:
        gate = Gatekeeper(rules_of(capacity=1, when_full=wanted))
        gate.does(tap(MANEE), tap(PITI))
        assert len(gate.opened()) == opened
        assert gate.reason() is (None if wanted == "off" else Code.LIBRARY_FULL)

    def test_somebody_leaves_and_there_is_room(self) -> None:
        gate = Gatekeeper(rules_of(capacity=1, when_full="refuse"))
        gate.does(tap(MANEE), tap(MANEE, "out"), tap(PITI))
        assert gate.opened() == ["in", "out", "in"]

    @pytest.mark.parametrize(("wanted", "opened"), [("off", 1), ("warn", 1), ("refuse", 0)])
    def test_before_the_library_opens(self, wanted: str, opened: int) -> None:
        gate = Gatekeeper(rules_of(follow_hours=wanted, calendar=SCHOOL_DAY))
        gate.waits(-2 * 3600)  # 8 o'clock
        gate.does(tap(MANEE))
        assert len(gate.opened()) == opened
        assert gate.reason() is (None if wanted == "off" else Code.LIBRARY_CLOSED)

    def test_staff_come_in_at_any_hour_and_however_full_it_is(self) -> None:
        rules = rules_of(
            follow_hours="refuse", capacity=1, when_full="refuse", exempt_types=("teacher",), calendar=SCHOOL_DAY
        )
        gate = Gatekeeper(rules, GateState(Occupancy(NOW - timedelta(hours=4), persons=5)))
        gate.waits(-2 * 3600)
        gate.does(tap(TEACHER), tap(MANEE))
        assert gate.opened() == ["in"]

    def test_the_count_begins_anew_at_night_or_when_the_library_closes(self) -> None:
        for reset, hours, left in (("midnight", 13, 1), ("midnight", 14, 0), ("closing", 6, 1), ("closing", 7, 0)):
            gate = Gatekeeper(rules_of(occupancy_reset=reset, calendar=SCHOOL_DAY))
            gate.does(tap(MANEE))
            gate.waits(hours * 3600)
            assert gate.inside == left, (reset, hours)
        assert ev.Save(anew=True) in gate.done

    def test_a_library_that_never_closes_keeps_its_count_and_forgets_who_it_was(self) -> None:
        gate = Gatekeeper(rules_of(occupancy_reset="never"))
        gate.does(tap(MANEE))
        gate.waits(24 * 3600)
        assert (gate.inside, gate.state.occupancy.last) == (1, {})

    def test_a_clock_that_is_set_back_begins_no_day(self) -> None:
        gate = Gatekeeper()
        gate.does(tap(MANEE))
        gate.waits(-30 * 24 * 3600)
        assert gate.inside == 1


class TestOrders:
    """What staff order from afar."""

    def test_an_order_opens_for_half_a_minute_at_most(self) -> None:
        gate = Gatekeeper()
        gate.does(m.GateOpened(by="librarian", seconds=3_600))
        assert [action for action in gate.done if isinstance(action, ev.Open)] == [ev.Open(30.0, None)]

    @pytest.mark.requirement("H-05")
    def test_a_closed_entry_lets_everybody_out(self) -> None:
        gate = Gatekeeper()
        gate.does(m.GateLocked(by="librarian", why="", locked=True), tap(MANEE), tap(None), tap(MANEE, "out"))
        assert (gate.opened(), gate.reason()) == (["out"], None)
        gate.does(m.GateLocked(by="librarian", why="", locked=False), tap(PITI))
        assert gate.opened() == ["out", "in"]

    @pytest.mark.requirement("H-05")
    def test_in_an_emergency_the_gate_stays_open_and_nobody_is_told_to_come_in(self) -> None:
        gate = Gatekeeper()
        assert ev.StayOpen(True) in gate.does(m.EmergencyDeclared(by="librarian", why="ไฟไหม้"))
        gate.does(tap(MANEE))
        assert (gate.opened(), gate.reason()) == ([], Code.EMERGENCY)
        gate.does(tap(PITI, "out"))
        assert ev.StayOpen(False) in gate.does(m.EmergencyDeclared(by="librarian", why="", over=True))
        gate.does(tap(MANEE))
        assert gate.opened() == ["out", "in"]

    @pytest.mark.requirement("H-05")
    def test_a_fire_alarm_is_an_emergency_without_anybodys_order(self) -> None:
        gate = Gatekeeper()
        gate.wire(Input.FIRE, True)
        gate.wire(Input.FIRE, True)
        gate.does(tap(MANEE))
        assert (gate.reason(), gate.alarms()) == (Code.EMERGENCY, [("fire", False)])
        gate.wire(Input.FIRE, False)
        gate.does(tap(MANEE))
        assert gate.opened() == ["in"]

    def test_somebody_has_counted(self) -> None:
        gate = Gatekeeper()
        gate.does(m.OccupancyCorrected(by="librarian", people=42), tap(MANEE, "out"))
        assert gate.inside == 41


class TestAfterRestart:
    """What the count missed stands in the outbox."""

    def test_events_that_were_kept_but_not_counted_are_counted(self) -> None:
        count = began_anew(NOW)
        for event in (
            m.PassageRecorded(reader="in", direction="in", allowed=True, member="10001"),
            m.PassageRecorded(reader="in", direction="in", allowed=False, member="10002"),
            m.PersonsCounted(part="gate", direction="in", persons=3),
            m.PersonsCounted(part="gate", direction="out"),
            m.GateAlarmed(part="gate", kind="fire"),
        ):
            count = recounted(count, event, NOW, by_beams=False)
        assert (count.persons, set(count.last)) == (3, {"10001"})

    def test_those_of_yesterday_are_not(self) -> None:
        event = m.PassageRecorded(reader="in", direction="in", allowed=True, member="10001")
        assert recounted(began_anew(NOW), event, NOW - timedelta(days=1), by_beams=False) == began_anew(NOW)

    def test_where_beams_count_taps_do_not(self) -> None:
        event = m.PassageRecorded(reader="in", direction="in", allowed=True, member="10001")
        assert recounted(began_anew(NOW), event, NOW, by_beams=True).persons == 0
