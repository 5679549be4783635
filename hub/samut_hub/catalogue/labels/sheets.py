"""A sheet of labels in millimetres: where each label lies, and whether the measures can be true."""

from dataclasses import dataclass, replace
from enum import StrEnum

SLACK = 0.05
"""Millimetres by which measures taken with a ruler may contradict each other."""
LASER_DPI = 600


class Fault(StrEnum):
    """Why measures cannot be those of a sheet."""

    OFF_THE_RIGHT = "off_the_right"
    OFF_THE_BOTTOM = "off_the_bottom"
    OVERLAP_ACROSS = "overlap_across"
    OVERLAP_DOWN = "overlap_down"
    CORNER_TOO_ROUND = "corner_too_round"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`x0`, `y0` are the distances of the first label from the left and upper edge of the paper; `pitch_x`, `pitch_y`
    go from the left (upper) edge of one label to that of the next. `offset_x`, `offset_y` and `scale` correct what
    the printer does: what is printed moves right, down and grows by them. `dpi` are the dots of the printer. A roll
    is a sheet of one label."""

    width: float
    height: float
    columns: int
    rows: int
    label_width: float
    label_height: float
    x0: float
    y0: float
    pitch_x: float
    pitch_y: float
    corner: float = 0.0
    offset_x: float = 0.0
    offset_y: float = 0.0
    scale: float = 1.0
    dpi: int = LASER_DPI

    @property
    def labels(self) -> int:
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        return self.labels == 1

    def place_of(self, position: int) -> tuple[float, float]:
        """Left and upper edge of a label on the paper; position 0 is the first, then along the row."""
        row, column = divmod(position, self.columns)
        return self.x0 + column * self.pitch_x, self.y0 + row * self.pitch_y

    def sheets_for(self, labels: int, start: int) -> int:
        """How many sheets so many labels need when the first goes on label `start`, counted from 1."""
        return -(-(labels + start - 1) // self.labels) if labels else 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What someone measured on the printed test page: how far the outlines lie right of and below the real labels
    (millimetres, negative for left and above), and how long its line came out."""

    right: float
    down: float
    line: float


def faults_of(sheet: Sheet) -> list[Fault]:
    """What cannot be true of the measures."""
    right = sheet.x0 + (sheet.columns - 1) * sheet.pitch_x + sheet.label_width
    bottom = sheet.y0 + (sheet.rows - 1) * sheet.pitch_y + sheet.label_height
    found = {
        Fault.OFF_THE_RIGHT: right > sheet.width + SLACK,
        Fault.OFF_THE_BOTTOM: bottom > sheet.height + SLACK,
        Fault.OVERLAP_ACROSS: sheet.columns > 1 and sheet.pitch_x < sheet.label_width - SLACK,
        Fault.OVERLAP_DOWN: sheet.rows > 1 and sheet.pitch_y < sheet.label_height - SLACK,
        Fault.CORNER_TOO_ROUND: 2 * sheet.corner > min(sheet.label_width, sheet.label_height) + SLACK,
    }
    return [fault for fault, is_there in found.items() if is_there]


def line_of(sheet: Sheet) -> int:
    """Length of the line on the test page: 100 mm where the paper is wide enough."""
    return min(100, int(sheet.width - 5) // 10 * 10)


def corrected(sheet: Sheet, reading: Reading) -> Sheet:
    """The sheet with the printer's faults taken out, as the test page showed them."""
    return replace(
        sheet,
        offset_x=round(sheet.offset_x - reading.right, 2),
        offset_y=round(sheet.offset_y - reading.down, 2),
        scale=round(sheet.scale * line_of(sheet) / reading.line, 4),
    )
