"""No slip is lost, and none is printed twice without saying so."""

import asyncio
import contextlib
import io
import logging
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from samut_edge.devices.part import PartState
from samut_edge.devices.printer import PrinterError
from samut_edge.drivers.escpos_printer import NetworkOptions, NetworkPrinter
from samut_edge.print_jobs import PrintJob, PrintJobs
from samut_edge.settings import read_settings
from samut_edge.slip import Slip
from samut_edge.slip_image import slip_image
from samut_edge.slip_queue import SlipQueue
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.printer_works import Paper
from tests.edge.drivers.heard import Heard, story, until
from tests.edge.drivers.slips import loan_slip, long_slip
from tests.edge.running_agent import running, settings_of
from tests.edge.test_desk import Watch

SEED = 20261122
ROUNDS = 8
LENGTH = 90_000
"""Bytes of a slip, and some for the questions."""
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SLIP = long_slip()
COPY = replace(SLIP, copy=True)


@contextlib.asynccontextmanager
async def switched_on() -> AsyncIterator[PaperPrinter]:
    twin = PaperPrinter("127.0.0.1", 0, lambda: None)
    await twin.switch_on()
    try:
        yield twin
    finally:
        twin.switch_off()


@contextlib.asynccontextmanager
async def queue_of(
    twin: PaperPrinter, folder: Path, *, patience: float = 0.2, now: datetime = NOW
) -> AsyncIterator[SlipQueue]:
    options = NetworkOptions(host="127.0.0.1", port=twin.port)
    async with contextlib.AsyncExitStack() as life:
        printer = await life.enter_async_context(NetworkPrinter("slips", options, Heard()))
        jobs = await life.enter_async_context(PrintJobs(folder / "print_jobs.db"))
        yield await life.enter_async_context(SlipQueue(printer, jobs, lambda: now, patience))


async def left_over(folder: Path, *, begun: bool, asked_at: datetime = NOW) -> None:
    """What a computer that lost its power has on its disk."""
    async with PrintJobs(folder / "print_jobs.db") as jobs:
        await jobs.add("slips", PrintJob("job-1", SLIP, asked_at))
        await jobs.begin("job-1", begun=begun)


def paper(twin: PaperPrinter, number: int = -1) -> Image.Image:
    return Image.open(io.BytesIO(twin.slips[number]))


def shows(picture: Image.Image, slip: Slip) -> bool:
    """The slip stands at the end of this piece of paper, dot by dot, before the feed to the knife."""
    drawn = slip_image(slip, 512)
    end = picture.height - 6 * 30
    return picture.crop((0, end - drawn.height, 512, end)).tobytes() == drawn.tobytes()


@pytest.mark.requirement("H-12")
@story
async def test_a_slip_that_nobody_began_is_printed_after_a_restart_as_if_nothing_had_been(tmp_path: Path) -> None:
    await left_over(tmp_path, begun=False)
    async with switched_on() as twin, queue_of(twin, tmp_path):
        await until(lambda: twin.printed == 1)
        assert shows(paper(twin), SLIP)
        assert not shows(paper(twin), COPY)


@story
async def test_a_slip_that_was_begun_says_that_it_is_a_copy(tmp_path: Path) -> None:
    await left_over(tmp_path, begun=True)
    async with switched_on() as twin, queue_of(twin, tmp_path):
        await until(lambda: twin.printed == 1)
        assert shows(paper(twin), COPY)


@story
async def test_an_old_slip_is_dropped_and_the_log_does_not_say_whose(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await left_over(tmp_path, begun=False, asked_at=NOW - timedelta(hours=1, seconds=1))
    with caplog.at_level(logging.WARNING):
        async with switched_on() as twin, queue_of(twin, tmp_path) as queue:
            await queue.print_slip(loan_slip("หนังสือ"))
            assert twin.printed == 1
    assert "job-1 is dropped" in caplog.text
    assert SLIP.member not in caplog.text


@story
async def test_the_same_order_is_printed_once_also_after_a_restart(tmp_path: Path) -> None:
    async with switched_on() as twin:
        async with queue_of(twin, tmp_path) as queue:
            await asyncio.gather(queue.print_slip(SLIP, job="order"), queue.print_slip(SLIP, job="order"))
            await queue.print_slip(SLIP, job="order")
        async with queue_of(twin, tmp_path) as queue:
            await queue.print_slip(SLIP, job="order")
        assert twin.printed == 1


@story
async def test_slips_come_out_in_the_order_they_were_asked_for(tmp_path: Path) -> None:
    slips = [loan_slip(f"เล่ม {number}") for number in range(4)]
    async with switched_on() as twin, queue_of(twin, tmp_path) as queue:
        await asyncio.gather(*[queue.print_slip(slip) for slip in slips])
        assert [shows(paper(twin, place), slip) for place, slip in enumerate(slips)] == [True] * 4


@story
async def test_a_slip_waits_a_while_for_paper(tmp_path: Path) -> None:
    async with switched_on() as twin, queue_of(twin, tmp_path, patience=10) as queue:
        await twin.set_paper(Paper.OUT)
        printing = asyncio.create_task(queue.print_slip(SLIP))
        await until(lambda: queue.status.state is PartState.PAPER_OUT)
        await twin.set_paper(Paper.FULL)
        await printing
        assert shows(paper(twin), SLIP)


@story
async def test_whoever_waits_too_long_is_told_why_and_nothing_comes_out_later(tmp_path: Path) -> None:
    async with switched_on() as twin, queue_of(twin, tmp_path) as queue:
        await twin.set_paper(Paper.OUT)
        with pytest.raises(PrinterError, match="paper is used up"):
            await queue.print_slip(SLIP)
        await twin.set_paper(Paper.FULL)
        await queue.print_slip(loan_slip("ใบต่อไป"))
        assert twin.printed == 1


@story
async def test_paper_that_ends_in_the_middle_makes_a_copy(tmp_path: Path) -> None:
    async with switched_on() as twin, queue_of(twin, tmp_path, patience=10) as queue:
        twin.rows_left = 300
        printing = asyncio.create_task(queue.print_slip(SLIP))
        await until(lambda: queue.status.state is PartState.PAPER_OUT)
        await twin.set_paper(Paper.FULL)
        await printing
        assert shows(paper(twin), COPY)


@story
async def test_a_printer_switched_off_in_the_middle_prints_a_copy_when_it_is_back(tmp_path: Path) -> None:
    async with switched_on() as twin, queue_of(twin, tmp_path, patience=10) as queue:
        twin.rows_left = 300
        printing = asyncio.create_task(queue.print_slip(SLIP))
        await until(lambda: twin.paper is Paper.OUT)
        await twin.set_paper(Paper.OFF)
        await until(lambda: queue.status.state is PartState.OFFLINE)
        await twin.set_paper(Paper.FULL)
        await printing
        assert (twin.printed, twin.faults) == (1, [])
        assert shows(paper(twin), COPY)


@story
async def test_nothing_of_a_printed_slip_stays_on_the_disk(tmp_path: Path) -> None:
    async with switched_on() as twin, queue_of(twin, tmp_path) as queue:
        await queue.print_slip(SLIP)
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"4500123" not in kept
    assert "พอตเตอร์".encode() not in kept


@story
async def test_a_file_of_jobs_that_is_broken_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "print_jobs.db").write_bytes(b"no database" * 500)
    async with switched_on() as twin, queue_of(twin, tmp_path) as queue:
        await queue.print_slip(SLIP)
        assert twin.printed == 1


class FullDisk(PrintJobs):
    """A file on a disk without room: SQLite's own limit on its pages says so."""

    async def __aenter__(self) -> "FullDisk":
        await super().__aenter__()
        await self._run(lambda: self._file.execute("PRAGMA max_page_count = 1"))
        return self


@story
async def test_a_slip_that_cannot_be_kept_is_not_printed_and_says_so(tmp_path: Path) -> None:
    async with switched_on() as twin, FullDisk(tmp_path / "jobs.db") as jobs:
        big = replace(SLIP, footer="ก" * 100_000)
        printer = NetworkPrinter("slips", NetworkOptions(host="127.0.0.1", port=twin.port), Heard())
        async with printer, SlipQueue(printer, jobs, Watch()) as queue:
            with pytest.raises(PrinterError, match="Make room"):
                await queue.print_slip(big)
        assert twin.received.count(b"\x1b@") == 0
        with pytest.raises(sqlite3.OperationalError):
            await jobs.add("slips", PrintJob("job", big, NOW))


@story
async def test_an_agent_prints_what_waited_when_it_begins_anew(tmp_path: Path) -> None:
    async with switched_on() as twin:
        settings_of(tmp_path, "desk")
        text = (tmp_path / "settings.toml").read_text()
        part = f'[parts.slips]\ndriver = "escpos_printer"\noptions = {{ host = "127.0.0.1", port = {twin.port} }}\n'
        (tmp_path / "settings.toml").write_text(text.replace("[parts]\n", part))
        settings = read_settings(tmp_path / "settings.toml")
        await left_over(tmp_path, begun=True, asked_at=datetime.now(UTC))
        async with running(settings):
            await until(lambda: twin.printed == 1)
            assert shows(paper(twin), COPY)


@story
async def test_a_slip_that_cannot_be_drawn_is_given_up_and_the_next_is_printed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logo = tmp_path / "logo.png"
    Image.new("1", (20, 20)).save(logo)
    async with switched_on() as twin, PrintJobs(tmp_path / "print_jobs.db") as jobs:
        options = NetworkOptions(host="127.0.0.1", port=twin.port, logo=str(logo))
        printer = NetworkPrinter("slips", options, Heard())
        async with printer, SlipQueue(printer, jobs, lambda: NOW) as queue:
            whole = logo.read_bytes()
            logo.write_bytes(b"no picture")
            with pytest.raises(PrinterError, match="UnidentifiedImageError"):
                await queue.print_slip(SLIP, job="order")
            assert "order is given up" in caplog.text
            assert SLIP.member not in caplog.text
            logo.write_bytes(whole)
            await queue.print_slip(SLIP)
            assert twin.printed == 1


def test_a_queue_that_ends_is_told_of(tmp_path: Path) -> None:
    told: list[str] = []

    @story
    async def tell() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        async with switched_on() as twin, contextlib.AsyncExitStack() as file:
            jobs = await file.enter_async_context(PrintJobs(tmp_path / "print_jobs.db"))
            printer = NetworkPrinter("slips", NetworkOptions(host="127.0.0.1", port=twin.port), Heard())
            async with printer, SlipQueue(printer, jobs, lambda: NOW, patience=0.2) as queue:
                await twin.set_paper(Paper.OUT)
                printing = asyncio.create_task(queue.print_slip(SLIP))
                await until(lambda: queue.status.state is PartState.PAPER_OUT)
                await file.aclose()
                await until(lambda: told)
                printing.cancel()

    tell()
    assert told == ["The queue of printer “slips” failed"]


AGENT = """
import asyncio, sys
from pathlib import Path
from samut_edge.clock import utc_now
from samut_edge.drivers.escpos_printer import NetworkOptions, NetworkPrinter
from samut_edge.print_jobs import PrintJobs
from samut_edge.slip_queue import SlipQueue
from tests.edge.drivers.slips import long_slip

async def main():
    printer = NetworkPrinter("slips", NetworkOptions(host="127.0.0.1", port=int(sys.argv[2])), lambda _: None)
    async with printer, PrintJobs(Path(sys.argv[1])) as jobs, SlipQueue(printer, jobs, utc_now) as queue:
        print("ready", flush=True)
        await queue.print_slip(long_slip(), job="order")
        print("printed", flush=True)

asyncio.run(main())
"""


async def start(folder: Path, port: int) -> asyncio.subprocess.Process:
    agent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        AGENT,
        str(folder / "print_jobs.db"),
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert agent.stdout is not None
    assert await agent.stdout.readline() == b"ready\n"
    return agent


@pytest.mark.requirement("H-12")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_program_killed_at_any_moment_leaves_one_slip_or_a_torn_one_and_a_copy(number: int, tmp_path: Path) -> None:
    """As when its power goes: so many bytes have reached the printer, and no more do."""

    @story
    async def told() -> None:
        chance = random.Random(SEED + number)
        async with switched_on() as twin:
            twin.octets_a_second = 500_000
            moment = chance.randrange(0, LENGTH)
            agent = await start(tmp_path, twin.port)
            while len(twin.received) < moment and not twin.printed:
                await asyncio.sleep(0.002)
            agent.send_signal(signal.SIGKILL)
            twin.cut_line()
            await agent.wait()
            torn = twin.torn
            async with queue_of(twin, tmp_path, now=datetime.now(UTC)) as queue:
                await queue.print_slip(SLIP, job="order")
                # torn in a picture it does not answer until that is filled: nothing then says when it has printed
                await until(lambda: twin.printed and not twin.torn)
            assert twin.faults == []
            one, *more = [paper(twin, place) for place in range(twin.printed)]
            assert shows(one, SLIP)
            assert shows(paper(twin), COPY) or not (torn or more)
            assert not (more and shows(one, COPY))
            assert len(more) <= 1

    told()
