"""Which titles fit a question and filters: the same titles are asked for in several ways to answer one question."""

from collections.abc import Sequence
from math import inf

from tantivy import Occur, Query, Searcher

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.criteria import Filters


class Fitting:
    """Of one state of the index."""

    def __init__(self, searcher: Searcher, node: q.Node | None, filters: Filters) -> None:
        self._searcher = searcher
        self._node = node
        self._often: dict[asking.Value, int] = {}
        narrowed = asking.narrowed(filters)
        either = node.parts if isinstance(node, q.Or) else (node,)
        self._either = [[*self._demanded(part), *narrowed] for part in either]

    def all(self) -> Query:
        """Not yet ranked."""
        return asking.silent(asking.any_of(map(Query.boolean_query, self._either)))

    def among(self, these: Query) -> Query:
        """Those of these titles that fit.

        These stand beside what is demanded, and of either-or beside each part: so no list is read to its end.
        """
        clauses = ([*demanded, (Occur.Must, these)] for demanded in self._either)
        return asking.silent(asking.any_of(map(Query.boolean_query, clauses)))

    @property
    def at_most(self) -> float:
        """No more titles than these fit: those that have the rarest of what is demanded."""
        return self._at_most(self._node)

    def _at_most(self, node: q.Node | None) -> float:
        match node:
            case q.Term():
                return min(map(self._how_often, asking.needed(node)), default=inf)
            case q.And(parts):
                return min(map(self._at_most, parts))
            case q.Or(parts):
                return sum(map(self._at_most, parts))
        return inf

    def _demanded(self, node: q.Node | None) -> list[asking.Clause]:
        if not isinstance(node, q.And):
            return asking.demanded(node)
        sought = {part: asking.needed(part) for part in node.parts if isinstance(part, q.Term) and not part.phrase}
        plain = {part: values for part, values in sought.items() if values}
        if len(plain) < 2:
            return asking.demanded(node)
        others = [part for part in node.parts if part not in plain]
        clauses = asking.demanded(q.And(tuple(others))) if others else []
        return [(Occur.Must, self._rarest_first(list(plain.values()))), *clauses]

    def _rarest_first(self, sought: Sequence[Sequence[asking.Value]]) -> Query:
        """The rarest of each word are looked up together, the others only in the titles that have these."""
        ordered = [sorted(values, key=self._how_often) for values in sought]
        first = asking.every(values[0] for values in ordered)
        rest = [(Occur.Must, asking.has(value)) for values in ordered for value in values[1:]]
        return Query.boolean_query([(Occur.Must, first), *rest])

    def _how_often(self, value: asking.Value) -> int:
        if value not in self._often:
            self._often[value] = self._searcher.doc_freq(*value)
        return self._often[value]
