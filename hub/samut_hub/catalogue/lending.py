"""Which items are out. Lending stands after the catalogue among the capabilities and makes itself known here."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

LentAmong = Callable[[Session, Sequence[int]], set[int]]
_lenders: list[LentAmong] = []


def lends(answer: LentAmong) -> LentAmong:
    """Decorates the function that tells which of these items (ids) are on loan."""
    _lenders.append(answer)
    return answer


def lent_among(session: Session, item_ids: Sequence[int]) -> set[int]:
    """Those of these items that are on loan."""
    return {item_id for lender in _lenders for item_id in lender(session, item_ids)}
