"""A small library with two members and a clerk who takes money."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from samut_hub.charges.books import Teller
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member, MemberType
from samut_hub.staff.models import StaffAccount

NOON = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
CLERK = 1
DAO = Teller(till="desk:dao", now=NOON, staff_id=CLERK)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    add_people(database)
    with database.session(1) as session:
        yield session


@pytest.fixture
def manee(session: Session) -> Member:
    return session.get_one(Member, 1)


def add_people(database: Database) -> None:
    """Manee and Piti of one library, and Dao who works there."""
    with database.session(None) as session:
        session.add(Library(id=1, code="ban", name_th="บ้าน", name_en="Ban"))
        session.add(MemberType(id=1, library_id=1, code="pupil", name_th="นักเรียน", name_en="Pupil"))
        session.flush()
        session.add(
            StaffAccount(id=CLERK, library_id=1, username="dao", name="Dao", password_hash="", role="librarian")
        )
        for id_, name in ((1, "มานี"), (2, "ปิติ")):
            session.add(
                Member(
                    id=id_,
                    library_id=1,
                    number=f"1000{id_}",
                    type_id=1,
                    name_th=name,
                    sort_name=b"",
                    joined_on=date(2026, 5, 1),
                    changed_at=NOON,
                )
            )
