"""What staff search for again and again, and which copies of what they found the library has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.lending import lent_among
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.searching.asking import Asked
from samut_hub.catalogue.searching.models import SavedSearch
from samut_hub.errors import NotFoundError
from samut_rules.loan import ItemStatus

MOST_SAVED = 200
"""Of one person."""
_FREE = (ItemStatus.AVAILABLE.value, ItemStatus.REFERENCE.value)


@dataclass(frozen=True, slots=True)
class Here:
    """Copies of a title in the library, without those written off. `place_id` is where the first free one stands."""

    total: int = 0
    free: int = 0
    place_id: int | None = None


def copies_here(session: Session, title_ids: Sequence[int]) -> dict[int, Here]:
    """For each of these titles that the library has; two statements."""
    wanted = select(Item.id, Item.title_id, Item.status, Item.place_id).order_by(Item.id)
    kept = Item.status != ItemStatus.WITHDRAWN.value
    items = session.execute(wanted.where(Item.title_id.in_(title_ids), kept)).all() if title_ids else []
    lent = lent_among(session, [item.id for item in items if item.status in _FREE]) if items else set()
    found: dict[int, Here] = {}
    for item in items:
        here, is_free = found.get(item.title_id, Here()), item.status in _FREE and item.id not in lent
        place_id = here.place_id if here.free or not is_free else item.place_id
        found[item.title_id] = Here(here.total + 1, here.free + is_free, place_id)
    return found


def saved_searches(session: Session, staff_id: int, *, limit: int = MOST_SAVED) -> Sequence[SavedSearch]:
    """Of this person, the last saved first."""
    newest = (SavedSearch.saved_at.desc(), SavedSearch.id.desc())
    return session.scalars(_of(staff_id).order_by(*newest).limit(limit)).all()


def save_search(session: Session, staff_id: int, name: str, asked: Asked, *, now: datetime) -> SavedSearch:
    """Under a name that the person has used already it takes the place of the older one."""
    saved = session.scalar(_of(staff_id).where(SavedSearch.name == name))
    if saved is None:
        saved = SavedSearch(staff_id=staff_id, name=name)
        session.add(saved)
    saved.words, saved.saved_at = asked.address_words(), now
    session.flush()
    return saved


def remove_search(session: Session, staff_id: int, saved_id: int) -> str:
    """Returns the name it had. Raises NotFoundError when the person has no such search."""
    saved = session.scalar(_of(staff_id).where(SavedSearch.id == saved_id))
    if saved is None:
        raise NotFoundError(f"There is no saved search {saved_id}.")
    session.delete(saved)
    return saved.name


def keeps_most(session: Session, staff_id: int) -> bool:
    """Whether the person has so many searches that no other can be added."""
    return (session.scalar(select(func.count()).select_from(_of(staff_id).subquery())) or 0) >= MOST_SAVED


def _of(staff_id: int) -> Select[SavedSearch]:
    return select(SavedSearch).where(SavedSearch.staff_id == staff_id)
