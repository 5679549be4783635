"""What bookings mean for a loan that is decided without the hub."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from samut_rules.calendar import Calendar
from samut_rules.fetching import Reserved, may_fetch, next_of_others
from samut_rules.loan import ItemFacts
from samut_wire import messages as m


def as_booked(
    facts: ItemFacts,
    of_unit: Sequence[m.BookingShown],
    of_title: Sequence[m.BookingShown],
    *,
    member: str,
    calendar: Calendar,
    now: datetime,
) -> ItemFacts:
    """The facts with what bookings say of the unit, as at the hub: the member's own of the title, which this unit
    fulfils now, else when it is next booked for somebody else.

    The hub may also give those others another unit. That is not for a device to do: it refuses.
    """
    others = [one for one in of_unit if one.member != member and one.ends_at > now]
    fetched = (one for one in of_title if one.member == member and may_fetch(calendar, _reserved(one), now))
    own = next(fetched, None)
    if own is not None and not any(one.starts_at < own.ends_at for one in others):
        return replace(facts, booked_until=own.ends_at)
    from_day, from_hour = next_of_others(calendar, map(_reserved, others))
    return replace(facts, booked_from=from_day, free_until=from_hour)


def _reserved(shown: m.BookingShown) -> Reserved:
    return Reserved(shown.starts_at, shown.ends_at, shown.by_hours)
