"""What a scanned item says about the shelf it was found on."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from samut_rules.loan import ItemStatus

ON_SHELF = (
    *(ItemStatus.AVAILABLE, ItemStatus.REFERENCE, ItemStatus.IN_PROCESS),
    *(ItemStatus.TO_CHECK, ItemStatus.INCOMPLETE),
)
"""An item of these should be in its place, unless it is on loan."""


class Verdict(StrEnum):
    """`FOUND_AGAIN` was thought missing or lost; `WRITTEN_OFF`, `IN_REPAIR` and `SET_ASIDE` belong elsewhere."""

    FOUND = "found"
    FOUND_AGAIN = "found_again"
    MISPLACED = "misplaced"
    ON_LOAN = "on_loan"
    IN_REPAIR = "in_repair"
    SET_ASIDE = "set_aside"
    WRITTEN_OFF = "written_off"
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """What became of an item that was not read."""

    OPEN = ""
    MISSING = "missing"  # declared so
    KEPT = "kept"  # lent, returned or changed before it could be declared missing: it stays as it is


SETTLED = (Verdict.FOUND, Verdict.FOUND_AGAIN)
"""Nothing is left to do about these."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as it was read: what its record says. `here` are the places it may stand in, empty for any."""

    status: str
    is_lent: bool
    place_id: int | None
    is_counted: bool
    here: Collection[int]


def verdict_on(seen: Seen) -> Verdict:
    """The first thing about it that a librarian must know."""
    if seen.is_lent:
        return Verdict.ON_LOAN
    if seen.status == ItemStatus.WITHDRAWN:
        return Verdict.WRITTEN_OFF
    if seen.status == ItemStatus.IN_REPAIR:
        return Verdict.IN_REPAIR
    if seen.status == ItemStatus.RESERVED:
        return Verdict.SET_ASIDE
    if not seen.is_counted or (seen.here and seen.place_id not in seen.here):
        return Verdict.MISPLACED
    return Verdict.FOUND if seen.status in ON_SHELF else Verdict.FOUND_AGAIN
