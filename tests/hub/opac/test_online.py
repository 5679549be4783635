"""E-books, films and links of which no library has a copy: visitors of every library find and open them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.catalogue.authorities.policy import HeadingKind
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.media import service
from samut_hub.media.models import Medium
from samut_hub.opac import browsing, feeds
from samut_hub.opac.copies import Stock, stock_of
from tests.hub.opac.conftest import Town

SAID = {"author": "สุนทรภู่", "subjects": "นิทาน", "call_number": "895.911"}


def put_online(town: Town, name: str, **said: object) -> int:
    """A title with a link that south put there, and no item anywhere; returns the title's id."""
    title_id = town.title(name, **said)
    with town.database.session(town.libraries.south) as session:
        title = session.get_one(Title, title_id)
        service.add_link(session, title, town.libraries.south, "https://example.org/a", "", now=town.clock())
    return title_id


def hide(town: Town) -> None:
    with town.database.session(town.libraries.south) as session:
        medium = session.get_one(Medium, 1)
        service.change(session, medium, name=medium.name, is_public=False)


def test_who_browses_meets_what_is_online(town: Town) -> None:
    title_id = put_online(town, "พระอภัยมณี", **SAID)
    town.book("ขุนช้างขุนแผน", "B00001", call_number="895.912")
    for library in (None, town.libraries.north):
        with town.database.session(library, writes=False) as session:
            (heading,) = browsing.headings_from(session, HeadingKind.SUBJECT, "").rows
            assert [one.id for one in browsing.titles_under(session, heading.id).titles] == [title_id]
            assert title_id in dict(feeds.titles_of_part(session, 1))
            assert stock_of(session, [title_id]) == {title_id: Stock(is_online=True)}
    with town.database.session(None, writes=False) as session:
        assert [one.title for one in browsing.shelf_from(session, "").titles] == ["พระอภัยมณี", "ขุนช้างขุนแผน"]
    hide(town)
    with town.database.session(town.libraries.north, writes=False) as session:
        assert browsing.headings_from(session, HeadingKind.SUBJECT, "").rows == []
        assert title_id not in dict(feeds.titles_of_part(session, 1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_visitors_of_every_library_find_it_until_it_is_hidden(
    town: Town, hub_app: Flask, client: FlaskClient
) -> None:
    indexer = Indexer(town.database, hub_app.extensions["samut"].config.search_index)
    title_id = town.title("พระอภัยมณี")
    town.title("พระอภัยของใครก็ไม่รู้")
    town.book("พระอภัยเล่มใต้", "B00001", "south")
    indexer.catch_up()
    assert "noindex" in client.get(f"/title/{title_id}").text

    with town.database.session(town.libraries.south) as session:
        title = session.get_one(Title, title_id)
        service.add_link(session, title, town.libraries.south, "https://example.org/a", "", now=town.clock())
    indexer.catch_up()
    for page in ("/find", "/lib/north/find"):
        found = client.get(f"{page}?q=อภัย").text
        assert f'/title/{title_id}"' in found
        assert "Open online" in found
        assert "ใครก็ไม่รู้" not in found
    assert "พระ<mark>อภัย</mark>มณี" not in client.get(f"/find?q=อภัย&library={town.libraries.south}").text
    own = client.get(f"/title/{title_id}").text
    assert "Everybody can open it online" in own
    assert "noindex" not in own

    hide(town)
    indexer.catch_up()
    assert f'/title/{title_id}"' not in client.get("/find?q=อภัย").text
    assert "This library has no copy." in client.get(f"/title/{title_id}").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_category_of_one_library_does_not_narrow_the_pages_of_all(
    town: Town, hub_app: Flask, client: FlaskClient
) -> None:
    title_id = town.book("พระอภัยมณี", "B00001")
    Indexer(town.database, hub_app.extensions["samut"].config.search_index).catch_up()
    page = client.get("/find?q=อภัย&category=5").text
    assert f'/title/{title_id}"' in page
    assert "Take away" not in page
    assert f'/title/{title_id}"' not in client.get("/lib/north/find?q=อภัย&category=5").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_gone_when_the_medium_is_removed(town: Town, hub_app: Flask, client: FlaskClient) -> None:
    indexer = Indexer(town.database, hub_app.extensions["samut"].config.search_index)
    title_id = put_online(town, "พระอภัยมณี")
    indexer.catch_up()
    assert f'/title/{title_id}"' in client.get("/find?q=อภัย").text
    with town.database.session(town.libraries.south) as session:
        service.remove(session, session.get_one(Medium, 1))
    indexer.catch_up()
    assert f'/title/{title_id}"' not in client.get("/find?q=อภัย").text
