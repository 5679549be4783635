"""Rooms, shelves and categories: how a library divides what it has. No use case commits."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Category, Item, Place
from samut_hub.catalogue.service import categories, places
from samut_hub.errors import NotFoundError


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class NotEmptyError(Exception):
    """Items, or other places, are still in it: how many."""

    def __init__(self, items: int, below: int = 0) -> None:
        super().__init__(f"{items} items and {below} places are in it.")
        self.items = items
        self.below = below


class InsideItselfError(Exception):
    """A place cannot be moved into itself or into one that lies in it."""


class NameTakenError(Exception):
    """There is another category of this name."""


def place_by_id(session: Session, place_id: int) -> Place:
    """The library's place; raises NotFoundError."""
    found = session.get(Place, place_id)
    if found is None:
        raise NotFoundError(f"There is no place {place_id} in this library.")
    return found


def category_by_id(session: Session, category_id: int) -> Category:
    """The library's category; raises NotFoundError."""
    found = session.get(Category, category_id)
    if found is None:
        raise NotFoundError(f"There is no category {category_id} in this library.")
    return found


def items_by_place(session: Session) -> dict[int, int]:
    """How many items stand right in each place; places without any are left out."""
    counted = select(Item.place_id, func.count()).where(Item.place_id.is_not(None)).group_by(Item.place_id)
    return {place_id: count for place_id, count in session.execute(counted) if place_id is not None}


def items_by_category(session: Session) -> dict[int, int]:
    counted = select(Item.category_id, func.count()).where(Item.category_id.is_not(None)).group_by(Item.category_id)
    return {category_id: count for category_id, count in session.execute(counted) if category_id is not None}


def possible_parents(session: Session, place: Place) -> list[tuple[Place, int]]:
    """The tree without the place and what lies in it."""
    inside = _inside(session, place)
    return [(one, depth) for one, depth in places(session) if one.id not in inside]


def edit_place(session: Session, place: Place, *, name: str, name_en: str, parent_id: int | None) -> None:
    """Rename it, or move it into another one, where it becomes the last. Raises InsideItselfError."""
    if parent_id in _inside(session, place):
        raise InsideItselfError
    if parent_id != place.parent_id:
        place.parent_id = parent_id
        place.position = 1 + max((one.position for one in _beside(session, place)), default=0)
    place.name, place.name_en = name, name_en
    session.flush()


def shift_place(session: Session, place: Place, direction: Direction) -> None:
    """Let it change places with its neighbour; nothing happens at the end."""
    _shift(_beside(session, place), place, direction)
    session.flush()


def remove_place(session: Session, place: Place) -> None:
    """Raises NotEmptyError."""
    items = session.scalar(select(func.count()).select_from(Item).where(Item.place_id == place.id)) or 0
    below = session.scalar(select(func.count()).select_from(Place).where(Place.parent_id == place.id)) or 0
    if items or below:
        raise NotEmptyError(items, below)
    session.delete(place)
    session.flush()


def write_category(session: Session, category: Category, *, name: str, name_en: str, colour: str) -> None:
    """Change it; a new one becomes the last. Raises NameTakenError."""
    same = session.scalar(select(Category.id).where(Category.name == name))
    if same is not None and same != category.id:
        raise NameTakenError
    if category.id is None:
        category.position = 1 + (session.scalar(select(func.max(Category.position))) or 0)
        session.add(category)
    category.name, category.name_en, category.colour = name, name_en, colour
    session.flush()


def shift_category(session: Session, category: Category, direction: Direction) -> None:
    """Let it change places with its neighbour; nothing happens at the end."""
    _shift(categories(session), category, direction)
    session.flush()


def remove_category(session: Session, category: Category) -> None:
    """Raises NotEmptyError."""
    items = session.scalar(select(func.count()).select_from(Item).where(Item.category_id == category.id)) or 0
    if items:
        raise NotEmptyError(items)
    session.delete(category)
    session.flush()


def _shift(row: Sequence[Place] | Sequence[Category], moved: Place | Category, direction: Direction) -> None:
    order: list[Place | Category] = list(row)
    here = order.index(moved)
    there = here + (-1 if direction is Direction.UP else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, 1):
        one.position = position


def _beside(session: Session, place: Place) -> Sequence[Place]:
    """The places in the same one, in their order."""
    wanted = select(Place).where(Place.parent_id == place.parent_id)
    return session.scalars(wanted.order_by(Place.position, Place.id)).all()


def _inside(session: Session, place: Place) -> set[int]:
    """The place and all that lie in it."""
    found = {place.id}
    for one, _depth in places(session):
        if one.parent_id in found:
            found.add(one.id)
    return found
