"""The catalogue with many titles: bringing them in, the search index, pages of the public catalogue."""

import http.client
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from urllib.parse import urlencode

import psutil

from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.synthetic.service import add_synthetic_titles, is_held
from samut_hub.catalogue.synthetic.titles import description, words
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.libraries.service import add_library
from tests.bench.figures import Figure, quantile
from tests.bench.homes import home_on
from tests.postgres import PostgresServer
from tests.system.world import BIN, answers, wait_until

QUESTIONS, PAGES, DETAILS, TYPED = 400, 400, 200, 200
CLIENTS = 4
REBUILD_AIMS = {100_000: 60.0, 1_000_000: 600.0}


@dataclass(frozen=True)
class Hub:
    """A hub with one library and made-up titles; its pages are served by a process of their own."""

    config: Config
    database: Database
    titles: int


def measure_on_both(size: int) -> list[list[Figure]]:
    """The same figures for SQLite and for PostgreSQL."""
    with PostgresServer() as server:
        return [measure(size), measure(size, server.url(server.new_database()))]


def measure(size: int, database: str = "") -> list[Figure]:
    """All figures of a hub with so many titles."""
    with home_on(database) as (config, opened):
        hub = Hub(config, opened, size)
        figures = [*_fill(hub), *_search(hub)]
        with _serving(hub) as (port, server):
            return [*figures, *_pages(hub, port, server)]


def _fill(hub: Hub) -> Iterator[Figure]:
    with hub.database.session(None) as session:
        library_id = add_library(session, "north", name_th="เหนือ", name_en="North").id
    took = _seconds(lambda: add_synthetic_titles(hub.database, library_id, hub.titles, now=datetime.now(UTC)))
    yield Figure(
        "Made-up titles brought in", hub.titles / took, "per second", None, "made, written, linked, with items"
    )
    indexer = Indexer(hub.database, hub.config.search_index)
    took = _seconds(indexer.rebuild)
    yield Figure("Index built anew", took, "s", REBUILD_AIMS.get(hub.titles))
    os.sync()  # else the disk is still busy with what was written while searches are measured
    size = sum(path.stat().st_size for path in hub.config.search_index.rglob("*") if path.is_file())
    yield Figure("Index on disk", size / 1e6, "MB")
    yield Figure("Memory of the indexing process", psutil.Process().memory_info().rss / 1e6, "MB")


def _search(hub: Hub) -> Iterator[Figure]:
    index = TitleIndex(hub.config.search_index)
    asked = questions(hub.titles, QUESTIONS)
    for question in asked[:40]:
        index.search(question, facets=True)
    took = _each(asked, lambda question: index.search(question, facets=True))
    yield Figure("Engine, page with facets, p50", quantile(took, 0.5), "ms")
    yield Figure("Engine, page with facets, p95", quantile(took, 0.95), "ms", 15)
    typed = list(_typed(hub.titles))
    index.suggest(typed[0])
    took = _each(typed, index.suggest)
    yield Figure("Type-ahead, p95", quantile(took, 0.95), "ms", 50)


def _pages(hub: Hub, port: int, server: psutil.Process) -> Iterator[Figure]:
    asked = [f"/find?{urlencode({'q': text})}" for text in questions(hub.titles, PAGES, seed=2)]
    _ask(port, asked[:30])
    before = _processor_seconds(server)
    took, sizes = _by_clients(port, asked)
    spent = (_processor_seconds(server) - before) / len(asked) * 1000
    yield Figure(f"Results page, {CLIENTS} clients, p50", quantile(took, 0.5), "ms")
    yield Figure(f"Results page, {CLIENTS} clients, p95", quantile(took, 0.95), "ms", 100)
    yield Figure("Results page, CPU", spent, "ms", 30)
    yield Figure("Results page, largest HTML", max(sizes) / 1000, "kB", 60)
    held = [number + 1 for number in range(10 * DETAILS) if is_held(number)]
    details = [f"/title/{title_id}" for title_id in Random(3).sample(held, DETAILS)]
    _ask(port, details[:20])
    before = _processor_seconds(server)
    _ask(port, details)
    yield Figure("Title page, CPU", (_processor_seconds(server) - before) / len(details) * 1000, "ms", 15)
    memory = sum(one.memory_full_info().pss for one in (server, *server.children(recursive=True)))
    yield Figure("Memory, pages", memory / 1e6, "MB")


def questions(titles: int, count: int, *, seed: int = 1) -> list[str]:
    """What people type, in eleven classes: words frequent and rare, joined, left out, names, whole titles, ISBN."""
    chance = Random(seed)
    makers = (
        lambda: words("thai_nouns").words[chance.randrange(20)],
        lambda: words("thai_nouns").words[chance.randrange(20, 120)],
        lambda: words("english_nouns").words[chance.randrange(150)],
        lambda: " ".join(chance.sample(words("thai_nouns").words[:120], 2)),
        lambda: " OR ".join(chance.sample(words("thai_nouns").words[:120], 2)),
        lambda: "{} ไม่ {}".format(*chance.sample(words("thai_nouns").words[:120], 2)),
        lambda: _title(chance, titles).author.split("; ")[0],
        lambda: _title(chance, titles).title,
        lambda: "{0.title} {0.author}".format(_title(chance, titles)),
        lambda: _title(chance, titles).isbn or "9786160000000",
        lambda: f'"{_title(chance, titles).title}"',
    )
    return [makers[place % len(makers)]() for place in range(count)]


def _title(chance: Random, titles: int) -> Description:
    return description(chance.randrange(titles))


def _typed(titles: int) -> Iterator[str]:
    chance = Random(4)
    for place in range(TYPED):
        text = description(chance.randrange(titles)).title
        yield text[: 2 + place % 12]


@contextmanager
def _serving(hub: Hub) -> Iterator[tuple[int, psutil.Process]]:
    port = hub.config.http_port
    process = subprocess.Popen([str(BIN / "samut"), "--home", str(hub.config.home), "serve"])
    try:
        wait_until("pages", lambda: answers(port))
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _by_clients(port: int, paths: Sequence[str]) -> tuple[list[float], list[int]]:
    shares = [paths[first::CLIENTS] for first in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = [answer for answered in clients.map(lambda share: _ask(port, share), shares) for answer in answered]
    return [took for took, _ in answers], [size for _, size in answers]


def _ask(port: int, paths: Sequence[str]) -> list[tuple[float, int]]:
    """Milliseconds and bytes of each answer, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers = []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Language": "th"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        answers.append(((time.perf_counter() - began) * 1000, len(body)))
    connection.close()
    return answers


def _processor_seconds(server: psutil.Process) -> float:
    times = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return sum(spent.user + spent.system for spent in times)


def _each(texts: Sequence[str], work: Callable[[str], object]) -> list[float]:
    """Milliseconds for each."""
    return [_seconds(partial(work, text)) * 1000 for text in texts]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
