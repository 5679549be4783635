"""The devices as staff see and command them, and the conflicts they left."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from samut_hub.circulation.models import Conflict, ConflictKind
from samut_hub.db import Database
from samut_hub.fleet.models import Device, DeviceCommand, DeviceGroup
from samut_hub.fleet.overview import bars, percentile
from samut_hub.fleet.web import CONFLICTS
from samut_hub.libraries.models import Library
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from samut_hub.visits.models import Visit
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import member, put_on_shelf

PARTS = [
    {"name": "in", "kind": "card_reader", "driver": "pcsc", "state": "ready", "detail": "ACR122U"},
    {"name": "gate", "kind": "gate_io", "driver": "rpi_gpio", "state": "offline", "detail": ""},
]


@pytest.fixture
def gate(database: Database, libraries: Libraries, clock: Clock) -> Device:
    with database.session(libraries.north) as session:
        session.get_one(Library, libraries.north).replica_version = 120
        device = Device(
            id="gate-1",
            role="gate",
            name="Main gate",
            online=True,
            software="0.1.0",
            parts=PARTS,
            tap_ms={"5": 12, "10": 30, "20": 3},
            outbox_length=2,
            replica_version=117,
            clock_skew_ms=-3_400,
            seen_at=clock(),
            added_at=clock(),
            changed_at=clock(),
        )
        session.add(device)
        return device


def orders(database: Database) -> list[tuple[str, str, str]]:
    with database.session(None) as session:
        return [(row.device_id, row.kind, row.given_by) for row in session.query(DeviceCommand)]


@pytest.mark.parametrize("address", ["/devices", "/devices/gate-1"])
@pytest.mark.parametrize(
    "told", ["Main gate", "Connected", "Not connected", "2 events", "3 changes behind", "-3.4 s off"]
)
def test_a_device_tells_its_state(gate: Device, sign_in: SignIn, address: str, told: str) -> None:
    assert told in sign_in().get(address).text


def test_taps_are_drawn_from_the_quickest_to_the_slowest() -> None:
    drawn = bars({"100": 1, "5": 10, "inf": 0, "20": 5})
    assert [(bar.up_to, bar.share) for bar in drawn] == [("5", 1.0), ("20", 0.5), ("100", 0.1), ("inf", 0.0)]
    assert bars({}) == ()


@pytest.mark.parametrize(
    ("percent", "taps", "within"),
    [
        (50, {"5": 12, "10": 30, "20": 3}, "10"),
        (99, {"5": 12, "10": 30, "20": 3}, "20"),
        (99, {"5": 99, "more": 1}, "5"),
        (99, {"5": 90, "more": 10}, "more"),
        (50, {}, ""),
    ],
)
def test_the_share_of_taps_is_told_by_the_bound_that_they_stay_under(
    percent: int, taps: dict[str, int], within: str
) -> None:
    assert percentile(taps, percent) == within


@pytest.mark.requirement("W-02")
def test_how_quick_taps_are_is_drawn_and_said(gate: Device, sign_in: SignIn) -> None:
    page = sign_in().get("/devices/gate-1").text
    assert "up to 10 ms: 30" in page
    assert "Half of them within 10 ms." in page
    assert "99 of 100 within 20 ms." in page


@pytest.mark.requirement("H-16")
def test_a_librarian_opens_the_gate_and_it_is_written_down_who_did_and_why(
    gate: Device, sign_in: SignIn, database: Database
) -> None:
    browser = sign_in()
    assert browser.post("/devices/gate-1/open", data={"reason": "รถเข็น"}).status_code == 302
    assert orders(database) == [("gate-1", "open", "north.librarian")]
    page = browser.get("/devices/gate-1").text
    assert "north.librarian" in page
    assert "รถเข็น" in page


@pytest.mark.parametrize("kind", ["open", "restart", "lock", "emergency"])
def test_nobody_orders_what_others_feel_without_saying_why(
    gate: Device, sign_in: SignIn, database: Database, kind: str
) -> None:
    assert sign_in().post(f"/devices/gate-1/{kind}", data={"reason": "  "}).status_code == 422
    assert orders(database) == []


def test_htmx_gives_an_order_without_leaving_the_page(gate: Device, sign_in: SignIn, database: Database) -> None:
    assert sign_in().post("/devices/gate-1/identify", headers={"HX-Request": "true"}).status_code == 204
    assert len(orders(database)) == 1


def test_a_device_that_is_away_gets_no_orders(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        session.get_one(Device, "gate-1").online = False
    assert sign_in().post("/devices/gate-1/open", data={"reason": "x"}).status_code == 422
    assert orders(database) == []


@pytest.mark.parametrize("kind", ["explode", "slip", "read_identity"])
def test_an_order_that_does_not_exist_is_not_found(gate: Device, sign_in: SignIn, kind: str) -> None:
    assert sign_in().post(f"/devices/gate-1/{kind}").status_code == 404


def test_what_only_a_gate_can_do_and_what_no_device_says_it_can_is_not_ordered(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        session.get_one(Device, "gate-1").role = "kiosk"
    browser = sign_in()
    for kind in ("open", "lock", "update"):
        assert browser.post(f"/devices/gate-1/{kind}", data={"reason": "x"}).status_code == 422
    page = browser.get("/devices/gate-1").text
    assert "Open the gate" not in page
    assert "Renew the program" not in page


def test_how_many_are_inside_is_put_right_by_a_number(gate: Device, sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    assert browser.post("/devices/gate-1/occupancy", data={"reason": "นับแล้ว", "people": "-1"}).status_code == 422
    assert browser.post("/devices/gate-1/occupancy", data={"reason": "นับแล้ว", "people": "12"}).status_code == 302
    with database.session(None) as session:
        assert session.query(DeviceCommand).one().content == {"people": 12}


def test_the_answer_of_the_device_stands_in_the_history(
    gate: Device, sign_in: SignIn, database: Database, clock: Clock
) -> None:
    browser = sign_in()
    browser.post("/devices/gate-1/identify")
    with database.session(None) as session:
        order = session.query(DeviceCommand).one()
        order.sent_at = order.done_at = clock()
        order.outcome = "this device has no lamp"
    assert "this device has no lamp" in browser.get("/devices/gate-1").text
    browser.post("/devices/gate-1/identify")
    clock.pass_by(minutes=2)
    assert "No answer" in browser.get("/devices/gate-1").text


# -- many


def test_a_group_is_made_looked_at_and_ordered_about(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        for name, online in (("kiosk-1", True), ("kiosk-2", False)):
            session.add(Device(id=name, role="kiosk", name=name, online=online, added_at=clock(), changed_at=clock()))
    browser = sign_in(Role.ADMINISTRATOR)
    browser.post("/devices/groups", data={"name": "ชั้นล่าง"})
    assert browser.post("/devices/groups", data={"name": "ชั้นล่าง"}).status_code == 422
    with database.session(None) as session:
        group = session.query(DeviceGroup).one().id
    for name in ("gate-1", "kiosk-2"):
        browser.post(f"/devices/{name}/group", data={"group": group})
    page = browser.get(f"/devices?group={group}").text
    assert ("Main gate" in page, "kiosk-2" in page, "kiosk-1" in page) == (True, True, False)
    answer = browser.post(f"/devices/groups/{group}/orders", data={"kind": "restart", "reason": "โปรแกรมใหม่"})
    assert answer.status_code == 302
    assert orders(database) == [("gate-1", "restart", "north.administrator")]
    browser.post(f"/devices/groups/{group}/remove")
    with database.session(None) as session:
        assert session.get_one(Device, "gate-1").group_id is None


def test_two_thousand_devices_are_shown_in_pages_and_found_by_name_state_and_kind(
    gate: Device,
    sign_in: SignIn,
    database: Database,
    libraries: Libraries,
    clock: Clock,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    browser = sign_in()
    with statements() as few:
        browser.get("/devices")
    with database.session(libraries.north) as session:
        rows = [
            {"id": f"kiosk-{n:04}", "role": "kiosk", "name": f"Kiosk {n:04}", "online": n % 2 == 0}
            for n in range(2000)
        ]
        always = {"library_id": libraries.north, "added_at": clock(), "changed_at": clock()}
        session.execute(insert(Device), [{**row, **always} for row in rows])
    with statements() as many:
        page = browser.get("/devices").text
    assert len(many) == len(few)
    assert "2001 devices" in page
    assert page.count('sse-swap="device-') == 50
    assert "Kiosk 0049" in page
    assert "Kiosk 0050" in browser.get("/devices?page=2").text
    assert "1 device<" in browser.get("/devices?q=kiosk+1234").text
    assert "1000 devices" in browser.get("/devices?state=online&role=kiosk").text


def test_what_happened_last_names_people_only_for_who_may_see_them(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(libraries.north) as session:
        pupil = member(session, shelf.pupil)
        name = pupil.name("en")
        session.add(Visit(device="gate-1", reader="in", direction="in", member_id=pupil.id, allowed=True, at=clock()))
        assistant = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT])
        assistant.granted, assistant.removed = ["see_fleet"], ["see_history"]
    assert name in sign_in().get("/devices/gate-1").text
    page = sign_in(Role.ASSISTANT).get("/devices/gate-1").text
    assert "Came in" in page
    assert name not in page


# -- live


def listen(browser: FlaskClient) -> Iterator[str]:
    answer = browser.get("/devices/stream", buffered=False)
    assert answer.mimetype == "text/event-stream"
    for chunk in answer.iter_encoded():
        yield chunk.decode()


def next_event(events: Iterator[str]) -> str:
    return next(event for event in events if event.startswith("event:"))


def test_the_page_hears_of_a_change(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    events = listen(sign_in())
    assert next(events) == "retry: 3000\n\n"
    assert next(events) == ":\n\n"
    clock.pass_by(seconds=1)
    with database.session(libraries.north) as session:
        device = session.get_one(Device, "gate-1")
        device.online, device.changed_at = False, clock()
    event = next_event(events)
    assert event.startswith("event: device-gate-1\ndata: ")
    assert "Away" in event
    assert all(line.startswith(("event: ", "data: ")) for line in event.strip().splitlines())


def test_the_page_hears_of_a_new_device_and_not_of_one_in_south(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    events = listen(sign_in())
    next(events)
    next(events)
    for library_id, name in ((libraries.south, "South gate"), (libraries.north, "New kiosk")):
        with database.session(library_id) as session:
            session.add(Device(id=name, role="kiosk", name=name, added_at=clock(), changed_at=clock()))
    event = next_event(events)
    assert event.startswith("event: fleet\n")
    assert "New kiosk" in event
    assert "South gate" not in event


def test_a_browser_that_reads_slowly_keeps_no_transaction_open(
    gate: Device, sign_in: SignIn, database: Database
) -> None:
    events = listen(sign_in())
    next(events)
    next(events)
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # the pools of both databases count


def test_streams_leave_half_of_the_threads_to_others(hub_app: Flask, gate: Device, sign_in: SignIn) -> None:
    browser = sign_in()
    seats = hub_app.extensions["samut_streams"]
    while seats.acquire(blocking=False):
        pass
    assert browser.get("/devices/stream").status_code == 503
    seats.release()
    answer = browser.get("/devices/stream", buffered=False)
    assert answer.status_code == 200
    answer.close()
    assert seats.acquire(blocking=False)


# -- conflicts


@pytest.fixture
def conflict(database: Database, libraries: Libraries, clock: Clock) -> int:
    with database.session(libraries.north) as session:
        row = Conflict(
            kind="newer_loan", device="kiosk-1", member="12345", barcode="B77", happened_at=clock(), detail=""
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_conflict_is_settled_once_and_by_name(
    conflict: int, sign_in: SignIn, database: Database, clock: Clock
) -> None:
    librarian = sign_in()
    assert "B77" in librarian.get("/conflicts").text
    librarian.post(f"/conflicts/{conflict}/settle")
    sign_in(Role.ADMINISTRATOR).post(f"/conflicts/{conflict}/settle")
    with database.session(None) as session:
        row = session.get_one(Conflict, conflict)
        assert (row.settled_by, row.settled_at) == ("north.librarian", clock())
    assert "B77" not in librarian.get("/conflicts").text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("due_too_late", ["30 Dec 2026, not 1 Dec 2026", "30 ธ.ค. 2569 ตามกฎคือ 1 ธ.ค. 2569"]),
        ("due_impossible", ["it is due on 1 Dec 2026", "ตามกฎคือ 1 ธ.ค. 2569"]),
    ],
)
def test_a_due_date_in_doubt_is_told_with_the_one_of_the_rules(
    conflict: int, sign_in: SignIn, database: Database, kind: str, said: list[str]
) -> None:
    told = "9999-12-31T20:00:00+00:00" if kind == "due_impossible" else "2026-12-30T16:59:59+00:00"
    with database.session(None) as session:
        row = session.get_one(Conflict, conflict)
        row.kind, row.detail = kind, f"{told} 2026-12-01T16:59:59+00:00"
    for language, sentence in zip(("en", "th"), said, strict=True):
        assert sentence in sign_in(language=language).get("/conflicts").text


def test_every_conflict_has_its_sentence() -> None:
    assert set(CONFLICTS) == set(ConflictKind)


def test_what_the_hub_could_not_enter_is_told_with_member_and_item(
    conflict: int, sign_in: SignIn, database: Database
) -> None:
    with database.session(None) as session:
        session.get_one(Conflict, conflict).kind = ConflictKind.LOAN_UNWRITTEN.value
    for language, sentence in (("en", "the hub could not enter it"), ("th", "แต่ระบบกลางบันทึกไม่ได้")):
        page = sign_in(language=language).get("/conflicts").text
        assert all(said in page for said in (sentence, "B77", "12345"))


def test_a_conflict_is_told_in_thai(conflict: int, sign_in: SignIn) -> None:
    page = sign_in(language="th").get("/conflicts").text
    assert "ระหว่างนั้นมีผู้อื่นยืมไปด้วย" in page
    assert "23 พ.ย. 2569 10:00 น." in page
