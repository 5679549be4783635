"""What the lending rules look at, and what comes out of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from samut_rules.calendar import Calendar
from samut_rules.matrix import Kind, LoanTerms
from samut_rules.reasons import Reason
from samut_rules.same_title import Spell


class ItemStatus(StrEnum):
    """Where an item is in its life; only an available one can be lent, and a reserved one to whom it is set aside."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    REFERENCE = "reference"
    IN_PROCESS = "in_process"
    IN_REPAIR = "in_repair"
    MISSING = "missing"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    TO_CHECK = "to_check"  # a kit came back, nobody has looked yet whether its parts are all there
    INCOMPLETE = "incomplete"  # parts of the kit are missing


class Renewing(StrEnum):
    """How a renewal comes about: with the item at hand, by word or web alone, or by the library each night."""

    SEEN = "seen"
    UNSEEN = "unseen"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """`blocked` is the note shown to the member, empty when not blocked. Money is satang.

    `open_loans` are those taken home; `held` counts them by kind, needed only where a limit is of some kinds. `age`
    is in years, `level` the step of education; None is not known.
    """

    number: str
    expires_on: date | None
    blocked: str
    open_loans: int
    overdue_loans: int
    debt: int
    on_site_loans: int = 0
    held: Mapping[Kind, int] | None = None
    card_lost: bool = False
    suspended_until: date | None = None
    age: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """`lent_to` is the number of the member who has it, `reserved_for` of whom it is set aside for, else empty.

    `is_waited_for`: other members wait for its title, and no copy is on the shelf for them. `earlier`: when this
    member had the title, with the loan that is to be renewed. `booked_from`: the next day it is booked for another,
    `free_until`: the moment it begins. `booked_until`: the end of the member's own booking, which is to be collected.
    """

    barcode: str
    status: ItemStatus
    lent_to: str = ""
    due_at: datetime | None = None
    renewals: int = 0
    reserved_for: str = ""
    is_waited_for: bool = False
    unseen_renewals: int = 0
    is_recalled: bool = False
    booked_from: date | None = None
    free_until: datetime | None = None
    booked_until: datetime | None = None
    earlier: Sequence[Spell] = ()


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """All that a decision may look at. `terms` is None when no rule covers member and material.

    `on_site`: to be read in the library only. `renewing` says how, where a renewal is asked for.
    """

    member: MemberFacts
    item: ItemFacts
    terms: LoanTerms | None
    calendar: Calendar
    debt_limit: int
    on_site: bool = False
    renewing: Renewing = Renewing.SEEN


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` is empty when allowed. `trace` tells step by step, in English, how it was reached."""

    allowed: bool
    reasons: tuple[Reason, ...]
    due: datetime | None
    trace: tuple[str, ...]


Rule = Callable[[LoanFacts, datetime], Reason | None]


class AboutMember(Protocol):
    """Facts, of a loan or of something else, that tell of a member and the library's calendar."""

    @property
    def member(self) -> MemberFacts: ...

    @property
    def calendar(self) -> Calendar: ...


def baht(satang: int) -> str:
    """The amount as people write it: whole baht without decimals."""
    return f"{satang / 100:,.2f}".removesuffix(".00")
