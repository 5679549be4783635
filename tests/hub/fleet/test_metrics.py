"""What Prometheus is told, and that nobody else is."""

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Library
from samut_hub.secrets import METRICS, make_secrets, read_secret
from tests.hub.conftest import Clock, Libraries, browser_of


@pytest.fixture
def token(hub_app: Flask) -> str:
    config: Config = hub_app.extensions["samut"].config
    make_secrets(config)
    return read_secret(config, METRICS).decode()


@pytest.fixture
def fleet(database: Database, libraries: Libraries, clock: Clock) -> None:
    times = {"added_at": clock(), "changed_at": clock()}
    printer = {"name": "printer", "kind": "printer", "driver": "escpos_printer", "state": "paper_out", "detail": ""}
    with database.session(libraries.north) as session:
        session.get_one(Library, libraries.north).replica_version = 9
        taps = {"5": 3, "20": 1, "more": 1}
        session.add(Device(id="gate-1", role="gate", name="g", online=True, replica_version=7, tap_ms=taps, **times))
        session.add(Device(id="kiosk-1", role="kiosk", name="k", outbox_length=4, parts=[printer], **times))
    with database.session(libraries.south) as session:
        session.add(Device(id="gate-2", role="gate", name="g", online=True, tap_ms={"5": 2}, **times))


def read(app: Flask, token: str) -> dict[tuple[str, str], float]:
    """By name and by device, library or bound."""
    answer = browser_of(app).get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.mimetype == "text/plain"
    samples = (one for family in text_string_to_metric_families(answer.text) for one in family.samples)
    return {
        (one.name, one.labels.get("device") or one.labels.get("le") or one.labels.get("library", "")): one.value
        for one in samples
    }


@pytest.mark.requirement("H-16")
def test_devices_queues_paper_and_taps_are_told(hub_app: Flask, token: str, fleet: None) -> None:
    told = read(hub_app, token)
    assert (told["samut_device_online", "gate-1"], told["samut_device_online", "kiosk-1"]) == (1, 0)
    assert told["samut_device_queue", "kiosk-1"] == 4
    assert told["samut_device_paper_out", "kiosk-1"] == 1
    assert told["samut_device_replica_behind", "gate-1"] == 2
    buckets = [told["samut_tap_seconds_bucket", bound] for bound in ("0.002", "0.005", "0.02", "0.5", "+Inf")]
    assert buckets == [0, 5, 6, 6, 7]
    assert told["samut_alerts", "north"] == told["samut_conflicts", "south"] == 0


@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer 00"}])
def test_nobody_is_told_without_the_token(hub_app: Flask, token: str, shown: dict[str, str]) -> None:
    answer = browser_of(hub_app).get("/metrics", headers=shown)
    assert (answer.status_code, b"samut" in answer.data) == (401, False)
