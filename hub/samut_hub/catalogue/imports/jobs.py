"""Imports as long work: bring in, look through the whole file, undo, write a file of records."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from samut_hub.catalogue.imports import service
from samut_hub.catalogue.imports.entries import entries, in_batches
from samut_hub.catalogue.imports.exporting import Export, count, records_out
from samut_hub.catalogue.imports.files import path_of
from samut_hub.catalogue.imports.looking import Sight
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.service import UndoneError
from samut_hub.catalogue.imports.undoing import Undoing, finish_undoing, left_to_do
from samut_hub.catalogue.records.splitting import NotMarcError
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.tasks import Task, TaskError, Work, past

IMPORT, LOOK, UNDO, EXPORT = "imports.import", "imports.look", "imports.undo", "imports.export"


def bring_in(work: Work) -> dict[str, Any]:
    """Take up the import where it is, and carry it to its end."""
    try:
        run = carry_out(
            work.database,
            work.config,
            (work.library_id, work.args["import_id"]),
            tell=work.tell,
            is_stopped=work.is_cancelled,
        )
    except (NotMarcError, UndoneError) as error:
        raise TaskError(str(error)) from None
    return {"import_id": run.id, "added": run.added, "refused": run.refused}


def carry_out(
    database: Database,
    config: Config,
    which: tuple[int, int],
    *,
    tell: Callable[[int, int], None],
    is_stopped: Callable[[], bool] = lambda: False,
) -> Import:
    """Bring in what is left of an import (library and import), a transaction for each batch.

    Raises NotMarcError and UndoneError.
    """
    library_id, run_id = which
    with database.session(library_id) as session:
        run = service.going(session, run_id)
        service.begin(session, run, now=_now())
        session.flush()
        words = service.words_of(session)
    path = path_of(config, run)
    size = max(path.stat().st_size, 1)
    for batch in in_batches(entries(run, path, words, after=run.position)):
        with database.session(library_id) as session:
            service.take_in(session, run_id, batch, now=_now())
        tell(*_progress(run, batch[-1].end, size))
        if is_stopped():
            return run
    with database.session(library_id) as session:
        return service.finish(session, run_id, now=_now())


@past(IMPORT)
def is_undone(session: Session, task: Task) -> bool:
    """Whether the import is undone, or will be, or is gone."""
    run = session.get(Import, task.args["import_id"])
    return run is None or run.undo_asked_at is not None or run.undone_at is not None


def look_through(work: Work) -> dict[str, Any]:
    """Count what would become of every record of the file; the page of the import shows it."""
    run_id = work.args["import_id"]
    with work.database.session(work.library_id, writes=False) as session:
        run, words = service.import_by_id(session, run_id), service.words_of(session)
    seen, path = Sight(), path_of(work.config, run)
    for batch in in_batches(entries(run, path, words)):
        with work.database.session(work.library_id, writes=False) as session:
            seen.add(session, run, batch)
        work.tell(*_progress(run, batch[-1].end, max(path.stat().st_size, 1)))
    with work.database.session(work.library_id) as session:
        counts = {verdict.value: count for verdict, count in seen.counts.items()}
        counted = {"match": run.match, "action": run.action, "counts": counts, "copies": seen.copies}
        service.import_by_id(session, run_id).counted = counted
    return counts


@past(UNDO)
def is_undone_wholly(session: Session, task: Task) -> bool:
    run = session.get(Import, task.args["import_id"])
    return run is None or run.undone_at is not None


def undo(work: Work) -> dict[str, Any]:
    run_id = work.args["import_id"]
    with work.database.session(work.library_id, writes=False) as session:
        total = left_to_do(session, run_id)
    for done in Undoing(work.database, work.library_id, run_id, _now()).steps():
        work.tell(done, total)
    with work.database.session(work.library_id) as session:
        run = finish_undoing(session, run_id, now=_now())
    return {"kept": (run.undone or {}).get("kept", 0)}


def export(work: Work) -> dict[str, Any]:
    """A file of records in the task's folder."""
    wanted = Export.from_args(work.args)
    name = wanted.file_name(_now())
    path: Path = work.folder / name
    reading = partial(work.database.session, work.library_id, writes=False)
    with reading() as session:
        total, done = count(session, wanted), 0
    with path.open("wb") as out:
        for done, part in records_out(reading, wanted):
            out.write(part)
            work.tell(done, total)
    return {"file": name, "records": done}


def _progress(run: Import, end: int, size: int) -> tuple[int, int]:
    """Of tables the rows are counted, and how many there are is not known before the end."""
    return (end, 0) if run.columns is not None else (min(end, size), size)


def _now() -> datetime:
    return datetime.now(UTC)
