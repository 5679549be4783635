"""What of a title the search index holds."""

from collections.abc import Iterable, Iterator

import tantivy
from pymarc import Record

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marc import author_fields, names, other_words, split_values
from samut_hub.catalogue.search.analyser import recall_terms, words
from samut_hub.catalogue.search.index_format import whole_title


def document(title: Title) -> tantivy.Document:
    """The title's terms; its MARC record must be loaded."""
    made = tantivy.Document(id=title.id, material=title.material, whole_title=whole_title(title.title))
    for field, values in _texts(title).items():
        made.add_text(f"{field}_has", " ".join(dict.fromkeys(_all_terms(values))))
        made.add_text(f"{field}_words", " ".join(word for value in values for word in words(value)))
    return made


def _all_terms(values: Iterable[str]) -> Iterator[str]:
    """Values that repeat are kept apart: no pair joins the end of one to the start of the next."""
    for value in values:
        yield from recall_terms(value)


def _texts(title: Title) -> dict[str, Iterable[str]]:
    record = read_record(title.marc) if title.marc is not None else Record()
    authors = [*split_values(title.author), *names(author_fields(record), record)]
    other = (title.publisher, title.summary, title.call_number, title.isbn, str(title.year or ""))
    return {
        "title": [title.title],
        "author": dict.fromkeys(authors),
        "subject": split_values(title.subjects),
        "other": [*other, *other_words(record)],
    }
