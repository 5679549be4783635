"""A virtual serial device: a pseudo terminal, with a link at the path where the driver looks for it."""

import os
import tty
from collections.abc import Callable
from pathlib import Path

from samut_edge.errors import SettingsError
from samut_edge.virtual.faults import BenchError


class SerialPlug:
    """Entering plugs it in. Unplugging hangs up, as pulling out a USB plug does."""

    def __init__(self, part: str, path: Path, changed: Callable[[], None]) -> None:
        if path.exists() and not path.is_symlink():
            raise SettingsError(f"Part “{part}”: {path} is a real device or file. Give a virtual one another path.")
        self.path = path
        self._changed = changed
        self._ends: tuple[int, int] | None = None

    @property
    def is_plugged_in(self) -> bool:
        return self._ends is not None

    def plug_in(self) -> None:
        if self._ends is None:
            self._ends = os.openpty()
            tty.setraw(self._ends[1])
            link_to(os.ttyname(self._ends[1]), self.path)
            self._changed()

    def unplug(self) -> None:
        if self._ends is not None:
            for end in self._ends:
                os.close(end)
            self._ends = None
            self.path.unlink(missing_ok=True)
            self._changed()

    def send(self, text: bytes) -> None:
        """What the device sends. Raises BenchError when it is unplugged."""
        if self._ends is None:
            raise BenchError("อุปกรณ์ถูกถอดสายอยู่", "The device is unplugged.")
        os.write(self._ends[0], text)


def link_to(terminal: str, path: Path) -> None:
    """In one step, so that nobody ever sees half a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(terminal)
    new.replace(path)
