"""Which refusals a librarian may let pass, and with which right. What is not listed nobody can."""

from collections.abc import Mapping
from enum import StrEnum

from samut_rules.reasons import Code


class Override(StrEnum):
    """A right to let a refusal pass, with a reason; the hub gives these to roles."""

    LIMITS = "limits"  # number of loans, renewals, holds, and how long
    MEMBERSHIP = "membership"  # ended, blocked, suspended, card reported lost
    MONEY = "money"  # owes too much
    OVERDUE = "overdue"
    ITEMS = "items"  # not for loan, reserved, booked, recalled
    AGE = "age"


OVERRIDES: Mapping[Code, Override] = {
    Code.LIMIT_REACHED: Override.LIMITS,
    Code.TOTAL_REACHED: Override.LIMITS,
    Code.ON_SITE_LIMIT: Override.LIMITS,
    Code.SAME_TITLE_LIMIT: Override.LIMITS,
    Code.SAME_TITLE_WAIT: Override.LIMITS,
    Code.RENEWALS_USED: Override.LIMITS,
    Code.UNSEEN_RENEWALS_USED: Override.LIMITS,
    Code.RENEW_TOO_EARLY: Override.LIMITS,
    Code.HOLD_LIMIT_REACHED: Override.LIMITS,
    Code.COPY_ON_SHELF: Override.LIMITS,
    Code.BOOKING_TOO_LONG: Override.LIMITS,
    Code.BOOKING_TOO_MANY_HOURS: Override.LIMITS,
    Code.BOOKING_LIMIT_REACHED: Override.LIMITS,
    Code.BOOKING_CLOSED: Override.LIMITS,
    Code.CLAIMS_USED: Override.LIMITS,
    Code.MEMBER_EXPIRED: Override.MEMBERSHIP,
    Code.MEMBER_BLOCKED: Override.MEMBERSHIP,
    Code.CARD_LOST: Override.MEMBERSHIP,
    Code.SUSPENDED: Override.MEMBERSHIP,
    Code.OWES_TOO_MUCH: Override.MONEY,
    Code.HAS_OVERDUE: Override.OVERDUE,
    Code.OVERDUE_LOAN: Override.OVERDUE,
    Code.ITEM_NOT_FOR_LOAN: Override.ITEMS,
    Code.ITEM_RESERVED: Override.ITEMS,
    Code.OTHERS_WAIT: Override.ITEMS,
    Code.RECALLED: Override.ITEMS,
    Code.TOO_YOUNG: Override.AGE,
    Code.LEVEL_TOO_LOW: Override.AGE,
}


def may_override(code: Code) -> bool:
    """Whether anybody may let this refusal pass."""
    return code in OVERRIDES
