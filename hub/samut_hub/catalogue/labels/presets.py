"""Label sheets that are ready to choose. Those that nobody measured say so: a guess to start from.

A4 sheets by the makers' product numbers. Elephant A7 (19 × 38 mm) from one public source; the measures of Elephant
A10 and A12 and of Horse are not published.
"""

from dataclasses import dataclass

from samut_hub.catalogue.labels.sheets import Sheet

A4 = (210.0, 297.0)
THERMAL_DPI = 203


@dataclass(frozen=True, slots=True)
class Preset:
    """`is_measured` is false where the sheet is a guess that the librarian must measure."""

    key: str
    name: str
    sheet: Sheet
    is_measured: bool = True


def _sheet(
    paper: tuple[float, float],
    grid: tuple[int, int],
    label: tuple[float, float],
    first: tuple[float, float],
    pitch: tuple[float, float],
    corner: float = 0.0,
) -> Sheet:
    return Sheet(
        width=paper[0],
        height=paper[1],
        columns=grid[0],
        rows=grid[1],
        label_width=label[0],
        label_height=label[1],
        x0=first[0],
        y0=first[1],
        pitch_x=pitch[0],
        pitch_y=pitch[1],
        corner=corner,
    )


def _roll(width: float, height: float) -> Preset:
    sheet = Sheet(
        width=width, height=height, columns=1, rows=1, label_width=width, label_height=height,
        x0=0, y0=0, pitch_x=width, pitch_y=height, corner=1, dpi=THERMAL_DPI,
    )  # fmt: skip
    return Preset(f"roll{width:g}x{height:g}", f"Roll {width:g} × {height:g} mm", sheet)


PRESETS = (
    Preset("l7651", "A4 L7651 · 38.1 × 21.2 mm", _sheet(A4, (5, 13), (38.1, 21.2), (4.7, 10.9), (40.6, 21.2), 2)),
    Preset("l4732", "A4 L4732 · 35.6 × 16.9 mm", _sheet(A4, (5, 16), (35.6, 16.9), (11, 13), (38.1, 16.9), 2)),
    Preset("j8157", "A4 J8157 · 64 × 24.3 mm", _sheet(A4, (3, 11), (64, 24.3), (6, 14), (66.5, 24.3), 2)),
    Preset("l7160", "A4 L7160 · 64 × 38.1 mm", _sheet(A4, (3, 7), (64, 38.1), (7.5, 15.5), (66, 38.1), 2)),
    Preset("l7162", "A4 L7162 · 99.1 × 33.9 mm", _sheet(A4, (2, 8), (99.1, 33.9), (4, 13), (102.5, 33.9), 2)),
    Preset("l7163", "A4 L7163 · 99.1 × 38.1 mm", _sheet(A4, (2, 7), (99.1, 38.1), (3.4, 15.2), (103, 38.1), 2)),
    Preset("38931", "A4 38931 · 70 × 25 mm", _sheet(A4, (3, 11), (70, 25), (0, 10), (70, 25))),
    Preset("c32011", "A4 C32011 · 85 × 54 mm", _sheet(A4, (2, 5), (85, 54), (15, 13.5), (95, 54))),
    Preset("a4-24", "A4 · 70 × 37 mm", _sheet(A4, (3, 8), (70, 37), (0, 0.5), (70, 37))),
    Preset("elephant-a7", "ตราช้าง A7 · 38 × 19 mm", _sheet((205, 175), (5, 8), (38, 19), (1.5, 3.5), (41, 21), 1)),
    Preset(
        "elephant-a10", "ตราช้าง A10", _sheet((205, 175), (4, 6), (46, 25), (4, 5), (50, 28), 1), is_measured=False
    ),
    Preset(
        "elephant-a12", "ตราช้าง A12", _sheet((205, 175), (3, 5), (62, 30), (5, 6), (66, 33), 1), is_measured=False
    ),
    Preset("horse-a10", "ตราม้า A10", _sheet((205, 175), (4, 6), (46, 25), (4, 5), (50, 28), 1), is_measured=False),
    Preset("horse-a12", "ตราม้า A12", _sheet((205, 175), (3, 5), (62, 30), (5, 6), (66, 33), 1), is_measured=False),
    _roll(40, 20),
    _roll(40, 30),
    _roll(50, 25),
    _roll(50, 30),
    _roll(60, 40),
    _roll(30, 20),
)
BY_KEY = {preset.key: preset for preset in PRESETS}
