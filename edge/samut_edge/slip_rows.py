"""A slip in a printer's own letters: rows of text, and Thai in the bytes of a printer that has it (TIS-620)."""

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category

from samut_edge.slip import COPY, WHY_COPY, Slip
from samut_edge.slip_text import wrap

THAI = "cp874"
TONES, BELOW = "่้๊๋์", "ฺุู"
NIKHAHIT, AA, AM = "\u0e4d", "\u0e32", "\u0e33"
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a slip; `big` letters are twice as wide and high."""

    text: str
    centred: bool = False
    bold: bool = False
    big: bool = False


def slip_rows(slip: Slip, columns: int) -> tuple[list[Row], list[Row]]:
    """What stands above the QR code and below it, in lines of at most so many letters."""
    return _wrapped(_body(slip, columns), columns), _wrapped([Row(slip.footer, centred=True)], columns)


def is_writable(rows: list[Row]) -> bool:
    """Whether a Thai code page has all the signs: Chinese, or a letter with an accent, would be a question mark."""
    try:
        "".join(row.text for row in rows).encode(THAI)
    except UnicodeEncodeError:
        return False
    return True


def in_one_pass(text: str) -> bytes:
    """For a printer that puts marks over and under their letters itself."""
    return text.replace(NIKHAHIT + AA, AM).encode(THAI)


def in_passes(text: str) -> list[bytes]:
    """For a printer that cannot: a line for what stands above the letters, the letters, and what stands below.

    A tone over a vowel takes a line of its own above both. Empty lines are left out, but that of the letters.
    All are equally long, so that they stay together in the middle of the paper too.
    """
    if not text:
        return [b""]
    tones, above, letters, below = (bytes(line) for line in zip(*map(_cell, _cells(text)), strict=True))
    lines = [(tones, False), (above, False), (letters, True), (below, False)]
    return [line for line, always in lines if always or line.strip()]


def cells(text: str) -> int:
    """How many letters' room a text takes: marks take none, and nor does the ring of สระอำ."""
    return sum(category(sign) != "Mn" for sign in text)


def _body(slip: Slip, columns: int) -> Iterator[Row]:
    if slip.copy:
        yield Row(COPY, centred=True, bold=True, big=True)
        yield Row(WHY_COPY, centred=True)
    yield Row(slip.library, centred=True, bold=True)
    yield Row(slip.heading, centred=True, big=True)
    yield Row(slip.printed_at, centred=True)
    if slip.notice:
        yield Row(slip.notice, centred=True, bold=True)
    yield Row("-" * columns)
    yield Row(slip.member, bold=True)
    yield Row("-" * columns)
    for number, line in enumerate(slip.lines, 1):
        yield Row(f"{number}. {line.title}")
        yield Row(f"   {line.barcode}")
        yield Row(f"   {line.note}", bold=True)
    yield Row("-" * columns)


def _wrapped(rows: "Iterator[Row] | list[Row]", columns: int) -> list[Row]:
    return [line for row in rows for line in _lines(row, columns // 2 if row.big else columns)]


def _lines(row: Row, columns: int) -> list[Row]:
    indent = " " * (len(row.text) - len(row.text.lstrip()))
    lines = wrap(row.text, columns - len(indent), cells, MOST_LINES)
    return [Row(indent + line, row.centred, row.bold, row.big) for line in lines]


def _cells(text: str) -> list[str]:
    """Letters with their marks; สระอำ is a ring over the letter before it and an อา after it."""
    found: list[str] = []
    for sign in text.replace(AM, NIKHAHIT + AA):
        if found and category(sign) == "Mn":
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _cell(cell: str) -> tuple[int, int, int, int]:
    """The bytes of one letter's place: tone over a vowel, mark above, letter, mark below."""
    letter, marks = cell[0], cell[1:]
    below = next((mark for mark in marks if mark in BELOW), " ")
    vowel = next((mark for mark in marks if mark not in BELOW and mark not in TONES), "")
    tone = next((mark for mark in marks if mark in TONES), "")
    over, above = (tone or " ", vowel) if vowel else (" ", tone or " ")
    return over.encode(THAI)[0], above.encode(THAI)[0], letter.encode(THAI)[0], below.encode(THAI)[0]
