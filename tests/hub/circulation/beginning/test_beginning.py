"""A new library begins: with what Thai schools usually have, made once, and only when somebody asks for it."""

from datetime import date

from sqlalchemy import func, select

from samut_hub.circulation.beginning import service
from samut_hub.circulation.beginning.policy import CLASSES, RULES, TYPES, Part
from samut_hub.circulation.models import LoanRule
from samut_hub.db import Database
from samut_hub.libraries.models import Closure, Library
from samut_hub.members.education import add_level
from samut_hub.members.groups import add_group, add_type, member_types
from samut_hub.members.models import EducationLevel, Group, MemberType
from tests.hub.conftest import Libraries

TODAY = date(2026, 11, 23)
FATHERS_DAY = date(2026, 12, 10)


def began(database: Database, library: int, parts: set[Part] | None = None, days: set[date] | None = None) -> None:
    with database.session(library) as session:
        own = session.get_one(Library, library)
        service.make(session, own, set(Part) if parts is None else parts, days or {FATHERS_DAY}, today=TODAY)


def counts(database: Database, library: int) -> list[int]:
    with database.session(library) as session:
        tables = (MemberType, Group, EducationLevel, LoanRule, Closure)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_all_is_made_once_however_often_it_is_asked_for(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        session.get_one(Library, libraries.north).weekly_closed = []
    began(database, libraries.north)
    made = counts(database, libraries.north)
    assert made == [len(TYPES), len(CLASSES), 8, len(RULES), 1]
    began(database, libraries.north)
    assert counts(database, libraries.north) == made
    with database.session(libraries.north) as session:
        own = session.get_one(Library, libraries.north)
        assert own.weekly_closed == [5, 6]
        levels = {one.name: one.level for one in session.scalars(select(Group))}
        assert (levels["ป.3"], levels["ป.4"], levels["ม.1"], levels["ม.6"]) == (2, 3, 4, 5)
        assert service.missing(session, own, TODAY).parts == [Part.HOLIDAYS]
    assert counts(database, libraries.south) == [0] * 5


def test_what_a_library_has_of_its_own_stays_as_it_is(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        add_type(session, "teacher", "อาจารย์", "Lecturer")
        add_group(session, "ม.1")
        add_level(session, "ม.ต้น", "")
        session.add(LoanRule(loan_days=3))
    began(database, libraries.north)
    with database.session(libraries.north) as session:
        assert next(one.name_th for one in member_types(session) if one.code == "teacher") == "อาจารย์"
        assert [rule.loan_days for rule in session.scalars(select(LoanRule))] == [3]
        assert session.get_one(Library, libraries.north).weekly_closed == [6]
        assert set(session.scalars(select(Group.level))) == {None}
    assert counts(database, libraries.north) == [len(TYPES), len(CLASSES), 1, 1, 1]


def test_rules_name_only_types_that_are_there(database: Database, libraries: Libraries) -> None:
    began(database, libraries.north, {Part.RULES})
    with database.session(libraries.north) as session:
        rules = {(rule.member_type, rule.material) for rule in session.scalars(select(LoanRule))}
    assert rules == {(None, None), (None, "equipment"), (None, "tablet")}


def test_holidays_are_of_the_coming_year_and_not_on_weekends(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        session.get_one(Library, libraries.north).weekly_closed = []
        proposed = service.missing(session, session.get_one(Library, libraries.north), TODAY).holidays
    days = [one.on for one in proposed]
    assert days == sorted(days)
    assert FATHERS_DAY in days
    assert days[-1] > date(2027, 10, 1)
    assert all(on >= TODAY for on in days)
    assert {on.weekday() for on in days} <= {0, 1, 2, 3, 4}
