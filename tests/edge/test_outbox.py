"""Events lie on the disk before anything happens, in order, until the hub has them."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from samut_edge.outbox import Lent, Outbox
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.edge.stock import NOW

DUE = NOW.replace(month=12, day=1)


def a_return(barcode: str, n: int = 0) -> Letter:
    return Letter(id=command_id(n), at=NOW, body=m.ReturnRecorded(barcode=barcode))


def a_loan(member: str, barcode: str) -> Letter:
    decision = m.DecisionMade(allowed=True, due_at=DUE)
    return Letter(id=command_id(1), at=NOW, body=m.LoanRecorded(member=member, barcode=barcode, decision=decision))


def test_events_are_there_in_order_after_a_restart_until_confirmed(tmp_path: Path) -> None:
    async def live() -> None:
        letters = [a_return(f"B{n}", n) for n in range(5)]
        async with Outbox(tmp_path / "outbox.db") as outbox:
            for letter in letters:
                await outbox.add(Kind.RETURN, letter)
            await outbox.confirm([letters[0].id, letters[2].id, "not one of ours"])
        async with Outbox(tmp_path / "outbox.db") as outbox:
            assert [w.letter for w in outbox.waiting()] == [letters[1], letters[3], letters[4]]
            assert [w.letter for w in outbox.waiting(after=outbox.waiting()[0].seq, limit=1)] == [letters[3]]
            await outbox.confirm(w.letter.id for w in outbox.waiting())
            assert len(outbox) == 0
        async with Outbox(tmp_path / "outbox.db") as outbox:
            assert outbox.waiting() == []

    asyncio.run(live())


def test_the_same_event_twice_is_one(tmp_path: Path) -> None:
    async def live() -> None:
        letter = a_return("B1")
        async with Outbox(tmp_path / "outbox.db") as outbox:
            await outbox.add(Kind.RETURN, letter)
            await outbox.add(Kind.RETURN, letter)
            assert len(outbox) == 1

    asyncio.run(live())


def test_the_later_event_says_where_an_item_is(tmp_path: Path) -> None:
    async def live() -> None:
        async with Outbox(tmp_path / "outbox.db") as outbox:
            await outbox.add(Kind.LOAN, a_loan("10001", "B1"))
            assert outbox.lent() == {"B1": Lent("10001", DUE)}
            assert outbox.has_lending()
            await outbox.add(Kind.RETURN, a_return("B1"))
            assert outbox.lent() == {"B1": Lent("", None)}
            await outbox.confirm(w.letter.id for w in outbox.waiting())
            assert not outbox.has_lending()

    asyncio.run(live())


DAMAGES = {
    "of an older protocol": "letter = replace(CAST(letter AS TEXT), '\"v\":1', '\"v\":0')",
    "damaged": "letter = x'00ff00'",
    "a number": "letter = 7",
    "of an unknown kind": "kind = 'evt/telepathy'",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_an_event_that_cannot_be_read_is_set_apart_and_the_others_go_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    async def live() -> None:
        path, letters = tmp_path / "outbox.db", [a_return(f"B{n}", n) for n in range(3)]
        async with Outbox(path) as outbox:
            for letter in letters:
                await outbox.add(Kind.RETURN, letter)
        rows(path, f"UPDATE outbox SET {damage} WHERE id = '{letters[1].id}'")  # noqa: S608
        before = rows(path, "SELECT id, kind, letter FROM outbox WHERE seq = 2")
        async with Outbox(path) as outbox:
            assert [w.letter for w in outbox.waiting()] == [letters[0], letters[2]]
            await outbox.add(Kind.RETURN, a_return("B9", 9))
        assert rows(path, "SELECT id, kind, letter FROM unreadable") == before
        assert f"Event 2 ({before[0][1]})" in caplog.text
        caplog.clear()
        async with Outbox(path) as outbox:
            assert len(outbox) == 3
        assert not caplog.text

    asyncio.run(live())


@pytest.mark.requirement("H-14")
def test_an_event_that_no_hub_could_read_does_not_hold_up_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The hub would drop it unanswered, again and again."""
    path = tmp_path / "outbox.db"
    torn = Letter(id=command_id(2), at=NOW, body=m.CheckoutCancelled(member="10001", barcode="B\x001"))

    async def live() -> None:
        async with Outbox(path) as outbox:
            await outbox.add(Kind.CANCEL, torn)
            await outbox.add(Kind.RETURN, a_return("B1", 1))
            assert [w.letter.body for w in outbox.waiting()] == [m.ReturnRecorded(barcode="B1")]
            assert outbox.place_of(torn.id) is None
        async with Outbox(path) as outbox:
            assert len(outbox) == 1

    asyncio.run(live())
    assert rows(path, "SELECT id, kind FROM unreadable") == [(torn.id, "evt/cancel")]
    assert caplog.text.count("cannot be read") == 1


def rows(path: Path, statement: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        return file.execute(statement).fetchall()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from samut_edge.outbox import Outbox
from samut_wire.topics import Kind
from tests.edge.test_outbox import a_return

async def live():
    outbox = await Outbox(Path(sys.argv[1])).__aenter__()
    for n in range(20):
        await outbox.add(Kind.RETURN, a_return(f"B{n}", n))
        print(n, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(live())
"""


def test_what_add_has_accepted_survives_a_kill(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "outbox.db"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr

    async def look() -> int:
        async with Outbox(tmp_path / "outbox.db") as outbox:
            return len(outbox)

    assert asyncio.run(look()) == len(child.stdout.split()) == 20
