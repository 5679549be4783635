"""Breaking Thai and English text into lines without a dictionary: at spaces where it can, else between clusters."""

import re
import unicodedata
from collections.abc import Callable

LEADING_VOWELS = "เแโใไ"
NEVER_FIRST = "ะาำๅๆฯ" + ",.;:!?)]}”’»%"
"""Signs that belong to what stands before them, beside the marks above and below a letter."""

LATIN_RUN = re.compile(r"[^\s\u0E00-\u0E7F]+|[\u0E00-\u0E7F]+|\s+")
ELLIPSIS = "…"
LEAST_LEFT = 3
"""Clusters that the last line has at least, where a space makes that possible."""
FULL_AT_SPACE = 0.5
FULL_AT_SYLLABLE = 0.7
"""A line is broken at a space, or before a vowel that opens a syllable, only when that leaves it at least so full."""


def clusters(text: str) -> list[str]:
    """What may not be torn apart: a letter with its marks and the vowel before it; a word in Latin letters."""
    return [piece for run in LATIN_RUN.findall(text) for piece in _pieces(run)]


def wrap(text: str, width: float, length: Callable[[str], float], most_lines: int) -> list[str]:
    """Lines no longer than `width` by the measure `length`; what does not fit in `most_lines` ends in an ellipsis."""
    rest = _fitting_clusters(" ".join(text.split()), width, length)
    lines: list[str] = []
    while rest and len(lines) < most_lines:
        count = _fitting(rest, width, length)
        if len(lines) + 1 < most_lines:
            count = _leaving_enough(rest, count)
        lines.append("".join(rest[:count]).strip())
        rest = rest[count:]
    if rest:
        lines[-1] = _shorten(clusters(lines[-1]), width, length)
    return lines


def _pieces(run: str) -> list[str]:
    if not "\u0e00" <= run[0] <= "\u0e7f":
        return [run]
    pieces: list[str] = []
    for sign in run:
        if pieces and (_belongs_before(sign) or pieces[-1] in LEADING_VOWELS):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _belongs_before(sign: str) -> bool:
    return sign in NEVER_FIRST or unicodedata.category(sign) == "Mn"


def _fitting_clusters(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """Clusters, with words longer than a whole line cut into letters with their marks."""
    fitting: list[str] = []
    for cluster in clusters(text):
        fitting += [cluster] if length(cluster) <= width else _letters(cluster)
    return fitting


def _letters(word: str) -> list[str]:
    letters: list[str] = []
    for sign in word:
        if letters and unicodedata.category(sign) == "Mn":
            letters[-1] += sign
        else:
            letters.append(sign)
    return letters


def _fitting(rest: list[str], width: float, length: Callable[[str], float]) -> int:
    """How many clusters the next line takes."""
    count = len(rest)
    line = ""
    for number, cluster in enumerate(rest):
        line += cluster
        if length(line.rstrip()) > width:
            count = max(number, 1)
            break
    if count == len(rest):
        return count
    at_space = _last(rest, count, str.isspace, lambda line: length(line) >= width * FULL_AT_SPACE)
    at_syllable = _last(rest, count, _opens_syllable, lambda line: length(line) >= width * FULL_AT_SYLLABLE)
    return at_space or at_syllable or count


def _leaving_enough(rest: list[str], count: int) -> int:
    """Not a letter or two alone on the last line, where there is a space to break at instead."""
    left = len(rest) - count
    return _last(rest, count, str.isspace, bool) or count if 0 < left < LEAST_LEFT else count


def _opens_syllable(cluster: str) -> bool:
    return cluster[0] in LEADING_VOWELS


def _last(rest: list[str], count: int, fits: Callable[[str], bool], is_full: Callable[[str], bool]) -> int:
    """The last place to break before a cluster that `fits`, in a line that is full enough; 0 when there is none."""
    places = range(count, 0, -1)
    return next((end for end in places if fits(rest[end]) and is_full("".join(rest[:end]))), 0)


def _shorten(line: list[str], width: float, length: Callable[[str], float]) -> str:
    while line and length("".join(line).rstrip() + ELLIPSIS) > width:
        line = line[:-1]
    return "".join(line).rstrip() + ELLIPSIS
