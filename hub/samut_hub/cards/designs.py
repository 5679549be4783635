"""The card designs and pictures that a library keeps. No use case commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer

from samut_hub.cards.design import Design
from samut_hub.cards.models import CardDesign, CardPicture
from samut_hub.cards.ready import READY
from samut_hub.errors import NotFoundError

MOST_PICTURES = 30


class NameTakenError(Exception):
    """The library has a design, or a picture, of this name already."""


class TooManyPicturesError(Exception):
    """The library has as many pictures as it may."""


@dataclass(frozen=True, slots=True)
class DesignChoice:
    """A design that can be printed. `key` is the id of an own one, or that of a ready one, which is its name too."""

    key: str
    name: str
    design: Design
    own_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """Which pictures the library has, by number, and which of them is its logo; 0 for none."""

    names: Mapping[int, str]
    logo: int


def design_choices(session: Session) -> list[DesignChoice]:
    """The library's own designs first."""
    own = session.scalars(select(CardDesign).order_by(CardDesign.name)).all()
    kept = [DesignChoice(str(row.id), row.name, drawn(row), row.id) for row in own]
    return kept + [DesignChoice(ready.key, ready.key, ready.design) for ready in READY]


def design_for(session: Session, key: str) -> DesignChoice:
    """The design of this key; where it is gone, the first there is."""
    choices = design_choices(session)
    return next((one for one in choices if one.key == key), choices[0])


def design_by_id(session: Session, design_id: int) -> CardDesign:
    """The library's own design; raises NotFoundError."""
    found = session.get(CardDesign, design_id)
    if found is None:
        raise NotFoundError(f"There is no card design {design_id} in this library.")
    return found


def drawn(row: CardDesign) -> Design:
    return msgspec.convert(row.drawn, Design)


def keep_design(session: Session, row: CardDesign, name: str, design: Design, *, now: datetime) -> CardDesign:
    """A design added or changed. Raises NameTakenError."""
    other = select(CardDesign.id).where(CardDesign.name == name, CardDesign.id != (row.id or 0))
    if session.scalar(other) is not None:
        raise NameTakenError(name)
    row.name, row.drawn, row.changed_at = name, msgspec.to_builtins(design), now
    session.add(row)
    session.flush()
    return row


def remove_design(session: Session, design_id: int) -> None:
    """What was printed with it stays known."""
    session.delete(design_by_id(session, design_id))


def pictures(session: Session) -> Sequence[CardPicture]:
    return session.scalars(select(CardPicture).order_by(CardPicture.id)).all()


def pictures_of(session: Session) -> Pictures:
    rows = pictures(session)
    return Pictures({row.id: row.name for row in rows}, next((row.id for row in rows if row.is_logo), 0))


def contents_of(session: Session, ids: Sequence[int]) -> dict[int, bytes]:
    """The files of these pictures."""
    wanted = select(CardPicture).where(CardPicture.id.in_(ids)).options(undefer(CardPicture.content))
    return {row.id: row.content for row in session.scalars(wanted)}


def picture_by_id(session: Session, picture_id: int) -> CardPicture:
    """Raises NotFoundError."""
    found = session.get(CardPicture, picture_id)
    if found is None:
        raise NotFoundError(f"There is no picture {picture_id} for cards in this library.")
    return found


def add_picture(session: Session, name: str, content: bytes, *, now: datetime) -> CardPicture:
    """The same name again is another picture in its place. Raises TooManyPicturesError."""
    row = session.scalar(select(CardPicture).where(CardPicture.name == name))
    if row is None and (session.scalar(select(func.count()).select_from(CardPicture)) or 0) >= MOST_PICTURES:
        raise TooManyPicturesError
    row = row or CardPicture(name=name)
    row.content, row.added_at = content, now
    session.add(row)
    session.flush()
    return row


def make_logo(session: Session, picture: CardPicture, *, is_logo: bool) -> None:
    """The library's only logo, or no longer."""
    session.execute(update(CardPicture).values(is_logo=False))
    picture.is_logo = is_logo
    session.flush()


def remove_picture(session: Session, picture_id: int) -> None:
    """Designs that show it are printed without."""
    session.delete(picture_by_id(session, picture_id))
