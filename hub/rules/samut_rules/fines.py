"""What a late return costs, in money and in days without borrowing."""

from dataclasses import dataclass, field
from datetime import date, datetime

from samut_rules.calendar import Calendar, later
from samut_rules.choices import Charged, FineUnit, Grace
from samut_rules.matrix import LoanTerms

MOST_FINE = 10_000_000
"""Satang that one late return can cost, 100,000 baht, whatever a rule says: more is a slip in a rule, and an amount
that nobody can write down must not keep the item from being taken back."""
LONGEST_SUSPENSION = 3_650
"""Days without borrowing that one late return can bring, whatever a rule says."""
SECONDS = {FineUnit.DAY: 86_400, FineUnit.HOUR: 3_600}


@dataclass(frozen=True, slots=True)
class Fine:
    """`days_late` are open days; `amount` is satang, 0 when nothing is owed. `trace` tells how it was counted."""

    days_late: int
    amount: int
    trace: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What a fine is held against. Money is satang, None is not known.

    `stopped_at`: when the item was lost or said to have been returned; the fine does not run on. `others`: overdue
    fines that the member owes for other loans. `before`: what was charged for the same loan before a renewal.
    """

    price: int | None = None
    others: int = 0
    before: int = 0
    stopped_at: datetime | None = None


NO_CEILINGS = Ceilings()


def fine_for(
    terms: LoanTerms | None,
    calendar: Calendar,
    due: datetime,
    returned: datetime,
    *,
    ceilings: Ceilings = NO_CEILINGS,
) -> Fine:
    """The whole fine as it stands at `returned`, which may be now for something still out.

    What the item and the rules say is counted in periods; then come the ceilings, in this order: of the rule, the
    price, what the member may owe. Raises OutOfRangeError.
    """
    until = returned if ceilings.stopped_at is None else min(returned, ceilings.stopped_at)
    days = calendar.open_days_late(calendar.local_day(due), calendar.local_day(until))
    if terms is None or until <= due:
        return Fine(max(0, days), 0)
    periods = periods_late(terms, calendar, due, until)
    amount = min(MOST_FINE, max(0, periods * terms.fine_per_day))
    trace = [f"periods late: {periods}", terms.told("fine_per_day")]
    for name, most in _ceilings(terms, ceilings):
        if amount > most:
            amount = most
            trace.append(f"not above {most}: {terms.told(name)}")
    return Fine(days, amount, tuple(trace))


def periods_late(terms: LoanTerms, calendar: Calendar, due: datetime, until: datetime) -> int:
    """Begun or whole periods after the grace; never less than 0."""
    unit = SECONDS[terms.fine_unit]
    late, grace = _seconds_late(terms, calendar, due, until), max(0, terms.grace) * unit
    if late <= grace:
        return 0
    if terms.grace_is == Grace.SUBTRACTED:
        late -= grace
    period = max(1, terms.fine_every) * unit
    return -(-late // period) if terms.fine_charged == Charged.AT_START else late // period


def change_of_fine(amount: int, *, charged: int, settled: int) -> int:
    """By how much a charge of `charged` must change to be the fine of now: never doubled, and never below what was
    paid or waived of it already. 0 where nothing is to be written."""
    return max(amount, settled) - charged


def suspended_until(
    terms: LoanTerms | None,
    calendar: Calendar,
    due: datetime,
    returned: datetime,
    *,
    running_until: date | None = None,
) -> date | None:
    """The last day on which the member may not borrow because of this return; None where there is none to add.

    `running_until`: the last day of a suspension that is running already. Raises NeverOpenError, OutOfRangeError.
    """
    days = 0 if terms is None or returned <= due else _days_suspended(terms, calendar, due, returned)
    if terms is None or days <= 0:
        return None
    start = calendar.local_day(returned)
    if terms.suspension_follows and running_until is not None:
        start = max(start, running_until)
    if terms.suspension_open_days:
        return calendar.after_open_days(start, days)
    return later(start, days)


def _days_suspended(terms: LoanTerms, calendar: Calendar, due: datetime, returned: datetime) -> int:
    days = min(LONGEST_SUSPENSION, periods_late(terms, calendar, due, returned) * terms.suspension_days)
    return days if terms.suspension_cap is None else min(days, terms.suspension_cap)


def _seconds_late(terms: LoanTerms, calendar: Calendar, due: datetime, until: datetime) -> int:
    """Days count whole, from midnight to midnight of the library; hours by the clock."""
    if terms.fine_unit == FineUnit.HOUR:
        return int((until - due).total_seconds()) if terms.fine_closed_days else calendar.open_seconds(due, until)
    first, last = calendar.local_day(due), calendar.local_day(until)
    days = (last - first).days if terms.fine_closed_days else calendar.open_days_late(first, last)
    return days * SECONDS[FineUnit.DAY]


def _ceilings(terms: LoanTerms, ceilings: Ceilings) -> list[tuple[str, int]]:
    price = terms.default_price if ceilings.price is None else ceilings.price
    said = [
        ("fine_cap", terms.fine_cap),
        ("fine_cap_at_price", price if terms.fine_cap_at_price else None),
        ("fine_cap_of_member", _left_of_member(terms, ceilings)),
    ]
    of_item = {"fine_cap", "fine_cap_at_price"}
    return [
        (name, max(0, most - ceilings.before) if name in of_item else most) for name, most in said if most is not None
    ]


def _left_of_member(terms: LoanTerms, ceilings: Ceilings) -> int | None:
    return None if terms.fine_cap_of_member is None else max(0, terms.fine_cap_of_member - ceilings.others)
