"""Which items and titles are out. Lending stands after the catalogue among the capabilities, known only from here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

OUT_KEPT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Out:
    """Titles of which the libraries of a session have no copy on the shelf; where there are too many, not all."""

    title_ids: tuple[int, ...] = ()
    is_whole: bool = True


LentAmong = Callable[[Session, Sequence[int]], set[int]]
OutOf = Callable[[Session], Out]
_lenders: list[LentAmong] = []
_tellers: list[OutOf] = []


class OutNow:
    """What is out in each library and in all, asked of the database once in `OUT_KEPT`, however many search."""

    def __init__(self) -> None:
        self._known: dict[int | None, tuple[datetime, Out]] = {}

    def of(self, session: Session, now: datetime) -> Out:
        scope = session.info["library_id"]
        known = self._known.get(scope)
        if known is None or not known[0] <= now < known[0] + OUT_KEPT:
            known = self._known[scope] = now, _out_of(session)
        return known[1]


def lends(answer: LentAmong) -> LentAmong:
    """Decorates the function that tells which of these items (ids) are on loan."""
    _lenders.append(answer)
    return answer


def tells_out(answer: OutOf) -> OutOf:
    """Decorates the function that tells which titles are out."""
    _tellers.append(answer)
    return answer


def lent_among(session: Session, item_ids: Sequence[int]) -> set[int]:
    """Those of these items that are on loan."""
    return {item_id for lender in _lenders for item_id in lender(session, item_ids)}


def _out_of(session: Session) -> Out:
    told = [teller(session) for teller in _tellers]
    return Out(tuple(title_id for out in told for title_id in out.title_ids), all(out.is_whole for out in told))
