"""A chip of gpio-sim: inputs are pulled by hand, outputs looked at, as with a bench full of wires."""

import os
import time
from pathlib import Path

CONFIG = Path("/sys/kernel/config/gpio-sim/bench")
LINES = 28


class SimChip:
    """Number 0 of the computer. A line that nobody drives has the level it is pulled to."""

    def __init__(self) -> None:
        bank = CONFIG / "bank"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text(str(LINES))
        (CONFIG / "live").write_text("1")
        device, chip = ((CONFIG / "dev_name").read_text().strip(), (bank / "chip_name").read_text().strip())
        self.number = int(chip.removeprefix("gpiochip"))
        self._lines = Path("/sys/devices/platform", device, chip)
        os.environ.update(RPI_LGPIO_CHIP=str(self.number), RPI_LGPIO_REVISION="c04170")

    def level(self, pin: int) -> int:
        return int((self._lines / f"sim_gpio{pin}" / "value").read_text())

    def pull(self, pin: int, level: int) -> None:
        """A resistor, or for an input whatever is wired to it."""
        (self._lines / f"sim_gpio{pin}" / "pull").write_text("pull-up" if level else "pull-down")

    def levels_during(self, pin: int, seconds: float) -> list[tuple[float, int]]:
        """Each change of the level with its time, beginning with now."""
        began, seen = time.monotonic(), [(0.0, self.level(pin))]
        while (now := time.monotonic() - began) < seconds:
            level = self.level(pin)
            if level != seen[-1][1]:
                seen.append((now, level))
        return seen
