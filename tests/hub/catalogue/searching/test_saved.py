"""Searches that staff keep under a name."""

import re

import pytest

from samut_hub.catalogue.searching import service
from samut_hub.catalogue.searching.asking import Asked
from samut_hub.db import Database
from samut_hub.staff.policy import Role
from tests.hub.conftest import Clock, Libraries, SignIn

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASKED = "q=แมว&material=book&sort=newest"


@only_sqlite
def test_a_search_is_saved_opened_and_removed(sign_in: SignIn) -> None:
    browser = sign_in("assistant")
    form = browser.get(f"/catalogue/searches?{ASKED}").text
    assert 'value="แมว"' in form
    words = re.search(r'name="words" type="hidden" value="([^"]+)"', form)
    assert words is not None
    kept = {"name": "หนังสือแมวใหม่", "words": words[1].replace("&amp;", "&")}
    opened = browser.post("/catalogue/searches", data=kept).location
    assert "material=book" in opened
    assert "sort=newest" in opened
    assert "หนังสือแมวใหม่" in browser.get("/catalogue/").text
    page = browser.get("/catalogue/searches").text
    assert "หนังสือแมวใหม่" in page
    (address,) = re.findall(r'action="(/catalogue/searches/\d+/remove)"', page)
    browser.post(address)
    assert browser.post(address).status_code == 404
    assert 'action="/catalogue/searches/' not in browser.get("/catalogue/searches").text


@only_sqlite
def test_a_search_without_a_name_is_asked_for_one_and_kept_meanwhile(sign_in: SignIn) -> None:
    answer = sign_in().post("/catalogue/searches", data={"name": " ", "words": "q=cat"})
    assert answer.status_code == 422
    assert "This field is required." in answer.text
    assert 'value="q=cat"' in answer.text


@only_sqlite
def test_a_colleagues_search_is_not_mine(sign_in: SignIn) -> None:
    sign_in("librarian").post("/catalogue/searches", data={"name": "ของฉัน", "words": "q=cat"})
    colleague = sign_in("assistant")
    assert "ของฉัน" not in colleague.get("/catalogue/searches").text
    assert "ของฉัน" not in colleague.get("/catalogue/").text
    assert colleague.post("/catalogue/searches/1/remove").status_code == 404


@only_sqlite
def test_nobody_keeps_more_than_can_be_listed(
    sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    staff_id = libraries.staff_of["north"][Role.LIBRARIAN]
    with database.session(libraries.north) as session:
        for number in range(service.MOST_SAVED):
            service.save_search(session, staff_id, str(number), Asked(words="cat"), now=clock())
    answer = sign_in().post("/catalogue/searches", data={"name": "one more", "words": "q=cat"})
    assert answer.status_code == 422
    assert "You keep 200 searches already" in answer.text
    assert "one more" in answer.text


def test_the_same_name_takes_the_place_of_the_older_search(
    database: Database, libraries: Libraries, clock: Clock
) -> None:
    staff_id = libraries.staff_of["north"][Role.LIBRARIAN]
    with database.session(libraries.north) as session:
        for words in ("cat", "dog"):
            service.save_search(session, staff_id, "pets", Asked(words=words), now=clock())
            clock.pass_by(hours=1)
        service.save_search(session, staff_id, "later", Asked(words="fish"), now=clock())
    with database.session(libraries.north, writes=False) as session:
        kept = service.saved_searches(session, staff_id)
        assert [(one.name, one.words) for one in kept] == [("later", "q=fish"), ("pets", "q=dog")]
    with database.session(libraries.south, writes=False) as session:
        assert service.saved_searches(session, staff_id) == []
