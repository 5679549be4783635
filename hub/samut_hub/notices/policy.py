"""What is told to members, over which ways, when, and how long it is tried. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """The occasion of a notice. Of several in one message the first in `URGENCY` gives it its words."""

    DUE_SOON = "due_soon"
    OVERDUE_1 = "overdue_1"
    OVERDUE_2 = "overdue_2"
    OVERDUE_3 = "overdue_3"
    RENEWED = "renewed"  # by itself, at night
    RECALLED = "recalled"
    HOLD_READY = "hold_ready"
    HOLD_CANCELLED = "hold_cancelled"
    EXPIRY = "expiry"
    RECEIPT = "receipt"
    SLIP = "slip"
    NEWS = "news"


OVERDUE = (Kind.OVERDUE_1, Kind.OVERDUE_2, Kind.OVERDUE_3)
OF_LOANS = (*reversed(OVERDUE), Kind.RECALLED, Kind.DUE_SOON, Kind.RENEWED)
"""Kinds about loans that are out, the most urgent first: those of one member and run are one message."""
PRINTABLE = (*OF_LOANS[:4], Kind.HOLD_READY, Kind.HOLD_CANCELLED)
"""What is printed for members who cannot be reached otherwise; the rest would be paper for nothing."""
ASKED_FOR = (Kind.RECEIPT, Kind.SLIP)
"""Answers to what the member did a moment ago: they keep no quiet hours."""
USUAL_KINDS = tuple(kind for kind in Kind if kind not in (Kind.RECEIPT, Kind.RENEWED))
"""What a library tells unless it says otherwise."""


class Subject(StrEnum):
    """What a member chooses the ways for."""

    DUE = "due"
    OVERDUE = "overdue"
    HOLDS = "holds"
    MONEY = "money"
    MEMBERSHIP = "membership"
    NEWS = "news"
    SLIPS = "slips"


SUBJECT_OF: Mapping[Kind, Subject] = {
    Kind.DUE_SOON: Subject.DUE,
    Kind.RENEWED: Subject.DUE,
    Kind.RECALLED: Subject.OVERDUE,
    **dict.fromkeys(OVERDUE, Subject.OVERDUE),
    Kind.HOLD_READY: Subject.HOLDS,
    Kind.HOLD_CANCELLED: Subject.HOLDS,
    Kind.EXPIRY: Subject.MEMBERSHIP,
    Kind.RECEIPT: Subject.MONEY,
    Kind.NEWS: Subject.NEWS,
    Kind.SLIP: Subject.SLIPS,
}
STOPPABLE = tuple(subject for subject in Subject if subject is not Subject.OVERDUE)
"""A member may not want to hear of these at all; of what is overdue everybody hears."""
ON_WISH = (Subject.SLIPS,)
"""Only who chose a way hears of these."""


class Channel(StrEnum):
    """How a notice reaches a member."""

    LINE = "line"
    EMAIL = "email"
    PRINT = "print"


ELECTRONIC = (Channel.LINE, Channel.EMAIL)
"""In the order in which they are tried for a member who chose none."""


class State(StrEnum):
    WAITING = "waiting"
    TO_PRINT = "to_print"
    SENDING = "sending"  # somebody is at it, or was when the power went
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (State.SENT, State.PRINTED, State.FAILED, State.CANCELLED)


class Fault(StrEnum):
    """Why a notice was not sent, or not yet."""

    UNREACHABLE = "unreachable"  # the server did not answer
    BUSY = "busy"  # the server asks to come later
    QUOTA = "quota"  # the month's messages of the LINE account are used up
    SIGN_IN = "sign_in"  # password or token refused
    REFUSED = "refused"  # this address or account takes nothing
    NO_ADDRESS = "no_address"  # it was taken out of the member's record since
    NOT_SET_UP = "not_set_up"
    UNSURE = "unsure"  # interrupted in the middle; it may have arrived
    PAST = "past"  # brought back, collected or renewed meanwhile
    BY_HAND = "by_hand"


BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1_440))
"""How long is waited after each attempt that failed; after the last of them it is given up."""
SEEN_FOR = timedelta(minutes=10)
"""One who sends is given so long; a message taken longer ago was interrupted."""
KEY_KEPT = timedelta(hours=23)
"""LINE knows a retry key for 24 hours (Messaging API, “Retrying an API request”): later the same message would be
another one there."""


_DAYS_GOOD = {Kind.SLIP: 1, Kind.DUE_SOON: 14, Kind.HOLD_READY: 14, Kind.EXPIRY: 14}
GOOD_FOR: Mapping[Kind, timedelta] = {
    kind: timedelta(days=_DAYS_GOOD.get(kind, 3 if kind in OVERDUE else 7)) for kind in Kind
}
"""How long after it was made a notice may still go out, where nothing else ends it before; later it is old news. Who
is reminded of what is overdue gets the next reminder meanwhile, and hears the last one however late. A letter waits
for whoever prints it."""


def next_attempt(attempts: int, now: datetime, channel: Channel) -> datetime | None:
    """When it is tried again after so many attempts; None when it is given up: at LINE while it knows the key."""
    waits = BACK_OFF[:-1] if channel is Channel.LINE else BACK_OFF
    return now + waits[attempts - 1] if attempts <= len(waits) else None


def after_quiet(now: datetime, zone: str, quiet_from: int, quiet_until: int) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls.

    Both ends are minutes since midnight by the library's clock; the hours may span midnight. With equal ends
    none are quiet.
    """
    there = now.astimezone(ZoneInfo(zone))
    minute = there.hour * 60 + there.minute
    spans = quiet_from > quiet_until
    is_quiet = (minute >= quiet_from or minute < quiet_until) if spans else quiet_from <= minute < quiet_until
    if not is_quiet:
        return now
    day = there.date() + timedelta(days=1 if spans and minute >= quiet_from else 0)
    end = datetime(day.year, day.month, day.day, quiet_until // 60, quiet_until % 60, tzinfo=ZoneInfo(zone))
    return end.astimezone(now.tzinfo)


def ways(kind: Kind, reachable: Sequence[Channel], chosen: Mapping[str, Sequence[str]]) -> list[Channel]:
    """Over which ways a member is told, of those that reach the member: what was chosen, else the first there is."""
    subject = SUBJECT_OF[kind]
    wanted = chosen.get(subject)
    if wanted is None:
        return [] if subject in ON_WISH else list(reachable[:1])
    found = [channel for channel in reachable if channel in wanted]
    return list(reachable[:1]) if not found and (wanted or subject not in STOPPABLE) else found


def most_urgent(kinds: Iterable[Kind]) -> Kind:
    """Of kinds about loans, the one that a message with all of them begins with."""
    return min(kinds, key=OF_LOANS.index)
