"""A visitor walks along shelves and headings, forwards and back, and meets only what the libraries have."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from samut_hub.catalogue.authorities.models import Heading
from samut_hub.catalogue.authorities.policy import HeadingKind
from samut_hub.catalogue.models import Title
from samut_hub.members.service import sort_key
from samut_hub.opac import browsing
from samut_hub.opac.beside import beside
from tests.hub.opac.conftest import Town


def names(stretch: browsing.Stretch) -> list[str]:
    return [title.title for title in stretch.titles]


def test_the_shelf_is_walked_in_order_forwards_and_back(town: Town) -> None:
    for number in range(50):
        town.book(f"เล่ม {number:02}", f"B{number:05}", call_number=f"{100 + number} ก123ก")
    town.title("ไม่มีในห้องสมุด", call_number="100 ก123ก")
    with town.database.session(town.libraries.north, writes=False) as session:
        first = browsing.shelf_from(session, "")
        assert (len(first.titles), first.before) == (20, None)
        second = browsing.shelf_after(session, first.after or 0)
        third = browsing.shelf_after(session, second.after or 0)
        back = browsing.shelf_before(session, third.before or 0)
        from_number = browsing.shelf_from(session, "๑๒๕")
        around = beside(session, session.get_one(Title, first.titles[1].id), None).around
    with town.database.session(town.libraries.south, writes=False) as session:
        assert names(browsing.shelf_from(session, "")) == []
    walked = names(first) + names(second) + names(third)
    assert walked == [f"เล่ม {number:02}" for number in range(50)]
    assert third.after is None
    assert names(back) == names(second)
    assert names(from_number)[0] == "เล่ม 25"
    assert [title.title for title in around] == [f"เล่ม {number:02}" for number in range(6)]


def test_each_library_walks_its_own_shelf(town: Town) -> None:
    """A title stands where the library put its first copy; what is written off stands nowhere."""
    tale, web, gone = (
        town.title(name, call_number=f"{number} ก1") for name, number in (("ก", 100), ("ข", 200), ("ค", 300))
    )
    town.item(tale, "B00001")
    town.item(web, "B00002")
    town.item(web, "B00003", call_number="050 ก1")
    town.item(gone, "B00004", status="withdrawn")
    town.item(tale, "B00001", "south", call_number="900 ก1")
    town.item(web, "B00002", "south")
    with town.database.session(town.libraries.north, writes=False) as session:
        assert names(browsing.shelf_from(session, "")) == ["ข", "ก"]
        assert names(browsing.shelf_after(session, web)) == ["ก"]
        assert names(browsing.shelf_before(session, gone)) == ["ข", "ก"]
        assert [tile.title for tile in beside(session, session.get_one(Title, tale), None).around] == ["ข", "ก"]
    with town.database.session(town.libraries.south, writes=False) as session:
        assert names(browsing.shelf_from(session, "")) == ["ข", "ก"]
        assert names(browsing.shelf_from(session, "300")) == ["ก"]
    with town.database.session(None, writes=False) as session:
        assert names(browsing.shelf_from(session, "")) == ["ก", "ข"]
        assert names(browsing.shelf_after(session, tale)) == ["ข"]
        assert [tile.title for tile in beside(session, session.get_one(Title, web), None).around] == ["ก", "ข"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_library_s_shelf_is_read_from_its_own_items(
    town: Town, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """However many titles the others have: no plan walks through all titles."""
    title = town.book("เล่มเดียว", "B00001", call_number="100 ก1")
    with town.database.session(town.libraries.north, writes=False) as session:
        with statements() as asked:
            browsing.shelf_from(session, "")
            browsing.shelf_before(session, title)
            beside(session, session.get_one(Title, title), None)
        connection = session.connection()
        walks = [one for one in asked if "LIMIT" in one and "call_key" in one]
        plans = [str(row[3]) for one in walks for row in connection.exec_driver_sql(*_explained(one))]
    assert len(walks) == 5
    assert not [
        line for line in plans if "ix_titles_call_key" in line or "SCAN titles" in line or "SCAN items" in line
    ]
    assert [line for line in plans if "ix_items_call_key (library_id=? AND call_key>?)" in line]
    assert not [line for line in plans if "SEARCH earlier USING INDEX ix_items_call_key" in line]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_small", [True, False])
def test_a_small_library_s_headings_are_gathered_from_its_titles(
    town: Town,
    statements: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_small: bool,
) -> None:
    """A large one's are walked in their order until a page is full."""
    monkeypatch.setattr(browsing, "holds_few", lambda session, library_id: is_small)
    town.book("แมว", "B00001", subjects="แมว; เก้าอี้")
    town.book("หมา", "B00002", "south", subjects="หมา")
    with town.database.session(town.libraries.north, writes=False) as session:
        with statements() as asked:
            found = browsing.headings_from(session, HeadingKind.SUBJECT, "")
        (walk,) = (one for one in asked if "headings.sort_key >=" in one)
        plan = [str(row[3]) for row in session.connection().exec_driver_sql(*_explained(walk))]
    assert [row.text for row in found.rows] == ["เก้าอี้", "แมว"]
    assert any("ix_headings_sort_key" in line for line in plan) is not is_small


def _explained(statement: str) -> tuple[str, tuple[None, ...]]:
    return f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?")


def test_headings_stand_in_thai_order_and_lead_to_titles(town: Town) -> None:
    cat = town.book("แมว", "B00001", author="สมศรี มีสุข", subjects="แมว; เก้าอี้")
    dog = town.book("หมา", "B00002", author="สมศรี มีสุข", subjects="หมา; กบ")
    town.title("ช้าง", subjects="ช้าง")
    with town.database.session(None) as session:
        rows = {row.text: row for row in session.query(Heading)}
        session.add(
            Heading(
                kind="subject",
                text="สุนัข",
                key="สุนัข",
                sort_key=sort_key("สุนัข"),
                see_id=rows["หมา"].id,
                changed_at=town.clock(),
            )
        )
    with town.database.session(town.libraries.north, writes=False) as session:
        found = browsing.headings_from(session, HeadingKind.SUBJECT, "")
        assert [row.text for row in found.rows] == ["กบ", "เก้าอี้", "แมว", "สุนัข", "หมา"]
        assert found.see[rows["หมา"].id].text == "หมา"
        after = browsing.headings_after(session, HeadingKind.SUBJECT, rows["แมว"].id)
        assert [row.text for row in after.rows] == ["สุนัข", "หมา"]
        keys = browsing.headings_of_title(session, cat)
        author = browsing.heading_for(keys, "สมศรี มีสุข")
        assert author is not None
        assert names(browsing.titles_under(session, author)) == ["หมา", "แมว"]
        page = browsing.titles_under(session, author, count=1)
        assert names(browsing.titles_under(session, author, after=page.after)) == ["แมว"]
        assert [other.id for other in beside(session, session.get_one(Title, cat), author).others] == [dog]


def test_new_arrivals_name_each_title_once_by_its_first_copy(town: Town) -> None:
    old = town.book("เก่า", "B00001")
    town.clock.pass_by(days=1)
    town.book("ใหม่", "B00002")
    town.item(old, "B00003")
    town.clock.pass_by(days=1)
    town.book("ใหม่กว่า", "B00004")
    town.item(old, "B00001", "south")
    with town.database.session(town.libraries.north, writes=False) as session:
        page = browsing.newest(session, count=2)
        assert names(page) == ["ใหม่กว่า", "ใหม่"]
        assert names(browsing.newest(session, after=page.after, count=2)) == ["เก่า"]
    with town.database.session(town.libraries.south, writes=False) as session:
        assert names(browsing.newest(session)) == ["เก่า"]
    with town.database.session(None, writes=False) as session:
        page = browsing.newest(session, count=2)
        assert names(page) == ["ใหม่กว่า", "ใหม่"]
        assert names(browsing.newest(session, after=page.after)) == ["เก่า"]
