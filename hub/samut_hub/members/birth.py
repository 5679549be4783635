"""Birth dates as people know them: in the Buddhist or the Common Era, sometimes only the month, or the year.

They are kept as ISO 8601 writes a date of reduced precision: `2015-05-17`, `2015-05`, `2015`; empty is not known.
"""

import re
from datetime import date

from samut_hub.era import BUDDHIST_ERA, common_era

FIRST_YEAR = 1850
MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
_WHOLE = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน"),
    *("ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
_MONTH_NAMES = {
    name: str(number) for names in (MONTHS, _WHOLE) for number, name in enumerate(names, start=1)
}  # fmt: skip
_SEPARATORS = re.compile(r"[\s/.,-]+")
_UNKNOWN = "0"


def read_birth(text: str, today: date) -> str:
    """`17/5/2558`, `17 พ.ค. 2558`, `2015-05-17`, `5/2558`, `00/00/2490`, `๒๕๕๘`. Raises ValueError."""
    plain = text.strip().replace("พ.ศ.", "").replace("ค.ศ.", "")
    for name, number in _MONTH_NAMES.items():
        plain = plain.replace(name, f" {number} ")
    pieces = [str(int(piece)) for piece in _SEPARATORS.split(plain) if piece]
    if not pieces:
        return ""
    if len(pieces) > 3:
        raise ValueError(text)
    if int(pieces[0]) <= 31:
        pieces.reverse()
    year = _common_era(int(pieces[0]), today)
    known = [int(piece) for piece in pieces[1:] if piece != _UNKNOWN]
    if len(pieces) == 3 and pieces[1] == _UNKNOWN and known:
        raise ValueError(text)
    born = date(year, *([*known, 1, 1])[:2])
    if born > today:
        raise ValueError(text)
    return born.isoformat()[: (4, 7, 10)[len(known)]]


def birth_typed(born: str, *, in_buddhist_era: bool) -> str:
    """As people type it, `17/5/2558`: it is read back as the same."""
    if not born:
        return ""
    year, *rest = map(int, born.split("-"))
    return "/".join(map(str, (*reversed(rest), year + BUDDHIST_ERA * in_buddhist_era)))


def same_birth(one: str, other: str) -> bool:
    """Whether both can be the birth of one person: nothing that is known of both differs."""
    return one.startswith(other) or other.startswith(one)


def _common_era(year: int, today: date) -> int:
    common = common_era(year)
    if not FIRST_YEAR <= common <= today.year:
        raise ValueError(year)
    return common
