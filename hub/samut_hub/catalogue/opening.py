"""Which titles can be opened online. Media stand after the catalogue and make themselves known here."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

OpenAmong = Callable[[Session, Sequence[int]], set[int]]
_openers: list[OpenAmong] = []


def opens(answer: OpenAmong) -> OpenAmong:
    """Decorates the function that tells which of these titles (ids) everybody can open, wherever they are."""
    _openers.append(answer)
    return answer


def open_among(session: Session, title_ids: Sequence[int]) -> set[int]:
    """Those of these titles that can be opened online."""
    return {title_id for opener in _openers for title_id in opener(session, title_ids)} if title_ids else set()
