"""Every change is written down with who, when, what, before and after; and what is never written down."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from samut_hub.audit.covered import COVERED, HIDDEN, is_secret
from samut_hub.audit.web import EXPORTS
from samut_hub.auditing import Action, Actor, AuditEntry, Deed, EntryChangedError, acts, kept, note
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.members.models import Card, Group, Member, MemberPassword, MemberType
from samut_hub.models import Base
from samut_hub.staff.policy import Role
from tests.hub.circulation.conftest import MANEE, School
from tests.hub.circulation.conftest import school as school
from tests.hub.conftest import PASSWORD, Clock, Libraries, SignIn

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NATIONAL_ID = "1101700230705"


@pytest.fixture
def north(database: Database, libraries: Libraries, clock: Clock) -> Iterator[Session]:
    """A session in which Dao works."""
    with database.session(libraries.north) as session:
        session.info["now"] = clock()
        acts(session, Actor(libraries.staff_of["north"][Role.LIBRARIAN], "dao"))
        yield session


@pytest.fixture
def manee(north: Session, clock: Clock) -> Member:
    pupil = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
    named = {"name_th": "มานี", "sort_name": b"", "joined_on": date(2026, 5, 1), "changed_at": clock()}
    manee = Member(number=NATIONAL_ID, type=pupil, **named)
    north.add(manee)
    north.flush()
    return manee


def entries(session: Session, kind: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.kind == kind).order_by(AuditEntry.id)))


def test_a_change_tells_who_when_what_before_and_after(north: Session, manee: Member, clock: Clock) -> None:
    manee.name_th, manee.phone = "มานี รักเรียน", "081"
    north.flush()
    north.delete(manee)
    north.flush()
    added, changed, removed = entries(north, "member")
    assert [one.action for one in (added, changed, removed)] == [Action.ADDED, Action.CHANGED, Action.REMOVED]
    assert changed.changes == {"name_th": ["มานี", "มานี รักเรียน"], "phone": ["", "081"]}
    assert (changed.who, changed.at, changed.thing) == ("dao", clock(), str(manee.id))
    assert added.changes["name_th"] == [None, "มานี"]
    assert removed.changes["name_th"] == ["มานี รักเรียน", None]


def test_no_secret_and_no_national_id_is_written_down(north: Session, manee: Member, clock: Clock) -> None:
    north.add(Card(member=manee, kind="uid", hash="f" * 64, hint="1A", added_at=clock()))
    north.add(MemberPassword(member_id=manee.id, password_hash="$argon2id$x", must_change=True, set_at=clock()))
    north.flush()
    manee.photo = b"\xff\xd8"
    north.flush()
    written = " ".join(f"{one.name} {one.changes}" for one in north.scalars(select(AuditEntry)))
    assert entries(north, "card")[0].changes["hash"] == [None, HIDDEN]
    assert NATIONAL_ID[-4:] in written
    assert [word for word in (NATIONAL_ID, "f" * 64, "argon2", "xff") if word in written] == []


def test_columns_with_secrets_are_known_by_their_names() -> None:
    tables = Base.metadata.tables
    unnamed = {name for name, one in COVERED.items() if set(one.named) - set(tables[name].columns.keys())}
    assert unnamed == set()
    columns = {column.name for name in COVERED for column in tables[name].columns}
    assert {"password_hash", "hash", "photo"} <= {column for column in columns if is_secret(column)}
    assert {"name", "name_th", "email", "granted", "price"} <= {column for column in columns if not is_secret(column)}


def test_what_lending_counts_is_no_entry(
    north: Session, manee: Member, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    before = len(entries(north, "member"))
    with statements() as asked:
        manee.open_loans, manee.debt = 1, 500
        north.flush()
    assert len(entries(north, "member")) == before
    assert [statement for statement in asked if "audit" in statement] == []


def test_a_statement_over_many_rows_is_one_entry(north: Session, manee: Member) -> None:
    north.execute(update(Member).values(blocked="หนังสือหาย"))
    north.execute(update(Member).values(open_loans=0))
    north.execute(delete(Group))
    assert [(one.thing, list(one.changes)) for one in entries(north, "member")[1:]] == [("*", ["blocked"])]
    assert [(one.action, one.thing) for one in entries(north, "group")] == [(Action.REMOVED, "*")]


def test_long_work_writes_its_own_journal_of_rows(north: Session, manee: Member) -> None:
    acts(north, Actor(None, "dao", in_bulk=True))
    manee.phone = "081"
    north.get_one(Library, manee.library_id).debt_limit = 0
    north.flush()
    assert len(entries(north, "member")) == 1
    assert [one.changes for one in entries(north, "library")][-1:] == [{"debt_limit": [10_000, 0]}]


def test_entries_stay_as_they_were_written(north: Session, manee: Member) -> None:
    entry = entries(north, "member")[0]
    with pytest.raises(EntryChangedError):
        north.execute(update(AuditEntry).values(who="somebody else"))
    with pytest.raises(EntryChangedError):
        north.execute(delete(AuditEntry))
    entry.who = "somebody else"
    with pytest.raises(EntryChangedError):
        north.flush()
    north.expunge(entry)


def test_long_texts_are_cut() -> None:
    assert len(str(kept("ก" * 5_000))) < 1_100
    assert kept(["a", "b"]) == "a, b"


@on_sqlite
@pytest.mark.requirement("K-17")
def test_an_administrator_finds_who_changed_what(sign_in: SignIn, client: FlaskClient, libraries: Libraries) -> None:
    librarian, administrator = sign_in(Role.LIBRARIAN), sign_in(Role.ADMINISTRATOR)
    form = {"name": "ม.1/1"}
    librarian.post("/members/groups", data=form)
    client.post("/sign-in", data={"username": "north.librarian", "password": "wrong"})
    client.post("/sign-in", data={"username": "north.librarian", "password": PASSWORD})
    administrator.post(
        f"/staff/{libraries.staff_of['north'][Role.ASSISTANT]}", data={"name": "Dao", "role": "librarian"}
    )
    whole = administrator.get("/audit/").text
    said = ("Sign-in failed", "Signed in", "ม.1/1", "Account of staff", "north.librarian")
    assert [word for word in said if word not in whole] == []
    assert "ม.1/1" not in sign_in(Role.ADMINISTRATOR, "south").get("/audit/").text
    assert librarian.get("/audit/").status_code == 403
    one = administrator.get("/audit/?kind=staff&action=changed&who=north.adm").text
    assert "1 entry" in one
    address = next(part for part in one.split('href="/audit/')[1:] if part[0].isdigit()).partition('"')[0]
    page = administrator.get(f"/audit/{address}").text
    assert "assistant" in page
    assert "librarian" in page
    assert "0 entries" in administrator.get("/audit/?since=2027-01-01").text


@on_sqlite
def test_amounts_are_read_in_baht_and_days_of_the_week_by_their_names(sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    form = {
        "name_th": "เหนือ",
        "name_en": "North",
        "zone": "Asia/Bangkok",
        "debt_limit": "250.50",
        "weekly_closed": "2",
    }
    administrator.post("/settings/library", data=form)
    found = administrator.get("/audit/?kind=library").text
    address = next(part for part in found.split('href="/audit/')[1:] if part[0].isdigit()).partition('"')[0]
    page = administrator.get(f"/audit/{address}").text
    assert "250.50 baht" in page
    assert "Wednesday" in page
    assert 'href="/settings" aria-current="page"' in page


@on_sqlite
def test_days_are_read_as_they_are_said(sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR, language="th")
    administrator.post("/settings/calendar", data={"on": "2026-12-04", "name": "กีฬาสี", "open": "no"})
    found = administrator.get("/audit/?kind=closure").text
    assert "4 ธ.ค. 2569 · กีฬาสี" in found
    address = found.split('href="/audit/')[-1].partition('"')[0]
    assert "2026-12-04" not in administrator.get(f"/audit/{address}").text


@on_sqlite
def test_taking_a_file_away_is_written_down(sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.post("/members/groups", data={"name": "ม.1/1"})
    sheet = load_workbook(BytesIO(administrator.get("/audit/file.xlsx?kind=group").data)).active
    assert sheet is not None
    assert [row[4:8] for row in sheet.values][1:] == [("ม.1/1", "Name", "", "ม.1/1")]
    page = administrator.get("/audit/?action=exported").text
    assert "/audit/file.xlsx" in page


@on_sqlite
def test_where_nobody_is_known_the_file_says_so_as_the_page_does(
    database: Database, libraries: Libraries, sign_in: SignIn, clock: Clock
) -> None:
    changed = Deed(library_id=libraries.north, action=Action.CHANGED, kind="staff", thing="1", name="dao", changes={})
    with database.session(libraries.north) as session:
        for deed in (changed, replace(changed, action=Action.SIGN_IN_FAILED)):
            note(session, deed, now=clock(), actor=Actor(None, ""))
    administrator = sign_in(Role.ADMINISTRATOR)
    sheet = load_workbook(BytesIO(administrator.get("/audit/file.xlsx?kind=staff&q=dao").data)).active
    assert sheet is not None
    assert {row[1:3] for row in sheet.values} >= {("the hub itself", "Changed"), ("not known", "Sign-in failed")}
    page = administrator.get("/audit/?kind=staff&q=dao").text
    assert ("the hub itself" in page, "not known" in page) == (True, True)


@on_sqlite
def test_a_file_taken_away_by_its_parts_is_written_down_too(hub_app: Flask, sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    part = administrator.get("/audit/file.xlsx", headers={"Range": "bytes=0-"})
    assert part.status_code == 206
    assert "/audit/file.xlsx" in administrator.get("/audit/?action=exported").text
    assert EXPORTS.keys() <= hub_app.view_functions.keys()


@on_sqlite
def test_a_list_of_all_that_is_on_loan_is_written_down_and_the_slip_of_a_visit_is_not(
    school: School, sign_in: SignIn
) -> None:
    slip = f"/desk/slip/{school.ids[MANEE]}.pdf"
    for asked in (slip, f"{slip}?what=all"):
        assert sign_in(Role.LIBRARIAN).get(asked).status_code == 200
    page = sign_in(Role.ADMINISTRATOR).get("/audit/?action=exported").text
    assert page.count(slip) == 1
    assert "1 entry" in page
