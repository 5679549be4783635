"""Public pages as visitors see them, without signing in."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from email.utils import format_datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from samut_hub.catalogue.models import RemovedTitle, Title
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.community.models import News
from samut_hub.db import Database
from samut_hub.opac import copies
from samut_hub.opac.web import basket
from tests.hub.conftest import Clock, SignIn
from tests.hub.opac.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def catch_up(hub_app: Flask, database: Database) -> Indexer:
    return Indexer(database, hub_app.extensions["samut"].config.search_index)


def tell(town: Town, title: str, library: str = "north", text: str = "เปิดทุกวัน") -> int:
    with town.database.session(town.id_of(library)) as session:
        news = News(title=title, text=text, shown_from=date(2026, 11, 1), changed_at=town.clock())
        session.add(news)
        session.flush()
        return news.id


@pytest.mark.requirement("S-01", "S-08", "U-05")
def test_a_visitor_finds_news_new_arrivals_and_the_box(client: FlaskClient, town: Town) -> None:
    town.book("พระอภัยมณี", "B00001", author="สุนทรภู่")
    tell(town, "ปิดวันพ่อ")
    page = client.get("/").text
    assert "ปิดวันพ่อ" in page
    assert "พระอภัยมณี" in page
    assert 'action="/find"' in page
    assert "North School Library" in page
    assert "South School Library" in page
    assert "Union catalogue" in page


def test_a_library_has_its_own_public_pages(client: FlaskClient, town: Town) -> None:
    town.book("ของเหนือ", "B00001")
    town.book("ของใต้", "B00001", "south")
    tell(town, "ข่าวเหนือ")
    tell(town, "ข่าวใต้", "south")
    page = client.get("/lib/south/").text
    assert "ของใต้" in page
    assert "ของเหนือ" not in page
    assert "ข่าวใต้" in page
    assert "ข่าวเหนือ" not in page
    assert 'action="/lib/south/find"' in page
    assert client.get("/lib/nowhere/").status_code == 404


def test_staff_still_see_their_day_first(sign_in: SignIn, town: Town) -> None:
    browser = sign_in()
    assert "Today" in browser.get("/").text
    assert "Staff pages" in browser.get("/lib/").text


@pytest.mark.requirement("S-02")
@pytest.mark.parametrize(
    "asked", ["q=อภัย", "q=สุนทรภู่", "q=978-616-03-3545-9", "f=subject&w=กลอน", "f=author&w=สุนทร", "q=B00001"]
)
def test_a_title_is_found_by_what_one_knows_of_it(
    client: FlaskClient, town: Town, catch_up: Indexer, asked: str
) -> None:
    town.book("พระอภัยมณี", "B00001", author="สุนทรภู่", isbn="9786160335459", subjects="กลอน; นิทาน")
    town.book("ขุนช้างขุนแผน", "B00002")
    catch_up.catch_up()
    page = client.get(f"/find?{asked}").text
    assert "1 title" in page
    assert 'href="/title/1"' in page
    assert "ขุนช้าง" not in page


def test_a_result_tells_where_the_title_stands(client: FlaskClient, town: Town, catch_up: Indexer) -> None:
    title = town.title("พระอภัยมณี")
    town.item(title, "B00001", place_id=town.place("ห้องอ่าน", "ชั้น 3"))
    lent = town.book("พระอภัย เล่ม 2", "B00002")
    town.lend("B00002")
    catch_up.catch_up()
    page = client.get("/lib/north/find?q=อภัย").text
    assert "ห้องอ่าน, ชั้น 3" in page
    assert "1 copy on the shelf" in page
    assert "On loan until 30 Nov 2026" in page
    only = client.get("/lib/north/find?q=อภัย&available=1").text
    assert f'"/lib/north/title/{title}"' in only
    assert f'"/lib/north/title/{lent}"' not in only


def test_a_result_of_another_library_is_not_shown(client: FlaskClient, town: Town, catch_up: Indexer) -> None:
    town.book("พระอภัยมณี ฉบับใต้", "B00001", "south")
    town.title("พระอภัยมณี ของใครก็ไม่รู้")
    catch_up.catch_up()
    assert "ฉบับใต้" in client.get("/find?q=อภัย").text
    assert "ของใคร" not in client.get("/find?q=อภัย").text
    assert "Nothing was found" in client.get("/lib/north/find?q=อภัย").text


def test_facets_narrow_and_can_be_taken_away(client: FlaskClient, town: Town, catch_up: Indexer) -> None:
    town.book("แมวเล่ม", "B00001", material="book", year=2015)
    town.book("แมวแผ่น", "B00002", material="video", year=2022)
    catch_up.catch_up()
    page = client.get("/find?q=แมว").text
    assert "material=video" in page
    assert "2010–2019" in page
    narrowed = client.get("/find?q=แมว&material=video").text
    assert "แมวเล่ม" not in narrowed.replace("<mark>", "").replace("</mark>", "")
    assert "Take away: Video" in narrowed


@pytest.mark.requirement("U-01")
def test_all_libraries_copies_stand_on_one_page(client: FlaskClient, town: Town) -> None:
    title = town.title("พระอภัยมณี")
    town.item(title, "B00001")
    town.item(title, "S00001", "south", status="in_repair")
    page = client.get(f"/title/{title}").text
    assert page.count("North School Library") >= 1
    assert "S00001" in page
    assert "Sent for repair" in page
    north = client.get(f"/lib/north/title/{title}").text
    assert "S00001" not in north
    assert "Look in all libraries" in north


def test_a_title_whose_record_cannot_be_read_has_its_page(client: FlaskClient, town: Town) -> None:
    number = town.book("พระอภัยมณี", "B00001")
    with town.database.session(None) as session:
        session.get_one(Title, number).marc = b"spoiled"
    assert "B00001" in client.get(f"/title/{number}").text


def test_no_page_tells_what_is_only_for_staff(
    client: FlaskClient, sign_in: SignIn, town: Town, catch_up: Indexer
) -> None:
    title = town.title("พระอภัยมณี", author="สุนทรภู่")
    for library in ("north", "south"):
        secret = {"note": f"ลับของ {library}", "price": 123400, "source": f"ร้านลับ {library}"}
        town.item(title, "B00001", library, **secret)
    town.lend("B00001")
    catch_up.catch_up()
    pages = ["/", "/find?q=อภัย", f"/title/{title}", "/browse/new", "/browse/shelf", "/new.rss", "/find.rss?q=อภัย"]
    for browser in (client, sign_in("assistant", "south")):
        for prefix in ("", "/lib/north", "/lib/south"):
            for page in pages:
                told = browser.get(prefix + page, follow_redirects=True)
                assert told.status_code == 200
                for word in ("ลับ", "1,234", "มานี", "10001"):
                    assert word not in told.text, (prefix, page, word)


def test_staff_see_who_borrowed_the_copies_of_their_own_library(
    client: FlaskClient, sign_in: SignIn, town: Town
) -> None:
    title = town.book("พระอภัยมณี", "B00001")
    town.lend("B00001", returned=True)
    assert "มานี" in sign_in().get(f"/title/{title}").text
    assert "มานี" not in sign_in(library="south").get(f"/title/{title}").text
    assert "มานี" not in client.get(f"/title/{title}").text


def test_the_page_of_a_title_asks_little_of_the_database(
    client: FlaskClient, town: Town, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """It is the page that visitors and search engines read most."""
    titles = [
        town.book(f"เล่ม {number}", f"B0000{number}", author="สุนทรภู่", subjects="กลอน", call_number=f"{number}00 ก1")
        for number in range(1, 4)
    ]
    client.get(f"/title/{titles[0]}")
    for address in (f"/title/{titles[1]}", f"/lib/north/title/{titles[1]}"):
        with statements() as asked:
            page = client.get(address).text
        assert page.count('tile-title">เล่ม 1<') == page.count('tile-title">เล่ม 3<') == 2
        assert len([one for one in asked if one.startswith("SELECT")]) <= 11


def test_a_title_tells_search_engines_what_it_is(client: FlaskClient, town: Town) -> None:
    title = town.book("</script><b>ปลา", "B00001", author="สุนทรภู่", year=2015, language="tha", subjects="กลอน")
    page = client.get(f"/title/{title}").text
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    assert (said["@type"], said["name"], said["datePublished"]) == ("Book", "</script><b>ปลา", "2015")
    assert said["author"] == [{"@type": "Person", "name": "สุนทรภู่"}]
    assert said["offers"][0]["availability"].endswith("InStock")
    assert (
        f'<link rel="canonical" href="http://127.0.0.1:8480/title/{title}">'
        in client.get(f"/lib/north/title/{title}").text
    )
    assert "<b>ปลา" not in page


def test_old_addresses_lead_to_the_title_that_was_merged(client: FlaskClient, town: Town, clock: Clock) -> None:
    kept, merged = town.title("ใหม่"), town.title("เก่า")
    with town.database.session(None) as session:
        session.get_one(Title, merged).merged_into_id = kept
        session.add(RemovedTitle(title_id=900, removed_at=clock(), merged_into_id=kept))
        session.add(RemovedTitle(title_id=901, removed_at=clock()))
    for old in (merged, 900):
        answer = client.get(f"/lib/north/title/{old}")
        assert (answer.status_code, answer.location) == (301, f"/lib/north/title/{kept}")
    assert [client.get(f"/title/{gone}").status_code for gone in (901, 999)] == [404, 404]


def test_a_visitor_keeps_a_list_without_signing_in(client: FlaskClient, town: Town) -> None:
    first, second = town.book("หนึ่ง", "B00001"), town.book("สอง", "B00002")
    for title in (second, first, second, 0):
        client.post("/basket/add", data={"title_id": title, "next": "/find"})
    page = client.get("/basket").text
    assert page.index("สอง") < page.index("หนึ่ง")
    client.post("/basket/remove", data={"title_id": second})
    assert "สอง" not in client.get("/basket").text
    for page in ("/basket", "/lib/north/basket"):
        assert client.get(page).text.count(f'name="next" value="{page}"') == 2, "one stays in the library"
    assert client.post("/basket/clear", data={"next": "https://elsewhere.example/"}).location == "/basket"
    assert "Your list is empty" in client.get("/basket").text


def test_a_full_list_takes_no_more_and_loses_nothing(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basket, "MOST", 2)
    for place, name in enumerate(("หนึ่ง", "สอง", "สาม")):
        client.post("/basket/add", data={"title_id": town.book(name, f"B0000{place}")})
    page = client.get("/basket").text
    assert "Your list is full: it takes 2 titles" in page
    assert ["หนึ่ง" in page, "สอง" in page, "สาม" in page] == [True, True, False]


def test_staff_take_the_titles_of_their_list_into_a_bibliography(sign_in: SignIn, town: Town) -> None:
    librarian, title = sign_in(), town.book("หนึ่ง", "B00001")
    librarian.post("/basket/add", data={"title_id": title})
    (link,) = re.findall(r'href="(/catalogue/lists/\?[^"]+)"', librarian.get("/basket").text)
    assert "1 title" in librarian.get(link.replace("&amp;", "&")).text


def test_what_a_page_does_not_list_of_many_copies_is_counted_and_judged(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = town.book("หนึ่ง", "B00001")
    town.item(title, "B00002")
    town.item(title, "B00003")
    town.lend("B00001")
    monkeypatch.setattr(copies, "MOST_COPIES", 1)
    page = client.get(f"/title/{title}").text
    assert "and 2 more copies" in page
    assert "https://schema.org/InStock" in page, "one of those that are not listed is on the shelf"


def test_a_feed_says_when_a_title_came_and_not_when_it_was_changed(
    client: FlaskClient, town: Town, catch_up: Indexer
) -> None:
    came = town.clock()
    title = town.book("ปลา", "B00001")
    town.clock.pass_by(days=3)
    town.item(title, "B00002")
    with town.database.session(None) as session:
        session.get_one(Title, title).changed_at = town.clock()
    catch_up.catch_up()
    for feed in ("/new.rss", "/find.rss?q=ปลา"):
        assert f"<pubDate>{format_datetime(came)}</pubDate>" in client.get(feed).text


def test_news_are_read_by_all_while_they_stand(client: FlaskClient, town: Town) -> None:
    news = tell(town, "ปิดวันพ่อ", text="ดู https://example.org/ <b>\n\nสวัสดี")
    page = client.get(f"/news/{news}").text
    assert '<a href="https://example.org/" rel="noopener nofollow">' in page
    assert "&lt;b&gt;" in page
    assert "ปิดวันพ่อ" in client.get("/news").text
    assert client.get(f"/lib/south/news/{news}").status_code == 404


def test_machines_read_news_new_titles_and_searches(client: FlaskClient, town: Town, catch_up: Indexer) -> None:
    title = town.book("ปลา & ปู", "B00001")
    tell(town, "ปิดวันพ่อ")
    catch_up.catch_up()
    for feed, word in (("/news.rss", "ปิดวันพ่อ"), ("/new.rss", "ปลา &amp; ปู"), ("/find.rss?q=ปลา", "ปลา &amp; ปู")):
        answer = client.get(feed)
        assert answer.mimetype == "application/rss+xml"
        assert word in answer.text
        assert "public" in answer.headers["Cache-Control"]
    assert f"<link>http://127.0.0.1:8480/title/{title}</link>" in client.get("/new.rss").text


def test_feeds_can_be_read_whatever_is_asked_or_catalogued(
    client: FlaskClient, town: Town, catch_up: Indexer
) -> None:
    number = town.book("แมวกับหนู", "B00001")
    with town.database.session(None) as session:
        session.get_one(Title, number).title = "แมว\x0bกับ]]>\uffff&หนู"
    catch_up.catch_up()
    asked = etree.fromstring(client.get("/find.rss?q=แมว%0Bหนู").data)
    assert "แมว\ufffdหนู" in (asked.findtext("channel/title") or "")
    assert asked.findtext("channel/item/title") == "แมว\ufffdกับ]]>\ufffd&หนู"
    assert etree.fromstring(client.get("/new.rss").data).findtext("channel/item/title")
    assert etree.fromstring(client.get("/sitemap-1.xml").data) is not None


def test_sitemaps_name_titles_that_a_library_has(client: FlaskClient, town: Town) -> None:
    had, not_had = town.book("ปลา", "B00001"), town.title("ปู")
    assert "/sitemap-1.xml" in client.get("/sitemap.xml").text
    part = client.get("/sitemap-1.xml").text
    assert f"/title/{had}</loc><lastmod>2026-11-23</lastmod>" in part
    assert f"/title/{not_had}<" not in part
    assert client.get("/sitemap-2.xml").status_code == 404
    assert "/lib/north/" in client.get("/sitemap-sites.xml").text
    assert "Sitemap: http://127.0.0.1:8480/sitemap.xml" in client.get("/robots.txt").text


def test_one_walks_through_headings_and_shelves(client: FlaskClient, town: Town) -> None:
    title = town.book("ปลา", "B00001", author="สมศรี มีสุข", subjects="สัตว์น้ำ", call_number="597 ส123ป")
    assert "สัตว์น้ำ" in client.get("/browse/headings/subject").text
    person = client.get("/browse/headings/person?from=ส").text
    there = re.search(r"/browse/heading/\d+", person)
    assert there is not None
    assert f"/title/{title}" in client.get(there[0]).text
    assert there[0] in client.get(f"/title/{title}").text
    assert f"/title/{title}" in client.get("/browse/shelf?from=500").text
    assert client.get("/browse/headings/secret").status_code == 404
    assert client.get("/browse/heading/999").status_code == 404


def test_pages_are_small(client: FlaskClient, town: Town, catch_up: Indexer) -> None:
    for number in range(25):
        town.book(f"แมวผู้เขียนหนังสือขนาดยาวมาก เล่มที่ {number} ฉบับปรับปรุง", f"B{number:05}", author="สมศรี มีสุข; ปิติ พิทักษ์")
    catch_up.catch_up()
    page = client.get("/find?q=แมว")
    assert "Page 1 of 2" in page.text
    assert len(page.data) < 60_000
