"""Questions by field, phrase, filter and order; what is offered while typing and after a mistake."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities.models import Heading, TitleHeading
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Category, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.criteria import Filters, Kind, Sort
from samut_hub.catalogue.search.query import FIELDS, And, Not, Or, Term, parse
from tests.hub.catalogue.conftest import NOW, Catalogue

BOOKS = (
    Description(
        title="ประวัติศาสตร์ล้านนา",
        author="สรัสวดี อ๋องสกุล",
        publisher="อมรินทร์",
        year=2015,
        isbn="9789747047950",
        language="tha",
        call_number="959.36 ส17ป",
        subjects="ภาคเหนือ -- ประวัติศาสตร์",
    ),
    Description(title="Libraries of the river", author="Doe, Jane", year=2001, language="eng", subjects="Libraries"),
    Description(title="A river runs", author="สรัสวดี อ๋องสกุล", year=1998, language="eng", call_number="813.54"),
    Description(title="เกมของเรา", author="กานดา ใจดี", language="tha", material="game"),
    Description(title="กานดากับแม่น้ำ", author="เก่ง กล้า", year=2020, language="tha"),
    Description(title="ห้องน้ำในบ้าน", summary="Rivers run a lot", year=2010, language="tha"),
)
LANNA, LIBRARIES, RIVER, GAME, KANDA, ROOM = (book.title for book in BOOKS)

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def shelf(catalogue: Catalogue) -> Catalogue:
    catalogue.add(*BOOKS)
    catalogue.indexer.catch_up()
    return catalogue


@pytest.mark.requirement("S-02")
@pytest.mark.requirement("S-03")
@pytest.mark.requirement("S-04")
def test_a_reader_searches_in_any_field_and_joins_them(shelf: Catalogue) -> None:
    expected = {
        "ผู้แต่ง:กานดา": {GAME},
        "title:กานดา": {KANDA},
        "กานดา": {GAME, KANDA},
        "author:(กานดา หรือ doe)": {GAME, LIBRARIES},
        "สำนักพิมพ์:อมรินทร์": {LANNA},
        "หัวเรื่อง:library": {LIBRARIES},
        "LIBRARY": {LIBRARIES},
        "rIvErS": {LIBRARIES, RIVER, ROOM},
        "author:สรัสวดี NOT language:tha": {RIVER},
        "author:สรัสวดี ปี:2540-2545": {RIVER},
        "year:2558": {LANNA},
        "year:2001-": {LANNA, LIBRARIES, KANDA, ROOM},
        "year:xx": set(),
        "call:813": {RIVER},
        "call_number:959.36ส": {LANNA},
        "เลขเรียก:959.36 ส17ป": {LANNA},
        "เลขเรียก:959.36 ส99": set(),
        "เลขเรียก:959.36 ส17ป NOT author:สรัสวดี": set(),
        "call:(959.36 ส17ป หรือ 813.54) language:eng": {RIVER},
        "isbn:974-7047-95-X": set(),
        "974-7047-95-0": {LANNA},
        "978 974 7047 95 0": {LANNA},
        "isbn:9747047950": {LANNA},
        "river ไม่ runs": {LIBRARIES},
        '"river runs"': {RIVER, ROOM},
        '"runs river"': set(),
        '"runs a"': {ROOM},
        "(ล้านนา หรือ doe) NOT jane": {LANNA},
    }
    for typed, titles in expected.items():
        assert set(shelf.search(typed)) == titles, typed


def test_a_phrase_stands_together_and_in_order(catalogue: Catalogue) -> None:
    catalogue.add("กขคงจ", "ขคง กขค", "คงจ กขค")
    assert len(catalogue.search("กขคง")) == 3
    assert catalogue.search('"กขคง"') == ["กขคงจ"]


def test_a_call_number_is_one_though_it_is_written_in_parts() -> None:
    for typed in ("495.91 ก123", "อ 030 ร415ส", "ท 00123"):
        assert parse(typed, "call_number") == Term(typed, "call_number")
        assert parse(f"เลขทะเบียน: {typed}") == Term(typed, "accession")
    assert parse("495.91 ก123 หรือ น ส1", "call_number") == Or(
        (Term("495.91 ก123", "call_number"), Term("น ส1", "call_number"))
    )
    assert parse("แมว หมา", "title") == And((Term("แมว", "title"), Term("หมา", "title")))


def test_trees_of_a_form_are_searched_as_text_is(shelf: Catalogue) -> None:
    shelf.indexer.catch_up()
    form = Or((Term("กานดา", "author"), Term("ล้านนา", "title")))
    assert shelf.index.search(form).total == 2
    assert shelf.index.search(Not(Term("ล้านนา"))).total == len(BOOKS) - 1
    assert shelf.index.search(Not(Term("ล้านนา")), filters=Filters(languages=["eng"])).total == 2
    assert shelf.index.search(Or((Term("!"), Term("?")))).total == 0, "nothing is asked for"
    assert shelf.index.search(None).total == len(BOOKS)


@pytest.mark.requirement("W-04")
def test_thai_is_understood_and_sorted_as_in_the_dictionary(shelf: Catalogue) -> None:
    assert shelf.search("แม่น้ า") == shelf.search("แม่นํ้า") == [KANDA]
    assert shelf.search("ปี:๒๕๕๘") == [LANNA]
    by_title = [KANDA, GAME, LANNA, ROOM, RIVER, LIBRARIES]
    assert shelf.search("", sort=Sort.TITLE) == by_title
    pages = [shelf.search("", sort=Sort.TITLE, per_page=2, page=page) for page in (1, 2, 3)]
    assert [title for page in pages for title in page] == by_title
    assert shelf.search("", sort=Sort.AUTHOR) == [GAME, KANDA, LANNA, RIVER, LIBRARIES, ROOM]


def test_newest_oldest_and_last_added(shelf: Catalogue) -> None:
    assert shelf.search("", sort=Sort.NEWEST) == [KANDA, LANNA, ROOM, LIBRARIES, RIVER, GAME]
    assert shelf.search("", sort=Sort.OLDEST)[:5] == [RIVER, LIBRARIES, ROOM, LANNA, KANDA]
    assert shelf.search("river", sort=Sort.LAST_ADDED) == [ROOM, RIVER, LIBRARIES]


@pytest.mark.requirement("A-13")
def test_one_search_over_all_materials_narrowed_by_what_was_counted(shelf: Catalogue) -> None:
    shelf.indexer.catch_up()
    hits = shelf.index.search("กานดา", facets=True)
    assert hits.facets["material"] == [("book", 1), ("game", 1)] or hits.facets["material"] == [
        ("game", 1),
        ("book", 1),
    ]
    assert hits.facets["language"] == [("tha", 2)]
    assert hits.facets["decade"] == [("2020", 1)]
    assert sorted(hits.facets["author"]) == [("กานดา ใจดี", 1), ("เก่ง กล้า", 1)]
    assert shelf.search("กานดา", filters=Filters(materials=["game"])) == [GAME]
    assert set(shelf.search("", filters=Filters(languages=["eng"], year_from=2000))) == {LIBRARIES}
    assert shelf.search("", filters=Filters(subjects=["Libraries"], year_to=2001)) == [LIBRARIES]


def test_places_categories_and_libraries_of_items_are_counted(shelf: Catalogue) -> None:
    with shelf.database.session(shelf.library) as session:
        hall = service.add_place(session, "อาคาร 1")
        shelf_3 = service.add_place(session, "ชั้น 3", parent=hall)
        novels = Category(name="นวนิยาย")
        session.add(novels)
        session.flush()
        title = session.get_one(Title, 1)
        fields = ItemFields(accession_number="กข-0012", place_id=shelf_3.id, category_id=novels.id)
        add_items(session, title, fields, copies=2, now=NOW)
        service.note_changes(session, [1])
        places, category = (hall.id, shelf_3.id), novels.id
    shelf.indexer.catch_up()
    facets = shelf.index.search("", facets=True).facets
    assert dict(facets["place"]) == {str(place): 1 for place in places}
    assert (facets["category"], facets["library"]) == ([(str(category), 1)], [(str(shelf.library), 1)])
    for filters in (Filters(places=[places[0]]), Filters(categories=[category]), Filters(libraries=[shelf.library])):
        assert shelf.search("", filters=filters) == [LANNA]
    assert LANNA not in shelf.search("", filters=Filters(without=[1]))
    assert shelf.search("เลขทะเบียน:กข-0012") == [LANNA]


@pytest.mark.parametrize("stands_under", ["used", "romanised"])
def test_a_title_is_found_by_all_forms_of_its_heading(shelf: Catalogue, stands_under: str) -> None:
    with shelf.database.session(None) as session:
        used = Heading(kind="person", text="กานดา ใจดี", key="a", sort_key=b"", changed_at=NOW)
        session.add(used)
        session.flush()
        forms = {"romanised": "Jaidee, Kanda", "pen_name": "มะลิวัลย์"}
        others = {
            key: Heading(kind="person", text=text, key=key, sort_key=b"", see_id=used.id, changed_at=NOW)
            for key, text in forms.items()
        }
        session.add_all(others.values())
        session.flush()
        session.add(TitleHeading(title_id=4, heading_id={"used": used, **others}[stands_under].id))
        service.note_changes(session, [4])
    for form in ("กานดา", "jaidee", "มะลิวัลย์"):
        assert GAME in shelf.search(f"author:{form}")


def test_a_merged_title_is_found_no_more(shelf: Catalogue) -> None:
    with shelf.database.session(None) as session:
        session.get_one(Title, 1).merged_into_id = 2
        service.note_changes(session, [1])
    assert shelf.search("ล้านนา") == []
    shelf.indexer.rebuild()
    assert shelf.search("ล้านนา") == []


def test_what_is_typed_so_far_is_completed(shelf: Catalogue) -> None:
    def offered(text: str) -> set[tuple[str, Kind]]:
        return {(one.text, one.kind) for one in shelf.index.suggest(text)}

    assert offered("ประว") == {(LANNA, Kind.TITLE), ("ภาคเหนือ -- ประวัติศาสตร์", Kind.SUBJECT)}
    assert offered("วัติศา") == offered("ประว")
    assert offered("กานด") == {(KANDA, Kind.TITLE), ("กานดา ใจดี", Kind.AUTHOR)}
    assert offered("riv") == {(RIVER, Kind.TITLE), (LIBRARIES, Kind.TITLE)}
    assert offered("libraries o") == {(LIBRARIES, Kind.TITLE)}
    assert offered("!") == offered("") == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ประวัติศาตร์", "ประวัติศาสตร์"),
        ("librareis", "libraries"),
        ("สรัสวดี อ๋องสกุน", "สรัสวดี อ๋องสกุล"),
        ("river", ""),
        ("กกกกกกกก", ""),
        ("", ""),
    ],
)
def test_another_spelling_is_offered_only_if_it_finds_more(shelf: Catalogue, typed: str, meant: str) -> None:
    assert shelf.index.did_you_mean(typed) == meant


def test_only_the_first_words_that_nobody_knows_are_put_right(shelf: Catalogue) -> None:
    shelf.indexer.catch_up()
    better = shelf.index.did_you_mean("librareis หรือ rivre หรือ lbiraries หรือ librariez")
    assert better == "libraries หรือ river หรือ libraries หรือ librariez"


JUNK = st.lists(
    st.one_of(
        st.sampled_from(['"', "(", ")", ":", "NOT", "หรือ", "และ", "title:", "ปี:", "call:", "*", "~"]), st.text()
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=60, deadline=timedelta(seconds=2), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JUNK, st.sampled_from(["", *FIELDS]))
def test_no_question_breaks_the_search(shelf: Catalogue, text: str, field: str) -> None:
    hits = shelf.index.search(text, facets=True)
    assert len(hits.ids) <= hits.total <= len(BOOKS)
    assert shelf.index.search(Term(text, field, phrase=True)).total <= len(BOOKS)
    shelf.index.suggest(text)
    shelf.index.did_you_mean(text)
