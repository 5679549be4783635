"""One page of answers out of one state of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import Order, Query, Searcher

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.criteria import (
    EVERYTHING,
    MOST_COUNTED,
    MOST_EXACT,
    NOTHING,
    Facets,
    Filters,
    Hits,
    Sort,
)
from samut_hub.catalogue.search.fitting import Fitting
from samut_hub.catalogue.search.index_format import FINEST, NAMES, SEPARATOR, name_number

DEEPEST = 10_000
"""Nobody pages further; a search engine that is asked to would sort all titles."""
_MOST_VALUES = 1_000
"""Of a facet; ids of categories, places and libraries belong to many libraries, of which each page shows its own."""
_FEW_VALUES = ("material", "language", "category", "place", "library", "decade")
_NAMES = 20
SAMPLE = 1_500
"""So many titles at least say how often a value stands among very many."""
_SMALL_SHARE, _LARGE_SHARE = 6, 4
"""One of 64 and one of 16 titles: looked at to see how many there are about."""
_ENOUGH = MOST_EXACT >> _LARGE_SHARE
"""So many in a share say well how many there are of all."""
_ENOUGH_NAMED = 1_000
"""So many in a share say well which names are the most frequent."""
_TRIED = 60
"""Titles that rank highest, among which the best of very many are looked for."""
_KEPT_NAMES = 50_000
_names: dict[int, str] = {}
_ORDERS = {
    Sort.TITLE: ("sort_title", Order.Asc),
    Sort.AUTHOR: ("sort_author", Order.Asc),
    Sort.NEWEST: ("year", Order.Desc),
    Sort.OLDEST: ("year", Order.Asc),
    Sort.LAST_ADDED: ("id", Order.Desc),
}


_IN_STEPS = ("id", "year")
"""Fields of which all titles up to a value are found at once."""
_SPARE = 4
"""Titles of a small share by which a page may be further than the share says."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """`text` is what was typed, for titles typed in full; `limit` titles are wanted after the first `offset`."""

    text: str = ""
    node: q.Node | None = None
    filters: Filters = EVERYTHING
    sort: Sort = Sort.BEST
    offset: int = 0
    limit: int = 20
    facets: bool = False


def request_for(question: str | q.Node | None) -> Request | None:
    """What is asked; None if what should be found has no letter or digit, though the question is not empty."""
    is_text = isinstance(question, str)
    if question is None or (is_text and not str(question).strip()):
        return Request()
    node = q.parse(question) if isinstance(question, str) else question
    sought = q.terms(node)
    if node is None or (sought and not any(map(asking.is_searchable, sought))):
        return None
    return Request(text=question if isinstance(question, str) else " ".join(term.text for term in sought), node=node)


def answer(searcher: Searcher, request: Request) -> Hits:
    if request.offset >= DEEPEST:
        return NOTHING
    fitting = Fitting(searcher, request.node, request.filters)
    about = _about(searcher, request, fitting)
    if about is None:
        found = _ordered(searcher, fitting.all(), request, count=True)
        total, ids = int(found.count), _ids(searcher, found)
    elif request.sort is Sort.BEST and request.node is not None:
        total, ids = about, _best_of_many(searcher, request, fitting)
    else:
        total, ids = about, _first_of_many(searcher, request, fitting)
    return Hits(total, tuple(ids), facets_of(searcher, fitting, total) if request.facets else {})


def _about(searcher: Searcher, request: Request, fitting: Fitting) -> int | None:
    """Two figures of how many titles fit, where these are more than MOST_EXACT; else None: they are to be counted.

    A small share tells whether there are clearly many or clearly few; a larger one is looked at only between.
    """
    if request.node is None and request.filters == EVERYTHING:
        return int(searcher.num_docs)
    if fitting.at_most <= MOST_EXACT:
        return None
    some = count_of(searcher, _in_share(fitting, _SMALL_SHARE))
    if some > _ENOUGH:
        return _two_figures(some << _SMALL_SHARE)
    if some << _SMALL_SHARE > MOST_EXACT // 2:
        more = count_of(searcher, _in_share(fitting, _LARGE_SHARE))
        if more > _ENOUGH:
            return _two_figures(more << _LARGE_SHARE)
    return None


def facets_of(searcher: Searcher, fitting: Fitting, total: int) -> Facets:
    """How many of the fitting titles have what, most frequent first.

    Of more than MOST_COUNTED titles a fair sample is counted, and the counts are two figures of an estimate.
    """
    if total <= MOST_COUNTED:
        return _counted(searcher, fitting.all())
    share = min((total // SAMPLE).bit_length() - 1, FINEST)
    some = _counted(searcher, _in_share(fitting, share))
    return {field: [(value, _two_figures(count << share)) for value, count in found] for field, found in some.items()}


def _in_share(fitting: Fitting, share: int) -> Query:
    return fitting.among(asking.in_share(share))


def _counted(searcher: Searcher, fitting: Query) -> Facets:
    """All fields in one pass."""
    most = dict.fromkeys(_FEW_VALUES, _MOST_VALUES) | {f"{field}_number": _NAMES for field in NAMES}
    counted = values_of(searcher, fitting, most)
    named = {field: _named(searcher, field, counted.pop(f"{field}_number")) for field in NAMES}
    return counted | named


def values_of(searcher: Searcher, fitting: Query, most: Mapping[str, int]) -> Facets:
    """The most frequent values of each field among the fitting titles; `most` says how many of which field."""
    wanted = {field: {"terms": {"field": field, "size": size}} for field, size in most.items()}
    counted = searcher.aggregate(fitting, wanted)
    return {field: [_count(bucket) for bucket in counted[field]["buckets"]] for field in most}


def names_of(searcher: Searcher, fitting: Query, field: str, *, most: int) -> list[tuple[str, int]]:
    """The most frequent authors or subjects (`NAMES`) of the fitting titles, of very many titles in a fair sample."""
    wanted = {"names": {"terms": {"field": f"{field}_number", "size": most}}}
    counted: Any = None
    if searcher.num_docs > _ENOUGH_NAMED << _LARGE_SHARE:
        share = asking.both(fitting, asking.in_share(_LARGE_SHARE))
        counted = searcher.aggregate(share, wanted | {"titles": {"value_count": {"field": "id"}}})
    if counted is None or counted["titles"]["value"] < _ENOUGH_NAMED:
        counted = searcher.aggregate(fitting, wanted)
    return _named(searcher, field, [_count(bucket) for bucket in counted["names"]["buckets"]])


def sample(searcher: Searcher, fitting: Query, most: int) -> Query:
    """Some of the fitting titles, no matter which."""
    return asking.of_ids(_ids(searcher, searcher.search(fitting, most, count=False)))


def _named(searcher: Searcher, field: str, numbered: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    found = ((_name(searcher, field, int(number)), count) for number, count in numbered)
    return [(name, count) for name, count in found if name]


def _name(searcher: Searcher, field: str, number: int) -> str:
    """As one of the titles that have it says it. A number stands for one name for ever, whatever the index."""
    name = _names.get(number) or _read_name(searcher, field, number)
    if len(_names) >= _KEPT_NAMES:
        _names.clear()
    if name:
        _names[number] = name
    return name


def _read_name(searcher: Searcher, field: str, number: int) -> str:
    found = searcher.search(asking.numbered(field, number), 1, count=False)
    for _, address in found.hits:
        stored = searcher.doc(address)[f"{field}_named"][0].decode()
        return next((name for name in stored.split(SEPARATOR) if name_number(name) == number), "")
    return ""


def count_of(searcher: Searcher, fitting: Query) -> int:
    found: Any = searcher.search(fitting, 1)
    return int(found.count)


def _two_figures(number: float) -> int:
    return int(float(f"{number:.1e}"))


def _count(bucket: dict[str, Any]) -> tuple[str, int]:
    key = bucket["key"]
    return (key if isinstance(key, str) else str(int(key))), bucket["doc_count"]


def _best_of_many(searcher: Searcher, request: Request, fitting: Fitting) -> list[int]:
    """Titles that are the whole text come first, the newest before others; the rest by how well they rank."""
    same, whole = _whole(searcher, request, fitting)
    limit, begin = max(request.limit, 1), max(0, request.offset - whole)
    missing = limit - len(same)
    if not missing:
        return same
    if request.offset + limit <= _TRIED // 2:
        best = _highest(searcher, request, fitting, begin + missing)[begin:]
        if len(best) == missing:
            return same + best
    rest = asking.without(fitting.all(), asking.typed_in_full(request.text))
    found = searcher.search(asking.best_of_many(rest, request.node), missing, count=False, offset=begin)
    return same + _ids(searcher, found)


def _whole(searcher: Searcher, request: Request, fitting: Fitting) -> tuple[list[int], int]:
    """Those of the page that are the whole text, and how many are in all."""
    whole = fitting.among(asking.typed_in_full(request.text))
    limit, offset = max(request.limit, 1), request.offset
    found: Any = searcher.search(whole, limit, offset=offset, order_by_field="year", order=Order.Desc)
    return _ids(searcher, found), int(found.count)


def _highest(searcher: Searcher, request: Request, fitting: Fitting, most: int) -> list[int]:
    """The first of those that are not the whole text, by way of the titles that rank highest, fitting or not."""
    ranked = asking.ranked(request.node)
    best, fit = _ids(searcher, searcher.search(ranked, _TRIED, count=False)), set[int]()
    for tried in (best[: _TRIED // 2], best):
        rest = asking.without(fitting.among(asking.of_ids(tried)), asking.typed_in_full(request.text))
        fit = {*_ids(searcher, searcher.search(rest, _TRIED, count=False))}
        if len(fit) >= most:
            break
    return [one for one in best if one in fit][:most]


def _first_of_many(searcher: Searcher, request: Request, fitting: Fitting) -> list[int]:
    """In another order than of rank: a share tells how far the page reaches, so that not all are put in order."""
    field, _ = _order_of(request.sort)
    bound = _reaches(searcher, request, fitting) if field in _IN_STEPS else None
    if bound is not None:
        ids = _ids(searcher, _ordered(searcher, fitting.among(bound), request))
        if len(ids) == max(request.limit, 1):
            return ids
    return _ids(searcher, _ordered(searcher, fitting.all(), request))


def _reaches(searcher: Searcher, request: Request, fitting: Fitting) -> Query | None:
    """Titles up to the end of the page and some more; None where that is among those without a value."""
    field, order = _order_of(request.sort)
    place = (request.offset + max(request.limit, 1) >> _SMALL_SHARE) + _SPARE
    share = _in_share(fitting, _SMALL_SHARE)
    found: Any = searcher.search(share, 1, count=False, offset=place, order_by_field=field, order=order)
    last = next((value for value, _ in found.hits), None)
    if last is None:
        return None
    return asking.between(field, last, None) if order == Order.Desc else asking.between(field, None, last)


def _ordered(searcher: Searcher, titles: Query, request: Request, *, count: bool = False) -> Any:
    """Any: the stubs of tantivy leave out what it finds."""
    limit, offset = max(request.limit, 1), request.offset
    if request.sort is Sort.BEST and request.node is not None:
        question = asking.best_first(titles, request.text, request.node)
        return searcher.search(question, limit, count=count, offset=offset)
    field, order = _order_of(request.sort)
    return searcher.search(titles, limit, count=count, order_by_field=field, order=order, offset=offset)


def _order_of(sort: Sort) -> tuple[str, Order]:
    return _ORDERS[Sort.LAST_ADDED if sort is Sort.BEST else sort]


def _ids(searcher: Searcher, found: Any) -> list[int]:
    ids = searcher.fast_field_values("id", [address for _, address in found.hits])
    return [int(number) for number in ids if number is not None]
