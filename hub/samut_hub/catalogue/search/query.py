"""What people type into the search box, as a tree: words, “phrases”, AND OR NOT (และ หรือ ไม่) and brackets."""

import re
from dataclasses import dataclass

from samut_hub.catalogue.search.analyser import rejoin

FIELDS = (
    "title",
    "author",
    "subject",
    "publisher",
    "series",
    "call_number",
    "isbn",
    "issn",
    "accession",
    "year",
    "language",
)
"""What a term may be looked for in. Years may be of either era, and a range: `2558-2563`."""
LONGEST_TEXT, MOST_TERMS = 300, 24
_TOKEN = re.compile(r'"([^"]*)"?|([()])|([^\s()"]+)')
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


def parse(text: str, field: str = "") -> Node | None:
    """The tree, of terms in `field` where the text names no other; None when there is nothing to look for.

    What cannot be an operator where it stands is a word.
    """
    tokens = _tokens(text)
    node = _Reader(tokens).all()
    if not terms(node):
        node = _joined([Term(text) for text, _ in tokens if text not in ("(", ")")])
    return node


def terms(node: Node | None) -> list[str]:
    """The texts a title should have, without those that it must not have."""
    match node:
        case Term(text):
            return [text]
        case And(parts) | Or(parts):
            return [text for part in parts for text in terms(part)]
    return []


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Texts, and whether they may be operators or brackets."""
    found = _TOKEN.finditer(rejoin(text[:LONGEST_TEXT].translate(_QUOTES)))
    tokens = [(one[1] or one[2] or one[3] or "", one[1] is None) for one in found]
    return [(text, free) for text, free in tokens if text.strip()][: 2 * MOST_TERMS]


class _Reader:
    """Recursive descent: OR binds least, words side by side are joined by AND."""

    def __init__(self, tokens: list[tuple[str, bool]]) -> None:
        self._tokens = tokens
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
        while self._at < len(self._tokens) and not self._sees(")", *_OR):
            if not self._skip(*_AND):
                part = self._one()
                parts += [part] if part is not None else []
        return _joined(parts)

    def _one(self) -> Node | None:
        if self._skip(*_NOT):
            part = self._one() if self._at < len(self._tokens) and not self._sees(")", *_OR) else None
            return Not(part) if part is not None else None
        if self._skip("("):
            node = self._either()
            self._skip(")")
            return node
        text, _ = self._tokens[self._at]
        self._at += 1
        return Term(text)

    def _sees(self, *texts: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] in [(text, True) for text in texts]

    def _skip(self, *texts: str) -> bool:
        seen = self._sees(*texts)
        self._at += seen
        return seen


def _joined(parts: list[Node]) -> Node | None:
    return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None
