"""Membership goes on: until when, by the type of the member. No use case commits."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from samut_hub.members.models import Member, MemberType

SOON = timedelta(days=30)
"""So long before its end a renewal is offered at the desk."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """The last day after a renewal. `is_near`: the membership has ended, or soon does."""

    until: date
    is_near: bool


def renewal_of(member: Member, today: date) -> Renewal | None:
    """What a renewal on this day gives; None where the membership has no end."""
    ends = member.expires_on
    return None if ends is None else Renewal(renewed_until(member.type, ends, today), ends - today <= SOON)


def renewed_until(kind: MemberType, ends: date, today: date) -> date:
    """So many months from the end on, or from today where that has passed; else the next end of a school year."""
    if kind.valid_months is not None:
        return _months_later(max(ends, today), kind.valid_months)
    month, day = map(int, kind.year_ends.split("-"))
    after = max(ends, today - timedelta(days=1))
    this_year = date(after.year, month, day)
    return this_year if this_year > after else this_year.replace(year=after.year + 1)


def renew(session: Session, member: Member, was: date, *, today: date, now: datetime) -> bool:
    """Renew a membership that ends on the day `was`; False where it was changed since, as by a first click."""
    session.refresh(member, ["expires_on"], with_for_update={"of": Member})
    if member.expires_on != was:
        return False
    member.expires_on, member.changed_at = renewed_until(member.type, was, today), now
    session.flush()
    return True


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
