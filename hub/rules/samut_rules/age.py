"""How old somebody is whose birth may be known only by its month, or its year."""

from datetime import date


def age_on(born: str, day: date) -> int | None:
    """Whole years that are certain: who is born in some month of a year is as young as that allows.

    `born` is a date of ISO 8601, perhaps of reduced precision: `2015-05-17`, `2015-05`, `2015`; empty: not known.
    """
    if not born:
        return None
    year, month, on = _latest(born)
    return max(0, day.year - year - ((day.month, day.day) < (month, on)))


def _latest(born: str) -> tuple[int, int, int]:
    year, *rest = map(int, born.split("-"))
    month, day = ((*rest, 31) if rest else (12, 31))[:2]
    return year, month, day
