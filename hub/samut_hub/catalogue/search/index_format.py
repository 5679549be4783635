"""The shape of the search index on disk and which copy of it is the present one.

`path/current.json` names the folder of the present index and how far it has come; it is replaced in one step, so
readers see either the old or the new. A whole index is thrown away when the analyser or this shape changes.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import tantivy

from samut_hub.catalogue.search.analyser import ANALYSER_VERSION, clusters, normalise

FORMAT_VERSION = 7
RANKED = {"title": 10.0, "author": 6.0, "subject": 4.0, "other": 1.0}
"""Parts of a record whose words say how well it fits, and how much a word there counts."""
ANYWHERE = "any"
"""All parts together: what is looked for anywhere is looked for once."""
PARTS = (ANYWHERE, "title", "author", "subject", "publisher", "series")
BEGUN = ("title", "author", "subject")
"""Parts that are looked up while words are typed: English ones as they are written."""
CODES = ("material", "language")
"""Facets that are short texts, of which there are few."""
NUMBERS = ("category", "place", "library", "decade")
NAMES = ("author", "subject")
"""Facets of which there are very many: counted by a number each has (`name_number`), read from `author_named`."""
LONGEST_FACET = 200
"""Longer names and subjects are cut, in the index and in filters."""
FINEST = 12
"""The smallest share of the titles (`shares_of`) that can be looked at alone: one of 4,096."""
SEPARATOR = "\n"
"""Between the names that are stored with a title."""
ONLINE = 0
"""Stands among the libraries of a title that everybody can open online."""
SORT_KEYS = ("sort_title", "sort_author")
EXACT = ("whole_title", "standard_number", "accession", "call", "spelling")
"""Texts that are compared whole, or by their beginning."""


class Progress(msgspec.Struct, frozen=True):
    """`top` is the last change followed, `top_title` its title; `missing` are lower numbers that were not seen."""

    folder: str
    top: int = 0
    top_title: int = 0
    missing: list[int] = []
    analyser: int = ANALYSER_VERSION
    format: int = FORMAT_VERSION

    @property
    def last(self) -> tuple[int, int]:
        """Number and title of the last change followed."""
        return self.top, self.top_title

    @property
    def is_current(self) -> bool:
        return (self.analyser, self.format) == (ANALYSER_VERSION, FORMAT_VERSION)


@dataclass(frozen=True)
class Written:
    """When the pointer file was last replaced; equal stamps mean that nothing was committed since."""

    inode: int
    at: int


def _schema() -> tantivy.Schema:
    """For each part a stream that finds (`title_has`) and one that ranks (`title_words`); see the analyser."""
    builder = tantivy.SchemaBuilder()
    for name in ("id", "year"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("share", indexed=True)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in NAMES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field(f"{name}_number", indexed=True, fast=True)
        builder.add_bytes_field(f"{name}_named", stored=True)
    for name in (*CODES, *SORT_KEYS, *EXACT):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name not in EXACT[:-1])
    for name in PARTS:
        builder.add_text_field(f"{name}_has", tokenizer_name="whitespace", index_option="position")
    for name in RANKED:
        builder.add_text_field(f"{name}_words", tokenizer_name="whitespace", index_option="freq")
    for name in BEGUN:
        builder.add_text_field(f"{name}_begun", tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


SCHEMA: Final = _schema()


def whole_title(text: str) -> str:
    """A title to be recognised when it is typed in full, whatever its spaces and punctuation."""
    return "".join(clusters(normalise(text)))[:200]


def shares_of(title_id: int) -> list[int]:
    """The shares a title lies in: of all titles half are in share 1, a quarter in share 2, and so on.

    Each is a fair sample of any titles (multiplicative hashing, Knuth), and part of the one before.
    """
    place = title_id * 2_654_435_761 % 2**32
    return [share for share in range(1, FINEST + 1) if place < 2**32 >> share]


def name_number(name: str) -> int:
    """A number for the name of an author or subject; small enough for the floats in which counts come back."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest())


def open_index(path: Path, progress: Progress) -> tantivy.Index:
    return tantivy.Index.open(str(path / progress.folder))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """One process at a time changes the present index or which one is present; others wait."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stamp(path: Path) -> Written | None:
    try:
        status = (path / "current.json").stat()
    except FileNotFoundError:
        return None
    return Written(status.st_ino, status.st_mtime_ns)


def read_progress(path: Path) -> Progress | None:
    """None when there is no index, or one that this version does not read."""
    try:
        progress = msgspec.json.decode((path / "current.json").read_bytes(), type=Progress)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return progress if progress.is_current and (path / progress.folder).is_dir() else None


def write_progress(path: Path, progress: Progress) -> None:
    new = path / "current.json.new"
    new.write_bytes(msgspec.json.encode(progress))
    new.replace(path / "current.json")
