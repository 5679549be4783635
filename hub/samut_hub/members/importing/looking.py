"""Looking at a file before anything is changed: what would become of its rows or pictures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from samut_hub.members.importing import photographs
from samut_hub.members.importing.jobs import reading_of
from samut_hub.members.importing.matching import Outcome, Rule, outcomes
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.naming import names_of
from samut_hub.members.importing.pictures import names_in
from samut_hub.members.importing.policy import NOTES, Verdict
from samut_hub.members.importing.rows import entries
from samut_hub.members.importing.service import in_batches

SHOWN = 50
MOST = 5_000
"""Rows that a page looks at while a person waits for it."""


@dataclass
class Sight:
    """`lines` are the first ones to be seen, those with faults before the others; `new` what would be made, by kind.

    `notes` counts by reason what would come in all the same. `is_whole` tells whether all was looked at.
    """

    counts: Counter[Verdict] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    lines: list[Outcome] = field(default_factory=list)
    photos: list[photographs.Shown] = field(default_factory=list)
    new: dict[str, list[str]] = field(default_factory=dict)
    is_whole: bool = True


def look(session: Session, run: MemberImport, path: Path, key: bytes, *, now: datetime) -> Sight:
    """What the import would do with the rows of its table. `key` is the library's card key."""
    sight, names = Sight(), names_of(session, run)
    found = entries(path, run.encoding, reading_of(session, run, now))
    rule = Rule(run, names, key)
    good: list[Outcome] = []
    for batch in in_batches(islice(found, MOST)):
        names.note(entry.said for entry in batch if entry.said is not None)
        judged = outcomes(session, rule, batch)
        sight.counts.update(one.verdict for one in judged)
        sight.notes.update(one.reason for one in judged if one.reason in NOTES)
        sight.lines += [one for one in judged if one.reason][: SHOWN - len(sight.lines)]
        good += [one for one in judged if not one.reason][: SHOWN - len(good)]
    sight.lines += good[: SHOWN - len(sight.lines)]
    sight.is_whole = next(found, None) is None
    sight.new = {kind: list(new.values()) for kind, new in names.new.items() if new}
    return sight


def look_at_photos(session: Session, run: MemberImport, path: Path, key: bytes) -> Sight:
    """The same for an archive, by its names: pictures are looked at when they come in. Raises ConfinedError."""
    sight, seen = Sight(), photographs.Seen()
    judged: list[photographs.Shown] = []
    found = names_in(path)
    for start in range(0, len(found), MOST):
        judged += photographs.judge(session, run, found[start : start + MOST], key, seen)
    sight.counts.update(one.verdict for one in judged)
    sight.photos = _faults_first(judged)[:SHOWN]
    return sight


def _faults_first(judged: Sequence[photographs.Shown]) -> list[photographs.Shown]:
    return sorted(judged, key=lambda one: not one.reason)
