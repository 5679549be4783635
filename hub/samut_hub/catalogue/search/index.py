"""The search index of titles: a folder beside the application, thrown away and built anew when it must be.

Any number of processes search; one writes (`samut_hub.catalogue.search.indexer`).
"""

import threading
from collections.abc import Iterable
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.analyser import query_terms, words
from samut_hub.catalogue.search.criteria import EVERYTHING, NOTHING, Filters, Hits, Kind, Sort, Suggestion
from samut_hub.catalogue.search.index_format import (
    FIELDS,
    Written,
    open_index,
    read_progress,
    schema,
    stamp,
    whole_title,
)

__all__ = ["DEEPEST", "NOTHING", "Filters", "Hits", "Kind", "Sort", "Suggestion", "TitleIndex"]

DEEPEST = 10_000
"""Nobody pages further; a search engine that is asked to would sort all titles."""
_WHOLE_TITLE = 60.0


class TitleIndex:
    """What the indexer left in `path`; a folder that is not there yet finds nothing. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schema = schema()
        self._lock = threading.Lock()
        self._stamp: Written | None = None
        self._folder = ""
        self._index: tantivy.Index | None = None

    def search(
        self,
        question: str | q.Node | None,
        *,
        filters: Filters = EVERYTHING,
        sort: Sort = Sort.BEST,
        page: int = 1,
        per_page: int = 20,
        facets: bool = False,
    ) -> Hits:
        """Titles that fit the question and the filters; None asks for all titles that fit the filters."""
        searcher = self._searcher()
        tree = q.parse(question) if isinstance(question, str) else question
        offset = (max(page, 1) - 1) * per_page
        if searcher is None or tree is None or offset >= DEEPEST or not any(map(query_terms, q.terms(tree))):
            return NOTHING
        text = question if isinstance(question, str) else " ".join(q.terms(tree))
        found = searcher.search(self._query(text, tree, next(iter(filters.materials), "")), per_page, offset=offset)
        ids = searcher.fast_field_values("id", [address for _, address in found.hits])
        total: int = found.count  # type: ignore[attr-defined]  # tantivy's stubs leave it out
        return Hits(total, tuple(int(number) for number in ids if number is not None))

    def suggest(self, text: str, *, filters: Filters = EVERYTHING, limit: int = 10) -> list[Suggestion]:
        """Titles, authors and subjects that contain what was typed so far, those that start with it first."""
        return []

    def did_you_mean(self, text: str) -> str:
        """The question with its misspelt words put right, if that finds more; else empty."""
        return ""

    def _searcher(self) -> tantivy.Searcher | None:
        written = stamp(self._path)
        with self._lock:
            if written != self._stamp:
                self._open_present()
                self._stamp = written
            return None if self._index is None else self._index.searcher()

    def _open_present(self) -> None:
        """An index may be replaced and removed between reading its name and opening it: then the new one is named."""
        try:
            self._open()
        except ValueError:
            self._index = None
            self._open()

    def _open(self) -> None:
        progress = read_progress(self._path)
        if progress is None:
            self._index, self._folder = None, ""
        elif self._index is None or progress.folder != self._folder:
            self._index = open_index(self._path, progress)
            self._index.config_reader("manual")
            self._folder = progress.folder
        if self._index is not None:
            self._index.reload()

    def _query(self, text: str, tree: q.Node, material: str) -> Query:
        wanted = [(Occur.Must, _silent(self._finds(tree)))]
        if material:
            wanted.append((Occur.Must, _silent(self._term("material", material))))
        whole = self._term("whole_title", whole_title(text))
        best = [(Occur.Should, Query.const_score_query(whole, _WHOLE_TITLE))]
        return Query.boolean_query(wanted + best + [(Occur.Should, rank) for rank in self._ranks(q.terms(tree))])

    def _finds(self, node: q.Node) -> Query:
        match node:
            case q.Term(text):
                return self._has(text)
            case q.Not(part):
                return _all_but([self._names(part)])
            case q.Or(parts):
                return Query.boolean_query([(Occur.Should, self._finds(part)) for part in parts])
            case q.And(parts):
                wanted = [(Occur.Must, self._finds(part)) for part in parts if not isinstance(part, q.Not)]
                without = [(Occur.MustNot, self._names(part.part)) for part in parts if isinstance(part, q.Not)]
                return Query.boolean_query((wanted or [(Occur.Must, Query.all_query())]) + without)

    def _has(self, text: str) -> Query:
        """All pairs of the text in one part of the record; a text without letters is in every record."""
        pairs = query_terms(text)
        if not pairs:
            return Query.all_query()
        return _any(self._every(f"{field}_has", pairs) for field in FIELDS)

    def _names(self, node: q.Node) -> Query:
        """Titles that NOT leaves out: those with the word itself, so that NOT ตา keeps ตาราง."""
        if isinstance(node, q.Term):
            cut = words(node.text)
            return _any(self._every(f"{field}_words", cut) for field in FIELDS) if cut else Query.empty_query()
        return self._finds(node)

    def _every(self, field: str, terms: list[str]) -> Query:
        return Query.boolean_query([(Occur.Must, self._term(field, term)) for term in terms])

    def _ranks(self, texts: list[str]) -> list[Query]:
        cut = list(dict.fromkeys(word for text in texts for word in words(text)))[: q.MOST_TERMS]
        return [
            Query.boost_query(Query.term_query(self._schema, f"{field}_words", word, "freq"), weight)
            for word in cut
            for field, weight in FIELDS.items()
        ]

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, "basic")


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all_but(queries: Iterable[Query]) -> Query:
    unwanted = [(Occur.MustNot, query) for query in queries]
    return Query.boolean_query([(Occur.Must, Query.all_query()), *unwanted])


def _silent(query: Query) -> Query:
    """Finds, but says nothing about how good a hit is."""
    return Query.const_score_query(query, 0.0)
