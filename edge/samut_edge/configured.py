"""What the hub set this device to do, kept beside its settings file: one file with what holds and what held before.

A new configuration is on trial: each start of the agent is counted before anything else is done, and one that does
not come up well is given up for the one before. The file is replaced whole, so a power cut leaves one or the other.
Where the disk is full the agent goes on with what it knows in memory, and is told the same after its next start.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from samut_edge.durable import write_whole
from samut_edge.errors import SettingsError
from samut_wire.configuration import TABLES

log = logging.getLogger(__name__)

FILE = "configuration.json"
STARTS = 3
"""So often a configuration on trial may start the agent."""
LONGEST_FAULT = 1_000
NONE_REFUSED = -1
"""0 would be the settings file."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """`number` 0 without `content` is the settings file alone."""

    number: int = 0
    content: dict[str, Any] | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file. While `before` is there, `now` is on trial: `starts` counts, `worked` are the parts that worked then.

    `refused` is the last version that was given up, 0 the settings file, and `fault` says why.
    """

    now: Version = Version()
    before: Version | None = None
    starts: int = 0
    worked: tuple[str, ...] = ()
    refused: int = NONE_REFUSED
    fault: str = ""


def read_kept(folder: Path) -> Kept:
    """A file that cannot be read counts for nothing: then the settings file holds, and the hub sends its own anew."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s): the device works by its settings file", path, error)
        return Kept()


def merged(table: Mapping[str, Any], version: Version) -> dict[str, Any]:
    """The settings file's table with all that the hub may set replaced, where it has set something."""
    if version.content is None:
        return dict(table)
    return {**{key: value for key, value in table.items() if key not in TABLES}, **version.content}


class Configured:
    """The file of this device in the hands of its one agent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kept = read_kept(folder)

    @property
    def is_on_trial(self) -> bool:
        return self.kept.before is not None

    def begin(self) -> None:
        """The agent starts. A trial that was begun too often, or cannot be counted, is given up before its parts are
        touched."""
        if not self.is_on_trial:
            return
        if self.kept.starts >= STARTS:
            self.give_up(f"the agent ended {self.kept.starts} times before it worked")
            return
        try:
            self._write(msgspec.structs.replace(self.kept, starts=self.kept.starts + 1))
        except SettingsError as error:
            self.give_up(str(error))

    def take(self, version: Version, worked: tuple[str, ...]) -> None:
        """Try this one from the next start on. What is on trial already never becomes the one to go back to.
        Raises SettingsError when there is no room for it."""
        before = self.kept.before or self.kept.now
        self._write(Kept(now=version, before=before, worked=self.kept.worked if self.is_on_trial else worked))

    def confirm(self) -> None:
        """It came up well."""
        self._keep(Kept(now=self.kept.now))

    def refuse(self, number: int, fault: str) -> None:
        """It is not even tried."""
        self._keep(msgspec.structs.replace(self.kept, refused=number, fault=fault[:LONGEST_FAULT]))

    def give_up(self, fault: str) -> bool:
        """Go back to the one before, from the next reading of the settings on; False when nothing is on trial."""
        if self.kept.before is None:
            return False
        log.error("configuration %d is given up: %s", self.kept.now.number, fault)
        self._keep(Kept(now=self.kept.before, refused=self.kept.now.number, fault=fault[:LONGEST_FAULT]))
        return True

    def fall_back(self, fault: str) -> bool:
        """The settings cannot be read with it, be it on trial or since the program is another; False when there is
        none. Then the one before holds, or the settings file alone."""
        if not self.is_on_trial and not self.kept.now.number:
            return False
        before = self.kept.before or Version()
        self._keep(Kept(now=before, refused=self.kept.now.number, fault=fault[:LONGEST_FAULT]))
        return True

    def _keep(self, kept: Kept) -> None:
        """It holds from now on, if need be until the agent ends."""
        try:
            self._write(kept)
        except SettingsError as error:
            log.warning("kept in memory only: %s", error)
            self.kept = kept

    def _write(self, kept: Kept) -> None:
        """On the disk when this returns. Raises SettingsError when there is no room for it."""
        path = self._folder / FILE
        try:
            write_whole(path, msgspec.json.encode(kept))
        except OSError as error:
            raise SettingsError(f"{path} cannot be written: {error.strerror}. Make room on the disk.") from None
        self.kept = kept
