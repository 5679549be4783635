"""A librarian writes news; what was wrong is said, nothing is lost."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.community.models import News
from samut_hub.community.paragraphs import Part, paragraphs
from samut_hub.community.service import NewsFields, all_news, current_news, write_news
from samut_hub.db import Database
from samut_hub.staff.policy import Role
from tests.hub.conftest import Clock, Libraries, SignIn

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)
FILLED_IN = {"title": "ปิดทำการ 5 ธันวาคม", "text": "ปิดวันพ่อ\n\nเปิดวันจันทร์", "shown_from": "2026-11-23"}


def the_news(database: Database) -> list[News]:
    with database.session(None, writes=False) as session:
        return list(session.scalars(select(News).order_by(News.id)))


@pytest.fixture
def librarian(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def test_news_stands_from_its_first_day_to_its_last(database: Database, libraries: Libraries, clock: Clock) -> None:
    days = {
        "over": (date(2026, 11, 1), date(2026, 11, 22)),
        "last day": (date(2026, 11, 20), TODAY),
        "stays": (date(2026, 1, 1), None),
        "first day": (TODAY, None),
        "later": (date(2026, 11, 24), None),
    }
    with database.session(libraries.north) as session:
        for title, (first, last) in days.items():
            fields = NewsFields(title=title, text="", shown_from=first, shown_until=last)
            write_news(session, fields, staff_id=libraries.staff_of["north"][Role.LIBRARIAN], now=clock())
        told = current_news(session, TODAY, limit=10)
        written, more = all_news(session, page=1, per_page=4)
    assert [news.title for news in told] == ["first day", "last day", "stays"]
    assert (len(written), more, written[0].title) == (4, True, "later")
    with database.session(libraries.south, writes=False) as session:
        assert current_news(session, TODAY, limit=10) == []


@on_sqlite
def test_a_librarian_writes_changes_and_removes_news(librarian: FlaskClient, database: Database) -> None:
    assert librarian.post("/news/new", data=FILLED_IN).location == "/news/written"
    (news,) = the_news(database)
    assert (news.title, news.shown_from, news.shown_until) == ("ปิดทำการ 5 ธันวาคม", TODAY, None)
    assert "ปิดทำการ 5 ธันวาคม" in librarian.get("/news/written").text
    assert "ปิดวันพ่อ" in librarian.get(f"/news/{news.id}/edit").text
    changed = {**FILLED_IN, "title": "เปิดทำการ", "shown_until": "2569-11-30"}
    librarian.post(f"/news/{news.id}/edit", data=changed)
    (news,) = the_news(database)
    assert (news.title, news.shown_until) == ("เปิดทำการ", date(2026, 11, 30))
    librarian.post(f"/news/{news.id}/remove")
    assert the_news(database) == []


@on_sqlite
def test_what_was_filled_in_wrongly_is_said_and_kept(librarian: FlaskClient, database: Database) -> None:
    answer = librarian.post("/news/new", data={**FILLED_IN, "shown_until": "2026-11-22"})
    assert answer.status_code == 422
    assert "The last day is before the first." in answer.text
    assert "ปิดวันพ่อ" in answer.text
    assert librarian.post("/news/new", data={**FILLED_IN, "title": " "}).status_code == 422
    assert the_news(database) == []


def test_paragraphs_keep_lines_and_find_addresses() -> None:
    text = "แรก\nบรรทัดสอง\r\n \r\nดู https://example.org/ก?a=1&b=2. หรือ (http://x.org)"
    first, second = paragraphs(text)
    assert first == [[Part("แรก")], [Part("บรรทัดสอง")]]
    assert second == [
        [
            Part("ดู "),
            Part("https://example.org/ก?a=1&b=2", "https://example.org/ก?a=1&b=2"),
            Part(". หรือ ("),
            Part("http://x.org", "http://x.org"),
            Part(")"),
        ]
    ]


def test_a_script_is_only_text() -> None:
    assert paragraphs("<script>alert(1)</script> javascript:alert(1)") == [
        [[Part("<script>alert(1)</script> javascript:alert(1)")]]
    ]
