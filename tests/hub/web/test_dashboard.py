"""The first page: who is in, and what happened today."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, inspect

from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.circulation.models import Conflict, Loan
from samut_hub.db import Database
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member, MemberType
from samut_hub.visits.models import Visit
from samut_hub.web.dashboard import NAMES_SHOWN, Today, today
from tests.hub.conftest import Clock, Libraries, SignIn


class School:
    """Members of north who come and go, on the day of the clock."""

    def __init__(self, database: Database, libraries: Libraries, clock: Clock) -> None:
        self.database, self.north, self.clock = database, libraries.north, clock
        with database.session(libraries.north) as session:
            session.add(MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil"))

    def pupils(self, count: int) -> list[int]:
        with self.database.session(self.north) as session:
            kind = session.query(MemberType).one()
            pupils = [
                Member(
                    number=f"1{number:04}",
                    type=kind,
                    name_th=f"นักเรียน {number}",
                    name_en=f"Pupil {number}",
                    sort_name=b"",
                    joined_on=date(2026, 5, 1),
                    changed_at=self.clock(),
                )
                for number in range(count)
            ]
            session.add_all(pupils)
            session.flush()
            return [pupil.id for pupil in pupils]

    def tap(self, pupil: int | None, direction: str, *, hour: int, allowed: bool = True, day: int = 23) -> None:
        at = datetime(2026, 11, day, hour, tzinfo=UTC) - timedelta(hours=7)
        with self.database.session(self.north) as session:
            session.add(
                Visit(device="gate", reader="a", direction=direction, member_id=pupil, allowed=allowed, at=at)
            )

    def lend(self, pupil: int, *, lent: datetime, due: datetime, returned: datetime | None = None) -> None:
        with self.database.session(self.north) as session:
            if session.get(MaterialType, "book") is None:
                session.add(MaterialType(code="book", name_th="หนังสือ", name_en="Book"))
                session.flush()
            title = Title(title="ปลาบู่ทอง", sort_title=b"", sort_author=b"", changed_at=lent)
            barcode = f"B{session.query(Item).count()}"
            item = Item(title=title, accession_number=barcode, barcode=barcode, added_at=lent, changed_at=lent)
            session.add_all((title, item))
            session.flush()
            session.add(
                Loan(item=item, member_id=pupil, lent_at=lent, due_at=due, returned_at=returned, source="desk")
            )

    def today(self, library: int | None = None) -> Today:
        with self.database.session(library or self.north, writes=False) as session:
            return today(session, session.get_one(Library, library or self.north), self.clock())


@pytest.fixture
def school(database: Database, libraries: Libraries, clock: Clock) -> School:
    return School(database, libraries, clock)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def test_who_came_in_and_has_not_left_is_in(school: School) -> None:
    stayed, left, came_back, refused, yesterday = school.pupils(5)
    school.tap(stayed, "in", hour=8)
    school.tap(left, "in", hour=8)
    school.tap(left, "out", hour=9)
    school.tap(came_back, "in", hour=8)
    school.tap(came_back, "out", hour=9)
    school.tap(came_back, "in", hour=10)
    school.tap(refused, "in", hour=8, allowed=False)
    school.tap(yesterday, "in", hour=16, day=22)
    school.tap(None, "in", hour=8, allowed=False)
    seen = school.today()
    assert [one.member.id for one in seen.inside] == [came_back, stayed]
    assert (seen.inside_count, seen.figures.visits) == (2, 4)


def test_a_refused_tap_on_the_way_out_does_not_let_anybody_out(school: School) -> None:
    (pupil,) = school.pupils(1)
    school.tap(pupil, "in", hour=8)
    school.tap(pupil, "out", hour=9, allowed=False)
    assert school.today().inside_count == 1


def test_loans_returns_and_what_is_overdue_are_counted(school: School, clock: Clock) -> None:
    (pupil,) = school.pupils(1)
    now, day = clock(), timedelta(days=1)
    school.lend(pupil, lent=now, due=now + 7 * day)
    school.lend(pupil, lent=now - 9 * day, due=now - 2 * day)
    school.lend(pupil, lent=now - 9 * day, due=now - 2 * day, returned=now)
    school.lend(pupil, lent=now - 9 * day, due=now - 2 * day, returned=now - day)
    figures = school.today().figures
    assert (figures.loans, figures.returns, figures.overdue) == (1, 1, 1)


def test_the_day_begins_at_midnight_of_the_library(school: School, clock: Clock) -> None:
    (pupil,) = school.pupils(1)
    midnight = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    school.lend(pupil, lent=midnight, due=midnight + timedelta(days=7))
    school.lend(pupil, lent=midnight - timedelta(seconds=1), due=midnight + timedelta(days=7))
    assert school.today().figures.loans == 1


def test_only_open_conflicts_need_a_look(
    school: School, clock: Clock, database: Database, libraries: Libraries
) -> None:
    common = {"kind": "newer_loan", "device": "kiosk", "member": "", "barcode": "B1", "detail": ""}
    with database.session(libraries.north) as session:
        session.add(Conflict(**common, happened_at=clock()))
        session.add(Conflict(**common, happened_at=clock(), settled_at=clock()))
    assert school.today().figures.conflicts == 1


def test_south_sees_nothing_of_norths_day(school: School, libraries: Libraries) -> None:
    (pupil,) = school.pupils(1)
    school.tap(pupil, "in", hour=8)
    seen = school.today(libraries.south)
    assert (seen.inside_count, seen.figures.visits) == (0, 0)


def test_a_full_library_costs_no_more_queries_than_an_empty_one(
    school: School, database: Database, sign_in: SignIn, clock: Clock, libraries: Libraries
) -> None:
    browser = sign_in()
    with counted(database) as when_empty:
        browser.get("/")
    for pupil in school.pupils(NAMES_SHOWN + 5):
        school.tap(pupil, "in", hour=9)
    with database.session(libraries.north) as session:
        session.add_all(
            Device(id=f"gate-{n}", role="gate", name=f"Gate {n}", added_at=clock(), changed_at=clock())
            for n in range(9)
        )
    with counted(database) as when_full:
        page = browser.get("/").text
    asked = [statement for statement in when_full if statement.startswith(("SELECT", "WITH"))]
    assert len(asked) == len([statement for statement in when_empty if statement.startswith(("SELECT", "WITH"))])
    assert len(asked) <= 7, "one of them is the menu's, on every page: what waits among the devices"
    assert "and 5 more" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_figure_leads_to_the_list_that_it_counts(school: School, sign_in: SignIn, clock: Clock) -> None:
    pupil, other = school.pupils(2)
    now, day = clock(), timedelta(days=1)
    school.tap(pupil, "in", hour=8)
    school.tap(other, "in", hour=8)
    school.tap(other, "out", hour=9)
    school.lend(pupil, lent=now, due=now + 7 * day)
    school.lend(pupil, lent=now - 9 * day, due=now - 2 * day)
    school.lend(pupil, lent=now - 9 * day, due=now - 2 * day, returned=now)
    browser = sign_in()
    tiles = re.findall(r'<a class="figure-card" href="([^"]+)">.*?<strong>(\d+)</strong>', browser.get("/").text)
    assert [number for _, number in tiles] == ["1", "2", "1", "1", "1"]
    for address, number in tiles:
        page = browser.get(address).text
        assert page.count('<td data-label="Class or department">') == int(number), address
        assert "Pupil 0" in page
    assert "figure-card" in sign_in("assistant").get("/").text


def test_open_loans_stand_in_the_order_in_which_they_fall_due(database: Database) -> None:
    indexes = {index["name"]: index for index in inspect(database.engine).get_indexes("loans")}
    due = indexes["ix_loans_open_due"]
    assert due["column_names"] == ["library_id", "due_at"]
    condition = due["dialect_options"][f"{database.engine.dialect.name}_where"]
    assert "returned_at is null" in str(condition).lower()


def test_the_page_asks_for_its_changing_part_alone(sign_in: SignIn) -> None:
    part = sign_in().get("/", headers={"HX-Request": "true"}).text
    assert "Who is in" in part
    assert "<html" not in part
