"""What people type into the search box, as a tree: words, “phrases”, AND OR NOT (และ หรือ ไม่), brackets, fields."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from samut_hub.catalogue.search.analyser import rejoin
from samut_hub.catalogue.search.numbers import is_standard_number

FIELDS = {
    "title": ("ชื่อเรื่อง", "ti"),
    "author": ("ผู้แต่ง", "au"),
    "subject": ("หัวเรื่อง", "su"),
    "publisher": ("สำนักพิมพ์",),
    "series": ("ชุด", "ชื่อชุด"),
    "call_number": ("เลขเรียกหนังสือ", "เลขเรียก", "callnumber", "call"),
    "isbn": (),
    "issn": (),
    "accession": ("เลขทะเบียน",),
    "year": ("ปี", "ปีพิมพ์"),
    "language": ("ภาษา",),
}
"""What a term may be looked for in, with its other names before a colon: `ผู้แต่ง:มานะ`.

Years are of either era and may be a range (`2558-2563`); languages are MARC codes (`tha`).
"""
WRITTEN_APART = ("call_number", "accession")
"""Fields of which one value has spaces: `495.91 ก123`, `ท 00123`."""
LONGEST_TEXT, MOST_TERMS = 300, 24
_BY_NAME = {name: field for field, names in FIELDS.items() for name in (field, *names)}
_NAMES = "|".join(sorted(map(re.escape, _BY_NAME), key=len, reverse=True))
_TOKEN = re.compile(rf'"([^"]*)"?|([()])|({_NAMES}) ?[:：]|([^\s()"]+)', re.IGNORECASE)
_QUOTES = str.maketrans("“”„«»", '"""""')
_AND, _OR, _NOT = ("AND", "และ", "&&"), ("OR", "หรือ", "||"), ("NOT", "ไม่", "!")


@dataclass(frozen=True)
class Term:
    """A word or words that stand together. `field` is one of `FIELDS`, or empty: anywhere.

    A `phrase` stood in quotation marks: its words follow one another.
    """

    text: str
    field: str = ""
    phrase: bool = False


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


Node = Term | And | Or | Not


class Token(NamedTuple):
    """`is_free`: it may be an operator or bracket; `names_field`: it stood before a colon."""

    text: str
    is_free: bool = True
    names_field: bool = False


def parse(text: str, field: str = "") -> Node | None:
    """The tree, of terms in `field` where the text names no other; None when there is nothing to look for.

    What cannot be an operator where it stands is a word.
    """
    if is_standard_number(text):
        return Term(text.strip(), field)
    tokens = _tokens(text)
    node = _Reader(tokens, field).all()
    if not terms(node):
        words = [token for token in tokens if not _is_bracket(token)]
        words = [token for token in words if not token.names_field] or words
        node = _joined([Term(token.text, field, not token.is_free) for token in words])
    return node


def terms(node: Node | None) -> list[Term]:
    """What a title should have, without that which it must not have."""
    match node:
        case Term():
            return [node]
        case And(parts) | Or(parts):
            return [term for part in parts for term in terms(part)]
    return []


def _tokens(text: str) -> list[Token]:
    found = _TOKEN.finditer(rejoin(text[:LONGEST_TEXT].translate(_QUOTES)))
    tokens = [
        Token(one[1] or one[2] or one[3] or one[4] or "", one[1] is None, names_field=one[3] is not None)
        for one in found
    ]
    return [token for token in tokens if token.text.strip()][: 2 * MOST_TERMS]


def _is_bracket(token: Token) -> bool:
    return token.is_free and token.text in ("(", ")")


class _Reader:
    """Recursive descent: OR binds least, words side by side are joined by AND."""

    def __init__(self, tokens: list[Token], field: str) -> None:
        self._tokens = tokens
        self._field = field
        self._at = 0

    def all(self) -> Node | None:
        parts = []
        while self._at < len(self._tokens):
            node = self._either()
            parts += [node] if node is not None else []
            self._skip(")")
        return _joined(parts)

    def _either(self) -> Node | None:
        parts = [self._both()]
        while self._skip(*_OR):
            parts.append(self._both())
        found = tuple(part for part in parts if part is not None)
        return found[0] if len(found) == 1 else Or(found) if found else None

    def _both(self) -> Node | None:
        parts = []
        while not self._is_over():
            if not self._skip(*_AND):
                part = self._one()
                parts += [part] if part is not None else []
        return _joined(parts)

    def _one(self) -> Node | None:
        if self._skip(*_NOT):
            part = None if self._is_over() else self._one()
            return Not(part) if part is not None else None
        if self._skip("("):
            node = self._either()
            self._skip(")")
            return node
        token = self._tokens[self._at]
        self._at += 1
        if token.names_field and not self._is_over():
            return self._within(_BY_NAME[token.text.lower()])
        more = self._rest_of_number() if token.is_free and self._field in WRITTEN_APART else []
        return Term(" ".join([token.text, *more]), self._field, not token.is_free)

    def _rest_of_number(self) -> list[str]:
        """The words up to the next operator, bracket, quotation or field."""
        words = []
        while self._at < len(self._tokens) and self._is_word(self._tokens[self._at]):
            words.append(self._tokens[self._at].text)
            self._at += 1
        return words

    def _is_word(self, token: Token) -> bool:
        return token.is_free and not token.names_field and not self._sees("(", ")", *_AND, *_OR, *_NOT)

    def _within(self, field: str) -> Node | None:
        outer, self._field = self._field, field
        node = self._one()
        self._field = outer
        return node

    def _is_over(self) -> bool:
        return self._at >= len(self._tokens) or self._sees(")", *_OR)

    def _sees(self, *texts: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        return token.is_free and not token.names_field and token.text in texts

    def _skip(self, *texts: str) -> bool:
        seen = self._sees(*texts)
        self._at += seen
        return seen


def _joined(parts: list[Node]) -> Node | None:
    return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None
