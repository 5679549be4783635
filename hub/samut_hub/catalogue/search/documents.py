"""What of a title stands in the search index."""

from collections.abc import Iterable, Iterator

import tantivy
from pymarc import Record

from samut_hub.catalogue.records.iso2709 import kept_record
from samut_hub.catalogue.records.marc import (
    AUTHOR_TAGS,
    OTHER_TAGS,
    author_fields,
    names,
    other_words,
    split_values,
)
from samut_hub.catalogue.search.analyser import Reading, read, recall_terms
from samut_hub.catalogue.search.facts import TitleFacts
from samut_hub.catalogue.search.index_format import (
    ANYWHERE,
    BEGUN,
    LONGEST_FACET,
    ONLINE,
    PARTS,
    RANKED,
    SCHEMA,
    SEPARATOR,
    name_number,
    shares_of,
    whole_title,
)
from samut_hub.catalogue.search.numbers import call_beginning, standard_number

LONGEST_SORT_KEY = 120
SPELLED = (3, 30)
"""How many characters words have that are offered instead of a misspelt one."""
_AROUND_WORDS = "()[]{}.,:;!?/\"'“”‘’-–"
_NUMBER_TAGS = ("020", "022")
_READ_TAGS = frozenset((*AUTHOR_TAGS, *OTHER_TAGS, *_NUMBER_TAGS, "245"))
"""Of a record's fields those that are looked into here; 880 is among them."""
Terms = dict[str, list[str | int | bytes]]


def terms_of(title: TitleFacts) -> Terms:
    """The fields of the title's document; a record that cannot be read keeps nobody from finding the rest."""
    record = kept_record(title.marc, tags=_READ_TAGS) or Record()
    texts = _texts(title, record)
    once = {text: read(text) for text in dict.fromkeys(text for values in texts.values() for text in values)}
    read_texts = {part: [once[text] for text in values] for part, values in texts.items()}
    whole = {ANYWHERE: [one for part in RANKED for one in read_texts[part]], **read_texts}
    terms: Terms = {f"{part}_has": [" ".join(recall_terms(whole[part]))] for part in PARTS}
    terms |= {f"{part}_words": [" ".join(_words(read_texts[part]))] for part in RANKED}
    terms |= {f"{part}_begun": [" ".join(_latin(read_texts[part]))] for part in BEGUN}
    named = (*read_texts["title"], *read_texts["author"], *read_texts["subject"])
    terms["spelling"] = [*dict.fromkeys(_spelled(named))]
    return terms | _exact(title, record) | _facets(title) | _order(title)


def document(terms: Terms) -> tantivy.Document:
    made = tantivy.Document()
    made.extend(terms, SCHEMA)
    return made


def sort_text(key: bytes) -> str:
    """An ICU sort key as a text of the same order."""
    return key.rstrip(b"\0")[:LONGEST_SORT_KEY].decode("latin-1")


def _texts(title: TitleFacts, record: Record) -> dict[str, list[str]]:
    authors = [*split_values(title.author), *names(author_fields(record), record), *title.names]
    notes = [title.summary, title.annotation, title.promotion, title.call_number, title.isbn, title.issn]
    items = [item.call_number for item in title.items]
    other = [title.publisher, title.series, *notes, str(title.year or ""), *items, *other_words(record)]
    return {
        "title": [title.title],
        "author": _once(authors),
        "subject": _once([*split_values(title.subjects), *title.topics]),
        "other": _once(other),
        "publisher": _once([title.publisher]),
        "series": _once([title.series]),
    }


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _words(readings: Iterable[Reading]) -> Iterator[str]:
    for reading in readings:
        yield from reading.word_stems


def _latin(readings: Iterable[Reading]) -> dict[str, None]:
    return dict.fromkeys(part for reading in readings for part in reading.written if part.isascii())


def _spelled(readings: Iterable[Reading]) -> Iterator[str]:
    """Words and names as they are written, for those who misspell them."""
    shortest, longest = SPELLED
    for reading in readings:
        for word in (*reading.normal.split(), *reading.words):
            bare = word.strip(_AROUND_WORDS)
            if shortest <= len(bare) <= longest and not bare.isdigit():
                yield bare


def _exact(title: TitleFacts, record: Record) -> Terms:
    numbers = [title.isbn, title.issn, *_subfields(record, *_NUMBER_TAGS)]
    calls = (title.call_number, *(item.call_number for item in title.items))
    return {
        "whole_title": [whole_title(title.title)],
        "standard_number": [*_once(map(standard_number, _once(numbers)))],
        "accession": [*dict.fromkeys(number for item in title.items for number in item.numbers)],
        "call": [*_once(map(call_beginning, _once(calls)))],
        "shown": [title.title.encode()],
    }


def _subfields(record: Record, *tags: str) -> list[str]:
    return [value for field in record.get_fields(*tags) for value in field.get_subfields("a")]


def _facets(title: TitleFacts) -> Terms:
    items = title.items
    return {
        "material": [title.material],
        "language": [title.language] if title.language else [],
        **_named("author", title.author),
        **_named("subject", title.subjects),
        "category": [*{item.category for item in items if item.category is not None}],
        "place": [*{place for item in items for place in item.places}],
        "library": [*{item.library for item in items}, *([ONLINE] if title.is_online else [])],
        "decade": [] if title.year is None else [title.year // 10 * 10],
    }


def _named(field: str, values: str) -> Terms:
    names = _once(text[:LONGEST_FACET] for text in split_values(values))
    stored = SEPARATOR.join(names).encode()
    return {field: [*names], f"{field}_number": [*map(name_number, names)], f"{field}_named": [stored]}


def _order(title: TitleFacts) -> Terms:
    return {
        "id": [title.id],
        "share": [*shares_of(title.id)],
        "year": [] if title.year is None else [title.year],
        "sort_title": [sort_text(title.sort_title)],
        "sort_author": [sort_text(title.sort_author)] if title.author else [],
    }
