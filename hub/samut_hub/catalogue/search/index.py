"""The search index of titles: a folder beside the application, thrown away and built anew when it must be.

Any number of processes search; one writes (`samut_hub.catalogue.search.indexer`).
"""

import threading
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import tantivy

from samut_hub.catalogue.search.answering import DEEPEST, Request, answer, request_for
from samut_hub.catalogue.search.criteria import EVERYTHING, NOTHING, Facets, Filters, Hits, Kind, Sort, Suggestion
from samut_hub.catalogue.search.index_format import Progress, Written, open_index, read_progress, stamp
from samut_hub.catalogue.search.query import Node
from samut_hub.catalogue.search.spelling import better_question
from samut_hub.catalogue.search.suggesting import suggestions

__all__ = ["DEEPEST", "NOTHING", "Filters", "Hits", "Kind", "Sort", "Suggestion", "TitleIndex"]

_KEPT = 200
"""Questions whose facets are kept for further pages and other orders, and for those who look through everything."""


class TitleIndex:
    """What the indexer left in `path`; a folder that is not there yet finds nothing. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: Written | None = None
        self._progress: Progress | None = None
        self._index: tantivy.Index | None = None
        self._counted: dict[bytes, Facets] = {}

    def search(
        self,
        question: str | Node | None,
        *,
        filters: Filters = EVERYTHING,
        sort: Sort = Sort.BEST,
        page: int = 1,
        per_page: int = 20,
        facets: bool = False,
    ) -> Hits:
        """Titles that fit the question and the filters; an empty one or None asks for all that fit the filters."""
        request = request_for(question)
        if request is None:
            return NOTHING
        offset = (max(page, 1) - 1) * per_page
        return self.answer(replace(request, filters=filters, sort=sort, offset=offset, limit=per_page, facets=facets))

    def answer(self, request: Request) -> Hits:
        """One page; facets that were counted for this question since the last commit are not counted again."""
        searcher = self._searcher()
        if searcher is None:
            return NOTHING
        asked = _key(f"{self._stamp} {request.node} {request.filters}")
        counted = self._counted.get(asked) if request.facets else None
        hits = answer(searcher, replace(request, facets=request.facets and counted is None))
        if request.facets and counted is None:
            self._keep(asked, hits.facets)
        return hits if counted is None else replace(hits, facets=counted)

    def _keep(self, asked: bytes, facets: Facets) -> None:
        with self._lock:
            self._counted[asked] = facets
            if len(self._counted) > _KEPT:
                del self._counted[next(iter(self._counted))]

    def suggest(self, text: str, *, filters: Filters = EVERYTHING, limit: int = 10) -> list[Suggestion]:
        """Titles, authors and subjects that contain what was typed so far, those that start with it first."""
        searcher = self._searcher()
        return [] if searcher is None else suggestions(searcher, text, filters, limit)

    def did_you_mean(self, text: str, *, filters: Filters = EVERYTHING) -> str:
        """The question with its misspelt words put right, if that finds more that fits the filters; else empty."""
        searcher = self._searcher()
        return "" if searcher is None else better_question(searcher, text, filters)

    @property
    def followed(self) -> int:
        """The last of `title_changes` that is in the index; 0 when there is no index."""
        self._searcher()
        return 0 if self._progress is None else self._progress.top

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
            self._index, self._progress = None, None
            self._open()

    def _open(self) -> None:
        progress = read_progress(self._path)
        if progress is None:
            self._index = None
        elif self._index is None or self._progress is None or progress.folder != self._progress.folder:
            self._index = open_index(self._path, progress)
            self._index.config_reader("manual")
        self._progress = progress
        if self._index is not None:
            self._index.reload()


def _key(asked: str) -> bytes:
    """Short, however many titles a filter leaves out."""
    return blake2b(asked.encode(errors="surrogatepass"), digest_size=16).digest()
