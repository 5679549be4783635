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
from samut_edge.configured import Configured
from samut_edge.errors import SettingsError, StartError
from samut_edge.recent_log import FORM, recent
from samut_edge.settings import Settings, read_settings


def main() -> None:
    """`samut-edge run SETTINGS`: join the hub if need be, then run the agent until SIGTERM or SIGINT."""
    arguments = _arguments()
    if arguments.command == "check":
        sys.exit(_check(arguments))
    if arguments.command == "print-test":
        sys.exit(_print_test(arguments))
    logging.basicConfig(level=logging.INFO, format=FORM)
    logging.getLogger().addHandler(recent)
    try:
        asyncio.run(_join_and_run(arguments))
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samut-edge", description="Samut's edge agent for gates and kiosks")
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run", help="run the agent until it is told to end")
    run.add_argument("settings", type=Path, help="the device's settings.toml; without it the device joins first")
    run.add_argument("--claim", type=Path, help="a file that may hold a claim code, as on a memory card")
    run.add_argument("--join-host", default="0.0.0.0", help="where the page for joining is served")  # noqa: S104 — a gate has no screen
    run.add_argument("--join-port", type=int, default=8490)
    check = commands.add_parser("check", help="read back what can be read of the device, and say what to do")
    check.add_argument("settings", type=Path, help="the device's settings.toml")
    check.add_argument("--json", action="store_true", help="for programs instead of people")
    check.add_argument("--seconds", type=float, default=5.0, help="how long parts and hub may take to answer")
    trial = commands.add_parser("print-test", help="print a slip on which the printer's settings can be read")
    trial.add_argument("settings", type=Path, help="the device's settings.toml")
    trial.add_argument("part", help="the printer's name in the settings")
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


def _print_test(arguments: argparse.Namespace) -> int:
    """0 when it was printed, 1 when not, 2 when the settings are wrong."""
    from samut_edge.devices.printer import PrinterError
    from samut_edge.print_test import print_test

    try:
        status = print_test(read_settings(arguments.settings), arguments.part)
    except (StartError, PrinterError) as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, PrinterError) else 2
    print(f"printed; the printer: {status.state} {status.detail}".strip())
    return 0


async def _join_and_run(arguments: argparse.Namespace) -> None:
    if not arguments.settings.exists():
        from samut_edge.joining_page import wait_until_joined

        host, port = arguments.join_host, arguments.join_port
        await wait_until_joined(arguments.settings, claim=arguments.claim, host=host, port=port)
    elif arguments.claim is not None:
        from samut_edge.joining_page import join_anew

        await join_anew(arguments.settings, arguments.claim)
    await _run(arguments.settings)


async def _run(path: Path) -> None:
    configured = Configured(path.parent)
    configured.begin()
    agent = asyncio.create_task(Agent(_settings(path, configured), configured).run())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_die)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, agent.cancel)
    gc.freeze()
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await agent
        except StartError as error:
            configured.give_up(str(error))
            raise


def _settings(path: Path, configured: Configured) -> Settings:
    """What the hub has set and this program does not understand is passed over."""
    try:
        return read_settings(path, configured.kept)
    except SettingsError as error:
        if not configured.fall_back(str(error)):
            raise
        return read_settings(path, configured.kept)


def _die(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A task or callback that nobody waits for has failed: better dead and started anew than half alive."""
    loop.default_exception_handler(context)
    os.kill(os.getpid(), signal.SIGKILL)
