"""Keeps the search index of a node up to date with the database, or builds it anew. One process on a node writes."""

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import tantivy
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.models import Title, TitleChange
from samut_hub.catalogue.search.documents import document
from samut_hub.catalogue.search.index_format import (
    Progress,
    open_index,
    read_progress,
    schema,
    write_progress,
    writing,
)
from samut_hub.db import Database

log = logging.getLogger(__name__)

BATCH = 500
MEMORY = 50_000_000
PATIENCE = 300.0
"""Seconds in which a number that was passed over may still turn up: its transaction was open when later ones
committed."""
_LOOK_BACK = 1_000


class Indexer:
    """Follows `title_changes`; `catch_up` is called often and is cheap when nothing changed."""

    def __init__(self, database: Database, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._path = path
        self._clock = clock
        self._passed_over: dict[int, float] = {}
        self._known = ""

    def catch_up(self) -> int:
        """Bring in what changed since; returns how many titles were read. Builds the index if there is none."""
        total = 0
        while (read := self._step()) is not None:
            total += read
            if read == 0:
                return total
        return self.rebuild()

    def rebuild(self, *, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Build a new index beside the present one and change over; `tell` hears how many of how many are done."""
        folder = f"{time.time_ns():x}"
        (self._path / folder).mkdir(parents=True)
        with self._database.session(None, writes=False) as session:
            start = _start(session, folder)
            total = session.scalar(select(func.count()).select_from(Title)) or 0
        index = tantivy.Index(schema(), str(self._path / folder))
        done = self._write_all(index, lambda done: tell(done, total))
        with writing(self._path):
            write_progress(self._path, start)
            self._sweep(folder)
        return done

    def _step(self) -> int | None:
        """The next batch of changes; 0 when there are none, None when there is no index to bring up to date."""
        with writing(self._path):
            progress = read_progress(self._path)
            if progress is None or not self._is_known(progress):
                return None
            changes = self._changes(progress)
            if changes:
                self._write(open_index(self._path, progress), {title for _, title in changes})
                write_progress(self._path, self._after(progress, changes))
            return len(changes)

    def _is_known(self, progress: Progress) -> bool:
        """Whether the index was made from this database: asked once, it may have been put back from a backup."""
        if progress.top and progress.folder != self._known:
            with self._database.session(None, writes=False) as session:
                change = session.get(TitleChange, progress.top)
            if change is None or change.title_id != progress.top_title:
                return False
        self._known = progress.folder
        return True

    def _changes(self, progress: Progress) -> list[tuple[int, int]]:
        """The next changes in order, with those of earlier numbers that were committed later."""
        new, late = TitleChange.id > progress.top, TitleChange.id.in_(progress.missing)
        wanted = select(TitleChange).where(or_(new, late) if progress.missing else new)
        with self._database.session(None, writes=False) as session:
            rows = session.scalars(wanted.order_by(TitleChange.id).limit(BATCH))
            return [(row.id, row.title_id) for row in rows]

    def _after(self, progress: Progress, changes: Sequence[tuple[int, int]]) -> Progress:
        now, seen = self._clock(), {number for number, _ in changes}
        missing = {*progress.missing, *range(progress.top + 1, max(seen))} - seen
        since = {number: self._passed_over.get(number, now) for number in missing}
        self._passed_over = {number: at for number, at in since.items() if now - at < PATIENCE}
        top, title = max((progress.top, progress.top_title), *changes)
        return msgspec.structs.replace(progress, top=top, top_title=title, missing=sorted(self._passed_over))

    def _write(self, index: tantivy.Index, ids: Iterable[int]) -> None:
        writer = index.writer(MEMORY, 1)
        with self._database.session(None, writes=False) as session:
            for title_id in ids:
                writer.delete_documents_by_term("id", title_id)
            for title in session.scalars(select(Title).options(undefer(Title.marc)).where(Title.id.in_(ids))):
                writer.add_document(document(title))
        writer.commit()
        writer.wait_merging_threads()

    def _write_all(self, index: tantivy.Index, tell: Callable[[int], None]) -> int:
        writer, done, last = index.writer(MEMORY, 1), 0, 0
        while titles := self._titles_after(last):
            for title in titles:
                writer.add_document(document(title))
            done, last = done + len(titles), titles[-1].id
            tell(done)
        writer.commit()
        writer.wait_merging_threads()
        return done

    def _titles_after(self, last: int) -> Sequence[Title]:
        wanted = select(Title).options(undefer(Title.marc)).where(Title.id > last).order_by(Title.id).limit(BATCH)
        with self._database.session(None, writes=False) as session:
            return session.scalars(wanted).all()

    def _sweep(self, present: str) -> None:
        """Remove older indexes; a reader that has one open keeps its files until it opens the present one."""
        for folder in self._path.iterdir():
            if folder.is_dir() and folder.name < present:
                shutil.rmtree(folder)
                log.info("removed an old search index", extra={"folder": folder.name})


def _start(session: Session, folder: str) -> Progress:
    """How far an index has come that is built from what is committed now."""
    last = session.scalars(select(TitleChange).order_by(TitleChange.id.desc()).limit(_LOOK_BACK)).all()
    if not last:
        return Progress(folder)
    passed_over = set(range(last[-1].id, last[0].id)) - {change.id for change in last}
    return Progress(folder, last[0].id, last[0].title_id, sorted(passed_over)[-_LOOK_BACK:])
