"""Pictures of titles: add, put in order, remove. The first is the cover. No use case commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.images.drawing import Drawn
from samut_hub.catalogue.images.models import TitleImage
from samut_hub.catalogue.models import Title
from samut_hub.db import prepared
from samut_hub.errors import NotFoundError

MOST_IMAGES = 12
"""Of one title."""
_OF_TITLE = prepared(
    select(TitleImage).where(TitleImage.title_id == bindparam("title")).order_by(TitleImage.position, TitleImage.id)
)


class TooManyImagesError(Exception):
    """The title has as many pictures as it may."""


def images_of(session: Session, title_id: int) -> Sequence[TitleImage]:
    """The cover first."""
    return session.scalars(_OF_TITLE, {"title": title_id}).all()


def add_image(session: Session, title: Title, name: str, drawn: Drawn, *, now: datetime) -> TitleImage:
    """The same picture twice is one. The first becomes the cover. Raises TooManyImagesError."""
    own = images_of(session, title.id)
    same = next((image for image in own if image.name == name), None)
    if same is not None:
        return same
    if len(own) >= MOST_IMAGES:
        raise TooManyImagesError
    position = own[-1].position + 1 if own else 0
    image = TitleImage(
        title_id=title.id, name=name, position=position, width=drawn.width, height=drawn.height, added_at=now
    )
    session.add(image)
    _show_first(title, [*own, image])
    session.flush()
    return image


def make_cover(session: Session, title: Title, image_id: int) -> None:
    """Put this picture before the others. Raises NotFoundError."""
    own = images_of(session, title.id)
    chosen = _chosen(own, image_id)
    ordered = [chosen, *(image for image in own if image is not chosen)]
    for position, image in enumerate(ordered):
        image.position = position
    _show_first(title, ordered)
    session.flush()


def describe_image(session: Session, title: Title, image_id: int, caption: str) -> None:
    """What the picture shows, in words. Raises NotFoundError."""
    _chosen(images_of(session, title.id), image_id).caption = caption
    session.flush()


def remove_image(session: Session, title: Title, image_id: int) -> str:
    """The name of the picture, whose files can go if it `is_unused`. Raises NotFoundError."""
    own = images_of(session, title.id)
    gone = _chosen(own, image_id)
    session.delete(gone)
    _show_first(title, [image for image in own if image is not gone])
    session.flush()
    return gone.name


def is_unused(session: Session, name: str) -> bool:
    """Whether no title has the picture."""
    return session.scalar(select(TitleImage.id).where(TitleImage.name == name).limit(1)) is None


def _chosen(own: Sequence[TitleImage], image_id: int) -> TitleImage:
    found = next((image for image in own if image.id == image_id), None)
    if found is None:
        raise NotFoundError(f"The title has no picture {image_id}.")
    return found


def _show_first(title: Title, images: Sequence[TitleImage]) -> None:
    title.cover = images[0].name if images else ""
