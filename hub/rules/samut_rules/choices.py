"""The closed sets of ways in which a library lends: what a value of a loan rule may be."""

from enum import StrEnum


class CalendarMode(StrEnum):
    """What closed days do to a due date."""

    IGNORE = "ignore"
    SKIP = "skip"  # one open day for each day of the loan
    MOVE = "move"  # counted straight, then on to the next open day
    SAME_WEEKDAY = "same_weekday"  # as MOVE, but whole weeks stay on their weekday


class AtClosing(StrEnum):
    """What becomes of a loan of some hours that would end while the library is closed."""

    SHORTEN = "shorten"  # to the closing time before
    EXTEND = "extend"  # to the next opening


class FixedDue(StrEnum):
    """What a fixed due date, as the end of a term, is to the date that the loan length gives."""

    CEILING = "ceiling"
    FLOOR = "floor"
    EXACT = "exact"


class FineUnit(StrEnum):
    DAY = "day"
    HOUR = "hour"


class Charged(StrEnum):
    """When a period of lateness costs: as soon as it begins, or only when it is over."""

    AT_START = "start"
    AT_END = "end"


class Grace(StrEnum):
    """What days (or hours) of grace are: never charged, or charged all the same once they are over."""

    SUBTRACTED = "subtracted"
    THRESHOLD = "threshold"


class RenewFrom(StrEnum):
    """From when a renewal counts."""

    TODAY = "today"
    DUE = "due"


class LostRefund(StrEnum):
    """What is given back when something lost and charged is found again."""

    NOTHING = "nothing"
    PRICE = "price"
    PRICE_AND_FINE = "price_and_fine"
