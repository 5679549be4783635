"""An item's history in the words of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flask_babel import gettext as _

from samut_hub.catalogue.forms import EVENTS, SCHEMES, STATUSES, ItemForm
from samut_hub.catalogue.policy import ItemEvent
from samut_hub.web.dates import baht, day

_MONEY = {"price", "service_charge", "fine_per_day"}
_DAYS = {"received_on", "warranty_until"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in a history stand for."""

    places: Mapping[int, str]
    categories: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: str
    after: str


def say_event(event: str) -> str:
    return str(EVENTS.get(ItemEvent(event), event)) if event in set(ItemEvent) else event


class Changed(Protocol):
    """A line of an item's history, or one that is only proposed."""

    before: Any
    after: Any


def differences(change: Changed, names: Names) -> list[Difference]:
    """What the change changes, column by column."""
    return [
        Difference(label_of(column), _say(column, change.before.get(column), names), _say(column, value, names))
        for column, value in change.after.items()
    ]


def label_of(column: str) -> str:
    """The column as the form calls it."""
    control = getattr(ItemForm, column, None)
    return _("Title") if control is None else str(control.args[0])


def _say(column: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return "–"
    if column == "status":
        return str({status.value: name for status, name in STATUSES.items()}.get(value, value))
    if column == "scheme":
        return str({scheme.value: name for scheme, name in SCHEMES.items()}.get(value, value))
    if column in _MONEY:
        return baht(value)
    if column in _DAYS:
        return day(date.fromisoformat(value))
    if column == "place_id":
        return names.places.get(value, str(value))
    if column == "category_id":
        return names.categories.get(value, str(value))
    return str(value)
