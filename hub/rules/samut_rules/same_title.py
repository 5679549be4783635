"""How often in a row a member has had one title: renewals count, and so does returning and borrowing it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from samut_rules.calendar import Calendar, later

ENDS_A_ROW = 7
"""Days that a title must have been back for a new row to begin, where the rules do not say how many."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One loan of the title, with its renewals; `returned_at` is None while it lasts."""

    lent_at: datetime
    returned_at: datetime | None
    renewals: int = 0


def times_in_a_row(earlier: Sequence[Spell], calendar: Calendar, today: date, wait: int | None) -> int:
    """Loans and renewals up to `today` between which the title was never back for `wait` days."""
    days = ENDS_A_ROW if wait is None else wait
    times, next_lent = 0, today
    for spell in sorted(earlier, key=lambda one: one.lent_at, reverse=True):
        if spell.returned_at is not None and _again(spell.returned_at, calendar, days) <= next_lent:
            break
        times += 1 + spell.renewals
        next_lent = calendar.local_day(spell.lent_at)
    return times


def may_borrow_again_on(earlier: Sequence[Spell], calendar: Calendar, wait: int) -> date | None:
    """The first day on which the title may be borrowed anew; None when it was never returned."""
    returned = [spell.returned_at for spell in earlier if spell.returned_at is not None]
    return _again(max(returned), calendar, wait) if returned else None


def _again(returned_at: datetime, calendar: Calendar, days: int) -> date:
    return later(calendar.local_day(returned_at), days)
