"""The places of a library where members fetch what they reserved. No use case commits."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.circulation.models import PickupPlace
from samut_hub.errors import NotFoundError


class NameTakenError(Exception):
    """There is a place of this name already."""


def pickup_places(session: Session, library_id: int) -> Sequence[PickupPlace]:
    """The first is meant where a member chooses none."""
    own = select(PickupPlace).where(PickupPlace.library_id == library_id)
    return session.scalars(own.order_by(PickupPlace.position, PickupPlace.id)).all()


def pickup_by_id(session: Session, pickup_id: int) -> PickupPlace:
    """The library's place; raises NotFoundError."""
    found = session.scalar(select(PickupPlace).where(PickupPlace.id == pickup_id))
    if found is None:
        raise NotFoundError(f"There is no place {pickup_id} to fetch reserved items in this library.")
    return found


def add_pickup(session: Session, name: str, name_en: str) -> PickupPlace:
    """It becomes the last. Raises NameTakenError."""
    if session.scalar(select(PickupPlace.id).where(PickupPlace.name == name)) is not None:
        raise NameTakenError
    last = session.scalar(select(func.max(PickupPlace.position))) or 0
    place = PickupPlace(name=name, name_en=name_en, position=last + 1)
    session.add(place)
    session.flush()
    return place


def put_first(session: Session, place: PickupPlace) -> None:
    """From now on it is meant where a member chooses none."""
    first = session.scalar(select(func.min(PickupPlace.position))) or 0
    place.position = min(place.position, first - 1)
    session.flush()


def remove_pickup(session: Session, place: PickupPlace) -> None:
    """What was to be fetched there is fetched at the first place from now on."""
    session.delete(place)
    session.flush()
