"""Trees of terms and filters as questions to the index."""

import re
from collections.abc import Callable, Iterable, Sequence

from tantivy import FieldType, Occur, Query

from samut_hub.catalogue.policy import match_key, normal_number
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.analyser import clusters, normalise, pairs, query_terms, stem, words
from samut_hub.catalogue.search.criteria import Filters
from samut_hub.catalogue.search.index_format import (
    ANYWHERE,
    LONGEST_FACET,
    PARTS,
    RANKED,
    SCHEMA,
    whole_title,
)
from samut_hub.catalogue.search.numbers import call_beginning, standard_number, years_of

_WHOLE_TITLE = 60.0
_STARTS_SO = 30.0
_FEW = 100
"""Values that are looked up one by one; of more, all titles that have one are gathered before anything else."""
_FEW_RANKS = 24
"""Each holds all before it: to make very many of them takes longer than they save."""
_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$#&\-~])")
_DIGIT = re.compile(r"\d")
Clause = tuple[Occur, Query]
Value = tuple[str, str]
"""A field and what stands in it."""


def is_searchable(term: q.Term) -> bool:
    """Whether there is a letter or digit in it."""
    return bool(query_terms(term.text))


def needed(term: q.Term) -> list[Value]:
    """What each title with the term has; nothing is said of numbers and what is found otherwise."""
    if term.field not in ("", *PARTS) or _DIGIT.search(term.text):
        return []
    return [(f"{term.field or ANYWHERE}_has", value) for value in query_terms(term.text)]


def in_share(share: int) -> Query:
    """One of 2 to the power of `share` titles (`shares_of`)."""
    return Query.term_query(SCHEMA, "share", share, "basic")


def best_first(fitting: Query, text: str, node: q.Node) -> Query:
    """Those that fit: the whole text first, then by how well the words of the question rank them."""
    whole = Query.const_score_query(typed_in_full(text), _WHOLE_TITLE)
    return _ranked_by([whole, *_ranks(q.terms(node))], fitting)


def best_of_many(fitting: Query, node: q.Node | None) -> Query:
    """Those of very many that fit by how well the words of the question rank them."""
    return _ranked_beside(_ranks(q.terms(node)), fitting)


def ranked(node: q.Node | None) -> Query:
    """Titles with words of the question, the best first, whether they fit or not: found without looking at all."""
    return any_of(_ranks(q.terms(node)))


def typed_in_full(text: str) -> Query:
    """Titles that are the whole text."""
    return _is("whole_title", whole_title(text))


def both(fitting: Query, others: Query) -> Query:
    return Query.boolean_query([(Occur.Must, fitting), (Occur.Must, others)])


def without(fitting: Query, others: Query) -> Query:
    return Query.boolean_query([(Occur.Must, fitting), (Occur.MustNot, others)])


def numbered(field: str, number: int) -> Query:
    """Titles with the author or subject of this number."""
    return silent(Query.term_query(SCHEMA, f"{field}_number", number, "basic"))


def of_ids(ids: Sequence[int]) -> Query:
    return _one_of("id", ids)


def between(field: str, first: int | None, last: int | None) -> Query:
    """Titles of which the number is one of these, looked up number by number: best where few titles have one."""
    return Query.range_query(SCHEMA, field, FieldType.Integer, first, last, use_inverted_index=True)


def begun(part: str, text: str, filters: Filters) -> Query:
    """Titles that contain what was typed so far in this part: whole but for its last letters, which may go on.

    One Thai cluster alone begins too many words: it must stand there itself or begin the title.
    """
    *before, last = clusters(normalise(text))
    if last.isascii():
        needed = [_is(f"{part}_has", term) for term in query_terms(" ".join(before))]
        needed.append(_starts_with(f"{part}_begun", last))
    elif before:
        needed = [_is(f"{part}_has", term) for term in pairs(" ".join(before))]
        needed.append(_starts_with(f"{part}_has", stem(before[-1]) + last))
    else:
        needed = [any_of([_is(f"{part}_has", last), _first_titles(last)])]
    clauses = [(Occur.Must, one) for one in needed]
    return silent(Query.boolean_query([*clauses, *narrowed(filters)]))


def starting_first(fitting: Query, text: str) -> Query:
    """Those whose title starts with the text before others."""
    starts = Query.const_score_query(_first_titles(whole_title(text)), _STARTS_SO)
    return _ranked_by([starts, *_ranks([q.Term(text, "title")])], fitting)


def spelt_like(word: str, distance: int, filters: Filters) -> Query:
    """Titles with a word that differs by so many letters."""
    similar = Query.fuzzy_term_query(SCHEMA, "spelling", word, distance=distance)
    return Query.boolean_query([(Occur.Must, similar), *narrowed(filters)])


def narrowed(filters: Filters) -> list[Clause]:
    chosen: dict[str, Sequence[str] | Sequence[int]] = {
        "material": filters.materials,
        "language": filters.languages,
        "category": filters.categories,
        "library": filters.libraries,
        "place": filters.places,
        "subject": [text[:LONGEST_FACET] for text in filters.subjects],
        "author": [text[:LONGEST_FACET] for text in filters.authors],
    }
    clauses = [(Occur.Must, _one_of(field, values)) for field, values in chosen.items() if values]
    if filters.year_from is not None or filters.year_to is not None:
        clauses.append((Occur.Must, _years(filters.year_from, filters.year_to)))
    return clauses + [(Occur.MustNot, _one_of("id", filters.without))] * bool(filters.without)


def demanded(node: q.Node | None) -> list[Clause]:
    match node:
        case None:
            return [(Occur.Must, Query.all_query())]
        case q.And(parts):
            return _demanded_together(parts)
        case _:
            return [(Occur.Must, _finds(node))]


def _demanded_together(parts: Sequence[q.Node]) -> list[Clause]:
    left_out = [(Occur.MustNot, one) for part in parts if isinstance(part, q.Not) for one in _names(part.part)]
    needed = [(Occur.Must, _finds(part)) for part in parts if not isinstance(part, q.Not)]
    return [*(needed or [(Occur.Must, Query.all_query())]), *left_out]


def _finds(node: q.Node) -> Query:
    match node:
        case q.Term():
            return _in_field(node)
        case q.Not():
            return Query.boolean_query(_demanded_together([node]))
        case q.Or(parts):
            return any_of(map(_finds, parts))
        case q.And(parts):
            return Query.boolean_query(_demanded_together(parts))


def _in_field(term: q.Term) -> Query:
    if term.field == "":
        return _anywhere(term)
    if term.field in PARTS:
        return _has(term.field, term)
    return _EXACT[term.field](term.text)


def _anywhere(term: q.Term) -> Query:
    """Anywhere in the record; a text without letters is in every record. A number without digits is none."""
    if not is_searchable(term):
        return Query.all_query()
    number = standard_number(term.text)
    numbers = [_is("standard_number", number)] if number else []
    if not _DIGIT.search(term.text):
        return _has(ANYWHERE, term)
    return any_of([_has(ANYWHERE, term), _accession(term.text), *numbers])


def _has(part: str, term: q.Term) -> Query:
    """All pairs of the text, those of a phrase side by side."""
    side_by_side = pairs(term.text)
    if term.phrase and len(side_by_side) > 1:
        return Query.phrase_query(SCHEMA, f"{part}_has", list(side_by_side))
    needed = query_terms(term.text)
    return _every(f"{part}_has", needed) if needed else Query.all_query()


def _names(node: q.Node) -> list[Query]:
    """Titles that NOT leaves out: those with the word itself in any part, so that NOT ตา keeps ตาราง."""
    parts = [part for part in RANKED if isinstance(node, q.Term) and node.field in ("", part)]
    if not isinstance(node, q.Term) or node.phrase or not parts:
        return [_finds(node)]
    cut = words(node.text)
    return [_every(f"{part}_words", cut) for part in parts if cut]


def _ranks(terms: Iterable[q.Term]) -> list[Query]:
    cut = dict.fromkeys((word, term.field) for term in terms for word in words(term.text))
    return [
        Query.boost_query(Query.term_query(SCHEMA, f"{part}_words", word, "freq"), weight)
        for word, field in list(cut)[: q.MOST_TERMS]
        for part, weight in RANKED.items()
        if field in ("", part)
    ]


def _ranked_by(ranks: Sequence[Query], fitting: Query) -> Query:
    """Each word is looked up for the fitting titles alone: best where these are few."""
    if len(ranks) > _FEW_RANKS:
        return _ranked_beside(ranks, fitting)
    for rank in ranks:
        fitting = Query.boolean_query([(Occur.Must, fitting), (Occur.Should, rank)])
    return fitting


def _ranked_beside(ranks: Sequence[Query], fitting: Query) -> Query:
    """All titles of the words are read, side by side: best where very many fit."""
    return Query.boolean_query([(Occur.Must, fitting), *((Occur.Should, rank) for rank in ranks)])


def _accession(text: str) -> Query:
    return _is("accession", match_key(normal_number(text)))


def _call_number(text: str) -> Query:
    return _starts_with("call", call_beginning(text))


def _standard_number(text: str) -> Query:
    number = standard_number(text)
    return _is("standard_number", number) if number else Query.empty_query()


def _year(text: str) -> Query:
    years = years_of(text)
    return Query.empty_query() if years is None else _years(*years)


def _language(text: str) -> Query:
    return _is("language", normalise(text).strip())


_EXACT: dict[str, Callable[[str], Query]] = {
    "call_number": _call_number,
    "isbn": _standard_number,
    "issn": _standard_number,
    "accession": _accession,
    "year": _year,
    "language": _language,
}


def _years(first: int | None, last: int | None) -> Query:
    return Query.range_query(SCHEMA, "year", FieldType.Integer, first, last)


def _is(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, "basic")


def _starts_with(field: str, beginning: str) -> Query:
    return Query.regex_query(SCHEMA, field, _SPECIAL.sub(r"\\\1", beginning) + ".*")


def _first_titles(beginning: str) -> Query:
    """The first 50 whole titles that start so (tantivy looks at no more)."""
    return Query.phrase_prefix_query(SCHEMA, "whole_title", [beginning])


def _one_of(field: str, values: Sequence[str] | Sequence[int]) -> Query:
    if len(values) > _FEW:
        return Query.term_set_query(SCHEMA, field, list(values))
    return any_of(Query.term_query(SCHEMA, field, value, "basic") for value in values)


def has(value: Value) -> Query:
    return _is(*value)


def every(values: Iterable[Value]) -> Query:
    return Query.boolean_query([(Occur.Must, has(value)) for value in values])


def _every(field: str, terms: Iterable[str]) -> Query:
    return every((field, term) for term in terms)


def any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def silent(query: Query) -> Query:
    """Finds, but says nothing about how good a hit is."""
    return Query.const_score_query(query, 0.0)
