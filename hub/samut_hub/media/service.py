"""Media of titles: keep a file or a link, tell what there is, take one away. No use case commits."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from samut_hub import durable
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import note_changes
from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.media.models import Medium
from samut_hub.media.policy import HEAD, FileKind, MediumKind, kind_of, link_fault

MOST_MEDIA = 300
"""Of one title: the issues of a weekly magazine for more than five years."""
_PIECE = 1024 * 1024


class WrongMediumError(Exception):
    """The file is of a kind that cannot be told, or the link leads nowhere."""


class TooManyMediaError(Exception):
    """The title has MOST_MEDIA already."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has arrived in the hub's folder; `file` is the name that it gets there."""

    path: Path
    file: str
    size: int
    kind: FileKind


@contextmanager
def arriving(folder: Path, content: BinaryIO, name: str) -> Iterator[Kept]:
    """Copy an upload into the folder; it is gone again if it is not `put_in_place`. Raises WrongMediumError."""
    kind = kind_of(content.read(HEAD), name)
    if kind is None:
        raise WrongMediumError
    content.seek(0)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder, prefix="arriving.", delete=False) as file:
        path = Path(file.name)
        try:
            while piece := content.read(_PIECE):
                digest.update(piece)
                file.write(piece)
            durable.sync(file)
            yield Kept(path, f"{digest.hexdigest()[:32]}.{kind.ending}", path.stat().st_size, kind)
        finally:
            path.unlink(missing_ok=True)


def put_in_place(folder: Path, kept: Kept) -> None:
    """In the transaction that adds its medium: whoever removes the same file looks in a later one."""
    path = path_of(folder, kept.file)
    path.parent.mkdir(exist_ok=True)
    durable.put_in_place(kept.path, path)


def path_of(folder: Path, file: str) -> Path:
    return folder / file[:2] / file


def add_file(session: Session, title: Title, library_id: int, kept: Kept, name: str, *, now: datetime) -> Medium:
    """Raises TooManyMediaError."""
    medium = Medium(
        library_id=library_id,
        kind=kept.kind.kind.value,
        name=name,
        file=kept.file,
        media_type=kept.kind.media_type,
        size=kept.size,
    )
    return _add(session, title, medium, now)


def add_link(session: Session, title: Title, library_id: int, url: str, name: str, *, now: datetime) -> Medium:
    """Raises WrongMediumError when it is no address of the web, and TooManyMediaError."""
    if link_fault(url):
        raise WrongMediumError
    medium = Medium(library_id=library_id, kind=MediumKind.LINK.value, name=name or url, url=url)
    return _add(session, title, medium, now)


def media_of(
    session: Session, title_id: int, *, with_hidden: bool = False, latest_first: bool = False
) -> Sequence[Medium]:
    """In the order in which they were added; of a magazine's issues the latest is wanted first."""
    wanted = _of_title(with_hidden=with_hidden, latest_first=latest_first)
    return session.scalars(wanted, {"title": title_id}).all()


def medium_by_id(session: Session, medium_id: int, *, with_hidden: bool = False) -> Medium:
    """Raises NotFoundError, also for one that is not public."""
    found = session.get(Medium, medium_id)
    if found is None or not (found.is_public or with_hidden):
        raise NotFoundError(f"There is no medium {medium_id}.")
    return found


def own_medium(session: Session, library_id: int, title_id: int, medium_id: int) -> Medium:
    """A medium that this library looks after. Raises NotFoundError."""
    found = session.get(Medium, medium_id)
    if found is None or (found.library_id, found.title_id) != (library_id, title_id):
        raise NotFoundError(f"The library has no medium {medium_id} of title {title_id}.")
    return found


def change(session: Session, medium: Medium, *, name: str, is_public: bool) -> None:
    medium.name, medium.is_public = name, is_public
    note_changes(session, [medium.title_id])


def remove(session: Session, medium: Medium) -> None:
    """Its file stays where it is: see `remove_unused`."""
    session.delete(medium)
    note_changes(session, [medium.title_id])


def remove_unused(session: Session, folder: Path, file: str) -> None:
    """Remove the file unless a medium shows it. `session` writes, so that on SQLite nobody adds one meanwhile."""
    if session.scalar(select(Medium.id).where(Medium.file == file).limit(1)) is None:
        path_of(folder, file).unlink(missing_ok=True)


def _add(session: Session, title: Title, medium: Medium, now: datetime) -> Medium:
    figures = select(func.count(), func.max(Medium.position)).where(Medium.title_id == title.id)
    count, last = session.execute(figures).one()
    if count >= MOST_MEDIA:
        raise TooManyMediaError
    medium.title_id, medium.added_at, medium.position = title.id, now, (last or 0) + 1
    session.add(medium)
    session.flush()
    note_changes(session, [title.id])
    return medium


@cache
def _of_title(*, with_hidden: bool, latest_first: bool) -> Select[Medium]:
    wanted = select(Medium).where(Medium.title_id == bindparam("title"))
    if not with_hidden:
        wanted = wanted.where(Medium.is_public)
    order = (Medium.position.desc(), Medium.id.desc()) if latest_first else (Medium.position, Medium.id)
    return prepared(wanted.order_by(*order).limit(MOST_MEDIA))
