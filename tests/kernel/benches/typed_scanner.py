"""A scanner made by uinput: who else may read it, and what happens when it goes away."""

import asyncio
import contextlib

import evdev
from evdev import ecodes

from samut_edge.devices.part import Part, PartState
from samut_edge.drivers import create_part
from samut_edge.events import CodeScanned, PartEvent
from tests.kernel.guest import run, say, until

SCANNER = "0c2e:0200"
KEYS = {digit: getattr(ecodes, f"KEY_{digit}") for digit in "1234567890"} | {"\n": ecodes.KEY_ENTER}
ALL_KEYS = [*KEYS.values(), *(getattr(ecodes, f"KEY_{letter}") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")]


def plugged_in() -> evdev.UInput:
    return evdev.UInput({ecodes.EV_KEY: ALL_KEYS}, name="Bench scanner", vendor=0x0C2E, product=0x0200, bustype=3)


def scan(device: evdev.UInput, text: str) -> None:
    for letter in text:
        for value in (1, 0):
            device.write(ecodes.EV_KEY, KEYS[letter], value)
            device.syn()


def read_by_another(other: evdev.InputDevice) -> int:
    """How many keys reached another program that reads the same scanner."""
    with contextlib.suppress(BlockingIOError):
        return sum(event.type == ecodes.EV_KEY for event in other.read())
    return 0


async def is_ready(part: Part) -> None:
    await until(lambda: part.status.state is PartState.READY)


async def bench() -> None:
    heard: list[PartEvent] = []

    def codes() -> list[str]:
        return [event.text for event in heard if isinstance(event, CodeScanned)]

    async with create_part("scanner", "evdev_scanner", {"device": SCANNER}, heard.append) as part:
        await until(lambda: "plugged in" in part.status.detail)
        say("before it is plugged in", [part.status.state, part.status.detail])
        device = plugged_in()
        await is_ready(part)
        say("plugged in", [part.status.state, part.status.detail])
        other = evdev.InputDevice(device.device.path)
        try:
            other.grab()
        except OSError as error:
            say("a second grab", [error.errno, error.strerror])
        async with create_part("second", "evdev_scanner", {"device": SCANNER}, heard.append) as second:
            await until(lambda: "held" in second.status.detail)
            say("a second part", [second.status.state, second.status.detail])
        scan(device, "9786160000012\n")
        await until(codes)
        say("codes", codes())
        say("keys that reached another program", read_by_another(other))
        scan(device, "97861")
        device.close()
        await until(lambda: part.status.state is PartState.OFFLINE)
        say("pulled out", [part.status.state, part.status.detail])
        heard.clear()
        device = plugged_in()
        await is_ready(part)
        scan(device, "60000029\n")
        await until(codes)
        say("codes after it was plugged in again", codes())
    other = evdev.InputDevice(device.device.path)
    scan(device, "42\n")
    await asyncio.sleep(0.2)
    say("keys that reach another program once the part has ended", read_by_another(other))
    device.close()


run(bench)
