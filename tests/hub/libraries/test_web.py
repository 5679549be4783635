"""The library's settings and calendar, as its administrator keeps them."""

from datetime import date

import pytest

from samut_hub.db import Database
from samut_hub.libraries.models import Closure, Library
from samut_hub.staff.policy import Role
from tests.hub.conftest import Libraries, SignIn, on_sqlite

SETTINGS = {
    "name_th": "ห้องสมุดเหนือ",
    "name_en": "North",
    "zone": "Asia/Bangkok",
    "weekly_closed": ["5", "6"],
    "debt_limit": "49.50",
}


def closures(database: Database, library: int) -> list[tuple[date, str, bool]]:
    with database.session(library) as session:
        return [(row.on, row.name, row.open) for row in session.query(Closure).order_by(Closure.on)]


def test_an_administrator_changes_the_librarys_settings(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    assert sign_in(Role.ADMINISTRATOR).post("/settings/library", data=SETTINGS).status_code == 302
    with database.session(None) as session:
        north, south = session.get_one(Library, libraries.north), session.get_one(Library, libraries.south)
        assert (north.name_en, north.weekly_closed, north.debt_limit) == ("North", [5, 6], 4950)
        assert not north.offline_loans
        assert (south.name_en, south.weekly_closed, south.offline_loans) == ("South School Library", [6], True)


@on_sqlite
@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Bangkok"},
        {"debt_limit": "-1"},
        {"debt_limit": "much"},
        {"name_th": " "},
        {"weekly_closed": [str(day) for day in range(7)]},
        {"weekly_closed": ["7"]},
    ],
)
def test_settings_that_cannot_work_are_refused(
    sign_in: SignIn, database: Database, libraries: Libraries, wrong: dict[str, object]
) -> None:
    assert sign_in(Role.ADMINISTRATOR).post("/settings/library", data={**SETTINGS, **wrong}).status_code == 422
    with database.session(None) as session:
        assert session.get_one(Library, libraries.north).name_en == "North School Library"


@on_sqlite
def test_a_year_of_the_buddhist_era_is_understood(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    form = {"on": "2570-05-01", "name": "วันแรงงาน", "open": "no"}
    browser = sign_in(Role.ADMINISTRATOR)
    assert browser.post("/settings/calendar", data=form).status_code == 302
    assert browser.post("/settings/calendar", data={**form, "on": "2568-02-29"}).status_code == 422
    assert closures(database, libraries.north) == [(date(2027, 5, 1), "วันแรงงาน", False)]


def test_a_holiday_of_several_days_is_entered_at_once(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    form = {"on": "2027-04-13", "until": "2027-04-15", "name": "สงกรานต์", "open": "no"}
    browser = sign_in(Role.ADMINISTRATOR, language="th")
    assert browser.post("/settings/calendar", data=form).status_code == 302
    assert [on.day for on, _, _ in closures(database, libraries.north)] == [13, 14, 15]
    assert closures(database, libraries.south) == []
    assert "13 เม.ย. 2570" in browser.get("/settings/calendar").text


def test_a_day_entered_again_takes_the_new_meaning(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    browser.post("/settings/calendar", data={"on": "2026-12-06", "name": "Sunday", "open": "no"})
    browser.post("/settings/calendar", data={"on": "2026-12-06", "name": "Book fair", "open": "yes"})
    assert closures(database, libraries.north) == [(date(2026, 12, 6), "Book fair", True)]


@on_sqlite
@pytest.mark.parametrize("until", ["2027-04-12", "2028-04-13"])
def test_a_span_that_ends_before_it_begins_or_lasts_a_year_is_a_slip(
    sign_in: SignIn, database: Database, libraries: Libraries, until: str
) -> None:
    form = {"on": "2027-04-13", "until": until, "name": "สงกรานต์", "open": "no"}
    assert sign_in(Role.ADMINISTRATOR).post("/settings/calendar", data=form).status_code == 422
    assert closures(database, libraries.north) == []


def test_a_holiday_is_removed(sign_in: SignIn, database: Database, libraries: Libraries) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    browser.post("/settings/calendar", data={"on": "2026-12-05", "name": "Father's Day", "open": "no"})
    with database.session(libraries.north) as session:
        closure_id = session.query(Closure).one().id
    browser.post(f"/settings/calendar/{closure_id}/remove")
    assert closures(database, libraries.north) == []
