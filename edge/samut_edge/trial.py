"""A configuration on trial: it stays once the hub is there and every part that worked before works again."""

import asyncio
from collections.abc import Callable, Mapping

from samut_edge.configured import Configured
from samut_edge.devices.part import PartState

LOOK_SECONDS = 0.5
FOR_PARTS = 60.0
FOR_HUB = 300.0
"""Seconds: the hub may be away for reasons of its own, but a device that it cannot reach, it cannot set right."""

BROKEN = frozenset({PartState.OFFLINE, PartState.UNKNOWN})
States = Callable[[], Mapping[str, PartState]]


def working(states: Mapping[str, PartState]) -> tuple[str, ...]:
    """The names of the parts that work. One that is out of paper does."""
    return tuple(name for name, state in states.items() if state not in BROKEN)


async def try_out(
    configured: Configured, states: States, is_connected: Callable[[], bool], end: Callable[[], None]
) -> None:
    """Returns when nothing is on trial, or not any more. Once it was given up the agent must `end`."""
    began = asyncio.get_running_loop().time()
    while configured.is_on_trial:
        missing, waited = _missing(configured, states()), asyncio.get_running_loop().time() - began
        if not missing and is_connected():
            configured.confirm()
        elif missing and waited > FOR_PARTS:
            configured.give_up(f"these parts worked before and do not now: {', '.join(missing)}")
            end()
        elif waited > FOR_HUB:
            configured.give_up(f"the hub was not reached within {FOR_HUB:.0f} seconds")
            end()
        else:
            await asyncio.sleep(LOOK_SECONDS)


def _missing(configured: Configured, states: Mapping[str, PartState]) -> list[str]:
    """Parts that are still there and worked before."""
    return [name for name in configured.kept.worked if states.get(name) in BROKEN]
