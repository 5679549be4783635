"""Facets: counted where few titles were found, estimated fairly where very many were."""

from functools import cache

import pytest
import tantivy

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search.answering import Request, answer, count_of, names_of
from samut_hub.catalogue.search.criteria import MOST_COUNTED, Filters
from samut_hub.catalogue.search.fitting import Fitting
from samut_hub.catalogue.search.index_format import FINEST, SCHEMA, SEPARATOR, name_number, shares_of
from samut_hub.catalogue.search.query import Or, Term

TITLES = 6 * MOST_COUNTED


@cache
def a_catalogue() -> tantivy.Searcher:
    """Every tenth title is a map, every fourth by Mani and Piti."""
    index = tantivy.Index(SCHEMA)
    writer = index.writer(50_000_000, 1)
    for number in range(1, TITLES + 1):
        authors = ["มานี", "ปิติ"] if number % 4 == 0 else ["วีระ"]
        made = tantivy.Document()
        made.extend(
            {
                "id": [number],
                "share": shares_of(number),
                "year": [2010 + number % 20],
                "material": ["map" if number % 10 == 0 else "book"],
                "author_number": [*map(name_number, authors)],
                "author_named": [SEPARATOR.join(authors).encode()],
            },
            SCHEMA,
        )
        writer.add_document(made)
    writer.commit()
    index.reload()
    return index.searcher()


def test_counts_of_very_many_titles_are_near_and_those_of_fewer_are_right() -> None:
    searcher = a_catalogue()

    many = answer(searcher, Request(facets=True))
    assert many.total == TITLES
    about = {field: dict(values) for field, values in many.facets.items()}
    assert abs(about["material"]["map"] / (TITLES / 10) - 1) < 0.05
    assert abs(about["author"]["ปิติ"] / (TITLES / 4) - 1) < 0.05

    fewer = answer(searcher, Request(facets=True, filters=Filters(materials=["map"])))
    assert fewer.facets["material"] == [("map", TITLES // 10)]
    assert sorted(fewer.facets["author"]) == [("ปิติ", TITLES // 20), ("มานี", TITLES // 20), ("วีระ", TITLES // 20)]


def test_of_very_many_titles_the_most_frequent_names_are_found_in_a_share() -> None:
    searcher = a_catalogue()
    found = names_of(searcher, Fitting(searcher, None, Filters()).all(), "author", most=3)
    assert found[0][0] == "วีระ"
    assert {name for name, _ in found[1:]} == {"มานี", "ปิติ"}
    assert found[0][1] < TITLES / 8, "not all were counted"


@pytest.mark.parametrize("share", range(1, 6))
def test_a_share_is_a_fair_sample_and_part_of_the_one_before(share: int) -> None:
    inside = {number for number in range(1, 80_001) if share in shares_of(number)}
    assert abs(len(inside) / (80_000 >> share) - 1) < 0.02
    assert share == 1 or all(share - 1 in shares_of(number) for number in inside)


def test_the_finest_share_holds_some_of_a_hundred_thousand() -> None:
    assert 15 < sum(FINEST in shares_of(number) for number in range(1, 100_001)) < 35


def test_of_either_or_a_share_holds_its_part_of_both() -> None:
    searcher = a_catalogue()
    either = Or((Term("2010", "year"), Term("2020", "year")))
    fitting = Fitting(searcher, either, Filters())
    within = count_of(searcher, fitting.among(asking.in_share(3)))
    assert abs(within * 8 / count_of(searcher, fitting.all()) - 1) < 0.1
