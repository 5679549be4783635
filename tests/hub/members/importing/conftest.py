"""A school office that hands over its files of pupils."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.members.groups import add_type
from samut_hub.members.importing import files, jobs
from samut_hub.members.importing.models import MemberImport, RefusedRow
from samut_hub.members.models import Member
from samut_hub.secrets import make_secrets
from samut_hub.tasks import Task, TaskState, Work
from tests.hub.conftest import Libraries


@dataclass
class Office:
    """The north library, which knows pupils and teachers."""

    database: Database
    config: Config
    library: int
    pupil: int

    def hand_over(self, content: bytes, *, photos: bool = False, **choices: Any) -> MemberImport:
        """An import that is looked at; rows that say no type are of pupils."""
        stored = files.store(self.config, BytesIO(content), most=files.LARGEST_PHOTOS)
        run = files.made_ready(self.config, stored, "pupils", photos=photos, now=datetime.now(UTC))
        run.match, run.action, run.adds, run.makes, run.type_id = "number", "update", True, False, self.pupil
        with self.database.session(self.library) as session:
            files.keep_import(session, self.config, run)
            for name, value in choices.items():
                setattr(run, name, value)
            return run

    def carry_out(self, run: MemberImport, *, stop_after: int | None = None) -> MemberImport:
        """To its end, or until it is stopped after so many batches."""
        work = self._work(run, jobs.IMPORT, stop_after)
        jobs.bring_in(work)
        return self.known(run)

    def bring_in(self, content: bytes, **choices: Any) -> MemberImport:
        return self.carry_out(self.hand_over(content, **choices))

    def undo(self, run: MemberImport) -> MemberImport:
        with self.database.session(self.library) as session:
            session.get_one(MemberImport, run.id).undo_asked_at = datetime.now(UTC)
        jobs.undo(self._work(run, jobs.UNDO, None))
        return self.known(run)

    def known(self, run: MemberImport) -> MemberImport:
        with self.database.session(self.library) as session:
            return session.get_one(MemberImport, run.id)

    def refused(self, run: MemberImport) -> list[tuple[int, str, str]]:
        with self.database.session(self.library) as session:
            rows = session.scalars(
                select(RefusedRow).where(RefusedRow.import_id == run.id).order_by(RefusedRow.position)
            )
            return [(row.position, row.reason, row.detail) for row in rows]

    def member(self, number: str) -> Member:
        with self.database.session(self.library) as session:
            return session.scalars(select(Member).where(Member.number == number)).one()

    def numbers(self) -> list[str]:
        with self.database.session(self.library) as session:
            return sorted(session.scalars(select(Member.number)))

    def _work(self, run: MemberImport, kind: str, stop_after: int | None) -> Work:
        args = {"import_id": run.id}
        with self.database.session(self.library) as session:
            task = Task(kind=kind, args=args, made_at=datetime.now(UTC), state=TaskState.RUNNING.value)
            session.add(task)
            session.flush()
            return StoppedWork(self.database, self.config, self.library, task.id, args, stop_after=stop_after)


@dataclass
class StoppedWork(Work):
    """A task that somebody stops, or whose computer goes out."""

    stop_after: int | None = None
    batches: int = 0

    def is_cancelled(self) -> bool:
        self.batches += 1
        return self.stop_after is not None and self.batches >= self.stop_after


def csv(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


@pytest.fixture
def office(database: Database, database_url: str, libraries: Libraries, tmp_path: Path) -> Office:
    config = Config(home=tmp_path, database=database_url)
    make_secrets(config)
    with database.session(libraries.north) as session:
        pupil = add_type(session, "pupil", "นักเรียน", "Pupil").id
        add_type(session, "teacher", "ครู", "Teacher")
    return Office(database, config, libraries.north, pupil)
