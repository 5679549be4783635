"""What a search is narrowed and sorted by, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Facets = dict[str, list[tuple[str, int]]]
FACETS = ("material", "language", "category", "place", "library", "decade", "subject", "author")
"""Codes and texts as they are kept; ids of categories, places and libraries as texts; `2010` for 2010 to 2019."""


MOST_EXACT = 10_000
"""Of so many titles found the number is exact; of more it is two figures of an estimate."""
MOST_COUNTED = 3_000
"""Of so many titles found the facets are counted; of more they are estimated, so that no question is slow."""


class Sort(StrEnum):
    """`TITLE` and `AUTHOR` are in Thai dictionary order; titles without author or year come last."""

    BEST = "best"
    TITLE = "title"
    AUTHOR = "author"
    NEWEST = "newest"
    OLDEST = "oldest"
    LAST_ADDED = "last_added"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A title must have one of each that is given. Years are of the Common Era and both included.

    `places` are ids of places: a title fits that has an item there or in a place inside it. `without` are ids of
    titles to leave out. Among `libraries` may be ONLINE: titles that everybody can open.
    """

    materials: Sequence[str] = ()
    languages: Sequence[str] = ()
    categories: Sequence[int] = ()
    libraries: Sequence[int] = ()
    places: Sequence[int] = ()
    subjects: Sequence[str] = ()
    authors: Sequence[str] = ()
    year_from: int | None = None
    year_to: int | None = None
    without: Sequence[int] = ()


EVERYTHING = Filters()


@dataclass(frozen=True)
class Hits:
    """One page of titles in order, how many there are in all, and how many of all have what (see `FACETS`)."""

    total: int
    ids: tuple[int, ...]
    facets: Facets = field(default_factory=dict)


NOTHING = Hits(0, ())


class Kind(StrEnum):
    """What a suggestion is."""

    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"


@dataclass(frozen=True)
class Suggestion:
    """Something that contains what was typed so far; `title_id` only for titles."""

    text: str
    kind: Kind
    title_id: int | None = None
