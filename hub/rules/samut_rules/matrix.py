"""The table of loan rules, and which of its rows speaks for a member and an item."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one row says. None in `member_type` or `material` means any; None in a value means: not said here.

    Days are open days of the calendar, money is satang.
    """

    key: str
    member_type: str | None = None
    material: str | None = None
    loan_days: int | None = None
    max_items: int | None = None
    max_renewals: int | None = None
    fine_per_day: int | None = None
    fine_cap: int | None = None

    def covers(self, member_type: str, material: str) -> bool:
        return self.member_type in (None, member_type) and self.material in (None, material)

    @property
    def weight(self) -> tuple[bool, bool]:
        """How special the row is: the type of member weighs more than the material."""
        return self.member_type is not None, self.material is not None


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What an item says of itself; None is: as the matrix says. Open days of the calendar, satang."""

    loan_days: int | None = None
    fine_per_day: int | None = None


NOTHING_OWN = OwnTerms()
ITEM = "item"
"""In `LoanTerms.won`: the item itself gave the value."""


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What holds for one member and one item. `won` names for each value the row that gave it, or `ITEM`.

    None in `max_items` and `fine_cap` means no limit.
    """

    loan_days: int
    max_items: int | None
    max_renewals: int
    fine_per_day: int
    fine_cap: int | None
    won: dict[str, str]


VALUES = tuple(f.name for f in fields(RuleRow) if f.name not in ("key", "member_type", "material"))


def terms_for(
    rows: Iterable[RuleRow], member_type: str, material: str, own: OwnTerms = NOTHING_OWN
) -> LoanTerms | None:
    """Each value on its own: the item's, else of the most special row that says it.

    None when no row gives a loan length: whether a member may borrow at all is for the matrix to say.
    """
    candidates = sorted((r for r in rows if r.covers(member_type, material)), key=lambda r: r.weight, reverse=True)
    found: dict[str, int] = {}
    won: dict[str, str] = {}
    for name in VALUES:
        row = next((r for r in candidates if getattr(r, name) is not None), None)
        if row is not None:
            found[name], won[name] = getattr(row, name), row.key
    if "loan_days" not in found:
        return None
    for name in (field.name for field in fields(OwnTerms) if getattr(own, field.name) is not None):
        found[name], won[name] = getattr(own, name), ITEM
    return LoanTerms(
        loan_days=found["loan_days"],
        max_items=found.get("max_items"),
        max_renewals=found.get("max_renewals", 0),
        fine_per_day=found.get("fine_per_day", 0),
        fine_cap=found.get("fine_cap"),
        won=won,
    )
