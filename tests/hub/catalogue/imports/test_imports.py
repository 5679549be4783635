"""Files of records come in whole: added, known already, or refused and kept."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from samut_hub.catalogue.cli import REASONS, import_records, run_import
from samut_hub.catalogue.imports.models import Import, RefusedRecord
from samut_hub.catalogue.imports.policy import Refusal
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import Fault, read_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.service import description_of
from samut_hub.config import Config
from samut_hub.db import Database
from tests.hub.catalogue.conftest import Catalogue, marc_files
from tests.hub.catalogue.records.test_records import record_of
from tests.hub.conftest import Libraries

KNOWN = {
    "bad_leaders": (1, 0, 0),
    "edge_cases.marc8": (8, 0, 0),
    "french_100.marc8": (100, 0, 0),
    "jazz_1k.marc8": (1000, 0, 0),
    "mixed_179.utf8": (178, 0, 1),
    "nepali_96.utf8": (96, 0, 0),
    "rda_dvd.utf8": (1, 0, 0),
    "thai_2.mixed": (1, 1, 0),
    "unimarc_8": (8, 0, 0),
}
"""For each set: added, already there, refused. Its two Thai records are one, in two codings."""


def outcome(run: Import) -> tuple[int, int, int]:
    return run.added, run.already_there, run.refused


@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_every_set_comes_in_and_a_second_time_adds_nothing(
    database: Database, libraries: Libraries, config: Config, file: Path
) -> None:
    run, refused = run_import(database, config, file, "north")
    assert outcome(run) == KNOWN[file.stem]
    assert sum(len(one.positions) for one in refused) == run.refused
    again, _ = run_import(database, config, file, "north", again=True)
    assert outcome(again) == (0, run.added + run.already_there, run.refused)


def test_what_is_shown_is_what_the_kept_record_says(database: Database, libraries: Libraries, config: Config) -> None:
    for file in marc_files():
        run_import(database, config, file, "south")
    with database.session(None, writes=False) as session:
        titles = session.scalars(select(Title)).all()
        for title in titles:
            session.refresh(title, ["marc"])
            assert title.marc is not None
            assert describe(read_record(title.marc)) == description_of(title)
        assert len(titles) == 1393


def test_a_refused_record_keeps_its_bytes_its_number_and_its_reason(
    database: Database, libraries: Libraries, config: Config, tmp_path: Path
) -> None:
    good, bad = record_of(("245", b"00\x1faGood")), record_of(("245", b"00\x1faBad\xff"))
    (tmp_path / "some.mrc").write_bytes(good + bad + good[:30])
    run_import(database, config, tmp_path / "some.mrc", "north")
    with database.session(libraries.north) as session:
        kept = session.scalars(select(RefusedRecord).order_by(RefusedRecord.position)).all()
        assert [(row.position, row.reason, row.record) for row in kept] == [
            (2, Fault.NOT_MARC8, bad),
            (3, Fault.TRUNCATED, good[:30]),
        ]
    with database.session(libraries.south) as session:
        assert session.scalars(select(RefusedRecord)).all() == []


def test_the_same_number_from_another_system_is_another_title(
    database: Database, libraries: Libraries, config: Config, tmp_path: Path
) -> None:
    one, other = (record_of(("001", b"41"), ("245", b"00\x1fa" + name)) for name in (b"One", b"Other"))
    (tmp_path / "some.mrc").write_bytes(one + other + one)
    run, _ = run_import(database, config, tmp_path / "some.mrc", "north")
    assert outcome(run) == (2, 1, 0)


def test_imported_titles_are_found(catalogue: Catalogue, config: Config) -> None:
    (file,) = (file for file in marc_files() if file.stem == "thai_2.mixed")
    run_import(catalogue.database, config, file, "north")
    for typed in ("บุญมี", "ระลึกชาติ", "Uncle Boonmee", "Loong Boonmee", "Apichatpong", "reincarnation"):
        assert catalogue.search(typed) == ["ลุงบุญมีระลึกชาติ"], typed


def test_texts_that_a_database_refuses_are_cleaned(
    database: Database, libraries: Libraries, config: Config, tmp_path: Path
) -> None:
    (tmp_path / "some.mrc").write_bytes(
        record_of(("245", b"00\x1faZero\0 and\x07 bell"), ("001", b"1\0"), ("003", b"X"))
    )
    run, _ = run_import(database, config, tmp_path / "some.mrc", "north")
    assert run.added == 1
    with database.session(None, writes=False) as session:
        assert session.scalar(select(Title.title)) == "Zero and bell"


def test_the_command_reports_by_number_and_reason(
    database: Database, libraries: Libraries, database_url: str, tmp_path: Path
) -> None:
    config = Config(home=tmp_path, database=database_url)
    (file,) = (file for file in marc_files() if file.stem == "mixed_179.utf8")
    answer = CliRunner().invoke(import_records, [str(file), "--library", "north"], obj=config)
    assert answer.exit_code == 0
    assert "mixed_179.utf8.mrc: 178 added, 0 already there, 1 refused." in answer.output
    assert "1  it has no title (field 245): no. 166" in answer.output


def test_the_command_says_what_it_needs(
    database: Database, libraries: Libraries, database_url: str, tmp_path: Path
) -> None:
    config, file = Config(home=tmp_path, database=database_url), tmp_path / "picture.mrc"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    for arguments, said in (
        ([str(file)], "Say which library imports, with --library. Known libraries: north, south."),
        ([str(file), "--library", "west"], "There is no library “west”."),
        ([str(file), "--library", "north"], "picture.mrc is neither MARC, MARCXML, CSV nor Excel."),
    ):
        answer = CliRunner().invoke(import_records, arguments, obj=config)
        assert answer.exit_code == 2
        assert said in answer.output
    with database.session(None, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Title)) == 0


def test_every_reason_has_its_sentence() -> None:
    assert set(REASONS) == {*Fault, *Refusal}
