"""Did you mean: words of the titles that are written nearly like those of a question that found little."""

from itertools import islice

from tantivy import Searcher

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.analyser import normalise
from samut_hub.catalogue.search.answering import count_of, sample, values_of
from samut_hub.catalogue.search.criteria import EVERYTHING, Filters
from samut_hub.catalogue.search.fitting import Fitting
from samut_hub.catalogue.search.index_format import PARTS

_SHORT = 5
_LOOKED_AT, _MOST = 100, 3_000
_MENDED = 3
"""Words of a question that are looked at; a text of which more are unknown is not misspelt."""


def better_question(searcher: Searcher, text: str, filters: Filters) -> str:
    """The text with words replaced that none of the titles has, if the whole then finds more of them; else empty."""
    node = q.parse(text)
    better = text
    written = (term for term in q.terms(node) if term.field in ("", *PARTS))
    unknown = (term for term in written if not _count(searcher, q.Term(term.text, term.field), filters))
    for term in islice(unknown, _MENDED):
        better = better.replace(term.text, nearest(searcher, normalise(term.text), filters) or term.text)
    if better == text or _count(searcher, q.parse(better), filters) <= _count(searcher, node, filters):
        return ""
    return better


def nearest(searcher: Searcher, word: str, filters: Filters = EVERYTHING) -> str:
    """The word in titles, authors and subjects that is nearest to a normal word, the more frequent of two."""
    for distance in (1, 2)[: 1 + (len(word) > _SHORT)]:
        some = sample(searcher, asking.spelt_like(word, distance, filters), most=_LOOKED_AT)
        others = (other for other, _ in values_of(searcher, some, {"spelling": _MOST})["spelling"])
        near = [(edits(word, other), other) for other in others if abs(len(word) - len(other)) <= distance]
        best = [(far, -searcher.doc_freq("spelling", other), other) for far, other in near if 0 < far <= distance]
        if best:
            return min(best)[2]
    return ""


def edits(one: str, other: str) -> int:
    """How many letters must be put in, left out, replaced or swapped with the next to make one of the other."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for at, letter in enumerate(one):
        last, row, older = row, [at + 1], before
        for place, wanted in enumerate(other):
            cost = min(last[place] + (letter != wanted), last[place + 1] + 1, row[place] + 1)
            if at and place and letter == other[place - 1] and one[at - 1] == wanted:
                cost = min(cost, older[place - 1] + 1)
            row.append(cost)
        before = last
    return row[-1]


def _count(searcher: Searcher, node: q.Node | None, filters: Filters) -> int:
    return 0 if node is None else count_of(searcher, Fitting(searcher, node, filters).all())
