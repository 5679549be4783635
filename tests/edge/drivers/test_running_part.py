"""What all drivers share: they look for their hardware again and again, and do not hide their own mistakes."""

import asyncio
from typing import Any

from samut_edge.devices.part import PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.events import PartChanged
from tests.edge.drivers.heard import Heard, story, until


class FoundAtTheThirdTry(RunningPart):
    tries = 0

    async def _work(self) -> None:
        self.tries += 1
        if self.tries < 3:
            raise AwayError("nothing is plugged in")
        self._became(PartState.READY, "found")
        raise AwayError("lost again")


class Mistaken(RunningPart):
    async def _work(self) -> None:
        raise KeyError("a mistake in a driver")


@story
async def test_hardware_that_is_away_is_looked_for_again() -> None:
    heard = Heard()
    async with FoundAtTheThirdTry("pad", heard) as part:
        await until(lambda: part.status.detail == "lost again")
    assert heard.all == [PartChanged("pad")] * 3  # away, found, lost: told once each


@story
async def test_a_mistake_in_a_driver_reaches_the_loop_and_is_not_tried_again() -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with Mistaken("pad", Heard()):
        await until(lambda: faults)
    assert "“pad”" in faults[0]["message"]
    assert isinstance(faults[0]["exception"], KeyError)
