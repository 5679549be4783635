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
    if arguments.command == "check":
        sys.exit(_check(arguments))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(_run(arguments.settings))
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samut-edge", description="Samut's edge agent for gates and kiosks")
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run", help="run the agent until it is told to end")
    run.add_argument("settings", type=Path, help="the device's settings.toml")
    check = commands.add_parser("check", help="read back what can be read of the device, and say what to do")
    check.add_argument("settings", type=Path, help="the device's settings.toml")
    check.add_argument("--json", action="store_true", help="for programs instead of people")
    check.add_argument("--seconds", type=float, default=5.0, help="how long parts and hub may take to answer")
    return parser.parse_args()


def _check(arguments: argparse.Namespace) -> int:
    """0 when nothing fails, 1 when something does, 2 when the settings cannot be read."""
    from samut_edge.check import check
    from samut_edge.found import as_json, as_table, is_good

    try:
        found = asyncio.run(check(read_settings(arguments.settings), seconds=arguments.seconds))
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    print(as_json(found) if arguments.json else as_table(found))
    return 0 if is_good(found) else 1


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
