"""A configuration comes from the hub: it is checked, kept, and tried from the next start on."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from samut_edge.configured import Configured, Version
from samut_edge.drivers import driver_names
from samut_edge.errors import SettingsError
from samut_edge.settings import Role, Settings
from samut_edge.trial import States, working
from samut_wire import messages as m
from samut_wire.configuration import TABLES, Configuration, read_configuration


class SettingUp:
    """`tell` lets the hub know by what the device works and what it refused; `end` ends the agent."""

    def __init__(
        self,
        configured: Configured,
        role: Role,
        states: States,
        tell: Callable[[], Awaitable[None]],
        *,
        end: Callable[[], None] | None = None,
    ) -> None:
        self._configured = configured
        self._role = role
        self._states = states
        self._tell = tell
        self._end = end or restart

    async def take(self, wanted: m.DeviceConfigured) -> None:
        """What is wrong is refused at once, what was given up again; what may be right ends the agent, and its
        supervisor starts it anew."""
        kept = self._configured.kept
        if wanted.version in (kept.now.number, kept.refused):
            await self._tell()
            return
        try:
            if wanted.content is not None:
                _check_drivers(read_configuration(wanted.content, self._role))
            self._configured.take(Version(number=wanted.version, content=wanted.content), working(self._states()))
        except (ValueError, SettingsError) as error:
            self._configured.refuse(wanted.version, str(error))
            await self._tell()
        else:
            self._end()


def tables_of(settings: Settings) -> dict[str, Any]:
    """What of the settings the hub may set, as it stands now."""
    tables: dict[str, Any] = {name: getattr(settings, name) for name in TABLES}
    told: dict[str, Any] = msgspec.to_builtins({name: table for name, table in tables.items() if table is not None})
    return told


def restart() -> None:
    """End this agent as a signal from outside would: it puts everything down, and is started anew."""
    os.kill(os.getpid(), signal.SIGTERM)


def _check_drivers(wanted: Configuration) -> None:
    known = driver_names()
    for name, part in wanted.parts.items():
        if part.driver not in known:
            raise SettingsError(f"Part “{name}”: this device has no driver “{part.driver}”.")
