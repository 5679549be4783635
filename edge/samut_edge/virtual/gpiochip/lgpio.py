"""A gpiochip made of nothing, by lgpio's names: as much of it as rpi-lgpio calls.

`lines` are the levels of the pins that are outputs now. `listeners` are told of each change, on the thread of whoever
made it; a pin that became an input has the level None. `drive` puts a level on an input from outside, as a wire does.
Edges are told on one thread, after the level has stood still for the time of the debounce.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SET_PULL_NONE = SET_BIAS_DISABLE = 0x80
SET_PULL_UP = SET_BIAS_PULL_UP = 0x20
SET_PULL_DOWN = SET_BIAS_PULL_DOWN = 0x40
RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
GPIO_BUSY = -76
NO_SUCH_CHIP = -78

INPUT, OUTPUT, ALERT = 0x100, 0x200, 0x400
EDGES_BEGIN_AT = 17
PINS = 28

Call = Callable[[int, int, int, int], None]


@dataclass
class Alert:
    """What an input tells of: `seen` is the level it told last."""

    edges: int
    seen: int
    debounce: float = 0.0
    changes: int = 0
    calls: list[Call] = field(default_factory=list)


lines: dict[int, int] = {}
inputs: dict[int, int] = {}
"""The pull of each input."""
driven: dict[int, int] = {}
alerts: dict[int, Alert] = {}
listeners: list[Callable[[int, int | None], None]] = []
busy: set[int] = set()
"""Lines that another program holds."""
is_present = True
"""Set to False to try what happens when the chip is missing."""
_edges: "queue.SimpleQueue[tuple[int, int, float]]" = queue.SimpleQueue()


class error(Exception):  # noqa: N801, N818 # lgpio's name
    pass


def error_text(code: int) -> str:
    return f"error {code}"


def gpiochip_open(chip: int) -> int:
    _check_present()
    return chip


def gpiochip_close(chip: int) -> int:
    return chip


def gpio_get_chip_info(chip: int) -> tuple[int, int, str, str]:
    return 0, PINS, f"gpiochip{chip}", "samut-virtual"


def gpio_get_mode(chip: int, gpio: int) -> int:
    if gpio in lines:
        return OUTPUT | 0x2
    if gpio in alerts:
        return ALERT | inputs[gpio] | alerts[gpio].edges << EDGES_BEGIN_AT
    return INPUT | inputs[gpio] if gpio in inputs else 0


def gpio_claim_output(chip: int, gpio: int, level: int = 0, flags: int = 0) -> int:
    _check_free(gpio)
    inputs.pop(gpio, None)
    return gpio_write(chip, gpio, level)


def gpio_claim_input(chip: int, gpio: int, flags: int = 0) -> int:
    _check_free(gpio)
    inputs[gpio] = flags or SET_PULL_NONE
    alerts.pop(gpio, None)
    if lines.pop(gpio, None) is not None:
        _tell(gpio, None)
    return 0


def gpio_claim_alert(chip: int, gpio: int, edges: int, flags: int = 0, notify_handle: int | None = None) -> int:
    _check_free(gpio)
    inputs[gpio] = flags or inputs.get(gpio, SET_PULL_NONE)
    alerts[gpio] = Alert(edges, gpio_read(chip, gpio))
    return 0


def gpio_set_debounce_micros(chip: int, gpio: int, debounce: int) -> int:
    alerts[gpio].debounce = debounce / 1_000_000
    return 0


class callback:  # noqa: N801 # lgpio's name
    def __init__(self, chip: int, gpio: int, edge: int = RISING_EDGE, func: Call | None = None) -> None:
        self._calls = alerts[gpio].calls
        self._call = func or (lambda *_: None)
        self._calls.append(self._call)

    def cancel(self) -> None:
        if self._call in self._calls:
            self._calls.remove(self._call)


def gpio_free(chip: int, gpio: int) -> int:
    inputs.pop(gpio, None)
    alerts.pop(gpio, None)
    return 0


def gpio_read(chip: int, gpio: int) -> int:
    _check_present()
    if gpio in lines:
        return lines[gpio]
    return driven.get(gpio, int(inputs.get(gpio) == SET_PULL_UP))


def gpio_write(chip: int, gpio: int, level: int) -> int:
    _check_present()
    lines[gpio] = int(level)
    _tell(gpio, int(level))
    return 0


def drive(gpio: int, level: int | None) -> None:
    """Put a level on an input from outside; None lets go of the wire, and its pull decides."""
    if level is None:
        driven.pop(gpio, None)
    else:
        driven[gpio] = level
    alert = alerts.get(gpio)
    if alert is not None:
        alert.changes += 1
        _edges.put((gpio, alert.changes, time.monotonic() + alert.debounce))


def _run_edges() -> None:
    while True:
        gpio, change, due = _edges.get()
        time.sleep(max(0.0, due - time.monotonic()))
        alert = alerts.get(gpio)
        if alert is not None and alert.changes == change:
            _tell_edge(gpio, alert)


def _tell_edge(gpio: int, alert: Alert) -> None:
    level = gpio_read(0, gpio) if is_present else alert.seen
    if level == alert.seen:
        return
    alert.seen = level
    if alert.edges & (RISING_EDGE if level else FALLING_EDGE):
        for call in list(alert.calls):
            call(0, gpio, level, time.monotonic_ns())


def _check_present() -> None:
    if not is_present:
        raise error(error_text(NO_SUCH_CHIP))


def _check_free(gpio: int) -> None:
    _check_present()
    if gpio in busy:
        raise error("GPIO busy")


def _tell(gpio: int, level: int | None) -> None:
    for listener in listeners:
        listener(gpio, level)


threading.Thread(target=_run_edges, name="edges", daemon=True).start()
