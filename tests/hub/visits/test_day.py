"""The page of the day: how many are in, and what staff put right."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from samut_hub.db import Database
from samut_hub.fleet.gates import GatesNow, gates_now
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.service import CommandKind
from samut_hub.mqtt.outgoing import _order
from samut_hub.staff.policy import Role
from samut_hub.visits.models import PeopleCount
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.hub.conftest import SignIn
from tests.hub.visits.conftest import BEAMS, MAIN, Gates


def inside(gates: Gates) -> GatesNow:
    with gates.database.session(gates.library) as session:
        return gates_now(session, gates.library, gates.clock() - timedelta(hours=3))


def commands(database: Database) -> list[DeviceCommand]:
    with database.session(None) as session:
        return list(session.scalars(select(DeviceCommand).order_by(DeviceCommand.device_id)))


@pytest.mark.requirement("H-03")
def test_who_came_less_who_left_is_inside_whichever_gate_they_took(gates: Gates) -> None:
    gates.passes(gates.shelf.pupil)
    gates.passes(gates.shelf.other)
    gates.passes(gates.shelf.other, allowed=False)
    gates.passes(gates.shelf.teacher, persons=31)
    gates.counts(2, device=MAIN)
    gates.counts(4, "out")
    now = inside(gates)
    assert (now.people, now.came, now.capacity, now.is_full) == (2 + 31 + 2 - 4, 35, 40, False)


@pytest.mark.requirement("H-03")
def test_where_beams_count_everybody_cards_are_not_counted_on_top(gates: Gates) -> None:
    gates.passes(gates.shelf.pupil, device=BEAMS)
    gates.counts(1)
    gates.counts(5)
    assert inside(gates).people == 6


def test_those_of_yesterday_and_more_who_left_than_came_leave_nobody_inside(gates: Gates) -> None:
    gates.passes(gates.shelf.pupil, at=gates.clock() - timedelta(days=1))
    gates.counts(3, "out")
    assert inside(gates).people == 0


@pytest.mark.requirement("H-03")
def test_staff_count_and_hub_and_gates_go_on_from_there(gates: Gates, sign_in: SignIn, database: Database) -> None:
    gates.passes(gates.shelf.pupil)
    browser = sign_in()
    assert browser.post("/visits/people", data={"people": "12", "reason": ""}).status_code == 422
    assert browser.post("/visits/people", data={"people": "12", "reason": "นับแล้ว"}).status_code == 302
    told = [(row.device_id, row.kind, row.content, row.reason) for row in commands(database)]
    assert told == [(gate, "occupancy", {"people": 12}, "นับแล้ว") for gate in (MAIN, BEAMS)]
    gates.clock.pass_by(minutes=1)
    gates.passes(gates.shelf.other)
    assert inside(gates).people == 13
    page = browser.get("/visits").text
    assert "12 were counted at 10:00 by north.librarian: นับแล้ว" in page
    assert "ประตูใหญ่" in page
    assert sign_in(Role.ASSISTANT).post("/visits/people", data={"people": "1", "reason": "x"}).status_code == 403


def test_the_only_gate_is_put_right_on_its_own_page_for_the_library_too(
    gates: Gates, sign_in: SignIn, database: Database
) -> None:
    browser = sign_in()
    browser.post(f"/devices/{MAIN}/occupancy", data={"people": "7", "reason": "นับแล้ว"})
    with database.session(None) as session:
        assert session.scalars(select(PeopleCount)).all() == []
        session.get_one(Device, BEAMS).revoked_at = gates.clock()
    browser.post(f"/devices/{MAIN}/occupancy", data={"people": "8", "reason": "นับแล้ว"})
    assert inside(gates).people == 8


@pytest.mark.requirement("H-16")
def test_a_class_is_let_in_with_its_teacher(gates: Gates, sign_in: SignIn, database: Database) -> None:
    browser, teacher = sign_in(), gates.shelf.teacher
    address, asked = f"/devices/{MAIN}/class", {"reason": "คาบห้องสมุด", "persons": "32", "member": teacher}
    assert "Let a class in" in browser.get(f"/devices/{MAIN}").text
    for wrong in ({"member": "nobody"}, {"persons": "0"}, {"persons": "501"}, {"reason": ""}):
        assert browser.post(address, data={**asked, **wrong}).status_code == 422
    assert browser.post(address, data=asked).status_code == 302
    (row,) = commands(database)
    assert (row.kind, row.reason) == (CommandKind.CLASS, "คาบห้องสมุด")
    body = m.ClassLetIn(by="north.librarian", persons=32, seconds=120, member=teacher)
    assert _order(row) == (Kind.LET_CLASS_IN, body)


def test_the_page_asks_again_for_its_living_part(gates: Gates, sign_in: SignIn) -> None:
    gates.alarms("tailgating")
    part = sign_in().get("/visits", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Somebody without a card behind another" in part
