"""Items and members of which very many change with one statement, past the session's own bookkeeping of changes.

Capabilities after this one that keep copies elsewhere, as the fleet does for its devices, are told of them here.
"""

from collections.abc import Callable, Collection
from enum import StrEnum

from sqlalchemy.orm import Session


class Changed(StrEnum):
    ITEM = "item"
    MEMBER = "member"


Hear = Callable[[Session, Changed, Collection[int]], None]
_hearers: list[Hear] = []


def hears(hear: Hear) -> Hear:
    """Decorates the function that notes such changes, by the ids of the rows, in the transaction of the change."""
    _hearers.append(hear)
    return hear


def tell(session: Session, what: Changed, ids: Collection[int]) -> None:
    for hear in _hearers if ids else ():
        hear(session, what, ids)
