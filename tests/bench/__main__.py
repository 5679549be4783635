"""`make bench`: print the table. With --write it also goes into docs/benchmarks.md."""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import catalogue, fleet, importing, many_loans, overdue, printing
from tests.bench.agents import measure_agents
from tests.bench.figures import Figure, machine, side_by_side, spread, table
from tests.bench.lending import DESK, FIRST, measure_desk, stock, time_kiosk
from tests.bench.machines import hub_alone, measure_memory, measure_start, world_on
from tests.bench.sip2 import TOGETHER, measure_sip2
from tests.bench.taps import measure_taps
from tests.postgres import PostgresServer

PAGE = Path(__file__).parent.parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
BOOKS = FIRST + 2 * DESK
IMPORTED = 100_000


def main() -> None:
    """Measure everything, one after the other, as the machine has only so many cores."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    arguments.add_argument("--titles", nargs="*", type=int, default=[100_000], help="sizes of the catalogue")
    arguments.add_argument("--fleet", type=int, default=200, help="devices that come back together, 20 at least")
    load = os.getloadavg()
    print("Measuring; this takes a few minutes.", flush=True)
    wanted = arguments.parse_args()
    text = "\n\n".join((machine(load), *_tables(wanted.titles, wanted.fleet))) + "\n"
    if wanted.write:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2])


def _tables(sizes: Sequence[int], devices: int) -> Iterator[str]:
    for name, measured in (
        ("Gate", measure_taps),
        ("Agents", _agents),
        ("On SQLite", _lending),
        ("On PostgreSQL", _lending_on_postgres),
        ("Start", measure_start),
    ):
        yield _shown(name, table(measured()))
    yield _shown("Bringing in", side_by_side(importing.measure_on_both(IMPORTED)))
    yield _shown("A fleet comes back", side_by_side(fleet.measure_on_both(devices)))
    yield _shown("Many loans", side_by_side(many_loans.measure_on_both()))
    yield _shown("Each night", side_by_side(overdue.measure_on_both()))
    yield _shown("Printing", side_by_side(printing.measure_on_both()))
    for size in sizes:
        yield _shown(f"Catalogue of {size:,} titles", side_by_side(catalogue.measure_on_both(size)))


def _shown(name: str, rows: str) -> str:
    text = f"**{name}**\n\n{rows}"
    print(f"\n{text}", flush=True)
    return text


def _agents() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder, hub_alone(Path(folder)) as world:
        return measure_agents(world)


def _lending(database: str = "") -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder, world_on(Path(folder), database) as world:
        stocked = stock(world, BOOKS + TOGETHER)
        books = stocked[:BOOKS]
        online, offline = time_kiosk(world, books)
        figures = spread("Kiosk checkout over MQTT", online, p50=25)
        figures += spread("Kiosk checkout, hub away", offline, p50=15)
        figures += [*measure_desk(world, books), *measure_memory(world)]
        return [*figures, *measure_sip2(world, stocked[BOOKS:])]


def _lending_on_postgres() -> list[Figure]:
    with PostgresServer() as server:
        return _lending(server.url(server.new_database()))


if __name__ == "__main__":
    main()
