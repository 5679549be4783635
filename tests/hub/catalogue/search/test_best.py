"""The best of very many titles are found without looking at all, and are the same."""

from dataclasses import replace
from functools import cache

import pytest
import tantivy

from samut_hub.catalogue.search.analyser import read, recall_terms, words
from samut_hub.catalogue.search.answering import Request, answer, request_for
from samut_hub.catalogue.search.criteria import MOST_EXACT, Sort
from samut_hub.catalogue.search.index_format import SCHEMA, shares_of, whole_title
from samut_hub.catalogue.search.query import Term

TITLES = MOST_EXACT + 2_000
NAMES = ("แมว", "แมวกับหมา", "แมวของฉัน", "เรื่องแมว ๆ", "นิทานเรื่องแมวตัวหนึ่งกับหมาอีกสามตัว")


@cache
def a_catalogue() -> tantivy.Searcher:
    index = tantivy.Index(SCHEMA)
    writer = index.writer(50_000_000, 1)
    for number in range(1, TITLES + 1):
        name = NAMES[number % 4] if number % 1_000 else NAMES[4]
        has, cut = " ".join(recall_terms([read(name)])), " ".join(words(name))
        years = {"year": [2000 + number % 7]} if number % 3 else {}
        fields = {"any_has": [has], "title_has": [has], "title_words": [cut], "whole_title": [whole_title(name)]}
        made = tantivy.Document()
        made.extend(fields | years | {"id": [number], "share": shares_of(number)}, SCHEMA)
        writer.add_document(made)
    writer.commit()
    index.reload()
    return index.searcher()


def kinds(searcher: tantivy.Searcher, question: str, *, offset: int) -> list[int]:
    """Which of the names the titles of a page have; among those of one name the order is no matter."""
    asked = request_for(question) or Request()
    ids = answer(searcher, Request(text=asked.text, node=asked.node, offset=offset, limit=20)).ids
    return [number % 4 if number % 1_000 else 4 for number in ids]


def test_titles_that_are_the_whole_text_come_first_whichever_way_they_are_found() -> None:
    searcher = a_catalogue()
    first, later = kinds(searcher, "แมว", offset=0), kinds(searcher, "แมว", offset=2_980)
    assert first == [0] * 20
    assert later[:8] == [0] * 8
    assert 0 not in later[8:], "all 2,988 that are the whole text have come"


def test_what_does_not_fit_is_left_out() -> None:
    searcher = a_catalogue()
    assert answer(searcher, request_for("แมว OR หมา") or Request()).total == TITLES
    found = kinds(searcher, "แมว ไม่ หมา", offset=0)
    assert found
    assert not {1, 4} & set(found)


def test_of_titles_that_are_the_whole_text_the_newest_come_first() -> None:
    searcher = a_catalogue()
    asked = request_for("แมว") or Request()
    years = [2000 + one % 7 if one % 3 else 0 for one in answer(searcher, replace(asked, limit=2_900)).ids]
    assert years == sorted(years, reverse=True)
    assert {2006, 2000, 0} < {*years}


def test_from_page_to_page_no_title_comes_twice_and_none_is_left_out() -> None:
    """The twelve that are the whole text, those that rank highest, and all further ones are each found otherwise."""
    searcher = a_catalogue()
    asked = Request(text=NAMES[4], node=Term("แมว"))
    paged = [
        one for offset in range(0, 98, 7) for one in answer(searcher, replace(asked, offset=offset, limit=7)).ids
    ]
    assert paged == [*answer(searcher, replace(asked, limit=98)).ids]
    assert {*paged[:12]} == {*range(1_000, 13_000, 1_000)}
    assert len({*paged}) == 98


@pytest.mark.parametrize("sort", [Sort.LAST_ADDED, Sort.NEWEST, Sort.OLDEST])
@pytest.mark.parametrize("offset", [0, 60, 7_990])
def test_pages_in_another_order_are_cut_from_all_titles(sort: Sort, offset: int) -> None:
    """A third of the titles has no year: these come last, whichever way the years go."""
    searcher = a_catalogue()
    years = {number: 2000 + number % 7 for number in range(1, TITLES + 1) if number % 3}
    place = {Sort.LAST_ADDED: lambda one: -one, Sort.NEWEST: lambda one: -years.get(one, 0)}
    order = sorted(range(1, TITLES + 1), key=place.get(sort, lambda one: years.get(one, 9999)))
    for node in (None, Term("แมว")):
        found = answer(searcher, Request(node=node, sort=sort, offset=offset)).ids
        assert [*found] == order[offset : offset + 20]
