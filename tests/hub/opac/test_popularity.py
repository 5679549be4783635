"""What is read most: counted by the schedule, never of so few that one could tell who they are."""

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Title
from samut_hub.opac import popularity
from samut_hub.opac.beside import beside
from samut_hub.opac.models import TitleCompany
from samut_hub.opac.popularity import popular_titles, refresh
from tests.hub.opac.conftest import Town


def test_what_many_borrow_is_popular_and_what_they_borrow_together_is_known(town: Town) -> None:
    tale, web, rare = (town.book(name, f"B0000{place}") for place, name in enumerate(("นิทาน", "แมงมุม", "หายาก")))
    town.book("นิทานใต้", "B00001", "south")
    for member in ("10001", "10002", "10003"):
        town.lend("B00000", member, returned=True)
        town.lend("B00001", member, returned=True)
    town.lend("B00000", "10001", returned=True)
    for member in ("10001", "10002"):
        town.lend("B00002", member, returned=True)
    refresh(town.database, town.clock())
    with town.database.session(town.libraries.north, writes=False) as session:
        assert [title.id for title in popular_titles(session, limit=9)] == [tale, web]
        assert [title.id for title in beside(session, session.get_one(Title, tale), None).together] == [web]
        assert beside(session, session.get_one(Title, rare), None).together == []
    with town.database.session(town.libraries.south, writes=False) as session:
        assert popular_titles(session, limit=9) == []


def test_what_was_popular_long_ago_is_forgotten(town: Town) -> None:
    town.book("นิทาน", "B00000")
    for member in ("10001", "10002", "10003"):
        town.lend("B00000", member, returned=True)
    refresh(town.database, town.clock())
    town.clock.pass_by(days=400)
    refresh(town.database, town.clock())
    with town.database.session(None, writes=False) as session:
        assert popular_titles(session, limit=9) == []


def test_company_is_written_in_parts_and_old_company_goes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part is a transaction, and a title that was removed meanwhile is left out."""
    monkeypatch.setattr(popularity, "PART", 2)
    titles = [town.book(f"เล่ม {place}", f"B{place:05}") for place in range(5)]
    for member in ("10001", "10002", "10003"):
        for place in range(5):
            town.lend(f"B{place:05}", member, returned=True)
    refresh(town.database, town.clock())
    with town.database.session(town.libraries.north, writes=False) as session:
        for title_id in titles:
            known = beside(session, session.get_one(Title, title_id), None).together
            assert [tile.id for tile in known] == [other for other in titles if other != title_id]
        reading = popularity._reading(session, town.clock())
    reading.of_title.pop(titles[4])
    reading.of_title[10**6] = list(reading.of_member)
    popularity._write_company(town.database, town.libraries.north, reading)
    with town.database.session(town.libraries.north, writes=False) as session:
        kept = set(session.scalars(select(TitleCompany.title_id)))
    assert kept == set(titles[:4])
