"""The query language of SRU: CQL 1.2 as a tree. Source: CQL 1.2, Library of Congress, its grammar and its meaning.

What the language has and this server has not (proximity, sorting, modifiers) is told as the diagnostic meant for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

LONGEST, MOST_CLAUSES, DEEPEST = 1000, 24, 20
_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(<=|>=|<>|==|[()=<>/])|([^\s()=<>"/]+))', re.DOTALL)


class Diagnostic(IntEnum):
    """Numbers of SRU's own list of diagnostics, info:srw/diagnostic/1/."""

    UNSUPPORTED_OPERATION = 4
    UNSUPPORTED_VERSION = 5
    UNSUPPORTED_VALUE = 6
    MISSING_PARAMETER = 7
    UNSUPPORTED_PARAMETER = 8
    SYNTAX_ERROR = 10
    UNSUPPORTED_CONTEXT_SET = 15
    UNSUPPORTED_INDEX = 16
    UNSUPPORTED_RELATION = 19
    UNSUPPORTED_MODIFIER = 20
    EMPTY_TERM = 27
    MASKING = 28
    ANCHORING = 32
    INVALID_TERM = 36
    TOO_MANY_BOOLEANS = 38
    PROXIMITY = 39
    BOOLEAN_MODIFIER = 46
    FEATURE = 48
    OUT_OF_RANGE = 61
    UNKNOWN_SCHEMA = 66
    UNSUPPORTED_PACKING = 71
    SORT = 80


MESSAGES = {
    Diagnostic.UNSUPPORTED_OPERATION: "Unsupported operation",
    Diagnostic.UNSUPPORTED_VERSION: "Unsupported version",
    Diagnostic.UNSUPPORTED_VALUE: "Unsupported parameter value",
    Diagnostic.MISSING_PARAMETER: "Mandatory parameter not supplied",
    Diagnostic.UNSUPPORTED_PARAMETER: "Unsupported parameter",
    Diagnostic.SYNTAX_ERROR: "Query syntax error",
    Diagnostic.UNSUPPORTED_CONTEXT_SET: "Unsupported context set",
    Diagnostic.UNSUPPORTED_INDEX: "Unsupported index",
    Diagnostic.UNSUPPORTED_RELATION: "Unsupported relation",
    Diagnostic.UNSUPPORTED_MODIFIER: "Unsupported relation modifier",
    Diagnostic.EMPTY_TERM: "Empty term unsupported",
    Diagnostic.MASKING: "Masking character not supported",
    Diagnostic.ANCHORING: "Anchoring character not supported",
    Diagnostic.INVALID_TERM: "Term in invalid format for index or relation",
    Diagnostic.TOO_MANY_BOOLEANS: "Too many boolean operators in query",
    Diagnostic.PROXIMITY: "Proximity not supported",
    Diagnostic.BOOLEAN_MODIFIER: "Unsupported boolean modifier",
    Diagnostic.FEATURE: "Query feature unsupported",
    Diagnostic.OUT_OF_RANGE: "First record position out of range",
    Diagnostic.UNKNOWN_SCHEMA: "Unknown schema for retrieval",
    Diagnostic.UNSUPPORTED_PACKING: "Unsupported record packing",
    Diagnostic.SORT: "Sort not supported",
}


class SruError(Exception):
    """A request that is answered by a diagnostic; `details` says which part of it is meant."""

    def __init__(self, diagnostic: Diagnostic, details: str = "") -> None:
        super().__init__(f"{MESSAGES[diagnostic]}: {details}" if details else MESSAGES[diagnostic])
        self.diagnostic = diagnostic
        self.details = details


@dataclass(frozen=True)
class Clause:
    """`dc.title any "art history"`; without an index it is looked for everywhere. `term` keeps its masks."""

    term: str
    index: str = ""
    relation: str = "="


@dataclass(frozen=True)
class Joined:
    """Two parts by `and`, `or` or `not`, which all bind alike, from the left."""

    operator: str
    left: "Node"
    right: "Node"


Node = Clause | Joined


@dataclass(frozen=True)
class _Token:
    text: str
    is_quoted: bool = False


def parse(text: str) -> Node:
    """Raises SruError."""
    if len(text) > LONGEST:
        raise SruError(Diagnostic.SYNTAX_ERROR, f"longer than {LONGEST} characters")
    reader = _Reader(_tokens(text))
    node = reader.query(0)
    reader.end()
    return node


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise SruError(Diagnostic.SYNTAX_ERROR, text[at:].strip()[:50])
        quoted, sign, word = found.groups()
        tokens.append(_Token(quoted.replace('\\"', '"'), True) if quoted is not None else _Token(sign or word))
        at = found.end()
    return tokens


class _Reader:
    """Recursive descent."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._clauses = 0

    def query(self, depth: int) -> Node:
        """Clauses and the operators between them."""
        if depth > DEEPEST:
            raise SruError(Diagnostic.TOO_MANY_BOOLEANS, f"more than {DEEPEST} brackets in brackets")
        if self._sees(">"):
            raise SruError(Diagnostic.FEATURE, "prefix assignment")
        node = self._part(depth)
        while self._sees("and", "or", "not", "prox"):
            operator = self._take().text.lower()
            if operator == "prox":
                raise SruError(Diagnostic.PROXIMITY)
            if self._sees("/"):
                raise SruError(Diagnostic.BOOLEAN_MODIFIER, operator)
            node = Joined(operator, node, self._part(depth))
        if self._sees("sortby"):
            raise SruError(Diagnostic.SORT, "sortBy")
        return node

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise SruError(Diagnostic.SYNTAX_ERROR, self._tokens[self._at].text)

    def _part(self, depth: int) -> Node:
        if self._sees("("):
            self._take()
            node = self.query(depth + 1)
            self._expect(")")
            return node
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            raise SruError(Diagnostic.TOO_MANY_BOOLEANS, f"more than {MOST_CLAUSES} terms")
        return self._clause()

    def _clause(self) -> Clause:
        first = self._word()
        if first.is_quoted or not self._sees_relation():
            return Clause(_term(first.text))
        relation = self._take().text.lower()
        if self._sees("/"):
            self._take()
            raise SruError(Diagnostic.UNSUPPORTED_MODIFIER, self._word().text)
        return Clause(_term(self._word().text), first.text.lower(), relation)

    def _sees_relation(self) -> bool:
        """A sign, or a word after which another comes: `title any art`."""
        if self._sees("=", "<", ">", "<=", ">=", "<>", "=="):
            return True
        is_last = self._at + 1 >= len(self._tokens)
        return not is_last and not self._sees("and", "or", "not", "prox", "sortby", "(", ")", "/")

    def _word(self) -> _Token:
        if self._at >= len(self._tokens):
            raise SruError(Diagnostic.SYNTAX_ERROR, "the query ends too early")
        token = self._take()
        if not token.is_quoted and re.fullmatch(r"[()=<>/]|<=|>=|<>|==", token.text):
            raise SruError(Diagnostic.SYNTAX_ERROR, token.text)
        return token

    def _expect(self, text: str) -> None:
        if not self._sees(text):
            raise SruError(Diagnostic.SYNTAX_ERROR, f"{text} is missing")
        self._take()

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _sees(self, *texts: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        return not token.is_quoted and token.text.lower() in texts


def _term(text: str) -> str:
    if not text.strip():
        raise SruError(Diagnostic.EMPTY_TERM)
    return text


def is_masked(text: str, mask: Callable[[str], bool]) -> bool:
    """Whether the term has such a character that no backslash takes its meaning from."""
    return any(mask(found[0]) for found in re.finditer(r"\\.|.", text, re.DOTALL) if found[0][0] != "\\")
