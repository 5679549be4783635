"""A gpiochip made of nothing, by lgpio's names: as much of it as rpi-lgpio calls for outputs.

`lines` are the levels of the pins that are outputs now. `listeners` are told of each change, on the thread of whoever
made it; a pin that became an input has the level None.
"""

from collections.abc import Callable

SET_PULL_NONE = SET_BIAS_DISABLE = 0x80
SET_PULL_UP = SET_BIAS_PULL_UP = 0x20
SET_PULL_DOWN = SET_BIAS_PULL_DOWN = 0x40
RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
GPIO_BUSY = -76
NO_SUCH_CHIP = -78

INPUT, OUTPUT = 0x100, 0x200
PINS = 28

lines: dict[int, int] = {}
inputs: set[int] = set()
listeners: list[Callable[[int, int | None], None]] = []
is_present = True
"""Set to False to try what happens when the chip is missing."""


class error(Exception):  # noqa: N801, N818 # lgpio's name
    pass


def error_text(code: int) -> str:
    return f"error {code}"


def gpiochip_open(chip: int) -> int:
    if not is_present:
        raise error(error_text(NO_SUCH_CHIP))
    return chip


def gpiochip_close(chip: int) -> int:
    return chip


def gpio_get_chip_info(chip: int) -> tuple[int, int, str, str]:
    return 0, PINS, f"gpiochip{chip}", "samut-virtual"


def gpio_get_mode(chip: int, gpio: int) -> int:
    if gpio in lines:
        return OUTPUT | 0x2
    return INPUT if gpio in inputs else 0


def gpio_claim_output(chip: int, gpio: int, level: int = 0, flags: int = 0) -> int:
    inputs.discard(gpio)
    return gpio_write(chip, gpio, level)


def gpio_claim_input(chip: int, gpio: int, flags: int = 0) -> int:
    inputs.add(gpio)
    if lines.pop(gpio, None) is not None:
        _tell(gpio, None)
    return 0


def gpio_free(chip: int, gpio: int) -> int:
    inputs.discard(gpio)
    return 0


def gpio_read(chip: int, gpio: int) -> int:
    return lines.get(gpio, 0)


def gpio_write(chip: int, gpio: int, level: int) -> int:
    if not is_present:
        raise error(error_text(NO_SUCH_CHIP))
    lines[gpio] = int(level)
    _tell(gpio, int(level))
    return 0


def _tell(gpio: int, level: int | None) -> None:
    for listener in listeners:
        listener(gpio, level)
