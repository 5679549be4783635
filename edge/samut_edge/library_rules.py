"""What the library's row of the replica means to the lending rules, worked out once and not for each decision."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from samut_rules.calendar import Calendar, Span
from samut_rules.matrix import RuleRow, Tree
from samut_wire import messages as m


@dataclass(frozen=True, slots=True)
class LibraryRules:
    """`rows` is the matrix; `tree` says which materials belong to larger ones, and which places lie in which.
    `look_back`: some rule asks how often one title was had."""

    calendar: Calendar
    rows: tuple[RuleRow, ...]
    tree: Tree
    debt_limit: int
    look_back: bool


def rules_of(library: m.LibraryRow | None) -> LibraryRules:
    """Without a library every day is open, and nothing is lent."""
    if library is None:
        return LibraryRules(Calendar("UTC"), (), Tree(), 0, look_back=False)
    return LibraryRules(
        _calendar(library),
        tuple(RuleRow.of(rule.key, msgspec.structs.asdict(rule)) for rule in library.rules),
        Tree(library.parents, library.places),
        library.debt_limit,
        look_back=any((rule.same_title_times, rule.same_title_wait) != (None, None) for rule in library.rules),
    )


def _calendar(own: m.LibraryRow) -> Calendar:
    return Calendar(
        own.zone,
        frozenset(own.weekly_closed),
        {closure.on: closure.open for closure in own.closures},
        frozenset(own.yearly_closed),
        {weekday: _spans(hours) for weekday, hours in own.weekly_hours.items()},
        {closure.on: _spans(closure.hours) for closure in own.closures if closure.hours},
    )


def _spans(hours: Iterable[m.SpanShown]) -> tuple[Span, ...]:
    return tuple(Span(span.opens, span.closes) for span in hours)
