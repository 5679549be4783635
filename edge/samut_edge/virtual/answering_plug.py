"""A virtual serial device that answers: it hears what the driver sends."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from samut_edge.virtual.serial_plug import SerialPlug


class AnsweringPlug(SerialPlug):
    """`heard` is called with what came, however it is cut up. Plug it in where an event loop runs."""

    def __init__(self, part: str, path: Path, changed: Callable[[], None], heard: Callable[[bytes], None]) -> None:
        super().__init__(part, path, changed)
        self._heard = heard

    def plug_in(self) -> None:
        super().plug_in()
        if self._ends is not None:
            asyncio.get_running_loop().add_reader(self._ends[0], self._read)

    def unplug(self) -> None:
        if self._ends is not None:
            asyncio.get_running_loop().remove_reader(self._ends[0])
        super().unplug()

    def _read(self) -> None:
        if self._ends is not None:
            self._heard(os.read(self._ends[0], 4096))
