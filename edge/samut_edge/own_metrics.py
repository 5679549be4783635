"""Numbers about this device for Prometheus, told to programs on this computer alone; the library loads on demand."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from aiohttp import web

from samut_edge.taps import BOUNDS_MS
from samut_wire import messages as m

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Health = Callable[[], m.DeviceHealth]
FORM = {"Content-Type": "text/plain; version=0.0.4"}


def metrics_routes(health: Health, is_connected: Callable[[], bool]) -> list[web.RouteDef]:
    async def metrics(request: web.Request) -> web.Response:
        if not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 — nobody's address
            raise web.HTTPForbidden(text="Ask from this computer.\n")
        return web.Response(
            body=_text(health(), is_connected()), headers={"Content-Type": "text/plain; version=0.0.4"}
        )

    return [web.get("/metrics", metrics)]


def _text(health: m.DeviceHealth, is_connected: bool) -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Own(health, is_connected))
    return generate_latest(registry)


class _Own:
    def __init__(self, health: m.DeviceHealth, is_connected: bool) -> None:
        self._health = health
        self._is_connected = is_connected

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily

        health = self._health
        yield GaugeMetricFamily("samut_hub_connected", "Whether the hub is there", value=float(self._is_connected))
        yield GaugeMetricFamily("samut_queue", "Events that wait for the hub", value=health.outbox_length)
        yield GaugeMetricFamily("samut_replica_version", "Version of the replica", value=health.replica_version)
        parts = GaugeMetricFamily("samut_part_ready", "Whether the part is ready", labels=["part", "kind", "state"])
        for part in health.parts:
            parts.add_metric([part.name, part.kind, part.state], float(part.state == "ready"))
        yield parts
        taps = HistogramMetricFamily("samut_tap_seconds", "From a tap to the relay, since the start")
        taps.add_metric([], _buckets(health.tap_ms), sum_value=None)
        yield taps


def _buckets(tap_ms: dict[str, int]) -> list[tuple[str, float]]:
    counted, buckets = 0, []
    for bound in BOUNDS_MS:
        counted += tap_ms.get(str(bound), 0)
        buckets.append((f"{bound / 1000:g}", float(counted)))
    return [*buckets, ("+Inf", float(sum(tap_ms.values())))]
