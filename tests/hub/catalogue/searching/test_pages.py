"""The catalogue's first page as staff search on it, and the list of all work in it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import unquote

import pytest
from flask import Flask

from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.web.navigation import CATALOGUING
from tests.hub.catalogue.searching.conftest import Shelves
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Counted = Callable[[], AbstractContextManager[list[str]]]


def unmarked(page: str) -> str:
    return page.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.requirement("S-02")
def test_a_title_is_found_by_what_one_knows_of_it(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.book(
        "พระอภัยมณี",
        "B00001",
        author="สุนทรภู่",
        isbn="9786160335459",
        issn="15130002",
        subjects="กลอน; นิทาน",
        call_number="895.911 ส798พ",
        publisher="ศิลปาบรรณาคาร",
        series="วรรณคดีไทย",
        year=1998,
    )
    shelves.book("ขุนช้างขุนแผน", "B00002", year=2001)
    shelves.catch_up()
    browser = sign_in("assistant")
    for asked in (
        *("q=อภัย", "q=สุนทรภู่", "q=978-616-03-3545-9", "q=B00001", "q=1513-0002"),
        *("f=title&w=อภัย", "f=author&w=สุนทร", "f=subject&w=กลอน", "f=isbn&w=6160335456", "f=accession&w=b00001"),
        *("f=call_number&w=895.911", "f=publisher&w=ศิลปา", "f=series&w=วรรณคดี", "material=book&from=2540&to=2541"),
    ):
        page = unmarked(browser.get(f"/catalogue/?{asked}").text)
        assert "<strong>1 title</strong>" in page, asked
        assert "พระอภัยมณี</a>" in page, asked


@pytest.mark.requirement("S-03")
def test_lines_are_joined_by_and_or_not(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("แมวกับหมา", author="สมศรี")
    shelves.title("แมวกับนก", author="มานะ")
    shelves.title("ปลากับนก", author="สมศรี")
    shelves.catch_up()
    browser = sign_in()

    def found(address: str) -> set[str]:
        page = unmarked(browser.get(f"/catalogue/?{address}").text)
        return {name for name in ("แมวกับหมา", "แมวกับนก", "ปลากับนก") if f">{name}<" in page}

    assert found("f=title&w=แมว&j=and&f=author&w=สมศรี") == {"แมวกับหมา"}
    assert found("f=title&w=แมว&j=or&f=author&w=สมศรี") == {"แมวกับหมา", "แมวกับนก", "ปลากับนก"}
    assert found("f=title&w=แมว&j=not&f=author&w=สมศรี") == {"แมวกับนก"}
    assert found("q=(แมว OR ปลา) NOT หมา") == {"แมวกับนก", "ปลากับนก"}


def test_the_form_of_many_lines_knows_what_was_asked(shelves: Shelves, sign_in: SignIn) -> None:
    place = shelves.place("ห้องอ่าน")
    page = sign_in().get(f"/catalogue/search/advanced?q=แมว&j=not&f=author&w=สมศรี&place={place}&from=2015").text
    for said in ('value="แมว"', 'value="สมศรี"', '<option value="not" selected>', 'value="2015"', "All titles"):
        assert said in page, said
    assert f'<option value="{place}" selected>' in page


def test_the_form_keeps_what_no_control_shows(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("แมว")
    narrowed = "subject=กลอน&author=สุนทรภู่&author=มานี&decade=2010&material=book&material=video&language=tha"
    page = sign_in().get(f"/catalogue/search/advanced?f=title&w=แมว&{narrowed}").text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page)
    assert [pair for pair in hidden if pair[0] not in ("csrf_token", "next", "j")] == [
        ("material", "video"),
        ("subject", "กลอน"),
        ("author", "สุนทรภู่"),
        ("author", "มานี"),
        ("decade", "2010"),
    ]
    controls = page.partition('class="asked-more"')[2]
    assert re.findall(r'<option value="([^"]+)" selected>', controls) == ["book", "tha", "best"]


def test_what_is_gone_leaves_no_empty_word_to_take_away(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.book("แมว", "B00001")
    shelves.catch_up()
    page = sign_in().get("/catalogue/?q=แมว&category=999&place=999&material=book").text
    assert re.findall(r"Take away: ([^\"]*)", page) == ["Book"]


def test_facets_narrow_and_can_be_taken_away(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.book("แมวเล่ม", "B00001", material="book", year=2015)
    shelves.book("แมวแผ่น", "B00002", material="video", year=2022)
    shelves.catch_up()
    browser = sign_in()
    page = browser.get("/catalogue/?q=แมว").text
    assert "material=video" in page
    assert "2010–2019" in page
    narrowed = browser.get("/catalogue/?q=แมว&material=video").text
    assert "แมวเล่ม" not in unmarked(narrowed)
    assert "Take away: Video" in narrowed


def test_the_own_library_or_all_titles(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.book("แมวของเรา", "B00001")
    shelves.item(shelves.title("แมวของใต้"), "B00001", shelves.libraries.south)
    shelves.title("แมวของใครก็ไม่รู้")
    shelves.catch_up()
    browser = sign_in()
    assert "3 titles" in browser.get("/catalogue/?q=แมว").text
    ours = browser.get(f"/catalogue/?q=แมว&library={shelves.libraries.north}").text
    assert "1 title" in ours
    assert 'aria-current="true">Our library' in ours
    assert "Take away" not in ours
    theirs = browser.get(f"/catalogue/?q=แมว&library={shelves.libraries.south}").text
    assert "แมวของใต้" in unmarked(theirs)
    assert "Take away: South School Library" in theirs


def test_staff_ask_for_what_stands_on_their_own_shelves(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.book("แมวอยู่", "B00001")
    shelves.book("แมวไป", "B00002")
    shelves.lend("B00002")
    shelves.catch_up()
    browser, ours = sign_in(), f"q=แมว&library={shelves.libraries.north}"
    assert 'name="available"' in browser.get(f"/catalogue/?{ours}").text
    only = unmarked(browser.get(f"/catalogue/?{ours}&available=1").text)
    assert "แมวอยู่</a>" in only
    assert "แมวไป</a>" not in only
    assert 'name="available" value="1" data-submit checked' in only
    everywhere = unmarked(browser.get("/catalogue/?q=แมว&available=1").text)
    assert "แมวไป</a>" in everywhere
    assert 'name="available"' not in everywhere


def test_a_hit_tells_of_the_copies_here(shelves: Shelves, sign_in: SignIn) -> None:
    title, place = shelves.book("พระอภัยมณี", "B00001"), shelves.place("ห้องอ่าน")
    shelves.item(title, "B00002", place_id=place)
    shelves.item(title, "B00003")
    shelves.write_off("B00003")
    shelves.lend("B00001")
    shelves.catch_up()
    page = sign_in().get("/catalogue/?q=อภัย").text
    assert "2 copies here, 1 free" in page
    assert "</svg>ห้องอ่าน</span>" in page
    assert "No copy here" in sign_in(library="south").get("/catalogue/?q=อภัย").text


def test_why_a_title_was_found_and_what_else_is_spelt_like_it(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("The Elephant", summary="A walk through the quiet jungle")
    shelves.catch_up()
    browser = sign_in()
    assert "the quiet <mark>jungle</mark>" in browser.get("/catalogue/?q=jungle").text
    assert 'q=elephant">elephant</a>?' in browser.get("/catalogue/?q=elephnat").text


def test_without_words_the_last_added_come_first_also_unindexed(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("เล่มแรก")
    shelves.catch_up()
    shelves.title("เพิ่งเพิ่ม")
    page = sign_in().get("/catalogue/").text
    assert page.index("เพิ่งเพิ่ม") < page.index("เล่มแรก")
    assert "selected>Newest records" in page
    assert "Best match" not in page


def test_titles_in_the_order_that_was_chosen(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("แมวขาว", year=2001)
    shelves.title("แมวเกเร", year=2020)
    shelves.catch_up()
    browser = sign_in()

    def names(sort: str) -> list[str]:
        return re.findall(r"แมว(ขาว|เกเร)</a>", unmarked(browser.get(f"/catalogue/?q=แมว&sort={sort}").text))

    assert names("title") == ["เกเร", "ขาว"]
    assert names("oldest") == ["ขาว", "เกเร"]


def test_what_is_typed_is_offered_and_leads_to_the_title(shelves: Shelves, sign_in: SignIn) -> None:
    title = shelves.title("พระอภัยมณี", author="สุนทรภู่")
    shelves.catch_up()
    browser = sign_in("assistant")
    offered = browser.get("/catalogue/search/words?q=อภัย").text
    assert f'data-address="/catalogue/{title}"' in offered
    assert "สุนทรภู่" in browser.get("/catalogue/search/words?q=สุนท").text
    assert browser.get("/catalogue/search/words?q=").text.strip() == ""


def test_what_was_found_goes_out_as_records(shelves: Shelves, sign_in: SignIn) -> None:
    shelves.title("แมวหนึ่ง")
    shelves.title("หมาหนึ่ง")
    shelves.catch_up()
    browser = sign_in()
    form = browser.get("/catalogue/search/export?q=แมว").text
    ids = re.findall(r'name="id" value="(\d+)"', form)
    assert len(ids) == 1
    wanted = {"id": ids, "which": "chosen", "shape": "marc", "holdings": ""}
    (address,) = re.findall(r'action="([^"]+/export)"', form)
    assert read_record(browser.post(address, data=wanted).data)["245"]["a"] == "แมวหนึ่ง"


def test_what_was_found_becomes_a_list_as_far_as_one_goes(
    shelves: Shelves, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [shelves.title(f"แมว {number}") for number in range(3)]
    shelves.title("หมา")
    shelves.catch_up()
    browser = sign_in()
    there = "/catalogue/search/export?q=แมว"
    assert there in unquote(browser.get("/catalogue/?q=แมว").text)
    whole = browser.get(there).text
    (named,) = re.findall(r'name="titles" value="([\d,]+)"', whole)
    assert sorted(map(int, named.split(","))) == ids
    assert "only the first" not in whole
    (address,) = re.findall(r'action="([^"]+)"[^>]*>\s*<div class="card-body list-of-found"', whole)
    listed = browser.post(address, data={"titles": named, "kind": "titles"}).text
    assert [f"แมว {number}" in listed for number in range(3)] == [True] * 3
    assert "หมา" not in listed
    monkeypatch.setattr("samut_hub.catalogue.searching.web.finding.MOST_GIVEN", 2)
    assert "3 titles were found; only the first 2 are given out." in browser.get(there).text


def test_many_titles_cost_no_more_questions_than_few(shelves: Shelves, sign_in: SignIn, statements: Counted) -> None:
    browser, counts = sign_in(), []
    for count in (2, 18):
        for number in range(count):
            shelves.book(f"แมวตัวที่ {count} {number}", f"B{count:02}{number:03}", subjects=f"เรื่อง {number}")
        shelves.catch_up()
        browser.get("/catalogue/?q=แมว")
        with statements() as asked:
            assert "20 titles" in browser.get("/catalogue/?q=แมว").text or count == 2
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_all_cataloguing_work_is_one_page_away(shelves: Shelves, sign_in: SignIn) -> None:
    assert "/catalogue/work" in sign_in().get("/catalogue/").text
    page = sign_in("administrator").get("/catalogue/work").text
    for place in ("Add a title", "Enter books", "Bring records in", "Labels", "Duplicate titles", "Stock-taking"):
        assert place in page, place
    assert "งานจัดทำรายการ" in sign_in("administrator", language="th").get("/catalogue/work").text


def test_an_assistant_is_offered_only_what_is_his_to_do(shelves: Shelves, sign_in: SignIn) -> None:
    page = sign_in("assistant").get("/catalogue/work").text
    assert "Headings" in page
    assert "Add a title" not in page
    assert "Add a title" not in sign_in("assistant").get("/catalogue/").text


def test_every_part_of_the_catalogue_opens_and_stands_under_it_in_the_menu(
    hub_app: Flask, shelves: Shelves, sign_in: SignIn
) -> None:
    shelves.title("แมว")
    browser, adapter = sign_in("administrator"), hub_app.url_map.bind("localhost")
    there = {place.endpoint for place in CATALOGUING} - {"tasks.index"}
    for endpoint in ("catalogue.work", "searching.advanced", "searching.saved", *sorted(there)):
        page = browser.get(adapter.build(endpoint)).text
        assert 'href="/catalogue/" aria-current="page"' in page, endpoint
