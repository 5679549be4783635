"""Made-up titles are like real ones, the same each time, and go on where the last time ended."""

from sqlalchemy import func, select

from samut_hub.catalogue.authorities.models import TitleHeading
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.synthetic.service import add_synthetic_titles, made
from samut_hub.catalogue.synthetic.titles import descriptions
from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries


def test_titles_are_the_same_each_time_and_mostly_thai() -> None:
    first, again = list(descriptions(0, 300)), list(descriptions(0, 300))
    assert first == again
    assert 0.7 < sum(one.language == "tha" for one in first) / 300 < 0.9
    assert len({one.title for one in first}) > 200
    assert all(one.isbn == isbn13(one.isbn) for one in first)


def test_records_say_what_their_titles_do() -> None:
    one = made(7, 8)[0]
    assert one.row["title"].encode() in one.row["marc"]
    assert one.row["sort_title"]
    assert one.headings


def test_next_time_goes_on_where_the_last_ended(database: Database, libraries: Libraries, clock: Clock) -> None:
    told: list[int] = []
    add_synthetic_titles(database, libraries.north, 30, now=clock(), tell=told.append)
    add_synthetic_titles(database, libraries.north, 20, now=clock())
    with database.session(libraries.north, writes=False) as session:
        origins = session.scalars(select(Title.origin_key).order_by(Title.id)).all()
        items = session.scalar(select(func.count()).select_from(Item)) or 0
        links = session.scalar(select(func.count()).select_from(TitleHeading)) or 0
    assert origins == [f"synthetic {number}" for number in range(50)]
    assert told == [30]
    assert 20 < items < 100
    assert links > 100
