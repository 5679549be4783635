"""The edge agent's command line."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from samut_edge.agent import Agent
from samut_edge.errors import StartError
from samut_edge.settings import read_settings


def main() -> None:
    """`samut-edge run SETTINGS`: run the agent until SIGTERM or SIGINT."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(_run(arguments.settings))
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samut-edge", description="Samut's edge agent for gates and kiosks")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="run the agent until it is told to end")
    run.add_argument("settings", type=Path, help="the device's settings.toml")
    return parser.parse_args()


async def _run(path: Path) -> None:
    settings = read_settings(path)
    agent = asyncio.create_task(Agent(settings).run())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_die)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, agent.cancel)
    gc.freeze()
    with contextlib.suppress(asyncio.CancelledError):
        await agent


def _die(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A task or callback that nobody waits for has failed: better dead and started anew than half alive."""
    loop.default_exception_handler(context)
    os.kill(os.getpid(), signal.SIGKILL)
