"""What other libraries are asked, in the two languages they understand: CQL over SRU, PQF over Z39.50.

PQF: YAZ User's Guide, "Prefix Query Format"; numbers of attributes: Bib-1, its use attributes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_RECORDS = 10
"""From each library: who finds more has to ask more exactly."""
MOST_BYTES = 4 * 1024 * 1024
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 1, 30

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
DATABASE = re.compile(r"[A-Za-z0-9._~/+%-]{0,200}")
SYNTAX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_-]{0,99}")
ATTRIBUTES = re.compile(r"\d{1,2}=\d{1,5}(?: \d{1,2}=\d{1,5}){0,5}")
INDEX = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,49}")
_UNSPEAKABLE = re.compile(r'[\x00-\x1f\x7f-\x9f"\\^*?<>]+')


class Kind(StrEnum):
    """The protocol."""

    SRU = "sru"
    Z3950 = "z3950"


class Fault(StrEnum):
    """Why a library did not answer, or not well."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    TOO_BIG = "too_big"
    NOT_UNDERSTOOD = "not_understood"
    REFUSED = "refused"
    CANNOT_ASK = "cannot_ask"
    NO_PROGRAM = "no_program"


class TargetError(Exception):
    """`detail` is what the other side said, if it said something."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail[:300]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty is not asked. An ISBN has thirteen digits."""

    isbn: str = ""
    title: str = ""
    author: str = ""

    def __bool__(self) -> bool:
        return bool(self.isbn or spoken(self.title) or spoken(self.author))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a library answers, and how it wants to be asked. `timeout` is in seconds.

    The indexes are names of CQL for SRU (`bath.isbn`), attributes for Z39.50 (`1=7`); an empty one cannot be asked.
    """

    kind: Kind
    host: str
    port: int
    database: str
    syntax: str
    coding: str = ""
    is_secure: bool = False
    isbn_index: str = ""
    title_index: str = ""
    author_index: str = ""
    timeout: int = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """How many records a library has, and the first of them as they came: ISO 2709, or MARCXML elements."""

    total: int
    records: tuple[bytes, ...] = ()


def spoken(words: str) -> str:
    """The words without characters that mean something in a query or a command."""
    return " ".join(_UNSPEAKABLE.sub(" ", words).split())[:200]


def cql(wanted: Wanted, target: Address) -> str:
    """Raises TargetError when the library cannot be asked for any of it."""
    clauses = []
    for index, texts in _asked(wanted, target):
        either = " or ".join(f'{index}="{text}"' for text in texts)
        clauses.append(f"({either})" if len(texts) > 1 else either)
    return " and ".join(clauses)


def pqf(wanted: Wanted, target: Address) -> str:
    """Raises TargetError when the library cannot be asked for any of it."""
    clauses = []
    for index, texts in _asked(wanted, target):
        attributes = "".join(f"@attr {attribute} " for attribute in index.split())
        clauses.append("@or " * (len(texts) - 1) + " ".join(f'{attributes}"{text}"' for text in texts))
    return "@and " * (len(clauses) - 1) + " ".join(clauses)


def isbns(isbn: str) -> list[str]:
    """The number in its forms of thirteen and, where it has one, of ten digits: old records know only that."""
    if not isbn.startswith("978"):
        return [isbn]
    first = isbn[3:12]
    check = -sum(int(digit) * weight for digit, weight in zip(first, range(10, 1, -1), strict=True)) % 11
    return [isbn, first + ("X" if check == 10 else str(check))]


def _asked(wanted: Wanted, target: Address) -> list[tuple[str, list[str]]]:
    """Each index with the texts of which one must be there."""
    pairs = (
        (target.isbn_index, isbns(wanted.isbn) if wanted.isbn else []),
        (target.title_index, [spoken(wanted.title)]),
        (target.author_index, [spoken(wanted.author)]),
    )
    asked = [(index, [text for text in texts if text]) for index, texts in pairs if any(texts)]
    if not asked or not all(index for index, _ in asked):
        raise TargetError(Fault.CANNOT_ASK)
    return asked
