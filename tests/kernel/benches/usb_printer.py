"""A slip printer on the kernel's own USB printer driver: the works are the bench's, the plug is the kernel's."""

import asyncio
import io
from typing import Any, cast

import zxingcpp
from PIL import Image

from samut_edge.devices.escpos_job import slip_job
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.part import PartState
from samut_edge.devices.printer import Printer, PrinterError
from samut_edge.drivers import create_part
from samut_edge.virtual.printer_works import Paper, PrinterWorks
from tests.edge.drivers.slips import loan_slip
from tests.kernel.gadget import UsbPrinter
from tests.kernel.guest import run, say, until

TITLES = ("แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์", "ปู่กุ้งน้ำที่ญี่ปุ่น")


class Epson:
    """The works behind a USB plug; the plug can be pulled while they print."""

    def __init__(self) -> None:
        self.usb = UsbPrinter(0, 0x04B8, 0x0E15, name="TM-T20II", serial="4D5A")
        self.works = PrinterWorks(lambda: None)
        self.pull_out_after: int | None = None
        self._work: asyncio.Task[None] | None = None

    async def plug_in(self) -> None:
        self.usb.plug_in()
        await asyncio.to_thread(self.usb.switch_on)
        self._work = asyncio.create_task(self._take())

    def pull_out(self) -> None:
        self.usb.pull_out()
        self.works.lose_power()

    async def _take(self) -> None:
        while True:
            came = await asyncio.to_thread(self.usb.take, 0.05)
            self.works.take(came, self.usb.answer)
            if self.pull_out_after is not None and len(self.works.received) > self.pull_out_after:
                self.pull_out_after = None
                self.pull_out()

    async def switch_off(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        self.usb.switch_off()


async def bench() -> None:
    printer = Epson()
    options = {"usb": "04b8:0e15", "profile": "TM-T20II"}
    async with create_part("slips", "escpos_usblp", options, lambda _: None) as part:
        slips = cast("Printer", part)
        await until(lambda: "plugged in" in part.status.detail)
        say("before it is plugged in", [part.status.state, part.status.detail])
        await printer.plug_in()
        await until(lambda: part.status.state is PartState.READY)
        say("plugged in", part.status.state)
        await _print(printer, slips)
        await _paper(printer, part)
        await _pulled_out(printer, slips)
    await printer.switch_off()


async def _print(printer: Epson, slips: Printer) -> None:
    printer.works.received = b""
    after = await slips.print_slip(loan_slip(*TITLES))
    await until(lambda: printer.works.slips)
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(printer.works.slips[-1])))
    job = slip_job(loan_slip(*TITLES), EscposOptions(profile="TM-T20II"))
    say("the job's bytes in what came", printer.works.received.count(job.octets))
    say("printed", [after.state, printer.works.printed, printer.works.faults])
    say("QR code on the slip", [code.text for code in codes])


async def _paper(printer: Epson, part: Any) -> None:
    for paper in (Paper.LOW, Paper.OUT, Paper.COVER, Paper.FULL):
        printer.works.paper = paper
        say(f"state with paper {paper}", (await part.ask_status()).state)


async def _pulled_out(printer: Epson, slips: Printer) -> None:
    printer.works.received = b""
    printer.pull_out_after = 3000
    try:
        await slips.print_slip(loan_slip(*TITLES, *TITLES))
    except PrinterError as error:
        say("pulled out in the middle", [str(error), error.begun])
    say("state after it", slips.status.state)
    await printer.switch_off()
    await printer.plug_in()
    say("comes back", await until(lambda: slips.status.state is PartState.READY))
    before = printer.works.printed
    await slips.print_slip(loan_slip(*TITLES))
    say("prints again", await until(lambda: printer.works.printed == before + 1))


run(bench)
