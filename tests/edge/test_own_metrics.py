"""A device tells Prometheus on its own computer how it is."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from samut_edge.own_metrics import _buckets
from tests.edge.running_agent import running, settings_of


async def ask(folder: Path) -> tuple[int, str]:
    async with (
        running(settings_of(folder, "kiosk")) as address,
        aiohttp.ClientSession() as browser,
        browser.get(f"{address}/metrics") as answer,
    ):
        return answer.status, await answer.text()


def test_a_running_agent_tells_its_queue_and_whether_the_hub_is_there(tmp_path: Path) -> None:
    status, text = asyncio.run(ask(tmp_path))
    assert status == 200
    assert "samut_queue 0.0" in text
    assert "samut_hub_connected 0.0" in text


@pytest.mark.parametrize(("taps", "last"), [({}, 0), ({"5": 2, "more": 1}, 3)])
def test_buckets_add_up(taps: dict[str, int], last: int) -> None:
    told = dict(_buckets(taps))
    assert told["+Inf"] == last
    assert told["0.5"] == taps.get("5", 0)
