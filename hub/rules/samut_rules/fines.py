"""What a late return costs."""

from dataclasses import dataclass
from datetime import datetime

from samut_rules.calendar import Calendar
from samut_rules.matrix import LoanTerms


@dataclass(frozen=True, slots=True)
class Fine:
    """`days_late` are open days; `amount` is satang, 0 when nothing is owed."""

    days_late: int
    amount: int


def fine_for(terms: LoanTerms | None, calendar: Calendar, due: datetime, returned: datetime) -> Fine:
    """Closed days are not counted; the cap of the rule holds."""
    days = calendar.open_days_late(calendar.local_day(due), calendar.local_day(returned))
    if terms is None or days <= 0:
        return Fine(max(0, days), 0)
    amount = days * terms.fine_per_day
    return Fine(days, amount if terms.fine_cap is None else min(amount, terms.fine_cap))
