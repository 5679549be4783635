"""All ways in which a title is come across, on the pages of visitors and of staff."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.opac.popularity import refresh
from tests.hub.conftest import SignIn
from tests.hub.opac.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def stocked(town: Town, hub_app: Flask) -> Town:
    """Two books that three people borrowed, and one that nobody did."""
    town.book("The elephant", "B00001", author="Somsri", year=2001, material="book")
    town.book("A spider", "B00002", author="Mana", year=2020, material="book")
    town.book("An elephant film", "B00003", material="video", year=2010)
    for member in ("10001", "10002", "10003"):
        town.lend("B00001", member, returned=True)
        town.lend("B00002", member, returned=True)
    refresh(town.database, town.clock())
    Indexer(town.database, hub_app.extensions["samut"].config.search_index).catch_up()
    return town


@pytest.mark.requirement("K-21")
def test_visitors_and_staff_find_by_facets_spelling_order_and_what_others_read(
    stocked: Town, client: FlaskClient, sign_in: SignIn
) -> None:
    staff = sign_in("assistant")
    for browser, find, words in (
        (client, "/lib/north/find", "/lib/north/find/words"),
        (staff, "/catalogue/", "/catalogue/search/words"),
    ):
        page = browser.get(f"{find}?q=elephant").text
        assert 'material=video" rel="nofollow">Video, DVD</a> <span>1</span>' in page
        assert "An <mark>elephant</mark> film" not in browser.get(f"{find}?q=elephant&material=book").text
        assert 'q=elephant">elephant</a>?' in browser.get(f"{find}?q=elephnat").text
        assert "The elephant" in browser.get(f"{words}?q=eleph").text
        oldest = browser.get(f"{find}?f=title&w=elephant&sort=oldest").text
        assert oldest.index("The <mark>elephant") < oldest.index("An <mark>elephant")
    staff.post("/catalogue/searches", data={"name": "Our elephants", "words": "q=elephant"})
    assert '/catalogue/?q=elephant">Our elephants</a>' in staff.get("/catalogue/").text
    assert "An elephant film" in client.get("/lib/north/browse/new").text
    assert "An elephant film" not in client.get("/lib/north/browse/popular").text
    assert "A spider" in client.get("/lib/north/browse/popular").text
    assert "A spider" in client.get("/lib/north/title/1").text
