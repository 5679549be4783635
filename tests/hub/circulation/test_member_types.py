"""Types and groups as a library makes them up, and what a type may borrow, for how long and at what fine."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.members.models import Group, Member, MemberType
from samut_rules.reasons import Code
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, item, member, put_on_shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MANY = 60


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def administrator(shelf: Shelf, sign_in: SignIn) -> FlaskClient:
    return sign_in("administrator")


@pytest.mark.requirement("M-06")
def test_a_library_makes_up_as_many_types_and_groups_as_it_likes(
    administrator: FlaskClient, database: Database, shelf: Shelf
) -> None:
    for place in range(MANY):
        names = {"name_th": f"ประเภท {place}", "name_en": f"Type {place}"}
        administrator.post("/members/types", data={"code": f"own_{place}", **names})
        administrator.post("/members/groups", data={"name": f"ชมรม {place}", "level": "0"})
    with database.session(shelf.library) as session:
        types = session.scalars(
            select(MemberType).where(MemberType.code.startswith("own_")).order_by(MemberType.id)
        ).all()
        clubs = session.scalars(select(Group).order_by(Group.id)).all()
        assert (len(types), len(clubs)) == (MANY, MANY)
        pupil = member(session, shelf.pupil)
        pupil.type_id, pupil.group_id = types[-1].id, clubs[-1].id
    assert "Type 59" in administrator.get("/members/1").text
    assert "ชมรม 59" in administrator.get(f"/members/?group={clubs[-1].id}").text
    for address in (f"/members/types/{types[-1].id}/remove", f"/members/groups/{clubs[-1].id}/remove"):
        assert "1 members" in administrator.post(address, follow_redirects=True).text
    administrator.post(f"/members/types/{types[0].id}", data={"name_th": "ศิษย์เก่า", "name_en": "Former pupil"})
    administrator.post(f"/members/groups/{clubs[0].id}/remove")
    with database.session(shelf.library) as session:
        assert session.get_one(MemberType, types[0].id).name_en == "Former pupil"
        assert session.get(Group, clubs[0].id) is None


@pytest.mark.requirement("M-08")
def test_each_type_has_its_own_rights_days_and_fines(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        guest = MemberType(code="guest", name_th="ผู้เยี่ยมชม", name_en="Guest")
        session.add_all([guest, LoanRule(member_type="guest", max_items=0)])
        session.flush()
        member(session, shelf.other).type_id = guest.id
    with database.session(shelf.library) as session:
        people = {number: member(session, number) for number in (shelf.pupil, shelf.teacher, shelf.other)}
        given = {}
        for number, barcode in zip(people, (shelf.book, shelf.second, shelf.third), strict=True):
            source = "desk:dao"
            given[number] = lend(
                session, member=people[number], item=item(session, barcode), now=clock(), source=source
            )
        days = {n: (one.loan.due_at.date() - clock().date()).days for n, one in given.items() if one.loan is not None}
        sundays = (1, 5)
        assert (days[shelf.pupil], days[shelf.teacher]) == (7 + sundays[0], 30 + sundays[1])
        assert [reason.code for reason in given[shelf.other].decision.reasons] == [Code.LIMIT_REACHED]
        late = clock() + timedelta(days=40)
        fines = [
            take_back(session, item=item(session, one), now=late, source="d").fine.amount
            for one in (shelf.book, shelf.second)
        ]
        assert fines[0] > 0
        assert fines[1] == 0
        assert session.scalar(select(Member.debt).where(Member.number == shelf.pupil)) == fines[0]
