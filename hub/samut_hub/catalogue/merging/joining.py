"""What may be there only once for a title. Capabilities after the catalogue say which of two stays."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

Join = Callable[[Session, int, int, datetime], Iterator[Any]]
"""Of the merged and the kept title (ids): gives each row that is to be dropped, which is kept with the merge."""
_joins: list[Join] = []


def joins(join: Join) -> Join:
    """Decorates the function that settles rows of its own before those of the merged title move."""
    _joins.append(join)
    return join


def rows_to_drop(session: Session, from_id: int, into_id: int, now: datetime) -> Iterator[Any]:
    for join in _joins:
        yield from join(session, from_id, into_id, now)
