"""Writes all titles into a new index: one process writes, others read the titles and make their terms."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache, partial
from itertools import islice

import tantivy
from sqlalchemy import select

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.search.documents import Terms, document, terms_of
from samut_hub.catalogue.search.facts import facts_between
from samut_hub.db import Database

BATCH = 500
MEMORY = 1_000_000_000
"""For what is not written yet: some 330,000 titles. Each time it is full a part of the index is written, and every
search looks into each part; so a million titles are in a handful, and a small library never needs so much."""
FEW = 10
"""So many batches are not worth starting processes for."""
_AHEAD = 4
"""Batches that wait to be written; they are all that is in memory."""
Span = tuple[int, int]
"""The first and the last number of a batch."""


def write_all(database: Database, index: tantivy.Index, tell: Callable[[int], None]) -> int:
    """Every title of the database; `tell` hears how many are done."""
    writer, done = index.writer(MEMORY, 1), 0
    for made in _made(database):
        for terms in made:
            writer.add_document(document(terms))
        done += len(made)
        tell(done)
    writer.commit()
    writer.wait_merging_threads()
    return done


def _made(database: Database) -> Iterator[list[Terms]]:
    """The terms of all batches in order; processes are started when there is much to do."""
    spans = _spans(database)
    first = list(islice(spans, FEW))
    yield from map(partial(_terms, database), first)
    if len(first) == FEW:
        yield from _made_elsewhere(database, spans)


def _spans(database: Database) -> Iterator[Span]:
    last = 0
    while numbers := _numbers(database, last):
        yield numbers[0], numbers[-1]
        last = numbers[-1]


def _numbers(database: Database, last: int) -> list[int]:
    """Of the next titles, those that were merged into others among them."""
    with database.session(None, writes=False) as session:
        return [*session.scalars(select(Title.id).where(Title.id > last).order_by(Title.id).limit(BATCH))]


def _terms(database: Database, span: Span) -> list[Terms]:
    with database.session(None, writes=False) as session:
        titles = facts_between(session, *span)
    return [terms_of(title) for title in titles]


def _made_elsewhere(database: Database, spans: Iterator[Span]) -> Iterator[list[Terms]]:
    """By processes that each read the database: to send them the titles would take a tenth of the time."""
    fresh = multiprocessing.get_context("spawn")
    url = database.engine.url.render_as_string(hide_password=False)
    waiting: deque[Future[list[Terms]]] = deque()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh, initializer=_collect_by_batches) as pool:
        for span in spans:
            waiting.append(pool.submit(_terms_read_here, url, span))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _collect_by_batches() -> None:
    """Looking for rings of garbage again and again while terms are made would take a sixth of the time."""
    gc.disable()
    gc.freeze()


def _terms_read_here(url: str, span: Span) -> list[Terms]:
    gc.collect()
    return _terms(_opened(url), span)


@cache
def _opened(url: str) -> Database:
    return Database(url)
