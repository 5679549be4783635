"""Real records, a catalogue with an index beside it, and a count of what the database is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samut_hub.catalogue import service
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.criteria import Filters, Sort
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.db import Database
from tests.hub.conftest import Libraries

MARC_FILES = Path(__file__).parents[4] / "shared" / "data" / "marc"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def marc_files() -> list[Path]:
    """Public test sets of real records; they lie beside the checkout."""
    files = sorted(MARC_FILES.glob("*.mrc"))
    assert len(files) == 9, f"The sets of records are missing in {MARC_FILES}."
    return files


@dataclass
class Catalogue:
    """A library's catalogue as its staff meet it."""

    database: Database
    library: int
    index: TitleIndex
    indexer: Indexer

    def add(self, *titles: Description | str) -> list[int]:
        with self.database.session(self.library) as session:
            service.add_material_types(session)
            wanted = [Description(title=one) if isinstance(one, str) else one for one in titles]
            return [service.add_title(session, one, now=NOW).id for one in wanted]

    def search(self, text: str, **options: int | bool | Sort | Filters) -> list[str]:
        """Titles found, best first, as the index knows them after it has caught up."""
        self.indexer.catch_up()
        hits = self.index.search(text, **options)  # type: ignore[arg-type]
        with self.database.session(None, writes=False) as session:
            return [title.title for title in service.titles_in_order(session, hits.ids)]


@pytest.fixture
def catalogue(database: Database, libraries: Libraries, tmp_path: Path) -> Catalogue:
    """The north library's, still empty."""
    folder = tmp_path / "search"
    return Catalogue(database, libraries.north, TitleIndex(folder), Indexer(database, folder))
