"""Catalogue cards of 12.5 × 7.5 cm: one by author, one by title, one for each subject and each other author.

The layout is that of the Anglo-American Cataloguing Rules, 2nd edition, as libraries printed it.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import count

import msgspec
from pymarc import Record

from samut_hub.catalogue.labels.spine import spine_lines
from samut_hub.catalogue.lists.names import is_thai
from samut_hub.catalogue.lists.works import work_of
from samut_hub.catalogue.records.marc import Description, split_values
from samut_hub.catalogue.records.years import BUDDHIST

MOST_SUBJECTS = 12
_LONGEST = 500
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


class Entry(StrEnum):
    """Under what a card is filed."""

    MAIN = "main"
    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """`heading` is what the card is filed under, empty on the main card. Without `author` the title is the main
    entry. `call_number` has a line for each of its parts."""

    entry: Entry
    heading: str
    call_number: Sequence[str]
    author: str
    body: Sequence[str]
    tracings: str
    number: str


def cards_of(said: Description, record: Record | None = None, *, number: str = "") -> Iterator[Card]:
    """All cards of a title; `number` is the accession number of its first copy."""
    author, others = _names(said, record)
    subjects = split_values(said.subjects)[:MOST_SUBJECTS]
    words = "ชื่อเรื่อง" if is_thai(said.title) else "Title"
    added = [*others, *([words] if author else [])]
    main = Card(
        entry=Entry.MAIN,
        heading="",
        call_number=spine_lines(said.call_number),
        author=author,
        body=list(_body(said, record)),
        tracings=_tracings(subjects, added),
        number=number,
    )
    yield main
    headings = [(Entry.TITLE, said.title)] if author else []
    headings += [(Entry.AUTHOR, one) for one in others] + [(Entry.SUBJECT, one) for one in subjects]
    for entry, heading in headings:
        yield msgspec.structs.replace(main, entry=entry, heading=heading[:_LONGEST])


def _names(said: Description, record: Record | None) -> tuple[str, list[str]]:
    """The main entry, and the other authors."""
    names = split_values(said.author)
    if record is not None and not record.get_fields("100", "110", "111"):
        return "", names
    return next(iter(names), ""), names[1:]


def _body(said: Description, record: Record | None) -> Iterator[str]:
    """Title and imprint; what it looks like; numbers."""
    statement = work_of(said, record).statement
    title = f"{said.title} / {statement}" if statement else said.title
    imprint = " : ".join(filter(None, (said.publication_place, said.publisher)))
    yield _areas((title[:_LONGEST], said.edition, ", ".join(filter(None, (imprint, _year(said))))))
    series = f"({' ; '.join(split_values(said.series))})" if said.series else ""
    if said.extent or series:
        yield _areas((said.extent, series))
    if said.isbn or said.issn:
        yield f"ISBN {said.isbn}" if said.isbn else f"ISSN {said.issn}"


def _areas(parts: Iterable[str]) -> str:
    """Joined as cataloguing rules want it: a full stop and a dash between."""
    return ". -- ".join(part.rstrip(". ") for part in parts if part) + "."


def _year(said: Description) -> str:
    if said.year is None:
        return ""
    return str(said.year + BUDDHIST if said.language == "tha" else said.year)


def _tracings(subjects: Sequence[str], added: Sequence[str]) -> str:
    numbered = [f"{place}. {one.rstrip('.')}." for place, one in zip(count(1), subjects, strict=False)]
    return " ".join([*numbered, *(f"{mark}. {one.rstrip('.')}." for mark, one in zip(_ROMAN, added, strict=False))])
