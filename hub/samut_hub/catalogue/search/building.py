"""Writes all titles into a new index: one process reads and writes, others make the terms."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

import tantivy

from samut_hub.catalogue.search.documents import Terms, document, terms_of
from samut_hub.catalogue.search.facts import TitleFacts, facts_after
from samut_hub.db import Database

BATCH = 500
MEMORY = 1_000_000_000
"""For what is not written yet: some 330,000 titles. Each time it is full a part of the index is written, and every
search looks into each part; so a million titles are in a handful, and a small library never needs so much."""
FEW = 5_000
"""So many titles are not worth starting processes for."""
_AHEAD = 4
"""Batches that wait to be written; they are all that is in memory."""


def write_all(database: Database, index: tantivy.Index, tell: Callable[[int], None]) -> int:
    """Every title of the database; `tell` hears how many are done."""
    writer, done = index.writer(MEMORY, 1), 0
    for made in _made(_batches(database)):
        for terms in made:
            writer.add_document(document(terms))
        done += len(made)
        tell(done)
    writer.commit()
    writer.wait_merging_threads()
    return done


def all_terms(titles: Sequence[TitleFacts]) -> list[Terms]:
    return [terms_of(title) for title in titles]


def _batches(database: Database) -> Iterator[list[TitleFacts]]:
    last = 0
    while titles := _after(database, last):
        yield titles
        last = titles[-1].id


def _after(database: Database, last: int) -> list[TitleFacts]:
    with database.session(None, writes=False) as session:
        return facts_after(session, last, limit=BATCH)


def _made(batches: Iterator[list[TitleFacts]]) -> Iterator[list[Terms]]:
    """The terms of all batches in order; processes are started when there is much to do."""
    first = [batch for _, batch in zip(range(FEW // BATCH), batches, strict=False)]
    yield from map(all_terms, first)
    if len(first) == FEW // BATCH:
        yield from _made_elsewhere(batches)


def _made_elsewhere(batches: Iterator[list[TitleFacts]]) -> Iterator[list[Terms]]:
    """Terms hold no rings: looking for them would take a sixth of the time."""
    fresh = multiprocessing.get_context("spawn")
    waiting: deque[Future[list[Terms]]] = deque()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh, initializer=gc.disable) as pool:
        for batch in batches:
            waiting.append(pool.submit(all_terms, batch))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
