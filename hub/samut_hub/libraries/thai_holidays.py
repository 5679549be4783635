"""Thai public holidays of a year as proposals.

What the cabinet decides later is in no list, so a person confirms each. Days and names are of the package
`holidays`, whose lunar days reach until 2157.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.libraries.models import Closure

CATEGORIES = ("public", "government", "school")
YEARS = 3
"""This year and the next ones that are proposed."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day that is a holiday in Thailand. `category` is “public”, “government” or “school”.

    `entered`: the library has this day in its calendar already. `closed_anyway`: the week says closed.
    """

    on: date
    name_th: str
    name_en: str
    category: str
    entered: bool
    closed_anyway: bool


def proposals(session: Session, year: int, weekly_closed: list[int]) -> list[Proposal]:
    """The holidays of the year of the Common Era, in order; one a day, the public one first."""
    ends = (date(year, 1, 1), date(year, 12, 31))
    entered = set(session.scalars(select(Closure.on).where(Closure.on.between(*ends))))
    found: dict[date, Proposal] = {}
    for category, on, thai, english in _named(year):
        if on not in found:
            found[on] = Proposal(on, thai, english, category, on in entered, on.weekday() in weekly_closed)
    return [found[on] for on in sorted(found)]


def _named(year: int) -> Iterator[tuple[str, date, str, str]]:
    import holidays

    for category in CATEGORIES:
        thai, english = (
            holidays.country_holidays("TH", years=year, language=language, categories=(category,))
            for language in ("th", "en_US")
        )
        for on, name in thai.items():
            yield category, on, name, english[on]
