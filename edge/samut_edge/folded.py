"""Passages for which the outbox has no room: people are counted by the hour, and told when there is room again.

Who it was is then not known, but how many came and went. Loans, returns and alarms are never folded.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from samut_edge.clock import milliseconds
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id

SCHEMA = """
CREATE TABLE IF NOT EXISTS folded (
    part TEXT NOT NULL, direction TEXT NOT NULL, hour TEXT NOT NULL, persons INTEGER NOT NULL,
    PRIMARY KEY (part, direction, hour)
) WITHOUT ROWID;
"""
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Place:
    """A way through a gate in an hour."""

    part: str
    direction: Direction
    hour: datetime


def people_in(letter: Letter) -> tuple[Place, int] | None:
    """How many went where, if it is an event that may be folded; of a passage that was refused, nobody."""
    hour = letter.at.replace(minute=0, second=0, microsecond=0)
    match letter.body:
        case m.PassageRecorded(reader=reader, direction=direction, allowed=allowed, persons=persons):
            return Place(reader, direction, hour), persons if allowed else 0
        case m.PersonsCounted(part=part, direction=direction, persons=persons):
            return Place(part, direction, hour), persons
        case _:
            return None


def fold(file: sqlite3.Connection, counted: Mapping[Place, int]) -> None:
    """Add to what is counted; on the disk when this returns."""
    rows = [(one.part, one.direction, one.hour.isoformat(), persons) for one, persons in counted.items()]
    file.execute("BEGIN IMMEDIATE")
    try:
        file.executemany(
            "INSERT INTO folded VALUES (?, ?, ?, ?) "
            "ON CONFLICT (part, direction, hour) DO UPDATE SET persons = persons + excluded.persons",
            rows,
        )
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise


def unfolded(file: sqlite3.Connection) -> list[Letter]:
    """An event for each hour and way. The caller removes the rows in the transaction in which it keeps the events."""
    rows = file.execute(
        "SELECT part, direction, hour, persons FROM folded WHERE persons > 0 ORDER BY hour"
    ).fetchall()
    return [
        _letter(part, direction, datetime.fromisoformat(hour), persons) for part, direction, hour, persons in rows
    ]


def _letter(part: str, direction: Direction, hour: datetime, persons: int) -> Letter:
    body = m.PersonsCounted(part=part, direction=direction, persons=persons)
    return Letter(id=command_id(milliseconds(hour)), at=hour, body=body)
