"""The parts of a device, started for a moment and asked how they are."""

import asyncio
import contextlib
from collections.abc import Sequence

from samut_edge.devices.part import Part, PartKind, PartState
from samut_edge.drivers import create_part, kind_of
from samut_edge.errors import SettingsError
from samut_edge.events import PartEvent
from samut_edge.found import Found, Verdict, fail, ok
from samut_edge.settings import Settings

LOOK_SECONDS = 0.05
TO_DO = {
    PartKind.CARD_READER: "Plug it in, see whether pcscd runs, compare its name (pcsc_scan) or path (by-id).",
    PartKind.SCANNER: "Plug it in, compare its numbers (lsusb) or path (by-id). Is the user in the group input?",
    PartKind.PAD: "See that the pad has power, and its service runs at that address.",
    PartKind.PRINTER: "Switch it on, look at its lamps, print its own self-test.",
    PartKind.GATE_IO: "Is this a Raspberry Pi, is the user in the group gpio, does another program hold the pins?",
    PartKind.CAMERA: "Plug it in, compare its path with /dev/v4l/by-id, end other programs that show it.",
}
SPOKEN = {
    PartState.PAPER_LOW: (Verdict.WARN, "Lay new paper beside it."),
    PartState.PAPER_OUT: (Verdict.FAIL, "Put in paper."),
    PartState.COVER_OPEN: (Verdict.FAIL, "Close its cover."),
    PartState.UNKNOWN: (Verdict.WARN, "It takes what is sent and tells nothing of itself: look at what it does."),
}
"""What to do about parts that are there and say what ails them."""


async def check_parts(settings: Settings, seconds: float) -> list[Found]:
    """Each part by its name, after all are ready or the time is over."""
    started: dict[str, Part | Found] = {}
    async with contextlib.AsyncExitStack() as ends:
        for name, wanted in settings.parts.items():
            try:
                started[name] = await ends.enter_async_context(
                    create_part(name, wanted.driver, wanted.options, _nobody_listens)
                )
            except SettingsError as error:
                started[name] = fail(name, str(error), "Correct the settings.")
        await _settle([part for part in started.values() if not isinstance(part, Found)], seconds)
        return [_found(settings, name, part) for name, part in started.items()]


async def _settle(parts: Sequence[Part], seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while any(part.status.state is PartState.OFFLINE for part in parts):
                await asyncio.sleep(LOOK_SECONDS)


def _found(settings: Settings, name: str, part: Part | Found) -> Found:
    if isinstance(part, Found):
        return part
    driver, status = settings.parts[name].driver, part.status
    seen = f"{driver}: {status.state}" + (f", {status.detail}" if status.detail else "")
    if status.state is PartState.READY:
        return ok(name, seen)
    if status.state in SPOKEN:
        verdict, to_do = SPOKEN[status.state]
        return Found(verdict, name, seen, to_do)
    return fail(name, seen, f"{TO_DO[kind_of(name, driver)]} How it is set: firmware_configs.")


def _nobody_listens(_: PartEvent) -> None:
    """Cards and codes that come meanwhile are nobody's."""
