"""Numbers about all devices of the hub for Prometheus: few, whatever the fleet; nobody's name among them.

What is counted for each device is bounded by how many devices there are; the rest by library.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.circulation.models import Conflict
from samut_hub.commands import Command
from samut_hub.fleet.models import Device, DeviceAlert, DeviceCommand
from samut_hub.libraries.models import Library

if TYPE_CHECKING:
    from prometheus_client.core import Metric

BOUNDS = (1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500)
"""Milliseconds, as devices count their taps."""
LATELY = timedelta(hours=1)


def metrics_text(session: Session, now: datetime) -> bytes:
    """All of them in Prometheus' text format 0.0.4."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Fleet(session, now))
    return generate_latest(registry)


class _Fleet:
    """Asked once by the registry; a handful of questions."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def collect(self) -> "Iterator[Metric]":
        libraries = {row.id: row for row in self._session.scalars(select(Library))}
        devices = self._session.scalars(select(Device).where(Device.revoked_at.is_(None))).all()
        yield from _states(devices, libraries)
        yield _taps(devices)
        yield self._by_library("samut_alerts", "Alerts about devices that last", libraries, _alerts())
        yield self._by_library("samut_conflicts", "Conflicts that wait for staff", libraries, _conflicts())
        since = self._now - LATELY
        yield self._by_library("samut_orders_last_hour", "Orders to devices", libraries, _orders(since))
        yield self._by_library("samut_events_last_hour", "Events of devices entered", libraries, _events(since))

    def _by_library(self, name: str, about: str, libraries: dict[int, Library], counted: Any) -> "Metric":
        from prometheus_client.core import GaugeMetricFamily

        told = dict(self._session.execute(counted).all())
        metric = GaugeMetricFamily(name, about, labels=["library"])
        for library_id, library in libraries.items():
            metric.add_metric([library.code], told.get(library_id, 0))
        return metric


def _states(devices: Sequence[Device], libraries: dict[int, Library]) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    wanted: dict[str, tuple[str, Callable[[Device], float]]] = {
        "samut_device_online": ("Whether the device is connected", lambda one: one.online),
        "samut_device_queue": ("Events that wait at the device", lambda one: one.outbox_length),
        "samut_device_replica_behind": (
            "Changes that the device has not heard of",
            lambda one: max(0, libraries[one.library_id].replica_version - one.replica_version),
        ),
        "samut_device_clock_off_seconds": ("Device's clock minus the hub's", lambda one: one.clock_skew_ms / 1000),
        "samut_device_parts_troubled": ("Parts that do not work or lack paper", _troubled),
        "samut_device_paper_out": ("Printers without paper", lambda one: _parts_in(one, "paper_out")),
    }
    for name, (about, value) in wanted.items():
        metric = GaugeMetricFamily(name, about, labels=["library", "device", "role"])
        for one in devices:
            metric.add_metric([libraries[one.library_id].code, one.id, one.role], float(value(one)))
        yield metric


def _taps(devices: Sequence[Device]) -> "Metric":
    """All gates together: as buckets they can be added up. Sums of milliseconds are not known, so none is told."""
    from prometheus_client.core import HistogramMetricFamily

    counts = [sum(one.tap_ms.get(str(bound), 0) for one in devices) for bound in BOUNDS]
    beyond = sum(sum(one.tap_ms.values()) for one in devices) - sum(counts)
    running, buckets = 0, []
    for bound, count in zip(BOUNDS, counts, strict=True):
        running += count
        buckets.append((f"{bound / 1000:g}", float(running)))
    buckets.append(("+Inf", float(running + beyond)))
    metric = HistogramMetricFamily("samut_tap_seconds", "From a tap to the relay, since the agents started")
    metric.add_metric([], buckets, sum_value=None)
    return metric


def _troubled(device: Device) -> int:
    return sum(part["state"] != "ready" for part in device.parts)


def _parts_in(device: Device, state: str) -> int:
    return sum(part["state"] == state for part in device.parts)


def _alerts() -> Any:
    wanted = select(DeviceAlert.library_id, func.count()).where(DeviceAlert.cleared_at.is_(None))
    return wanted.group_by(DeviceAlert.library_id)


def _conflicts() -> Any:
    wanted = select(Conflict.library_id, func.count()).where(Conflict.settled_at.is_(None))
    return wanted.group_by(Conflict.library_id)


def _orders(since: datetime) -> Any:
    wanted = select(DeviceCommand.library_id, func.count()).where(DeviceCommand.given_at >= since)
    return wanted.group_by(DeviceCommand.library_id)


def _events(since: datetime) -> Any:
    of_devices = (Command.at >= since, Command.kind.like("evt/%"))
    return select(Command.library_id, func.count()).where(*of_devices).group_by(Command.library_id)
