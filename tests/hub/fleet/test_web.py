"""The devices as staff see and command them, and the conflicts they left."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.circulation.models import Conflict, ConflictKind
from samut_hub.db import Database
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.overview import bars
from samut_hub.fleet.web import CONFLICTS
from samut_hub.libraries.models import Library
from samut_hub.staff.policy import Role
from tests.hub.conftest import Clock, Libraries, SignIn

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


@pytest.mark.parametrize(
    "told", ["Main gate", "Connected", "Card reader", "Not connected", "2 events", "3 changes behind", "-3.4 s off"]
)
def test_a_device_tells_its_state(gate: Device, sign_in: SignIn, told: str) -> None:
    assert told in sign_in().get("/devices").text


def test_taps_are_drawn_from_the_quickest_to_the_slowest() -> None:
    drawn = bars({"100": 1, "5": 10, "inf": 0, "20": 5})
    assert [(bar.up_to, bar.share) for bar in drawn] == [("5", 1.0), ("20", 0.5), ("100", 0.1), ("inf", 0.0)]
    assert bars({}) == ()


def test_a_librarian_opens_the_gate_and_it_is_written_down_who_did(
    gate: Device, sign_in: SignIn, database: Database
) -> None:
    browser = sign_in()
    assert browser.post("/devices/gate-1/open").status_code == 302
    assert orders(database) == [("gate-1", "open", "north.librarian")]
    assert "north.librarian" in browser.get("/devices").text


def test_htmx_gives_an_order_without_leaving_the_page(gate: Device, sign_in: SignIn, database: Database) -> None:
    assert sign_in().post("/devices/gate-1/identify", headers={"HX-Request": "true"}).status_code == 204
    assert len(orders(database)) == 1


def test_a_device_that_is_away_gets_no_orders(
    gate: Device, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        session.get_one(Device, "gate-1").online = False
    assert sign_in().post("/devices/gate-1/open").status_code == 422
    assert orders(database) == []


def test_an_order_that_does_not_exist_is_not_found(gate: Device, sign_in: SignIn) -> None:
    assert sign_in().post("/devices/gate-1/explode").status_code == 404


def test_only_the_last_orders_of_each_device_are_shown(gate: Device, sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in()
    browser.post("/devices/gate-1/restart")
    for _ in range(3):
        clock.pass_by(seconds=1)
        browser.post("/devices/gate-1/identify")
    log = browser.get("/devices").text.partition("device-log")[2]
    assert log.count("Show which one it is") == 3
    assert "Restart ·" not in log


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
