"""What a CQL query asks of this catalogue: its indexes, relations and masks as the search's own tree."""

import re

from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.analyser import query_terms
from samut_hub.catalogue.serving.cql import MOST_CLAUSES, Clause, Diagnostic, Node, SruError, is_masked

CONTEXTS = {
    "cql": "info:srw/cql-context-set/1/cql-v1.2",
    "dc": "info:srw/cql-context-set/1/dc-v1.1",
    "bath": "http://zing.z3950.org/cql/bath/2.0/",
}
INDEXES = {
    "cql.serverchoice": "",
    "cql.anywhere": "",
    "dc.title": "title",
    "dc.creator": "author",
    "dc.contributor": "author",
    "dc.subject": "subject",
    "dc.publisher": "publisher",
    "dc.date": "year",
    "dc.language": "language",
    "bath.isbn": "isbn",
    "bath.issn": "issn",
    "bath.author": "author",
    "bath.title": "title",
    "bath.subject": "subject",
}
"""Names in small letters, with the field in which they are looked for."""
SHORT = {
    "title": "title",
    "author": "author",
    "creator": "author",
    "subject": "subject",
    "publisher": "publisher",
    "date": "year",
    "year": "year",
    "language": "language",
    "isbn": "isbn",
    "issn": "issn",
    "serverchoice": "",
    "anywhere": "",
}
"""The same without a context set."""
WORD_RELATIONS = ("=", "adj", "all", "any")
YEAR_RELATIONS = ("=", "==", "<", ">", "<=", ">=", "within")
_FIRST_YEAR, _LAST_YEAR = 1000, 2199
_YEAR = re.compile(r"(\d{4})(?:-\d\d(?:-\d\d)?)?")
_MASKED_LATIN = re.compile(r"[^\s*\u0e00-\u0e7f]\*|\*[^\s*\u0e00-\u0e7f]")


def tree_of(node: Node) -> q.Node:
    """Raises SruError where something is asked that this catalogue cannot do, or too much."""
    tree = _tree_of(node)
    if _words(tree) > MOST_CLAUSES:
        raise SruError(Diagnostic.TOO_MANY_BOOLEANS, f"more than {MOST_CLAUSES} words")
    return tree


def _tree_of(node: Node) -> q.Node:
    if isinstance(node, Clause):
        return _clause(node)
    left, right = _tree_of(node.left), _tree_of(node.right)
    match node.operator:
        case "or":
            return q.Or((left, right))
        case "not":
            return q.And((left, q.Not(right)))
    return q.And((left, right))


def _clause(clause: Clause) -> q.Node:
    field = field_of(clause.index)
    if field == "year":
        return q.Term(_years(clause), field)
    text = _unmasked(clause.term)
    if field in ("isbn", "issn", "language"):
        _allow(clause, ("=", "=="))
        return q.Term(_number(text) if field == "isbn" else text, field)
    _allow(clause, WORD_RELATIONS)
    if not query_terms(text):
        raise SruError(Diagnostic.INVALID_TERM, clause.term)
    known = {word.casefold(): word for word in text.split() if query_terms(word)}
    words = tuple(q.Term(word, field) for word in known.values())
    if len(words) == 1:
        return words[0]
    match clause.relation:
        case "any":
            return q.Or(words)
        case "all":
            return q.And(words)
    return q.Term(text, field, phrase=True)


def _words(tree: q.Node) -> int:
    match tree:
        case q.Term(text):
            return len(text.split())
        case q.Not(part):
            return _words(part)
    return sum(map(_words, tree.parts))


def field_of(index: str) -> str:
    """The field that an index of CQL stands for; raises SruError."""
    if not index:
        return ""
    context, _, name = index.rpartition(".")
    if context and context not in CONTEXTS:
        raise SruError(Diagnostic.UNSUPPORTED_CONTEXT_SET, context)
    found = INDEXES.get(index) if context else SHORT.get(name)
    if found is None:
        raise SruError(Diagnostic.UNSUPPORTED_INDEX, index)
    return found


def _allow(clause: Clause, relations: tuple[str, ...]) -> None:
    if clause.relation.removeprefix("cql.") not in relations:
        raise SruError(Diagnostic.UNSUPPORTED_RELATION, clause.relation)


def _number(text: str) -> str:
    number = isbn13(text)
    if not number:
        raise SruError(Diagnostic.INVALID_TERM, text)
    return number


def _years(clause: Clause) -> str:
    """A range of years of the Common Era, both included."""
    _allow(clause, YEAR_RELATIONS)
    years = [int(found[1]) for found in map(_YEAR.fullmatch, clause.term.split()) if found]
    if len(years) != len(clause.term.split()) or len(years) != (2 if clause.relation == "within" else 1):
        raise SruError(Diagnostic.INVALID_TERM, clause.term)
    first, last = years[0], years[-1]
    match clause.relation:
        case "<":
            first, last = _FIRST_YEAR, first - 1
        case "<=":
            first = _FIRST_YEAR
        case ">":
            first, last = first + 1, _LAST_YEAR
        case ">=":
            last = _LAST_YEAR
    return f"{first}-{last}"


def _unmasked(term: str) -> str:
    """A part of a Thai word is found without a mask, so one at its end is left out; no other mask is understood."""
    if is_masked(term, lambda character: character == "^"):
        raise SruError(Diagnostic.ANCHORING, term)
    if is_masked(term, lambda character: character == "?") or _MASKED_LATIN.search(re.sub(r"\\.", "", term)):
        raise SruError(Diagnostic.MASKING, term)
    return re.sub(r"\\(.)|\*", lambda found: found[1] or " ", term).strip()
