"""Which page of a list is asked for, and how many there are."""

from flask import request

LAST_PAGE = 100_000
"""Further on nobody reads, and some lists need all that stands before; databases cannot count without end."""


def page_asked(last: int = LAST_PAGE) -> int:
    """What the address says, from 1 to `last`."""
    return min(max(1, request.args.get("page", 1, type=int)), last)


def pages_of(total: int, per_page: int) -> int:
    """At least one, which may be empty."""
    return max(1, -(-total // per_page))
