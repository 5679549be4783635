"""Databases of earlier versions are brought up to date with everything that is in them."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from samut_hub import migrations
from samut_hub.db import Database
from samut_hub.models import Base
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
"""


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
    return database


def test_words_for_places_become_a_tree(first: Database) -> None:
    migrations.upgrade(first.engine)

    with first.engine.connect() as connection:
        rooms = connection.execute(text("SELECT name FROM places WHERE parent_id IS NULL")).scalars().all()
        shelved = connection.execute(
            text(
                "SELECT items.accession_number, places.name FROM items "
                "LEFT JOIN places ON places.id = items.place_id ORDER BY accession_order"
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
