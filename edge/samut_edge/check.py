"""`samut-edge check`: reads back what can be read of a device, after setting it up or when something is amiss.

The parts are started as the agent starts them, for a few seconds, so what is found is what the agent would meet.
"""

import contextlib
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

from samut_edge.check_hub import check_broker, check_pages
from samut_edge.check_parts import check_parts
from samut_edge.clock import Clock, kernel_is_synchronised, utc_now
from samut_edge.found import Found, fail, ok, warn
from samut_edge.identity import pair_of
from samut_edge.settings import Settings

LITTLE_ROOM, NO_ROOM = 1_000_000_000, 100_000_000
SOON = timedelta(days=30)
PATIENCE_SECONDS = 5.0


async def check(settings: Settings, *, seconds: float = PATIENCE_SECONDS, clock: Clock = utc_now) -> list[Found]:
    """`seconds`: how long parts and hub have to answer."""
    found = [_check_clock(), _check_room(settings), *_check_files(settings), _check_certificate(settings, clock())]
    found += [await check_broker(settings, seconds), await check_pages(settings, seconds, clock)]
    async with contextlib.AsyncExitStack() as ends:
        if settings.virtual:
            from samut_edge.virtual.bench import VirtualBench

            await ends.enter_async_context(VirtualBench(settings))
        found += [*_check_agent(settings), *await check_parts(settings, seconds)]
    return found


def _check_clock() -> Found:
    if kernel_is_synchronised():
        return ok("clock", "kept by the network's time")
    return warn(
        "clock",
        "not kept by the network's time: until the hub tells it, nobody's card counts as expired",
        "Look at “timedatectl”; install systemd-timesyncd or chrony, and let UDP port 123 out.",
    )


def _check_room(settings: Settings) -> Found:
    free = shutil.disk_usage(settings.folder).free
    seen = f"{free // 1_000_000} MB free at {settings.folder.resolve()}"
    if free < NO_ROOM:
        return fail("disk", seen, "Make room now: without it no loan can be written down.")
    if free < LITTLE_ROOM:
        return warn("disk", seen, "Make room: what waits for the hub needs it while the hub is away.")
    return ok("disk", seen)


def _check_files(settings: Settings) -> Iterator[Found]:
    hub = settings.hub
    missing = [name for name in (hub.ca, hub.signing_key, hub.card_key) if not settings.file(name).is_file()]
    if missing:
        yield fail("files", f"missing: {', '.join(missing)}", "Copy the device's folder from the hub again.")
    else:
        yield ok("files", f"{hub.ca}, {hub.signing_key} and {hub.card_key} are there")


def _check_certificate(settings: Settings, now: datetime) -> Found:
    pair = pair_of(settings)
    if not (pair.certificate.is_file() and pair.key.is_file()):
        return fail(
            "certificate",
            f"no {pair.certificate.name} with its key",
            "Let the device join the hub, or copy its folder.",
        )
    left = pair.ends_at - now
    seen = f"{pair.certificate.name} ends on {pair.ends_at:%Y-%m-%d}, in {left.days} days"
    if left < timedelta():
        return fail("certificate", seen, "Let the device join the hub anew. Is its clock right?")
    if left < SOON:
        return warn("certificate", seen, "It is renewed by itself while the hub is there: look at the hub below.")
    return ok("certificate", seen)


def _check_agent(settings: Settings) -> Iterator[Found]:
    """A running agent holds the parts; what is found of them then is only that they are held."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((_near(settings.page_host), settings.page_port)) == 0:
            yield warn(
                "agent",
                f"runs (something serves port {settings.page_port}): it holds the parts",
                "To check these too, stop it for so long: systemctl stop samut-edge.",
            )


def _near(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0", "localhost") else host  # noqa: S104 — compared, not listened on
