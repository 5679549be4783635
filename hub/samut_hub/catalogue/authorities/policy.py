"""Under which kind of heading the fields of a MARC 21 record stand, and when two forms are one heading."""

import unicodedata
from enum import StrEnum

from samut_hub.catalogue.search.analyser import normalise

LONGEST = 250
"""Characters of a heading: what is longer is a sentence, and no index holds it."""


class HeadingKind(StrEnum):
    """As the tags of MARC 21 say: 100 600 700 and so on."""

    PERSON = "person"
    BODY = "body"
    MEETING = "meeting"
    SUBJECT = "subject"
    PLACE = "place"
    GENRE = "genre"
    WORK = "work"


NAME_TAGS = {
    **dict.fromkeys(("100", "600", "700"), HeadingKind.PERSON),
    **dict.fromkeys(("110", "610", "710"), HeadingKind.BODY),
    **dict.fromkeys(("111", "611", "711"), HeadingKind.MEETING),
}
SUBJECT_TAGS = {
    **dict.fromkeys(("648", "650", "653", "690", "691"), HeadingKind.SUBJECT),
    "651": HeadingKind.PLACE,
    "655": HeadingKind.GENRE,
    "630": HeadingKind.WORK,
}
TAGS = {**NAME_TAGS, **SUBJECT_TAGS}
NAMES = frozenset(NAME_TAGS.values())


class _LettersOnly(dict[int, str | None]):
    """For `str.translate`: letters, marks and digits stay, all else becomes a blank. Each character is asked once."""

    def __missing__(self, code: int) -> str:
        kept = chr(code) if unicodedata.category(chr(code))[0] in "LMN" else " "
        self[code] = kept
        return kept


_LETTERS_ONLY = _LettersOnly()


def heading_key(text: str) -> str:
    """The same for forms that differ only in case, accents, punctuation or in how Thai was typed."""
    return " ".join(normalise(text[:LONGEST]).translate(_LETTERS_ONLY).split())[:LONGEST]
