"""A scanner as a USB keyboard, through the kernel's own HID driver: upper case, pulled out, plugged in again.

An emulated processor types with gaps that no scanner leaves, so the silence that ends a code is long here.
"""

import asyncio

from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import CodeScanned, PartEvent
from tests.kernel.gadget import UsbScanner
from tests.kernel.guest import run, say, until


async def bench() -> None:
    heard: list[PartEvent] = []
    scanner = UsbScanner(0, 0x05E0, 0x1200, name="Bar Code Scanner")

    def codes() -> list[str]:
        return [event.text for event in heard if isinstance(event, CodeScanned)]

    async with create_part(
        "scanner", "evdev_scanner", {"device": "05E0:1200", "silence_ms": 1000}, heard.append
    ) as part:
        for when in ("first", "again"):
            scanner.plug_in()
            await until(lambda: part.status.state is PartState.READY)
            say(f"plugged in {when}", [part.status.state, part.status.detail])
            await asyncio.to_thread(scanner.scan, "TH-0012345/b")
            await until(codes)
            say(f"codes {when}", codes())
            heard.clear()
            scanner.pull_out()
            await until(lambda: part.status.state is PartState.OFFLINE)
            say(f"pulled out {when}", [part.status.state, part.status.detail])


run(bench)
