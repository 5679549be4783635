"""The words of notices: those that come with Samut, the library's own in their place, and what may stand in them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samut_hub.notices.models import NoticeText
from samut_hub.notices.policy import OF_LOANS, PRINTABLE, Channel, Kind

LANGUAGES = ("th", "en")
FOLDER = Path(__file__).parent / "wording"
LONGEST = 4_000
"""Characters of a body: what is filled in must still go into the 5,000 of one message of LINE."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_COMMON = ("name", "number", "class", "library", "day", "link")
_OF_LOANS = ("items", "also", "count", "debt", "owes")
_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys(OF_LOANS, _OF_LOANS),
    Kind.HOLD_READY: ("items", "keep_until"),
    Kind.HOLD_CANCELLED: ("items",),
    Kind.EXPIRY: ("expires",),
    Kind.RECEIPT: ("items", "receipt", "amount", "debt", "owes"),
    Kind.SLIP: ("items", "debt", "owes"),
    Kind.NEWS: ("news_title", "news_text"),
}
_ALONE = ("items", "also")
"""Lists, which stand on a line of their own."""
_NEEDED = ("items", "expires", "news_text")
"""What the notice is about: without it nobody would know."""


class WordsFault(StrEnum):
    """Why words are refused."""

    UNKNOWN_FIELD = "unknown_field"
    LONE_BRACE = "lone_brace"
    NOT_ALONE = "not_alone"
    MISSING = "missing"


class WordsError(Exception):
    """The words cannot be used; `field` is what is wrong in them."""

    def __init__(self, fault: WordsFault, field: str) -> None:
        super().__init__(f"{fault}: {field}")
        self.fault, self.field = fault, field


@dataclass(frozen=True, slots=True)
class Words:
    """`subject` is empty for LINE. In both, `{name}` and others of `fields_of` are filled in."""

    subject: str
    body: str


Texts = Mapping[tuple[str, str, str], Words]
"""By kind, channel and language."""


def fields_of(kind: Kind) -> tuple[str, ...]:
    """What may stand in the words of this kind."""
    return (*_COMMON, *_OF_KIND[kind])


def channels_of(kind: Kind) -> tuple[Channel, ...]:
    """For which channels there are words."""
    return (Channel.LINE, Channel.EMAIL, *((Channel.PRINT,) if kind in PRINTABLE else ()))


def check(kind: Kind, words: Words) -> None:
    """Raises WordsError."""
    for text in (words.subject, words.body):
        for field in _FIELD.findall(text):
            if field not in fields_of(kind):
                raise WordsError(WordsFault.UNKNOWN_FIELD, field)
        if "{" in _FIELD.sub("", text) or "}" in _FIELD.sub("", text):
            raise WordsError(WordsFault.LONE_BRACE, "")
    for field in _ALONE:
        mentioned = [line for line in (words.subject, *words.body.splitlines()) if f"{{{field}}}" in line]
        if any(line.strip() != f"{{{field}}}" for line in mentioned) or f"{{{field}}}" in words.subject:
            raise WordsError(WordsFault.NOT_ALONE, field)
    for field in _NEEDED:
        if field in fields_of(kind) and f"{{{field}}}" not in words.body:
            raise WordsError(WordsFault.MISSING, field)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known of its fields."""
    return _FIELD.sub(lambda found: values.get(found[1], ""), text)


@cache
def frame(language: str) -> dict[str, str]:
    """The words around each notice."""
    words: dict[str, str] = _file(language)["frame"]
    return words


@cache
def talk(language: str) -> dict[str, str]:
    """What the library's LINE account answers, and test messages."""
    words: dict[str, str] = _file(language)["talk"]
    return words


@cache
def charge_words(language: str) -> dict[str, str]:
    """What kinds of charges are called on receipts."""
    words: dict[str, str] = _file(language)["charges"]
    return words


@cache
def default(kind: Kind, channel: Channel, language: str) -> Words:
    found = _file(language)[kind.value][channel.value]
    return Words(found.get("subject", ""), found["body"].strip())


def texts_of(session: Session) -> Texts:
    """All words of the session's library that are its own."""
    return {(row.kind, row.channel, row.language): Words(row.subject, row.body) for row in _rows(session)}


def words_for(texts: Texts, kind: Kind, channel: Channel, language: str) -> Words:
    """The library's own words, or those that come with Samut."""
    return texts.get((kind, channel, language)) or default(kind, channel, language)


def save(session: Session, library_id: int, key: tuple[Kind, Channel, str], words: Words, *, now: datetime) -> None:
    """The library's own words from now on. Raises WordsError."""
    kind, channel, language = key
    check(kind, words)
    row = session.get(NoticeText, (library_id, kind, channel, language)) or NoticeText(
        library_id=library_id, kind=kind.value, channel=channel.value, language=language
    )
    row.subject, row.body, row.changed_at = words.subject, words.body, now
    session.add(row)
    session.flush()


def reset(session: Session, kind: Kind, channel: Channel, language: str) -> None:
    """Back to the words that come with Samut."""
    of = (NoticeText.kind == kind, NoticeText.channel == channel, NoticeText.language == language)
    session.execute(delete(NoticeText).where(*of))


def _rows(session: Session) -> list[NoticeText]:
    return list(session.scalars(select(NoticeText)))


@cache
def _file(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
