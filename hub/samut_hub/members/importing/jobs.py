"""Imports of members as long work: bring in tables and photographs, undo."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.confined import ConfinedError
from samut_hub.libraries.service import calendar_of, card_key, library_of
from samut_hub.members.importing import files, photographs, service
from samut_hub.members.importing.columns import Column
from samut_hub.members.importing.matching import Rule
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.naming import Names, make_missing, names_of
from samut_hub.members.importing.pictures import names_in, pictures_in
from samut_hub.members.importing.policy import Kind
from samut_hub.members.importing.rows import Entry, Reading, entries
from samut_hub.members.importing.service import Coming, Numbers, UndoneError, in_batches
from samut_hub.members.importing.undoing import Undoing, finish_undoing, left_to_do
from samut_hub.members.own_fields import own_fields
from samut_hub.secrets import read_secret
from samut_hub.tasks import Task, TaskError, Work, past

IMPORT, UNDO = "member_import", "member_import_undo"
TRIES = 3
"""How often a batch is judged anew whose numbers somebody else gave out in the same moment."""


def bring_in(work: Work) -> dict[str, Any]:
    """Take up the import where it is, and carry it to its end."""
    try:
        with work.database.session(work.library_id) as session:
            run = service.going(session, work.args["import_id"])
            run.begun_at = run.begun_at or _now()
        _table(work, run) if Kind(run.kind).is_table else _photos(work, run)
        return _finish(work)
    except UndoneError as error:
        raise TaskError(str(error)) from None


@past(IMPORT)
def is_undone(session: Session, task: Task) -> bool:
    """Whether the import is undone, or will be, or is gone."""
    run = session.get(MemberImport, task.args["import_id"])
    return run is None or run.undo_asked_at is not None or run.undone_at is not None


@past(UNDO)
def is_undone_wholly(session: Session, task: Task) -> bool:
    run = session.get(MemberImport, task.args["import_id"])
    return run is None or run.undone_at is not None


def undo(work: Work) -> dict[str, Any]:
    """What was changed since, or is used, stays and is named on the import's page."""
    import_id = work.args["import_id"]
    with work.database.session(work.library_id, writes=False) as session:
        total = left_to_do(session, import_id)
    for done in Undoing(work.database, work.library_id, import_id, _now()).steps():
        work.tell(done, total)
    with work.database.session(work.library_id) as session:
        kept = finish_undoing(session, import_id, now=_now())
    return {"kept": kept}


def reading_of(session: Session, run: MemberImport, now: datetime) -> Reading:
    """What is needed to understand the rows of this import."""
    today = calendar_of(session, library_of(session, run.library_id)).local_day(now)
    return Reading(columns=run.columns, fields=own_fields(session), today=today)


def _table(work: Work, run: MemberImport) -> None:
    path = files.path_of(work.config, run)
    with work.database.session(work.library_id, writes=False) as session:
        reading, names = reading_of(session, run, _now()), names_of(session, run)
        code = library_of(session, work.library_id).code
    total, numbers = _look_through(entries(path, run.encoding, reading), names)
    with work.database.session(work.library_id) as session:
        going = service.going(session, run.id)
        make_missing(session, going, names, has_course=Column.COURSE in run.columns)
    rule = Rule(run, names, card_key(read_secret(work.config, "card.key"), code))
    coming = Coming(rule, reading.today, numbers)
    for batch in in_batches(entries(path, run.encoding, reading)):
        _take(work, run.id, batch, coming)
        work.tell(batch[-1].position, total)
        if work.is_cancelled():
            return


def _look_through(found: Any, names: Names) -> tuple[int, Numbers]:
    """How many rows there are, and which numbers stand in them; what they name and is not there is noted."""
    position, numbers = 0, Numbers(set())
    for entry in found:
        position = entry.position
        if entry.said is not None:
            names.note([entry.said])
            numbers.in_file.add(entry.said.number)
    return position, numbers


def _take(work: Work, import_id: int, batch: list[Entry], coming: Coming) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with work.database.session(work.library_id) as session:
                service.take_in(session, import_id, batch, coming, now=_now())
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return


def _photos(work: Work, run: MemberImport) -> None:
    path = files.path_of(work.config, run)
    with work.database.session(work.library_id, writes=False) as session:
        key = card_key(read_secret(work.config, "card.key"), library_of(session, work.library_id).code)
    seen = photographs.Seen()
    try:
        found = names_in(path)
    except ConfinedError:
        raise TaskError("The archive of photos cannot be read.") from None
    with work.database.session(work.library_id, writes=False) as session:
        photographs.judge(session, run, [one for one in found if one.position <= run.position], key, seen)
    for some in pictures_in(path, after=run.position):
        with work.database.session(work.library_id) as session:
            photographs.take_in(session, run.id, some, key, seen, now=_now())
        work.tell(some[-1].position, found[-1].position)
        if work.is_cancelled():
            return


def _finish(work: Work) -> dict[str, Any]:
    """What is no longer read goes from the disk: it tells more of people than the hub keeps."""
    if work.is_cancelled():
        return {}
    with work.database.session(work.library_id) as session:
        run = service.going(session, work.args["import_id"])
        run.finished_at = run.finished_at or _now()
        session.flush()
        files.unused(session, work.config, run.digest)
        return {"import_id": run.id, "added": run.added, "updated": run.updated, "refused": run.refused}


def _now() -> datetime:
    return datetime.now(UTC)
