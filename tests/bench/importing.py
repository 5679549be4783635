"""Bringing in a file of records while the index follows: until the last record can be found."""

import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import select

import samut_hub.models  # noqa: F401 — all tables, and what follows their changes
from samut_hub.catalogue.imports.files import new_import, store
from samut_hub.catalogue.imports.jobs import carry_out
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.synthetic.titles import description
from samut_hub.config import read_config
from samut_hub.db import Database
from samut_hub.lasting import keep_what_is_loaded
from samut_hub.libraries.service import add_library
from tests.bench.figures import Figure
from tests.bench.homes import home_on
from tests.postgres import PostgresServer

AIM = 1_000.0
PAUSE = 0.2
"""Seconds between two looks for changes, as the worker does."""


def measure_on_both(size: int) -> list[list[Figure]]:
    """The same figures for SQLite and for PostgreSQL."""
    with PostgresServer() as server:
        return [list(measure(size)), list(measure(size, server.url(server.new_database())))]


def measure(size: int, database: str = "") -> Iterator[Figure]:
    """A file of so many records, brought in by a process of its own as the tasks are."""
    spawn = get_context("spawn")
    with home_on(database) as (config, opened), ProcessPoolExecutor(1, mp_context=spawn) as processes:
        with opened.session(None) as session:
            library_id = add_library(session, "north", name_th="เหนือ", name_en="North").id
        with tempfile.TemporaryFile() as file:
            file.writelines(_records(size))
            file.seek(0)
            stored = store(config, file)
        with opened.session(library_id) as session:
            run_id = new_import(session, config, stored, "records.mrc", now=datetime.now(UTC)).id
        began = time.perf_counter()
        following = spawn.Process(target=follow, args=(config.home, run_id), daemon=True)
        following.start()
        seconds, memory = processes.submit(bring_in, config.home, library_id, run_id).result()
        following.join()
        whole = time.perf_counter() - began
    yield Figure(f"Import of {size:,} records", size / seconds, "per second", None, "while the index follows")
    yield Figure(f"Import of {size:,} records, all found", size / whole, "per second", None, f"aim: over {AIM:,.0f}")
    yield Figure(f"Import of {size:,} records, memory", memory, "MB")


def bring_in(home: Path, library_id: int, run_id: int) -> tuple[float, float]:
    """Seconds, and megabytes at the most; begun as the process of a task is."""
    keep_what_is_loaded()
    config = read_config(home)
    began = time.perf_counter()
    run = carry_out(Database(config.database_url), config, (library_id, run_id), tell=lambda done, total: None)
    assert run.refused == 0
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def follow(home: Path, run_id: int) -> None:
    """Keep the index up to date until it has all that the import brought in; begun as the worker is."""
    keep_what_is_loaded()
    config = read_config(home)
    database = Database(config.database_url)
    indexer, is_finished = Indexer(database, config.search_index), False
    while not is_finished:
        with database.session(None, writes=False) as session:
            is_finished = bool(session.scalar(select(Import.finished_at).where(Import.id == run_id)))
        indexer.catch_up()
        time.sleep(PAUSE)


def _records(size: int) -> Iterator[bytes]:
    for number in range(size):
        yield write_record(new_record(description(number)))
