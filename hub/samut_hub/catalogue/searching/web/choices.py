"""By what a search can be narrowed further, and what narrows it now."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from samut_hub.catalogue.search.criteria import Facets
from samut_hub.catalogue.searching.asking import Asked
from samut_hub.catalogue.searching.web.naming import FACET_NAMES, Names

VALUES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: choosing it leads to `address`, where it is chosen already that leads back."""

    name: str
    count: int
    address: str
    is_chosen: bool = False


def choices_in(
    facets: Facets, asked: Asked, names: Names, *, without: Collection[str] = ()
) -> list[tuple[str, list[Choice]]]:
    """For each facet that would narrow, its name and its most frequent values; not those named in `without`."""
    groups, address = [], asked.narrower()
    for facet in (facet for facet in FACET_NAMES if facet not in without):
        chosen = set(asked.chosen(facet))
        others = (
            Choice(name, count, address(facet, value))
            for value, count in facets.get(facet, ())
            if value and value not in chosen and (name := names.of(facet, value))
        )
        choices = list(islice(others, VALUES_SHOWN))
        if choices:
            groups.append((str(FACET_NAMES[facet]), choices))
    return groups


def chosen_in(asked: Asked, names: Names) -> list[Choice]:
    """What narrows now; each address takes it away. What is gone meanwhile has no name and is left out."""
    return [
        Choice(name, 0, asked.without_one(facet, value).address_words(), is_chosen=True)
        for facet, value in asked.narrowed
        if (name := names.of(facet, value))
    ]
