"""What one change does to each of many items."""

from typing import Any

import msgspec

from samut_hub.catalogue.classification.keys import with_prefix

COLUMNS = (
    "place_id",
    "category_id",
    "status",
    "loan_days",
    "fine_per_day",
    "service_charge",
    "price",
    "source",
    "note",
)
"""Those of an item that can be set for many at once; the prefix of call numbers besides."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which items: those that fit all that is said. None, or nothing, does not narrow the choice."""

    numbers: tuple[str, ...] = ()
    place_ids: tuple[int, ...] = ()
    category_id: int | None = None
    status: str = ""
    title_ids: tuple[int, ...] | None = None

    @property
    def is_everything(self) -> bool:
        said = (self.numbers, self.place_ids, self.category_id, self.status, self.title_ids is not None)
        return not any(said)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to set: columns with their values, and the prefix of call numbers ("" takes it off, None leaves it)."""

    values: dict[str, Any] = {}
    prefix: str | None = None
    reason: str = ""

    @property
    def is_nothing(self) -> bool:
        return not self.values and self.prefix is None


def changed(state: dict[str, Any], wanted: Wanted, shown_number: str, scheme: str) -> dict[str, Any]:
    """What becomes of the item: only the columns that differ. `shown_number` is its call number or the title's."""
    values = dict(wanted.values)
    if wanted.prefix is not None and shown_number:
        number = with_prefix(shown_number, wanted.prefix, scheme)
        if number != shown_number:
            values["call_number"] = number
    return {name: value for name, value in values.items() if state[name] != value}
