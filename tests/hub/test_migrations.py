"""Databases of earlier versions are brought up to date with everything that is in them."""

from itertools import islice
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Connection, select, text

from samut_hub import migrations
from samut_hub.catalogue.authorities.cli import relink_titles
from samut_hub.catalogue.authorities.models import Heading
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.records.splitting import pieces
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.models import Base
from tests.hub.catalogue.conftest import marc_files
from tests.postgres import PostgresServer

FIRST = """
INSERT INTO libraries (id, code, name_th, name_en, zone, weekly_closed, debt_limit, offline_loans, replica_version)
  VALUES (1, 'north', 'เหนือ', 'North', 'Asia/Bangkok', '[]', 0, true, 0);
INSERT INTO material_types (code, name_th, name_en) VALUES ('book', 'หนังสือ', 'Book');
INSERT INTO titles (id, title, author, publisher, isbn, language, call_number, subjects, summary, material,
  sort_title, sort_author, origin_key, source, licence, version, changed_at)
  VALUES (1, 'ปลาบู่ทอง', '', '', '', '', '', '', '', 'book', '', '', '', '', '', 1, '2026-11-01 00:00:00');
INSERT INTO items (id, library_id, title_id, accession_number, barcode, call_number, location, shelf, status, note,
  added_at, changed_at) VALUES
  (1, 1, 1, 'B00002', 'B00002', '', 'ห้องใหญ่', 'ชั้น 1', 'available', '', '2026-11-01 00:00', '2026-11-01 00:00'),
  (2, 1, 1, 'B00010', 'B00010', '', 'ห้องใหญ่', 'ชั้น 2', 'available', '', '2026-11-01 00:00', '2026-11-01 00:00'),
  (3, 1, 1, 'C1', 'C1', '', '', '', 'available', '', '2026-11-01 00:00', '2026-11-01 00:00');
INSERT INTO imports (id, library_id, file_name, started_at, finished_at, added, already_there, refused)
  VALUES (1, 1, 'old.mrc', '2026-11-01 00:00:00', '2026-11-01 00:01:00', 1, 0, 0);
"""
TITLE = """
INSERT INTO titles (id, title, author, publisher, year, isbn, language, call_number, subjects, summary, material,
  marc, sort_title, sort_author, origin_key, source, licence, version, changed_at)
  VALUES (:id, :title, :author, :publisher, :year, :isbn, :language, :call_number, :subjects, :summary, 'book',
  :marc, '', '', :origin, '', '', 1, '2026-11-01 00:00:00')
"""
ITEM = """
INSERT INTO items (id, library_id, title_id, accession_number, barcode, call_number, location, shelf, status, note,
  added_at, changed_at)
  VALUES (:title, 1, :title, :number, :number, '', '', '', 'available', '', '2026-11-01', '2026-11-01')
"""
SHOWN = ("title", "author", "publisher", "year", "isbn", "language", "call_number", "subjects", "summary")
"""What the first version showed of a title."""


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of the first version with a library, a title and three items."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'first.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        database = Database(server.url(server.new_database()))
    config = migrations._config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
        _add_real_titles(connection)
    return database


def _add_real_titles(connection: Connection) -> None:
    """Twenty of each public set, as the first version kept them, each with an item."""
    number = 10
    for path in marc_files():
        with path.open("rb") as file:
            for piece in islice(pieces(file), 20):
                said = describe(read_record(piece.data))
                if not said.title:
                    continue
                shown = {name: getattr(said, name) for name in SHOWN}
                row = {"id": number, "marc": piece.data, "origin": str(number), **shown}
                connection.execute(text(TITLE), row)
                connection.execute(text(ITEM), {"title": number, "number": f"R{number:05}"})
                number += 1


def test_words_for_places_become_a_tree(first: Database) -> None:
    migrations.upgrade(first.engine)

    with first.engine.connect() as connection:
        rooms = connection.execute(text("SELECT name FROM places WHERE parent_id IS NULL")).scalars().all()
        shelved = connection.execute(
            text(
                "SELECT items.accession_number, places.name FROM items "
                "LEFT JOIN places ON places.id = items.place_id WHERE items.title_id = 1 ORDER BY accession_order"
            )
        ).all()
    assert rooms == ["ห้องใหญ่"]
    assert [tuple(row) for row in shelved] == [("B00002", "ชั้น 1"), ("B00010", "ชั้น 2"), ("C1", None)]
    first.close()


def test_migrated_database_has_the_shape_of_the_models(first: Database) -> None:
    migrations.upgrade(first.engine)

    with first.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    first.close()


def test_programs_read_from_the_files_which_migration_is_the_newest() -> None:
    assert migrations.newest() == set(ScriptDirectory.from_config(migrations._config()).get_heads())


def test_titles_and_items_of_the_first_version_are_filled_once_they_are_asked_for(
    first: Database, tmp_path: Path
) -> None:
    migrations.upgrade(first.engine)
    url = first.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    config = Config(home=tmp_path, database=url)

    for _time in ("first", "again, as if it had been stopped"):
        told = CliRunner().invoke(relink_titles, obj=config)
        assert told.exit_code == 0, told.output

    with first.session(None, writes=False) as session:
        titles = session.scalars(select(Title)).all()
        assert [title.title for title in titles if not (title.match_key and title.sort_title)] == []
        assert all(title.call_key for title in titles if title.call_number)
        assert any(title.series for title in titles)
        assert any(title.control_number for title in titles)
        assert any(title.extent for title in titles)
        assert {title.version for title in titles} == {1}
        items = session.scalars(select(Item)).all()
        assert all(item.call_key == item.title.call_key for item in items if item.title.call_number)
        assert session.scalars(select(Heading).limit(1)).all()
    first.close()


def test_imports_of_the_first_version_were_begun(first: Database) -> None:
    migrations.upgrade(first.engine)

    with first.session(None, writes=False) as session:
        old = session.scalars(select(Import)).one()
        assert old.begun_at == old.started_at
    first.close()
