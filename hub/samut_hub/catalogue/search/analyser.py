"""Text to search terms, the same way for titles and for questions.

Two streams. Clusters and their pairs find: they need no dictionary, so a name, a loan word or a part of a compound is
found wherever it stands. Words (ICU) only rank, because no segmenter cuts names alike twice.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import icu

ANALYSER_VERSION = 1
"""Raise it when the same text would give other terms: indexes made by another version are built anew."""
LONGEST_TERM = 64

_DROPPED = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_DIGITS = {0x0E50 + digit: str(digit) for digit in range(10)}
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
_PRIVATE = {
    **dict(zip(range(0xF700, 0xF705), "ฐิีึื", strict=True)),
    **dict(zip(range(0xF705, 0xF70A), "่้๊๋์", strict=True)),
    **dict(zip(range(0xF70A, 0xF70F), "่้๊๋์", strict=True)),
    0xF70F: "ญ",
    **dict(zip(range(0xF710, 0xF713), "ัํ็", strict=True)),
    **dict(zip(range(0xF713, 0xF718), "่้๊๋์", strict=True)),
    **dict(zip(range(0xF718, 0xF71B), "ฺุู", strict=True)),
}
"""Letters of old Windows and Macintosh Thai fonts, moved aside so that marks do not collide."""

_TONE = "่-๋"
_SPLIT = (
    (re.compile("([ก-ฮ]) า(?=[ก-ฮ])"), r"\1ำ"),
    (re.compile(f"([ก-ฮ]) ([{_TONE}])า"), r"\1\2ำ"),
    (re.compile(f"([ก-ฮ][{_TONE}]) า"), r"\1ำ"),
    (re.compile("([ก-ฮ]) ำ"), r"\1ำ"),
)
"""Texts out of PDF files have ำ in two, with a space: ท างาน."""
_REPAIRS = (
    (re.compile(f"ํ([{_TONE}]?)[าๅ]"), r"\1ำ"),
    (re.compile(f"([{_TONE}])ํ[าๅ]"), r"\1ำ"),
    *_SPLIT,
    (re.compile("เเ"), "แ"),
    (re.compile(f"([{_TONE}์])([ัิีึืฺุู็])"), r"\2\1"),
    (re.compile(f"([{_TONE}ะาำๅัิีึืฺุู็์ํ])\\1+"), r"\1"),
    (re.compile("ๅ"), "า"),
)
_PLAIN = re.compile("[\\x00-\\x7f\u0e01-\u0e7f]*")
_BROKEN = re.compile(f"[ํๅ]|เเ|[ก-ฮ][{_TONE}]? [าำ{_TONE}]|[{_TONE}์][ัิีึืฺุู็]|([{_TONE}ะาำัิีึืฺุู็์])\\1")
"""Whether any repair applies: most texts are sound."""
_AM = "\ue000"
_THAI = "ก-ฮะ-ฺเ-๎"
_CLUSTER = re.compile(
    f"[เแโใไ]?[ก-ฮ][ัิีึืฺุู็์ํ๎{_TONE}]*[ะาำ]?[{_TONE}]?"  # Thai: a consonant with all that is written around it
    f"|[{_THAI}]"
    r"|[\u0e80-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # other writing without spaces
    r"|(?:(?![\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[^\W_]|[\u0900-\u0dff])+"
)
_THAI_RUN = re.compile(f"[{_THAI}]+")
_local = threading.local()


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Small letters without accents, Thai as it should have been typed; for terms only, never for display."""
    if not _PLAIN.fullmatch(text):
        text = _plain(text)
    text = text.translate(_DIGITS).lower()
    if _BROKEN.search(text):
        for wrong, right in _REPAIRS:
            text = wrong.sub(right, text)
    return text


def rejoin(text: str) -> str:
    """Without the spaces that copying put inside words; all else stays as typed."""
    for wrong, right in _SPLIT:
        text = wrong.sub(right, text)
    return text


def clusters(text: str) -> list[str]:
    """The clusters of normal text in order: ดิวอี้ → ดิ ว อี้; a run of Latin letters or digits is one."""
    return [found[0][:LONGEST_TERM] for found in _CLUSTER.finditer(text)]


def recall_terms(text: str) -> Iterator[str]:
    """Each cluster, and each with its neighbour, spaces ignored."""
    parts = clusters(normalise(text))
    yield from dict.fromkeys(parts)
    yield from dict.fromkeys(first + second for first, second in pairwise(parts))


def query_terms(text: str) -> list[str]:
    """What a field must have to hold the text: all its pairs, or its one cluster."""
    parts = clusters(normalise(text))
    return list(dict.fromkeys(first + second for first, second in pairwise(parts))) or parts


def words(text: str) -> list[str]:
    """Words as ICU cuts them; Thai next to other writing is cut apart before."""
    normal = normalise(text)
    cut, at = [], 0
    for run in _THAI_RUN.finditer(normal):
        cut += clusters(normal[at : run.start()]) + _thai_words(run[0])
        at = run.end()
    return cut + clusters(normal[at:])


def _thai_words(run: str) -> list[str]:
    breaks = _breaks()
    breaks.setText(run)
    return [run[first:last][:LONGEST_TERM] for first, last in pairwise((0, *breaks))]


def _breaks() -> icu.BreakIterator:
    """One for each thread: a break iterator holds the text it is at."""
    if not hasattr(_local, "breaks"):
        _local.breaks = icu.BreakIterator.createWordInstance(icu.Locale("th"))
    return _local.breaks


def _plain(text: str) -> str:
    """Compatible letters made one (NFKC, which would take ำ apart), accents and invisible characters dropped."""
    text = text.translate(_PRIVATE).replace("ำ", _AM)
    text = unicodedata.normalize("NFKC", text).translate(_DROPPED).lower().translate(_LATIN)
    text = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text).replace(_AM, "ำ")
