"""Printing: a spreadsheet of 200,000 items, a register of 20,000 as PDF, 1,000 labels.

Each thing is measured in a process of its own, so that its memory is known.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import delete, insert, select

from samut_hub.catalogue.labels.layout import Design
from samut_hub.catalogue.labels.presets import BY_KEY
from samut_hub.catalogue.labels.printing import Wish as LabelWish
from samut_hub.catalogue.labels.printing import drawings
from samut_hub.catalogue.labels.typesetting import pdf_of
from samut_hub.catalogue.lists.choosing import Choice, Order
from samut_hub.catalogue.lists.columns import Column, Kind
from samut_hub.catalogue.lists.service import Wish, Words, write_pdf, write_xlsx
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import order_of
from samut_hub.catalogue.synthetic.service import add_synthetic_titles
from samut_hub.db import Database
from samut_hub.libraries.service import add_library
from samut_hub.migrations import upgrade
from tests.bench.figures import Figure
from tests.postgres import PostgresServer

TITLES, ITEMS, REGISTER, LABELS = 5_000, 200_000, 20_000, 1_000
SHEET = "l7651"
WORDS = Words(
    language="th",
    library="ห้องสมุด",
    heading="ทะเบียนหนังสือ",
    about="",
    page="หน้า",
    labels={column.value: column.value for column in Column},
    statuses={},
)


def measure_on_both() -> list[list[Figure]]:
    """The same figures for SQLite and for PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder, PostgresServer() as server:
        urls = (f"sqlite:///{folder}/samut.db", server.url(server.new_database()))
        return [list(measure(url)) for url in urls]


def measure(url: str) -> Iterator[Figure]:
    """All figures of a database that this fills."""
    library = _fill(url)
    for name, aim, work in (
        (f"Excel of {ITEMS:,} items by title", 30, spreadsheet),
        (f"Register of {REGISTER:,} items as PDF", None, register),
        (f"{LABELS:,} labels as PDF", 10, labels),
    ):
        seconds, megabytes = _alone(work, url, library)
        yield Figure(name, seconds, "s", aim)
        yield Figure(f"{name}, memory", megabytes, "MB", None, "with Python and its libraries")


def spreadsheet(url: str, library: int) -> None:
    wish = Wish(kind=Kind.ITEMS, choice=Choice(), order=Order.TITLE)
    database = Database(url)
    with database.session(library, writes=False) as session, tempfile.TemporaryFile() as out:
        assert write_xlsx(session, wish, WORDS, out) == ITEMS


def register(url: str, library: int) -> None:
    wish = Wish(kind=Kind.REGISTER, choice=Choice(last=_number(REGISTER - 1)))
    database = Database(url)
    with database.session(library, writes=False) as session, tempfile.TemporaryFile() as out:
        assert write_pdf(session, wish, WORDS, out, pictures=Path(tempfile.gettempdir())) == REGISTER


def labels(url: str, library: int) -> None:
    wish = LabelWish(sheet=SHEET, design=Design(), language="th")
    with Database(url).session(library, writes=False) as session:
        ids = session.scalars(select(Item.id).order_by(Item.accession_order).limit(LABELS)).all()
        assert pdf_of(BY_KEY[SHEET].sheet, list(drawings(session, ids, wish)))


def _fill(url: str) -> int:
    """A library with so many items of fewer titles."""
    database, now = Database(url), datetime.now(UTC)
    upgrade(database.engine)
    with database.session(None) as session:
        library = add_library(session, "north", name_th="เหนือ", name_en="North").id
    add_synthetic_titles(database, library, TITLES, now=now)
    with database.session(library) as session:
        session.execute(delete(Item))
        titles = session.execute(select(Title.id, Title.call_key)).all()
        for start in range(0, ITEMS, 10_000):
            rows = [_item(number, library, *titles[number % TITLES]) for number in range(start, start + 10_000)]
            session.execute(insert(Item), [{**row, "added_at": now, "changed_at": now} for row in rows])
    database.close()
    return library


def _item(number: int, library: int, title_id: int, call_key: bytes | None) -> dict[str, object]:
    named = _number(number)
    return {
        "library_id": library,
        "title_id": title_id,
        "call_key": call_key,
        "accession_number": named,
        "accession_order": order_of(named),
        "barcode": named,
        "price": 25_000,
        "source": "งบประมาณ",
    }


def _number(number: int) -> str:
    return f"B{number:06d}"


def _alone(work: Callable[[str, int], None], url: str, library: int) -> tuple[float, float]:
    """Seconds, and megabytes at the most, of the process or of a child of it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured, work, url, library).result()


def _measured(work: Callable[[str, int], None], url: str, library: int) -> tuple[float, float]:
    before = time.perf_counter()
    work(url, library)
    took = time.perf_counter() - before
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return took, most / 1024
