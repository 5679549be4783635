"""Looking at a file before anything is changed: what would become of its records."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.imports.entries import BATCH, Entry, entries, in_batches
from samut_hub.catalogue.imports.matching import Outcome, outcomes
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Verdict
from samut_hub.catalogue.imports.service import words_of
from samut_hub.catalogue.models import Category, Place, Title

SHOWN = 50
AT_ONCE = 2 * BATCH
"""Records that a page looks at while a person waits for it."""


@dataclass
class Sight:
    """`lines` are the first ones, `is_whole` tells whether all were looked at. New places are made by the import."""

    counts: Counter[Verdict] = field(default_factory=Counter)
    copies: int = 0
    lines: list[Outcome] = field(default_factory=list)
    is_whole: bool = True
    new_places: list[str] = field(default_factory=list)
    new_categories: list[str] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)

    def add(self, session: Session, run: Import, batch: Sequence[Entry]) -> list[Outcome]:
        """Count what would become of these records."""
        found = outcomes(session, run, batch)
        self.counts.update(one.verdict for one in found)
        self.copies += sum(len(one.entry.copies) for one in found if not one.entry.reason)
        return found


def look(session: Session, run: Import, path: Path, *, most: int = AT_ONCE) -> Sight:
    """What the import would do with the first `most` records. Raises NotMarcError.

    Records that repeat one of an earlier batch count as new here: nothing is kept of those before.
    """
    sight, some = Sight(), entries(run, path, words_of(session))
    places: dict[str, None] = {}
    categories: dict[str, None] = {}
    for batch in in_batches(islice(some, most)):
        sight.lines += sight.add(session, run, batch)[: SHOWN - len(sight.lines)]
        places.update((copy.place, None) for entry in batch for copy in entry.copies)
        categories.update((copy.category, None) for entry in batch for copy in entry.copies)
    sight.is_whole = next(some, None) is None
    sight.new_places = _new(session, Place, places)
    sight.new_categories = _new(session, Category, categories)
    sight.titles = _titles(session, [one.title_id for one in sight.lines if one.title_id])
    return sight


def _new(session: Session, kind: type[Place] | type[Category], names: dict[str, None]) -> list[str]:
    wanted = [name for name in names if name]
    if not wanted:
        return []
    known = {name for row in session.execute(select(kind.name, kind.name_en)) for name in row}
    return [name for name in wanted if name not in known]


def _titles(session: Session, ids: Sequence[int]) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(select(Title.id, Title.title).where(Title.id.in_(ids)))}


def shown(entry: Entry) -> tuple[str, str]:
    """Title and author of an entry, for a line of the list."""
    return str(entry.columns.get("title", "")), str(entry.columns.get("author", ""))
