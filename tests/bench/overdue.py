"""The night's work over very many loans that are out: automatic renewals, fines that run on, and who is told."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.nightly import renew_all
from samut_hub.circulation.running_fines import run_fines
from samut_hub.db import Database
from samut_hub.libraries.service import add_library
from samut_hub.members.groups import add_type
from samut_hub.members.models import Member
from samut_hub.notices.gathering import gather
from samut_hub.notices.settings import settings_to_change
from tests.bench.figures import Figure
from tests.bench.homes import home_on
from tests.postgres import PostgresServer

LOANS, MEMBERS, TITLES = 100_000, 20_000, 5_000
SECONDS = 60
SECRET = b"not a secret at all, for tests.."
NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
"""Two in the morning of a Tuesday in Bangkok."""


def measure_on_both(loans: int = LOANS) -> list[list[Figure]]:
    """On SQLite, then on PostgreSQL."""
    with PostgresServer() as server:
        return [_measure("", loans), _measure(server.url(server.new_database()), loans)]


def _measure(url: str, loans: int) -> list[Figure]:
    with home_on(url) as (_config, database):
        library = _fill(database, loans)
        renewed = _timed(f"Automatic renewal of {loans:,} loans", loans, lambda: renew_all(database, library, NIGHT))
        with database.session(library) as session:
            session.execute(update(Loan).values(due_at=NIGHT - timedelta(days=3)))
        fined = _timed(f"Overdue run over {loans:,} loans", loans, lambda: run_fines(database, library, NIGHT))
        later = NIGHT + timedelta(days=1)
        again = _timed("The same the night after", loans, lambda: run_fines(database, library, later))
        _let_tell(database, library)
        name = f"Notices of {loans:,} overdue loans to {MEMBERS:,} members"
        told = _timed(name, min(loans, MEMBERS), lambda: gather(database, library, NIGHT, SECRET))
    return [renewed, fined, again, told]


def _let_tell(database: Database, library: int) -> None:
    with database.session(library) as session:
        own = settings_to_change(session, library)
        own.smtp_host, own.sender = "mail.example.ac.th", "library@example.ac.th"
        session.execute(update(Member).values(email="manee@example.ac.th"))


def _timed(name: str, expected: int, work: Callable[[], int]) -> Figure:
    began = time.perf_counter()
    done = work()
    took = time.perf_counter() - began
    assert done == expected, (name, done)
    return Figure(name, took, "s", SECONDS)


def _fill(database: Database, loans: int) -> int:
    """As many loans as items, spread over the members."""
    library = fill_shelves(database, loans, open_loans=loans // MEMBERS)
    with database.session(library) as session:
        items, members = session.scalars(select(Item.id)).all(), session.scalars(select(Member.id)).all()
        rows = [_loan(library, item, members[number % MEMBERS]) for number, item in enumerate(items)]
        session.execute(insert(Loan), rows)
    take_statistics(database)
    return library


def take_statistics(database: Database) -> None:
    """What PostgreSQL does by itself within minutes of such an import; before, it plans as for empty tables."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def fill_shelves(database: Database, items: int, *, open_loans: int = 0) -> int:
    """A library of pupils with so many loans each, and so many items; its rules renew by themselves."""
    with database.session(None) as session:
        library = add_library(session, "north", name_th="เหนือ", name_en="North").id
        session.add(MaterialType(code="book", name_th="หนังสือ", name_en="Book"))
    with database.session(library) as session:
        kind = add_type(session, "pupil", "นักเรียน", "Pupil").id
        session.add(LoanRule(loan_days=7, max_items=50, max_renewals=5, fine_per_day=100, auto_renew=True))
        plain = {"sort_title": b"", "sort_author": b"", "changed_at": NIGHT}
        session.execute(insert(Title), [{"title": f"นิทาน {number}", **plain} for number in range(TITLES)])
        session.execute(insert(Member), [_member(number, library, kind, open_loans) for number in range(MEMBERS)])
        titles = session.scalars(select(Title.id)).all()
        session.execute(insert(Item), [_item(number, library, titles) for number in range(items)])
    return library


def _member(number: int, library: int, kind: int, open_loans: int) -> dict[str, object]:
    return {
        "library_id": library,
        "number": f"{number + 10_000}",
        "type_id": kind,
        "name_th": f"มานี {number}",
        "sort_name": b"",
        "joined_on": NIGHT.date(),
        "changed_at": NIGHT,
        "open_loans": open_loans,
    }


def _item(number: int, library: int, titles: Sequence[int]) -> dict[str, object]:
    named = f"B{number:06d}"
    same = {"added_at": NIGHT, "changed_at": NIGHT, "accession_number": named, "barcode": named}
    return {"library_id": library, "title_id": titles[number % TITLES], **same}


def _loan(library: int, item: int, member: int) -> dict[str, object]:
    due = NIGHT + timedelta(hours=20)
    known = {"lent_at": NIGHT - timedelta(days=7), "due_at": due, "source": "desk:dao", "trace": []}
    return {"library_id": library, "item_id": item, "member_id": member, **known}
