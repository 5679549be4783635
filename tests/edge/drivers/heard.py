"""What a test listens to: the events of the parts, and waiting for something to come true."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from samut_edge.devices.part import Part, PartState
from samut_edge.events import PartChanged, PartEvent

PATIENCE = 15.0
Event = TypeVar("Event")


def story(tell: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Makes an asynchronous test an ordinary one that cannot hang."""

    @functools.wraps(tell)
    def run(*fixtures: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(tell(*fixtures, **named), 60))

    return run


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)


async def ready(*parts: Part) -> None:
    await until(lambda: all(part.status.state is PartState.READY for part in parts))


class Heard:
    """Hand it to a driver as `emit`."""

    def __init__(self) -> None:
        self.all: list[PartEvent] = []

    def __call__(self, event: PartEvent) -> None:
        self.all.append(event)

    @property
    def news(self) -> list[PartEvent]:
        """Without the changes of state."""
        return [event for event in self.all if not isinstance(event, PartChanged)]

    async def next(self, kind: type[Event]) -> Event:
        """The next event that is not a change of state, which must be of this kind; it is taken off the list."""
        await until(lambda: self.news)
        event = self.news[0]
        self.all.remove(event)
        assert isinstance(event, kind)
        return event
