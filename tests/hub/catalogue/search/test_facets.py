"""Facets: counted where few titles were found, estimated fairly where very many were."""

import tantivy

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search.answering import Request, answer, count_of
from samut_hub.catalogue.search.criteria import MOST_COUNTED, Filters
from samut_hub.catalogue.search.index_format import SCHEMA, SEPARATOR, TRAYS, lot_of, name_number, tray_of
from samut_hub.catalogue.search.query import Or, Term

TITLES = 4 * MOST_COUNTED


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
                "lot": [lot_of(number)],
                "tray": [tray_of(number)],
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


def test_lots_are_spread_evenly() -> None:
    share = 1 << 17
    in_share = sum(lot_of(number) < share for number in range(1, 80_001))
    assert abs(in_share / 10_000 - 1) < 0.02


def test_a_share_is_a_fair_sample_and_so_is_a_tray() -> None:
    searcher = a_catalogue()
    for share in (0.5, 1 / 10, 1 / 20):
        some = asking.in_share(asking.wanted(None, Filters()), share)
        assert abs(count_of(searcher, some) / (share * TITLES) - 1) < 0.1
    either = Or((Term("2010", "year"), Term("2020", "year")))
    in_tray = count_of(searcher, asking.wanted_of_a_tray(either, Filters()))
    assert abs(in_tray * TRAYS / count_of(searcher, asking.wanted(either, Filters())) - 1) < 0.1
    narrowed = asking.in_share(asking.wanted_of_a_tray(either, Filters()), 0.2)
    assert abs(count_of(searcher, narrowed) / (in_tray * 0.2) - 1) < 0.2
