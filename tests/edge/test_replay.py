"""Events go out oldest first, and none overtakes another that the broker lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from samut_edge.outbox import Outbox, Waiting
from samut_edge.replay import FIRST_PATIENCE, PATIENCE, WINDOW, Replay
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.edge.stock import NOW

WAITING = 100


def barcodes(events: list[Waiting]) -> list[str]:
    return [waiting.letter.body.barcode for waiting in events if isinstance(waiting.letter.body, m.ReturnRecorded)]


def books(numbers: range) -> list[str]:
    return [f"B{number}" for number in numbers]


async def hand_in(outbox: Outbox, numbers: range) -> None:
    for number in numbers:
        letter = Letter(id=command_id(number), at=NOW, body=m.ReturnRecorded(barcode=f"B{number}"))
        await outbox.add(Kind.RETURN, letter)


async def confirm(outbox: Outbox, replay: Replay, events: list[Waiting], now: float) -> None:
    await outbox.confirm(waiting.letter.id for waiting in events)
    replay.confirmed(now)


def after_a_day_without_the_hub(folder: Path, live: Callable[[Outbox, Replay], Awaitable[None]]) -> None:
    async def begin() -> None:
        async with Outbox(folder / "outbox.db") as outbox:
            await hand_in(outbox, range(WAITING))
            await live(outbox, Replay(outbox))

    asyncio.run(begin())


def test_the_oldest_alone_goes_out_again_until_the_hub_is_there_whatever_comes_meanwhile(tmp_path: Path) -> None:
    async def live(outbox: Outbox, replay: Replay) -> None:
        assert barcodes(replay.due(0.0)) == ["B0"]
        for tenth in range(1, 10):
            await hand_in(outbox, range(WAITING + tenth, WAITING + tenth + 1))
            assert replay.due(tenth / 10) == []
        assert barcodes(replay.due(FIRST_PATIENCE)) == ["B0"]
        assert replay.seconds(FIRST_PATIENCE) == 2 * FIRST_PATIENCE

    after_a_day_without_the_hub(tmp_path, live)


def test_once_the_hub_is_there_many_are_on_their_way_at_a_time(tmp_path: Path) -> None:
    async def live(outbox: Outbox, replay: Replay) -> None:
        await confirm(outbox, replay, replay.due(0.0), 0.1)
        sent = replay.due(0.1)
        assert barcodes(sent) == books(range(1, 1 + WINDOW))
        await confirm(outbox, replay, sent[:10], 0.2)
        assert barcodes(replay.due(0.2)) == books(range(1 + WINDOW, 11 + WINDOW))

    after_a_day_without_the_hub(tmp_path, live)


def test_what_is_not_confirmed_is_sent_again_from_the_oldest_on(tmp_path: Path) -> None:
    async def live(outbox: Outbox, replay: Replay) -> None:
        await confirm(outbox, replay, replay.due(0.0), 1.0)
        replay.due(1.0)
        assert replay.due(1.0 + PATIENCE / 2) == []
        assert barcodes(replay.due(1.0 + PATIENCE)) == books(range(1, 1 + WINDOW))

    after_a_day_without_the_hub(tmp_path, live)


def test_what_happens_after_a_quiet_night_is_sent_once_and_waited_for(tmp_path: Path) -> None:
    async def live(outbox: Outbox, replay: Replay) -> None:
        await confirm(outbox, replay, outbox.waiting(limit=WAITING), 1.0)
        assert (replay.due(2.0), replay.seconds(2.0)) == ([], None)
        await hand_in(outbox, range(WAITING, WAITING + 2))
        assert barcodes(replay.due(40_000.0)) == books(range(WAITING, WAITING + 2))
        assert (replay.due(40_001.0), replay.seconds(40_001.0)) == ([], PATIENCE - 1)

    after_a_day_without_the_hub(tmp_path, live)
