"""A 125 kHz reader on a USB serial line: found by its path by-id, pulled out while it sends, found again."""

import asyncio

from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import CardTapped, PartEvent
from tests.kernel.gadget import UsbSerial
from tests.kernel.guest import run, say, until

FRAME = b"\x0262E3086CED08\x03"
PATH = "/dev/serial/by-id/usb-Samut_bench_RDM_reader_0042-if00"


async def bench() -> None:
    heard: list[PartEvent] = []
    reader = UsbSerial(0, 0x1A86, 0x55D4, name="RDM reader", serial="0042")

    def taps() -> list[str]:
        return [event.value for event in heard if isinstance(event, CardTapped)]

    async with create_part("in", "serial_rdm6300", {"path": PATH}, heard.append) as part:
        await until(lambda: "cannot be opened" in part.status.detail)
        say("before it is plugged in", [part.status.state, part.status.detail])
        reader.plug_in()
        await until(lambda: part.status.state is PartState.READY)
        say("plugged in", [part.status.state, part.status.detail])
        await asyncio.to_thread(reader.send, FRAME)
        await until(taps)
        say("card", taps())
        await asyncio.to_thread(reader.send, FRAME[:7])
        reader.pull_out()
        await until(lambda: part.status.state is PartState.OFFLINE)
        say("pulled out", [part.status.state, part.status.detail])
        heard.clear()
        reader.plug_in()
        await until(lambda: part.status.state is PartState.READY)
        await asyncio.to_thread(reader.send, FRAME)
        await until(taps)
        say("card after it was plugged in again", taps())


run(bench)
