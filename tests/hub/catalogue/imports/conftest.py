"""A home of the hub in which files to import lie, and what a library brings in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from samut_hub.catalogue.imports import files, undoing
from samut_hub.catalogue.imports.jobs import carry_out
from samut_hub.catalogue.imports.models import Import, RefusedRecord
from samut_hub.catalogue.models import Item, Title
from samut_hub.config import Config
from samut_hub.db import Database
from tests.hub.conftest import Libraries


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config(home=tmp_path, database=database_url)


@dataclass
class Desk:
    """The north library's cataloguer."""

    database: Database
    config: Config
    library: int

    def open(self, data: bytes, name: str = "books.mrc", **choices: object) -> Import:
        """An import that is looked at; `choices` are its columns."""
        with self.database.session(self.library) as session:
            stored = files.store(self.config, BytesIO(data))
            run = files.new_import(session, self.config, stored, name, now=datetime.now(UTC))
            for key, value in choices.items():
                setattr(run, key, value)
            return run

    def go_on(
        self, run: Import, *, stop_after: int | None = None, after_batch: Callable[[], None] = lambda: None
    ) -> Import:
        """Carry it out, or only as many batches; the process then is as good as dead."""
        told: list[int] = []

        def is_stopped() -> bool:
            after_batch()
            return stop_after is not None and len(told) >= stop_after

        which = (self.library, run.id)
        carry_out(self.database, self.config, which, tell=lambda done, _: told.append(done), is_stopped=is_stopped)
        return self.known(run)

    def bring_in(self, data: bytes, **choices: object) -> Import:
        return self.go_on(self.open(data, **choices))

    def known(self, run: Import) -> Import:
        with self.database.session(self.library, writes=False) as session:
            return session.get_one(Import, run.id)

    def undo(self, run: Import) -> Import:
        now = datetime.now(UTC)
        for _ in undoing.Undoing(self.database, self.library, run.id, now).steps():
            pass
        with self.database.session(self.library) as session:
            return undoing.finish_undoing(session, run.id, now=now)

    def titles(self) -> list[Title]:
        with self.database.session(None, writes=False) as session:
            return list(session.scalars(select(Title).order_by(Title.id)))

    def items(self) -> list[Item]:
        with self.database.session(self.library, writes=False) as session:
            return list(session.scalars(select(Item).order_by(Item.id)))

    def refused(self, run: Import) -> list[tuple[int, str, str]]:
        """Position, reason and detail."""
        with self.database.session(self.library, writes=False) as session:
            mine = select(RefusedRecord).where(RefusedRecord.import_id == run.id).order_by(RefusedRecord.id)
            return [(row.position, row.reason, row.detail) for row in session.scalars(mine)]

    def change(self, change: Callable[[object], None]) -> None:
        """Something else that happens in the library."""
        with self.database.session(self.library) as session:
            change(session)


@pytest.fixture
def desk(database: Database, config: Config, libraries: Libraries) -> Desk:
    return Desk(database, config, libraries.north)
