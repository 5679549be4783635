"""Numbers that people type in many ways: ISBN, ISSN, call numbers, years."""

import re

from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.search.analyser import normalise
from samut_hub.era import common_era

LONGEST_CALL = 200
_YEARS = re.compile(r"(\d{3,4})?(?:([-–])(\d{3,4})?)?")
Years = tuple[int | None, int | None]


def standard_number(text: str) -> str:
    """An ISBN as thirteen digits or an ISSN as eight characters, however it was typed; else empty."""
    if isbn := isbn13(text):
        return isbn
    bare = re.sub(r"[-\s]", "", normalise(text)).upper()
    return bare if re.fullmatch(r"[0-9]{7}[0-9X]", bare) else ""


def is_standard_number(text: str) -> bool:
    """Whether the whole text is one number and nothing else."""
    return re.fullmatch(r"[0-9\s-]+x?", normalise(text).strip()) is not None and standard_number(text) != ""


def call_beginning(text: str) -> str:
    """A call number as it is compared: without spaces."""
    return re.sub(r"\s", "", normalise(text))[:LONGEST_CALL]


def years_of(text: str) -> Years | None:
    """First and last year of `2563`, `2558-2563`, `2015-` (either era), of the Common Era; None if it is no year."""
    said = _YEARS.fullmatch(re.sub(r"\s", "", normalise(text)))
    if said is None or not (said[1] or said[3]):
        return None
    first, last = _common_era(said[1]), _common_era(said[3])
    return (first, last) if said[2] else (first, first)


def _common_era(year: str | None) -> int | None:
    return None if year is None else common_era(int(year))
