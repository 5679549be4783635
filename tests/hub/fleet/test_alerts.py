"""What is not well with a device is raised once, stays while it lasts, and goes by itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import insert

from samut_hub.db import Database
from samut_hub.fleet.alerts import ALARMS as KNOWN
from samut_hub.fleet.alerts import MOST_OF_ONE, Alert, forget_alerts, open_alerts, watch
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device, DeviceAlert
from samut_hub.fleet.web import words
from samut_hub.fleet.web.words import ALERTS
from tests.hub.conftest import Clock, Libraries, SignIn


@pytest.fixture
def kiosk(database: Database, libraries: Libraries, clock: Clock) -> None:
    with database.session(libraries.north) as session:
        times = {"added_at": clock(), "changed_at": clock(), "seen_at": clock()}
        session.add(Device(id="kiosk-1", role="kiosk", name="Kiosk", online=True, **times))


def part(state: str) -> list[dict[str, str]]:
    return [{"name": "printer", "kind": "printer", "driver": "escpos_printer", "state": state, "detail": ""}]


def change(database: Database, **values: object) -> None:
    with database.session(None) as session:
        device = session.get_one(Device, "kiosk-1")
        for name, value in values.items():
            setattr(device, name, value)


def raised(database: Database) -> list[tuple[str, str]]:
    with database.session(None, writes=False) as session:
        return [(row.kind, row.subject) for row in open_alerts(session)]


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ({"parts": part("paper_out")}, {"parts": part("ready")}, ("paper_out", "printer")),
        ({"parts": part("paper_low")}, {"parts": part("ready")}, ("paper_low", "printer")),
        ({"parts": part("offline")}, {"parts": part("ready")}, ("part", "printer")),
        ({"outbox_length": 80}, {"outbox_length": 0}, ("queue", "")),
        ({"alarms": ["tamper"]}, {"alarms": []}, ("alarm", "tamper")),
        ({"clock_skew_ms": -90_000}, {"clock_skew_ms": 10}, ("clock", "")),
        (
            {"configuration_wanted": 7, "configuration_refused": 7},
            {"configuration_refused": -1},
            ("configuration", ""),
        ),
        (
            {"configuration": 5, "configuration_refused": 0, "configuration_fault": "the reader did not come"},
            {"configuration_refused": -1, "configuration_fault": ""},
            ("configuration", ""),
        ),
    ],
)
@pytest.mark.requirement("H-16")
def test_it_is_raised_once_and_cleared_when_it_is_over(
    kiosk: None,
    database: Database,
    clock: Clock,
    wrong: dict[str, object],
    right: dict[str, object],
    told: tuple[str, str],
) -> None:
    watch(database, clock)
    assert raised(database) == []
    change(database, **wrong)
    for _ in range(3):
        watch(database, clock)
        clock.pass_by(minutes=1)
    assert raised(database) == [told]
    change(database, **right)
    watch(database, clock)
    assert raised(database) == []
    with database.session(None, writes=False) as session:
        (row,) = session.query(DeviceAlert)
        assert row.cleared_at == clock()


def test_a_device_that_talks_nonsense_leaves_the_others_their_alerts(
    kiosk: None, database: Database, libraries: Libraries, clock: Clock
) -> None:
    parts = [{**part("offline")[0], "name": f"{number} " + "ก" * 9_000} for number in range(40)]
    change(database, alarms=["x" * 9_000, "fire"], parts=parts)
    with database.session(libraries.south) as session:
        times = {"added_at": clock(), "changed_at": clock()}
        session.add(Device(id="gate-9", role="gate", name="Gate", online=True, alarms=["tamper"], **times))
    watch(database, clock)
    told = raised(database)
    assert len(told) == 1 + MOST_OF_ONE
    assert {subject for kind, subject in told if kind == "alarm"} == {"fire", "tamper"}
    assert max(len(subject) for _, subject in told) == 100
    watch(database, clock)
    assert raised(database) == told


def test_a_library_whose_rows_cannot_be_written_leaves_the_others_their_alerts(
    kiosk: None, database: Database, libraries: Libraries, clock: Clock
) -> None:
    """PostgreSQL keeps no text with a NUL; SQLite does."""
    change(database, parts=[{**part("offline")[0], "name": "reader\0"}])
    with database.session(libraries.south) as session:
        times = {"added_at": clock(), "changed_at": clock()}
        session.add(Device(id="gate-9", role="gate", name="Gate", online=True, alarms=["tamper"], **times))
    watch(database, clock)
    assert ("alarm", "tamper") in raised(database)


def test_a_device_that_is_away_is_told_after_a_while_and_only_in_opening_hours(
    kiosk: None, database: Database, clock: Clock
) -> None:
    change(database, online=False)
    clock.pass_by(minutes=4)
    watch(database, clock)
    assert raised(database) == []
    clock.pass_by(days=6)
    watch(database, clock)
    assert raised(database) == [], "Sunday"
    clock.pass_by(days=1)
    watch(database, clock)
    assert raised(database) == [("offline", "")]
    clock.pass_by(days=6)
    watch(database, clock)
    assert raised(database) == [("offline", "")], "it does not go because the library closes"


def test_a_certificate_that_was_not_renewed_is_told_and_an_old_one_beside_a_new_one_is_not(
    kiosk: None, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        of = {"device_id": "kiosk-1", "issued_at": clock()}
        session.add(DeviceCertificate(serial="a", ends_at=clock() + timedelta(days=5), **of))
    watch(database, clock)
    assert raised(database) == [("certificate", "")]
    with database.session(libraries.north) as session:
        session.add(DeviceCertificate(serial="b", ends_at=clock() + timedelta(days=900), **of))
    watch(database, clock)
    assert raised(database) == []


def test_a_large_fleet_is_watched_with_as_few_questions(
    kiosk: None,
    database: Database,
    libraries: Libraries,
    clock: Clock,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    with statements() as few:
        watch(database, clock)
    row = {"role": "gate", "name": "g", "online": True, "library_id": libraries.north}
    times = {"added_at": clock(), "changed_at": clock()}
    with database.session(libraries.north) as session:
        session.execute(insert(Device), [{"id": f"gate-{n}", **row, **times} for n in range(500)])
    with statements() as many:
        watch(database, clock)
    assert len(many) <= len(few)


def test_staff_see_it_in_the_menu_in_the_list_and_at_the_device(
    kiosk: None, database: Database, clock: Clock, sign_in: SignIn
) -> None:
    change(database, parts=part("paper_out"))
    watch(database, clock)
    browser = sign_in()
    assert 'menu-count">1<' in browser.get("/devices").text
    assert "No paper" in browser.get("/devices/alerts").text
    assert "Needs attention" in browser.get("/devices/kiosk-1").text
    assert "Kiosk" in browser.get("/devices?state=troubled").text
    change(database, parts=part("ready"))
    watch(database, clock)
    assert "All devices are well." in browser.get("/devices/alerts").text


def test_what_was_over_long_ago_is_forgotten(kiosk: None, database: Database, clock: Clock) -> None:
    change(database, outbox_length=99)
    watch(database, clock)
    change(database, outbox_length=0)
    watch(database, clock)
    with database.session(None) as session:
        forget_alerts(session, clock() + timedelta(days=91))
        assert session.query(DeviceAlert).count() == 0


def test_every_alert_has_its_words() -> None:
    assert set(ALERTS) == set(Alert)
    assert set(words.ALARMS) == KNOWN
