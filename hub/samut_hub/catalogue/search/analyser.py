"""Text to search terms, the same way for titles and for questions.

Two streams. Clusters and their pairs find: they need no dictionary, so a name, a loan word or a part of a compound is
found wherever it stands. Words (ICU) only rank, because no segmenter cuts names alike twice. English words stand by
their stems (Porter2) in both.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import icu
import Stemmer

ANALYSER_VERSION = 2
"""Raise it when the same text would give other terms: indexes made by another version are built anew."""
LONGEST_TERM = 64
APART = "\x1f"
"""Stands between values that repeat, so that no phrase runs from one into the next."""

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
_ENGLISH = re.compile("[a-z]")
_THAI_RUN = re.compile(f"[{_THAI}]+")
_local = threading.local()


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Small letters without accents, Thai as it should have been typed; for terms only, never for display."""
    if text.isascii():
        return text.lower()
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
    parts: list[str] = _CLUSTER.findall(text)
    return parts if len(text) <= LONGEST_TERM else [part[:LONGEST_TERM] for part in parts]


def cluster_spans(text: str) -> list[tuple[int, int]]:
    """Where each cluster of normal text begins and ends."""
    return [found.span() for found in _CLUSTER.finditer(text)]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read once for all that is made of it: clusters and words in normal form, English with its endings.

    `stems` and `word_stems` are the same with English words cut to their stems.
    """

    normal: str
    written: list[str]
    words: list[str]
    stems: list[str]
    word_stems: list[str]
    pairs: list[str]


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    """Nobody changes a reading: names, subjects and publishers come again and again, and are read once."""
    normal = normalise(text)
    written = clusters(normal)
    cut = _words(normal, written)
    stems = _stems(normal, written)
    return Reading(normal, written, cut, stems, stems if cut is written else _stems(normal, cut), _pairs(stems))


@lru_cache(maxsize=1 << 14)
def stem(cluster: str) -> str:
    """`libraries` and `library` have one stem; what is not English stays."""
    return _stemmer().stemWord(cluster) if cluster.isascii() and cluster.isalpha() else cluster


def pairs(text: str) -> list[str]:
    """Each cluster joined with the next one, in order; spaces are ignored."""
    normal = normalise(text)
    return _pairs(_stems(normal, clusters(normal)))


def recall_terms(readings: Iterable[Reading]) -> list[str]:
    """Terms that find: the pairs where they stand, each text apart from the next, then every cluster once."""
    terms: list[str] = []
    alone: dict[str, None] = {}
    for reading in readings:
        terms += reading.pairs
        terms.append(APART)
        alone |= dict.fromkeys(reading.stems)
    return [*terms, *alone]


def query_terms(text: str) -> list[str]:
    """What a field must have to hold the text: all its pairs, or its one cluster."""
    return list(dict.fromkeys(pairs(text))) or [stem(cluster) for cluster in clusters(normalise(text))]


def words(text: str) -> list[str]:
    """Words as ICU cuts them, those of Thai first; Thai next to other writing is cut apart before."""
    return read(text).word_stems


def _pairs(stems: list[str]) -> list[str]:
    return list(map(str.__add__, stems, stems[1:]))


def _stems(normal: str, parts: list[str]) -> list[str]:
    return list(map(stem, parts)) if _ENGLISH.search(normal) else parts


def _words(normal: str, written: list[str]) -> list[str]:
    runs = _THAI_RUN.findall(normal)
    if not runs:
        return written
    return _thai_words(" ".join(runs)) + clusters(_THAI_RUN.sub(" ", normal))


def _thai_words(runs: str) -> list[str]:
    """Of runs of Thai with a space between them."""
    breaks = _breaks()
    breaks.setText(runs)
    ends = list(breaks)
    cut = [runs[first:last][:LONGEST_TERM] for first, last in zip([0, *ends], ends, strict=False)]
    return [word for word in cut if word != " "]


def _breaks() -> icu.BreakIterator:
    """One for each thread: a break iterator holds the text it is at."""
    if not hasattr(_local, "breaks"):
        _local.breaks = icu.BreakIterator.createWordInstance(icu.Locale("th"))
    return _local.breaks


def _stemmer() -> Stemmer.Stemmer:
    """One for each thread: it keeps the word it is at."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english", 10_000)
    return _local.stemmer


def _plain(text: str) -> str:
    """Compatible letters made one (NFKC, which would take ำ apart), accents and invisible characters dropped."""
    text = text.translate(_PRIVATE).replace("ำ", _AM)
    text = unicodedata.normalize("NFKC", text).translate(_DROPPED).lower().translate(_LATIN)
    text = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text).replace(_AM, "ำ")
