"""What a Thai school's library usually begins with. All of it can be changed as soon as it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What is chosen by itself. Classes bring the levels of education with them."""

    TYPES = "types"
    CLASSES = "classes"
    RULES = "rules"
    WEEK = "week"
    HOLIDAYS = "holidays"


@dataclass(frozen=True, slots=True)
class UsualType:
    """A type of member. `code` is what loan rules call it."""

    code: str
    name_th: str
    name_en: str


@dataclass(frozen=True, slots=True)
class UsualRule:
    """A row of the matrix: `said` are the values it sets, money in satang; None in a scope is any."""

    member_type: str | None
    material: str | None
    said: Mapping[str, int]


TYPES = (
    UsualType("primary", "นักเรียนประถมศึกษา", "Primary pupil"),
    UsualType("secondary", "นักเรียนมัธยมศึกษา", "Secondary pupil"),
    UsualType("teacher", "ครู", "Teacher"),
    UsualType("staff", "บุคลากร", "Staff"),
    UsualType("outside", "สมาชิกภายนอก", "Outside member"),
)
LEVEL_OF_CLASSES = (("ป.", (1, 2, 3), 2), ("ป.", (4, 5, 6), 3), ("ม.", (1, 2, 3), 4), ("ม.", (4, 5, 6), 5))
"""Classes and their steps in `members.education.OF_THAI_SCHOOLS`."""
CLASSES: Mapping[str, int] = {
    f"{name}{number}": level for name, numbers, level in LEVEL_OF_CLASSES for number in numbers
}
WEEKEND = (5, 6)
"""Saturday and Sunday."""
LENT_BY_THE_DAY = ("equipment", "tablet")
"""Materials, by their codes in `catalogue.records.materials`."""

_OF_ALL = (
    UsualRule(
        None, None, {"loan_days": 7, "max_items": 3, "max_renewals": 1, "fine_per_day": 100, "fine_cap": 5_000}
    ),
    UsualRule("primary", None, {"max_items": 2}),
    UsualRule("teacher", None, {"loan_days": 30, "max_items": 10, "max_renewals": 2, "fine_per_day": 0}),
    UsualRule("staff", None, {"loan_days": 14, "max_items": 5}),
    UsualRule("outside", None, {"max_items": 2, "max_renewals": 0}),
)
_BY_THE_DAY: Mapping[str | None, Mapping[str, int]] = {
    None: {"loan_days": 1, "max_items": 1, "max_renewals": 0, "fine_per_day": 500, "fine_cap": 10_000},
    "teacher": {"loan_days": 7, "max_items": 2, "max_renewals": 1},
    "staff": {"loan_days": 3, "max_items": 1, "max_renewals": 0},
}
"""A type of member counts before a material, so types with days of their own say them of equipment too."""
RULES = (
    *_OF_ALL,
    *(UsualRule(kind, material, said) for material in LENT_BY_THE_DAY for kind, said in _BY_THE_DAY.items()),
)
