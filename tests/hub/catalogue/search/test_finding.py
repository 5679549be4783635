"""A librarian who has just saved a title finds it, whether or not the indexer came by."""

import pytest

from samut_hub.catalogue import service
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.search.criteria import EVERYTHING, Filters
from samut_hub.catalogue.search.index_format import ONLINE
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Libraries


def found(catalogue: Catalogue, text: str, *, page: int = 1, filters: Filters = EVERYTHING) -> finding.Found:
    with catalogue.database.session(catalogue.library, writes=False) as session:
        return finding.find(session, catalogue.index, text, page=page, filters=filters, facets=True)


def names(answer: finding.Found) -> list[str]:
    return [title.title for title in answer.titles]


def test_a_title_is_found_at_once_by_its_new_name_only(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add("ปลาบู่ทอง")
    assert names(found(catalogue, "ปลาบู่")) == names(found(catalogue, "")) == ["ปลาบู่ทอง"]
    catalogue.indexer.catch_up()
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        service.edit_title(session, title, Description(title="สังข์ทอง"), version=title.version, now=NOW)
    assert names(found(catalogue, "ปลาบู่")) == []
    assert names(found(catalogue, "ทอง")) == ["สังข์ทอง"]
    assert found(catalogue, "ทอง").facets["material"] == [("book", 1)]
    assert found(catalogue, "ทอง", filters=Filters(materials=["game"])).total == 0


def test_just_saved_titles_come_first_and_pages_go_on_after_them(catalogue: Catalogue) -> None:
    catalogue.add(*(f"เพลงเก่า {number}" for number in range(30)))
    catalogue.indexer.catch_up()
    catalogue.add("เพลงใหม่ ก", "เพลงใหม่ ข")
    first, second = found(catalogue, "เพลง"), found(catalogue, "เพลง", page=2)
    assert {title[:8] for title in names(first)[:2]} == {"เพลงใหม่"}
    assert (first.total, len(first.titles), len(second.titles)) == (32, 20, 12)
    assert len({*names(first), *names(second)}) == 32
    assert first.facets["material"] == [("book", 32)]


def test_a_title_saved_during_an_import_is_found_however_far_the_index_is_behind(catalogue: Catalogue) -> None:
    catalogue.add("ปลาบู่ทอง")
    catalogue.indexer.catch_up()
    (others, title_id) = catalogue.add("ปลาร้า", "สังข์ทอง")
    with catalogue.database.session(catalogue.library) as session:
        for _ in range(3):
            service.note_changes(session, [others] * (service.SAVED_TOGETHER + 1))
        title = service.title_by_id(session, title_id)
        service.edit_title(session, title, Description(title="ไกรทอง"), version=title.version, now=NOW)
        service.note_changes(session, [others] * 5_000)
    assert names(found(catalogue, "ทอง")) == ["ไกรทอง", "ปลาบู่ทอง"]


@pytest.mark.parametrize("has_caught_up", [False, True])
def test_an_accession_number_with_a_space_is_found_in_the_library_that_has_it(
    catalogue: Catalogue, libraries: Libraries, *, has_caught_up: bool
) -> None:
    (title_id,) = catalogue.add("ท้องถิ่นของเรา")
    add_copy(catalogue, title_id, libraries.north, "ท 00123")
    if has_caught_up:
        catalogue.indexer.catch_up()
    own, other = Filters(libraries=[libraries.north, ONLINE]), Filters(libraries=[libraries.south])
    assert names(found(catalogue, "ท 00123")) == names(found(catalogue, "ท 00123", filters=own)) == ["ท้องถิ่นของเรา"]
    assert names(found(catalogue, "ท 00123", filters=other)) == []
    assert names(found(catalogue, "ท 00123", filters=Filters(libraries=own.libraries, materials=["map"]))) == []


def add_copy(catalogue: Catalogue, title_id: int, library: int, number: str) -> None:
    with catalogue.database.session(library) as session:
        add_items(session, service.title_by_id(session, title_id), ItemFields(accession_number=number), now=NOW)


def test_a_title_just_saved_is_known_with_the_items_of_all_libraries(
    catalogue: Catalogue, libraries: Libraries
) -> None:
    (title_id,) = catalogue.add("ปลาบู่ทอง")
    add_copy(catalogue, title_id, libraries.south, "B00001")
    (one,) = found(catalogue, "ปลาบู่", filters=Filters(libraries=[libraries.south])).titles
    assert one.id == title_id
    assert names(found(catalogue, "ปลาบู่", filters=Filters(libraries=[libraries.north]))) == []


def test_another_spelling_is_offered_when_little_is_found(catalogue: Catalogue, libraries: Libraries) -> None:
    (title_id,) = catalogue.add("ประวัติศาสตร์ไทย")
    add_copy(catalogue, title_id, libraries.south, "B00001")
    catalogue.indexer.catch_up()
    assert found(catalogue, "ประวัติศาตร์").instead == "ประวัติศาสตร์"
    assert found(catalogue, "ประวัติศาสตร์").instead == ""
    in_south, in_north = Filters(libraries=[libraries.south]), Filters(libraries=[libraries.north])
    assert found(catalogue, "ประวัติศาตร์", filters=in_south).instead == "ประวัติศาสตร์"
    assert found(catalogue, "ประวัติศาตร์", filters=in_north).instead == "", "this library has no such title"
    with catalogue.database.session(catalogue.library, writes=False) as session:
        assert finding.find(session, catalogue.index, "ประวัติศาตร์").instead == "", "nobody is shown it"
