"""Why a hit matched: which parts of a shown text were asked for."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from samut_hub.catalogue.search.analyser import cluster_spans, clusters, normalise, stem
from samut_hub.catalogue.search.query import Node, parse, terms

_MARKS = "\u0300-\u036fัิ-ฺ็-๎\u200b-\u200d\u2060\ufeff\u00ad\uf700-\uf71a"
_PIECE = re.compile(
    f"[เแโใไ]*[ก-ฮ](?:[{_MARKS}]| ?[{_MARKS}]*[ะาำๅ])*"  # Thai that is put right together, `ท า` too
    f"|.[{_MARKS}]*",
    re.DOTALL,
)
_CONSONANT = re.compile("[ก-ฮ]")


def marked(text: str, question: str | Node | None, *, field: str = "") -> list[tuple[str, bool]]:
    """The text in pieces, and whether each was asked for (anywhere or in this field); joined they are the text."""
    normal, starts = _aligned(text)
    spans = cluster_spans(normal)
    stems = [stem(normal[first:last]) for first, last in spans]
    found = [span for one in _sought(question, field) for span in _occurrences(stems, one)]
    if not found:
        return [(text, False)] if text else []
    hit = [False] * len(text)
    for first, last in found:
        begin, end = starts[spans[first][0]], starts[spans[last - 1][1]]
        hit[begin:end] = [True] * (end - begin)
    return [
        ("".join(letter for letter, _ in group), is_hit)
        for is_hit, group in groupby(zip(text, hit, strict=True), key=lambda one: one[1])
    ]


@lru_cache(maxsize=64)
def _sought(question: str | Node | None, field: str) -> list[list[str]]:
    """The same for all texts of a page."""
    tree = parse(question) if isinstance(question, str) else question
    return [_stems(term.text) for term in terms(tree) if term.field in ("", field) or not field]


def _stems(text: str) -> list[str]:
    return [stem(cluster) for cluster in clusters(normalise(text))]


def _occurrences(stems: Sequence[str], sought: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the one stands within the other: from and up to which place."""
    length = len(sought)
    for first in range(len(stems) - length + 1 if length else 0):
        if stems[first : first + length] == sought:
            yield first, first + length


def _aligned(text: str) -> tuple[str, list[int]]:
    """The normal text, and for each of its letters (and its end) where in the text that begins."""
    normal = normalise(text)
    if len(normal) == len(text):
        return normal, list(range(len(text) + 1))
    parts: list[str] = []
    starts: list[int] = []
    for piece in _PIECE.finditer(text):
        part = _normal(piece[0], text[piece.end() : piece.end() + 1])
        parts.append(part)
        starts += [piece.start()] * len(part)
    return "".join(parts), [*starts, len(text)]


def _normal(piece: str, following: str) -> str:
    """As it is put right before what follows: a split ำ is known by the consonant after it."""
    return normalise(piece + "ก")[:-1] if _CONSONANT.match(following) else normalise(piece)
