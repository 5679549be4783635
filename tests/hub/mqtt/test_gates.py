"""A gate asks who somebody is, and tells who passed and what alarmed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from samut_hub.db import Database
from samut_hub.fleet.service import join_device
from samut_hub.members.service import block
from samut_hub.visits.guests import Wanted, make_pass
from samut_hub.visits.models import GateAlarm, GateCount, GuestPass, Visit
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import Edge
from tests.hub.shelf import Shelf, member

GATE, SOUTH_GATE = "gate-1", "gate-south"
KEY, CODE = b"k" * 32, "G7K2M9"
PASS = card_hash(KEY, "guest", CODE)


@pytest.fixture(autouse=True)
def gates(database: Database, libraries: Libraries, clock: Clock) -> None:
    for library, device in ((libraries.north, GATE), (libraries.south, SOUTH_GATE)):
        with database.session(library) as session:
            join_device(session, device_id=device, role="gate", name="Gate", now=clock())


def ask(edge: Edge, device: str = GATE, **asked: str) -> m.EntryAnswered:
    answer = edge.say(Kind.ASK_ENTRY, edge.letter(m.EntryAsked(**asked)), device)
    assert isinstance(answer, m.EntryAnswered)
    return answer


def give_pass(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        now = clock()
        pass_wanted = Wanted(now, now + timedelta(hours=8), uses=2, name="คุณวิชัย")
        make_pass(session, CODE, pass_wanted, key=KEY, by="librarian", now=now)


def come_in(edge: Edge, **passage: object) -> m.Message | None:
    body = m.PassageRecorded(reader="in", direction="in", allowed=True, **passage)  # type: ignore[arg-type]
    return edge.say(Kind.PASSAGE, edge.letter(body), GATE)


def test_a_member_is_told_by_no_more_than_a_gate_needs(edge: Edge, shelf: Shelf) -> None:
    known = ask(edge, number=shelf.pupil)
    assert (known.known, known.number, known.reasons) == (True, shelf.pupil, ())
    assert known.member_type
    assert known.name


def test_a_blocked_member_is_told_with_the_reason(edge: Edge, shelf: Shelf, database: Database, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.pupil), "ทำหนังสือหาย", now=clock())
    assert [reason.code for reason in ask(edge, number=shelf.pupil).reasons] == ["member_blocked"]


def test_nobody_and_members_of_other_libraries_are_not_known(edge: Edge, shelf: Shelf) -> None:
    assert not ask(edge, card="0" * 32).known
    assert not ask(edge, number="nobody", guest=PASS).known
    assert not ask(edge, SOUTH_GATE, number=shelf.pupil).known


@pytest.mark.requirement("H-03")
def test_a_guest_comes_in_until_the_pass_is_used_up(
    edge: Edge, shelf: Shelf, database: Database, clock: Clock
) -> None:
    give_pass(database, shelf, clock)
    for left in (2, 1):
        found = ask(edge, number=CODE, guest=PASS)
        assert (found.known, found.guest, found.uses, found.reasons) == (True, PASS, left, ())
        come_in(edge, guest=PASS)
    assert [reason.code for reason in ask(edge, number=CODE, guest=PASS).reasons] == ["pass_used_up"]
    assert not ask(edge, SOUTH_GATE, number=CODE, guest=PASS).known
    with database.session(shelf.library) as session:
        assert session.scalars(select(GuestPass.used)).all() == [2]
        assert set(session.scalars(select(Visit.guest_pass_id))) == set(session.scalars(select(GuestPass.id)))


def test_a_pass_is_good_on_its_day_only(edge: Edge, shelf: Shelf, database: Database, clock: Clock) -> None:
    give_pass(database, shelf, clock)
    clock.now += timedelta(hours=9)
    assert [reason.code for reason in ask(edge, number=CODE, guest=PASS).reasons] == ["pass_ended"]


def test_going_out_and_being_refused_use_no_pass(edge: Edge, shelf: Shelf, database: Database, clock: Clock) -> None:
    give_pass(database, shelf, clock)
    for direction, allowed in (("out", True), ("in", False)):
        body = m.PassageRecorded(reader="r", direction=direction, allowed=allowed, guest=PASS)  # type: ignore[arg-type]
        edge.say(Kind.PASSAGE, edge.letter(body), GATE)
    assert ask(edge, number=CODE, guest=PASS).uses == 2


@pytest.mark.requirement("H-03")
def test_people_without_cards_are_counted_once(edge: Edge, shelf: Shelf, database: Database) -> None:
    alone = edge.letter(m.PersonsCounted(part="gate", direction="in"))
    with_class = edge.letter(m.PersonsCounted(part="gate", direction="in", persons=30, member=shelf.pupil))
    for letter in (alone, alone, with_class):
        assert edge.say(Kind.COUNT, letter, GATE) == m.EventsAcknowledged(ids=(letter.id,))
    with database.session(shelf.library) as session:
        rows = [(one.device, one.persons, one.with_type is None) for one in session.scalars(select(GateCount))]
    assert rows == [(GATE, 1, True), (GATE, 30, False)]


@pytest.mark.requirement("H-04")
def test_an_alarm_enters_the_books_once(edge: Edge, shelf: Shelf, database: Database) -> None:
    letter = edge.letter(m.GateAlarmed(part="exit", kind="secured_item", barcode=shelf.book, tag="E004"))
    for _ in range(2):
        assert edge.say(Kind.ALARM, letter, GATE) == m.EventsAcknowledged(ids=(letter.id,))
    with database.session(shelf.library) as session:
        rows = [(one.kind, one.barcode, one.quiet) for one in session.scalars(select(GateAlarm))]
    assert rows == [("secured_item", shelf.book, False)]
