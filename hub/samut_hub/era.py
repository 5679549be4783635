"""The Buddhist Era, in which people here count years."""

BUDDHIST_ERA = 543
"""Years by which it is ahead of the Common Era."""
FIRST_BUDDHIST = 2400
"""A year from this one on was written in the Buddhist Era: no library has to do with years that are so far ahead."""


def common_era(year: int) -> int:
    """The year of the Common Era that is meant."""
    return year - BUDDHIST_ERA if year >= FIRST_BUDDHIST else year
