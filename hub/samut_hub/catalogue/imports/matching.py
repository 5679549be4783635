"""Which records of a batch are there already: by what tells the very same, then by the rule chosen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from samut_hub.catalogue.imports.entries import Entry
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Action, Match, Refusal, Verdict
from samut_hub.catalogue.models import Title

Key = tuple[str, str]
"""Column and value."""
_COLUMNS: dict[str, InstrumentedAttribute[str]] = {
    "origin_key": Title.origin_key,
    "control_number": Title.control_number,
    "isbn": Title.isbn,
    "match_key": Title.match_key,
}
_RULES = {
    Match.SAME: (),
    Match.NUMBER: ("control_number",),
    Match.ISBN: ("isbn", "match_key"),
    Match.TITLE: ("match_key",),
}


@dataclass(slots=True)
class Outcome:
    """What becomes of an entry: `title_id` is the title that is there, `first` the entry it repeats."""

    entry: Entry
    verdict: Verdict
    title_id: int | None = None
    first: "Outcome | None" = None


def outcomes(session: Session, run: Import, batch: Sequence[Entry]) -> list[Outcome]:
    """One for each entry, in their order. Entries that match several titles are refused where one must be chosen."""
    keyed = [(entry, _keys(entry, Match(run.match))) for entry in batch]
    known = _known(session, {key for _, keys in keyed for key in keys})
    seen: dict[Key, Outcome] = {}
    return [_outcome(entry, keys, Action(run.action), (known, seen)) for entry, keys in keyed]


def _keys(entry: Entry, match: Match) -> list[Key]:
    """The first is that of the very same record. Of the rule's columns the first that is filled counts."""
    if entry.reason:
        return []
    keys = [("origin_key", str(entry.columns["origin_key"]))]
    by_rule = ((name, str(entry.columns[name])) for name in _RULES[match] if entry.columns[name])
    return keys + list(by_rule)[:1]


def _known(session: Session, keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The titles that have these values; one that went into another stands for that one."""
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in keys:
        values[name].append(value)
    found: dict[Key, dict[int, None]] = defaultdict(dict)
    title_id: Any = func.coalesce(Title.merged_into_id, Title.id)
    for name, wanted in values.items():
        column = _COLUMNS[name]
        for value, one in session.execute(select(column, title_id).where(column.in_(wanted)).order_by(Title.id)):
            found[name, value][one] = None
    return {key: list(ids) for key, ids in found.items()}


def _outcome(
    entry: Entry, keys: list[Key], action: Action, there: tuple[dict[Key, list[int]], dict[Key, Outcome]]
) -> Outcome:
    known, seen = there
    if entry.reason:
        return Outcome(entry, Verdict.REFUSED)
    ids = next((known[key] for key in keys if key in known), [])
    if action is Action.ADD or not ids:
        first = None if action is Action.ADD else next((seen[key] for key in keys if key in seen), None)
        outcome = Outcome(entry, Verdict.REPEATED if first else Verdict.NEW, first=first)
    elif len(ids) > 1 and (action is Action.OVERLAY or entry.copies) and keys[0] not in known:
        entry.reason, entry.detail = Refusal.SEVERAL_MATCHES.value, ", ".join(map(str, ids[:20]))
        outcome = Outcome(entry, Verdict.REFUSED)
    else:
        outcome = Outcome(entry, Verdict.OVERLAID if action is Action.OVERLAY else Verdict.KNOWN, title_id=ids[0])
    if outcome.verdict is Verdict.NEW:
        seen.update(dict.fromkeys(keys, outcome))
    return outcome
