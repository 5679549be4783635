"""The table of loan rules, and which of its rows speaks for a member and an item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from samut_rules.choices import AtClosing, CalendarMode, Charged, FineUnit, FixedDue, Grace, LostRefund, RenewFrom


@dataclass(frozen=True, slots=True)
class Kind:
    """What an item is to the rules: its material, its category, and where it stands. Empty is not known."""

    material: str
    category: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Lineage:
    """An item's material and what it belongs to, and its place and those it lies in; the nearest first."""

    materials: tuple[str, ...]
    category: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What belongs to something larger: `parents` names for each child material its parent, `places` for each
    location the one it lies in."""

    parents: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: Kind) -> Lineage:
        return Lineage(_upwards(self.parents, kind.material), kind.category, _upwards(self.places, kind.location))


def _upwards(parents: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The name and what it belongs to, the nearest first. A ring of parents ends where it closes."""
    found = [name]
    while (parent := parents.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one row says. None in a scope means any; None in a value means: not said here. 0 is said.

    The row speaks from `effective_from` on, and then instead of an earlier row of the same scope. Money is satang.
    The values are explained in `LoanTerms`.
    """

    key: str
    member_type: str | None = None
    material: str | None = None
    loan_days: int | None = None
    max_items: int | None = None
    max_renewals: int | None = None
    fine_per_day: int | None = None
    fine_cap: int | None = None
    category: str | None = None
    location: str | None = None
    effective_from: date | None = None
    loan_hours: int | None = None
    calendar_mode: CalendarMode | None = None
    at_closing: AtClosing | None = None
    fixed_due: date | None = None
    fixed_due_is: FixedDue | None = None
    max_total: int | None = None
    max_on_site: int | None = None
    same_title_times: int | None = None
    same_title_wait: int | None = None
    minimum_age: int | None = None
    minimum_level: int | None = None
    renewal_days: int | None = None
    renew_from: RenewFrom | None = None
    renew_within_days: int | None = None
    max_unseen_renewals: int | None = None
    auto_renew: bool | None = None
    guaranteed_days: int | None = None
    recall_days: int | None = None
    fine_unit: FineUnit | None = None
    fine_every: int | None = None
    fine_charged: Charged | None = None
    grace: int | None = None
    grace_is: Grace | None = None
    fine_closed_days: bool | None = None
    fine_cap_at_price: bool | None = None
    fine_cap_of_member: int | None = None
    suspension_days: int | None = None
    suspension_cap: int | None = None
    suspension_follows: bool | None = None
    suspension_open_days: bool | None = None
    default_price: int | None = None
    processing_fee: int | None = None
    lost_refund: LostRefund | None = None
    lost_refund_days: int | None = None
    max_claims: int | None = None
    max_holds: int | None = None
    hold_on_shelf: bool | None = None
    shelf_days: int | None = None
    hold_priority: int | None = None
    max_bookings: int | None = None
    booking_days: int | None = None

    @classmethod
    def of(cls, key: str, said: Mapping[str, object]) -> "RuleRow":
        """A row from plain values, as a database or a message holds them.

        What this software does not know, as a way of lending that a newer one has, is not said.
        """
        known = {name: _as_choice(name, value) for name, value in said.items() if name in _COLUMNS}
        return cls(key, **known)

    @property
    def scope(self) -> tuple[str | None, ...]:
        return self.member_type, self.material, self.category, self.location

    def covers(self, member_type: str, item: Lineage) -> bool:
        return self.member_type in (None, member_type) and self.covers_item(item)

    def covers_item(self, item: Lineage) -> bool:
        """Whoever the member is."""
        return (
            (self.material is None or self.material in item.materials)
            and self.category in (None, item.category)
            and (self.location is None or self.location in item.places)
        )

    def weight(self, item: Lineage) -> tuple[int, ...]:
        """How special the row is: the type of member, then material, category, place, the nearest most."""
        return (
            self.member_type is not None,
            _nearness(self.material, item.materials),
            self.category is not None,
            _nearness(self.location, item.places),
        )


def _nearness(name: str | None, lineage: Sequence[str]) -> int:
    return -1 if name is None else len(lineage) - lineage.index(name)


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What an item says of itself; None is: as the matrix says. Open days of the calendar, satang, years."""

    loan_days: int | None = None
    fine_per_day: int | None = None
    minimum_age: int | None = None
    minimum_level: int | None = None


NOTHING_OWN = OwnTerms()
ITEM = "item"
"""In `LoanTerms.won`: the item itself gave the value."""


@dataclass(frozen=True, slots=True)
class About:
    """What else the choice of rows looks at. Without a day (`on`) rows with a date to begin at are left out."""

    category: str = ""
    location: str = ""
    tree: Tree = field(default_factory=Tree)
    on: date | None = None


NOTHING_ELSE = About()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many loans of what the row covers, whoever the member is."""

    most: int
    row: RuleRow
    tree: Tree = field(default_factory=Tree)

    @property
    def is_of_all(self) -> bool:
        """The row names no material, category or location."""
        return self.row.scope[1:] == (None, None, None)

    def count(self, held: Mapping[Kind, int]) -> int:
        """How many of the member's loans fall under it; children are summed to their parent."""
        return sum(n for kind, n in held.items() if self.row.covers_item(self.tree.of(kind)))


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What holds for one member and one item. `won` names for each value the row that gave it, or `ITEM`.

    The defaults hold where no row says anything. None is no limit, or not said. Money is satang.

    - `loan_hours`: not None is a loan of hours, whatever `loan_days` says. `fixed_due` is for loans of days.
    - `max_items` counts loans of what its row covers, on-site loans apart; `limits` has it and those of the materials
      to which this one belongs. `max_total` counts all.
    - `same_title_times`: loans and renewals in a row; `same_title_wait`: days after the return.
    - `renewal_days`: 0 is 0, None the loan length. `renew_within_days`: days before the due date. `recall_days`: what
      is left after a recall at least; `guaranteed_days`: what is left from the day of lending at least.
    - `fine_per_day` is for each begun or ended period of `fine_every` units. `grace`: units. `fine_closed_days`:
      closed days (or hours) cost too.
    - `suspension_days`: for each period late; `suspension_open_days`: only open days are counted off.
    - `lost_refund_days`: found later than this, nothing is given back.
    - `hold_on_shelf`: may be reserved while a copy is on the shelf. `shelf_days`: open days it is set aside.
    - `hold_priority`: a larger number gets returned copies before a smaller one. `max_bookings` counts those to come;
      `booking_days` is how long one may be.
    """

    loan_days: int = 0
    max_items: int | None = None
    max_renewals: int = 0
    fine_per_day: int = 0
    fine_cap: int | None = None
    won: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    loan_hours: int | None = None
    calendar_mode: CalendarMode = CalendarMode.SKIP
    at_closing: AtClosing = AtClosing.SHORTEN
    fixed_due: date | None = None
    fixed_due_is: FixedDue = FixedDue.CEILING
    max_total: int | None = None
    max_on_site: int | None = None
    same_title_times: int | None = None
    same_title_wait: int | None = None
    minimum_age: int | None = None
    minimum_level: int | None = None
    renewal_days: int | None = None
    renew_from: RenewFrom = RenewFrom.TODAY
    renew_within_days: int | None = None
    max_unseen_renewals: int | None = None
    auto_renew: bool = False
    guaranteed_days: int = 0
    recall_days: int = 3
    fine_unit: FineUnit = FineUnit.DAY
    fine_every: int = 1
    fine_charged: Charged = Charged.AT_START
    grace: int = 0
    grace_is: Grace = Grace.SUBTRACTED
    fine_closed_days: bool = False
    fine_cap_at_price: bool = False
    fine_cap_of_member: int | None = None
    suspension_days: int = 0
    suspension_cap: int | None = None
    suspension_follows: bool = False
    suspension_open_days: bool = False
    default_price: int | None = None
    processing_fee: int = 0
    lost_refund: LostRefund = LostRefund.NOTHING
    lost_refund_days: int | None = None
    max_claims: int | None = None
    max_holds: int = 5
    hold_on_shelf: bool = False
    shelf_days: int = 7
    hold_priority: int = 0
    max_bookings: int = 3
    booking_days: int | None = 7

    def source(self, name: str) -> str:
        """Who gave the value, in the words of a trace."""
        said_by = self.won.get(name)
        if said_by is None:
            return "as always"
        return "as the item itself says" if said_by == ITEM else f"from rule {said_by}"

    def told(self, name: str) -> str:
        """One step of a trace: the value and who gave it."""
        value = getattr(self, name)
        shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        return f"value {name} = {shown}, {self.source(name)}"

    def impossible(self) -> str | None:
        """The name of a value that cannot be, as a negative number of days."""
        numbers = ((name, value) for name in VALUES if type(value := getattr(self, name)) is int)
        return next((name for name, value in numbers if value < LEAST.get(name, 0)), None)


LEAST: Mapping[str, int] = {"fine_every": 1}
"""Numbers that cannot even be 0."""
_SCOPE = ("key", "member_type", "material", "category", "location", "effective_from")
VALUES = tuple(f.name for f in fields(RuleRow) if f.name not in _SCOPE)
"""What a row may say, by name."""
CHOICES: Mapping[str, type[StrEnum]] = {
    "calendar_mode": CalendarMode,
    "at_closing": AtClosing,
    "fixed_due_is": FixedDue,
    "renew_from": RenewFrom,
    "fine_unit": FineUnit,
    "fine_charged": Charged,
    "grace_is": Grace,
    "lost_refund": LostRefund,
}
"""Values that are one of a closed set."""
_COLUMNS = frozenset(f.name for f in fields(RuleRow)) - {"key"}


def terms_for(
    rows: Iterable[RuleRow],
    member_type: str,
    material: str,
    own: OwnTerms = NOTHING_OWN,
    *,
    about: About = NOTHING_ELSE,
) -> LoanTerms | None:
    """Each value on its own: the item's, else of the most special row that says it.

    None when no row gives a loan length: whether a member may borrow at all is for the matrix to say.
    """
    item = about.tree.of(Kind(material, about.category, about.location))
    in_effect = rows_in_effect(rows, about.on)
    candidates = [row for row in in_effect if row.covers(member_type, item)]
    candidates.sort(key=lambda row: row.weight(item), reverse=True)
    winners = {name: row for name in VALUES if (row := _first_saying(name, candidates)) is not None}
    _days_or_hours(winners, candidates)
    if "loan_days" not in winners and "loan_hours" not in winners:
        return None
    found: dict[str, Any] = {name: getattr(row, name) for name, row in winners.items()}
    won = {name: row.key for name, row in winners.items()}
    for name in (one.name for one in fields(OwnTerms) if getattr(own, one.name) is not None):
        found[name], won[name] = getattr(own, name), ITEM
    if own.loan_days is not None:
        found.pop("loan_hours", None)
        won.pop("loan_hours", None)
    return LoanTerms(won=won, limits=tuple(_limits(candidates, item.materials, about.tree)), **found)


def rows_in_effect(rows: Iterable[RuleRow], on: date | None) -> list[RuleRow]:
    """Of the rows of one scope the latest that has begun by that day."""
    latest: dict[tuple[str | None, ...], RuleRow] = {}
    for row in rows:
        begins = row.effective_from
        if begins is not None and (on is None or begins > on):
            continue
        other = latest.get(row.scope)
        if other is None or (other.effective_from or date.min) <= (begins or date.min):
            latest[row.scope] = row
    return list(latest.values())


def _first_saying(name: str, candidates: Sequence[RuleRow]) -> RuleRow | None:
    return next((row for row in candidates if getattr(row, name) is not None), None)


def _days_or_hours(winners: dict[str, RuleRow], candidates: Sequence[RuleRow]) -> None:
    """Of a loan length in days and one in hours the more special counts; of one row's own the hours."""
    days, hours = winners.get("loan_days"), winners.get("loan_hours")
    if days is not None and hours is not None and candidates.index(days) < candidates.index(hours):
        del winners["loan_hours"]


def _limits(candidates: Sequence[RuleRow], lineage: Sequence[str], tree: Tree) -> Iterator[Limit]:
    """That of the most special row; and for each larger material that has a limit of its own, that."""
    said = [row for row in candidates if row.max_items is not None]
    first = said[:1]
    above = lineage[lineage.index(first[0].material) + 1 :] if first and first[0].material else ()
    of_parents = (next((row for row in said if row.material == larger), None) for larger in above)
    for row in (*first, *of_parents):
        if row is not None and row.max_items is not None:
            yield Limit(row.max_items, row, tree)


def _as_choice(name: str, value: object) -> Any:
    choice = CHOICES.get(name)
    if choice is None or value is None:
        return value
    return next((one for one in choice if one.value == value), None)
