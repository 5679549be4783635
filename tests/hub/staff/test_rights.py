"""Who may do what: roles that a library makes, rights of single persons, and what nobody can give or take."""

import pytest
from flask.testing import FlaskClient

from samut_hub.db import Database
from samut_hub.staff.models import OwnRole, StaffAccount
from samut_hub.staff.policy import ALL, PERMISSIONS, Permission, Role
from samut_hub.tasks import Task
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def allow(database: Database, staff_id: int, *rights: Permission) -> None:
    """Just these, whatever the role gives."""
    with database.session(None) as session:
        account = session.get_one(StaffAccount, staff_id)
        account.granted, account.removed = sorted(rights), sorted(account.rights_of_role - set(rights))


def rights_of(database: Database, staff_id: int) -> frozenset[Permission]:
    with database.session(None) as session:
        return session.get_one(StaffAccount, staff_id).rights


@pytest.fixture
def assistant(libraries: Libraries) -> int:
    return libraries.staff_of["north"][Role.ASSISTANT]


@pytest.fixture
def administrator(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.ADMINISTRATOR)


def test_a_role_of_the_librarys_own_is_made_given_and_changed_for_all_who_have_it(
    administrator: FlaskClient, sign_in: SignIn, database: Database, assistant: int
) -> None:
    news_only = {"name": "ฝ่ายข่าว", "rights": ["edit_news"]}
    assert administrator.post("/staff/roles/new?like=assistant", data=news_only).status_code == 302
    with database.session(None) as session:
        role_id = session.query(OwnRole).one().id
    administrator.post(f"/staff/{assistant}", data={"name": "Dao", "role": str(role_id)})
    dao = sign_in(Role.ASSISTANT)
    assert [dao.get(page).status_code for page in ("/news/written", "/desk/", "/members/")] == [200, 403, 403]
    assert "/desk/" not in dao.get("/").text.partition("<main")[0]
    administrator.post(f"/staff/roles/{role_id}", data={"name": "ข่าวและโต๊ะยืม", "rights": ["edit_news", "circulate"]})
    assert dao.get("/desk/").status_code == 200
    assert administrator.post(f"/staff/roles/{role_id}/remove").status_code == 422


def test_a_single_person_may_more_and_less_than_the_role(
    administrator: FlaskClient, sign_in: SignIn, database: Database, assistant: int
) -> None:
    wanted = (PERMISSIONS[Role.ASSISTANT] - {Permission.SEE_HISTORY}) | {Permission.PRINT_LABELS}
    assert administrator.post(f"/staff/{assistant}/rights", data={"rights": sorted(wanted)}).status_code == 302
    assert rights_of(database, assistant) == wanted
    dao = sign_in(Role.ASSISTANT)
    assert dao.get("/catalogue/labels/").status_code == 200
    assert "Print labels" in dao.get("/my-rights").text
    assert "what a member borrowed" not in dao.get("/my-rights").text


def test_nobody_gives_what_they_have_not(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    librarian, of_north = sign_in(Role.LIBRARIAN), libraries.staff_of["north"]
    allow(database, of_north[Role.LIBRARIAN], Permission.MANAGE_STAFF, *PERMISSIONS[Role.ASSISTANT])
    dao, chief = of_north[Role.ASSISTANT], of_north[Role.ADMINISTRATOR]
    more, role = {"rights": ["edit_rules"]}, {"name": "x", "role": "administrator"}
    new = {"username": "mali", "name": "มะลิ", "role": "librarian", "new": "the library by the river"}
    password = {"new": "morning at the desk", "again": "morning at the desk"}
    asked = [
        librarian.post("/staff/roles/new", data={"name": "x", **more}),
        librarian.post(f"/staff/{dao}/rights", data=more),
        librarian.post(f"/staff/{dao}", data=role),
        librarian.post("/staff/new", data=new),
        librarian.post(f"/staff/{chief}/password", data=password),
        librarian.post(f"/staff/{chief}/active", data={"active": "no"}),
        librarian.post(f"/staff/{of_north[Role.LIBRARIAN]}/rights", data=more),
    ]
    assert [answer.status_code for answer in asked] == [422] * len(asked)
    assert librarian.post(f"/staff/{dao}/rights", data={"rights": ["circulate"]}).status_code == 302


def test_the_last_who_may_do_everything_stays(
    administrator: FlaskClient, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    """Another may do everything too, but by single rights: not what later versions bring."""
    of_north = libraries.staff_of["north"]
    allow(database, of_north[Role.LIBRARIAN], *ALL)
    librarian, chief = sign_in(Role.LIBRARIAN), of_north[Role.ADMINISTRATOR]
    refused = librarian.post(f"/staff/{chief}/active", data={"active": "no"})
    assert (refused.status_code, "last open account" in refused.text) == (422, True)
    assert librarian.post(f"/staff/{chief}", data={"name": "x", "role": "assistant"}).status_code == 422
    assert librarian.post(f"/staff/{chief}/rights", data={"rights": ["circulate"]}).status_code == 422
    administrator.post(f"/staff/{of_north[Role.ASSISTANT]}", data={"name": "Dao", "role": "administrator"})
    assert librarian.post(f"/staff/{chief}/active", data={"active": "no"}).status_code == 302


def test_long_work_is_looked_after_by_who_began_it_or_may_do_the_same(
    sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    of_north = libraries.staff_of["north"]
    with database.session(libraries.north) as session:
        task = Task(kind="member_edit", args={}, made_at=clock(), staff_id=of_north[Role.ADMINISTRATOR])
        session.add(task)
        session.flush()
        address = f"/tasks/{task.id}"
    librarian = sign_in(Role.LIBRARIAN)
    assert librarian.get(address).status_code == 200
    allow(database, of_north[Role.LIBRARIAN], Permission.EDIT_CATALOGUE)
    assert librarian.get(address).status_code == 403
    allow(database, of_north[Role.ADMINISTRATOR], Permission.CIRCULATE)
    administrator = sign_in(Role.ADMINISTRATOR)
    assert administrator.get(address).status_code == 200
    assert administrator.get(f"{address}/file").status_code == 403
    assert administrator.post(f"{address}/again").status_code == 403
    assert administrator.post(f"{address}/stop").status_code == 302
