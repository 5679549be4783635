"""Keeps the search index of a node up to date with the database, or builds it anew. One process on a node writes."""

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import tantivy
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Title, TitleChange
from samut_hub.catalogue.search.building import write_all
from samut_hub.catalogue.search.documents import document, terms_of
from samut_hub.catalogue.search.facts import facts_of
from samut_hub.catalogue.search.index_format import (
    SCHEMA,
    Progress,
    Written,
    open_index,
    read_progress,
    stamp,
    write_progress,
    writing,
)
from samut_hub.db import Database, prepared

log = logging.getLogger(__name__)

BATCH = 5_000
"""Changes brought in at one go: each writes a part of the index, and parts are merged again and again."""
READ = 500
"""Titles that are in memory at once."""
MEMORY = 50_000_000
PATIENCE = 300.0
"""Seconds in which a number that was passed over may still turn up: its transaction was open when later ones
committed."""
KEPT = 100_000
"""Changes that stay in the table for indexes of other nodes to follow."""
_LOOK_BACK = 1_000
_MOST_MISSING = 10_000
"""Numbers passed over that are waited for; databases take no question of any length."""
_LAST = prepared(select(TitleChange.id, TitleChange.title_id).order_by(TitleChange.id.desc()).limit(1))


class Indexer:
    """Follows `title_changes`; `catch_up` is called often and is cheap when nothing changed."""

    def __init__(self, database: Database, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._path = path
        self._clock = clock
        self._passed_over: dict[int, float] = {}
        self._forgotten = 0
        self._ahead = 0
        self._followed: tuple[Written | None, Progress] | None = None

    def catch_up(self) -> int:
        """Bring in what changed since; returns how many titles were read. Builds the index if there is none."""
        if self._is_followed():
            return 0
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
        index = tantivy.Index(SCHEMA, str(self._path / folder))
        done = write_all(self._database, index, lambda done: tell(done, total))
        with writing(self._path):
            write_progress(self._path, start)
            self._sweep(folder)
        return done

    def _step(self) -> int | None:
        """The next batch of changes; 0 when there are none, None when there is no index to bring up to date."""
        with writing(self._path):
            progress = read_progress(self._path)
            if progress is None:
                return None
            changes = self._changes(progress)
            if changes is None:
                return None
            if changes:
                titles = {title for _, title in changes} | self._awaited(changes)
                self._write(open_index(self._path, progress), sorted(titles))
                write_progress(self._path, self._after(progress, changes))
            else:
                self._forget(progress)
                self._followed = None if progress.missing else (stamp(self._path), progress)
            return len(changes)

    def _is_followed(self) -> bool:
        """Whether neither the index nor the last change is another than when nothing was left to follow."""
        if self._followed is None or self._followed[0] != stamp(self._path):
            return False
        progress = self._followed[1]
        if not (self._path / progress.folder).is_dir():
            return False
        with self._database.open(None, writes=False) as session, self._database.looking(session):
            last = session.execute(_LAST).one_or_none()
        return progress.last == tuple(last or (0, 0))

    def _changes(self, progress: Progress) -> list[tuple[int, int]] | None:
        """The next changes in order, with those of earlier numbers that were committed later.

        None when the last one followed is not there: the database was put back from a backup, or the index has lain
        still for so long that changes were forgotten meanwhile.
        """
        new, late = TitleChange.id >= progress.top, TitleChange.id.in_(progress.missing)
        wanted = select(TitleChange.id, TitleChange.title_id).where(or_(new, late) if progress.missing else new)
        with self._database.session(None, writes=False) as session:
            found = session.execute(wanted.order_by(TitleChange.id).limit(BATCH + 1))
            changes = [(number, title) for number, title in found]
        if progress.top and progress.last not in changes:
            return None
        return [change for change in changes if change != progress.last]

    def _awaited(self, changes: Sequence[tuple[int, int]]) -> set[int]:
        """While the index is far behind, titles that somebody saved and looks for do not wait for their turn."""
        if len(changes) < BATCH:
            return set()
        later = TitleChange.id > max(self._ahead, *(number for number, _ in changes))
        wanted = select(TitleChange.id, TitleChange.title_id).where(later, TitleChange.is_awaited)
        with self._database.session(None, writes=False) as session:
            found = session.execute(wanted.order_by(TitleChange.id).limit(BATCH)).all()
        self._ahead = max([self._ahead, *(row.id for row in found)])
        return {row.title_id for row in found}

    def _forget(self, progress: Progress) -> None:
        """Changes that all but very late indexes have followed are removed; those would be built anew."""
        if progress.top >= self._forgotten + KEPT:
            with self._database.session(None) as session:
                session.execute(delete(TitleChange).where(TitleChange.id <= progress.top - KEPT))
            self._forgotten = progress.top - KEPT // 2

    def _after(self, progress: Progress, changes: Sequence[tuple[int, int]]) -> Progress:
        now, seen = self._clock(), {number for number, _ in changes}
        passed_over = range(max(progress.top + 1, max(seen) - _MOST_MISSING), max(seen))
        missing = {*progress.missing[-_MOST_MISSING:], *passed_over} - seen
        since = {number: self._passed_over.get(number, now) for number in missing}
        self._passed_over = {number: at for number, at in since.items() if now - at < PATIENCE}
        top, title = max(progress.last, *changes)
        return msgspec.structs.replace(progress, top=top, top_title=title, missing=sorted(self._passed_over))

    def _write(self, index: tantivy.Index, ids: Sequence[int]) -> None:
        writer = index.writer(MEMORY, 1)
        for title_id in ids:
            writer.delete_documents_by_term("id", title_id)
        for start in range(0, len(ids), READ):
            with self._database.session(None, writes=False) as session:
                titles = facts_of(session, ids[start : start + READ])
            for title in titles:
                writer.add_document(document(terms_of(title)))
        writer.commit()
        writer.wait_merging_threads()

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
