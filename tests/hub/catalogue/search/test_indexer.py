"""The index follows the database, whatever happens to either."""

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue import service
from samut_hub.catalogue.models import Title, TitleChange
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search import building, indexer
from samut_hub.catalogue.search.facts import TitleFacts, facts_of
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.search.indexer import KEPT, PATIENCE, Indexer
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW, Catalogue


def test_a_changed_title_is_found_by_its_new_name_only(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add("ปลาบู่ทอง")
    assert catalogue.search("ปลาบู่") == ["ปลาบู่ทอง"]
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        service.edit_title(session, title, Description(title="สังข์ทอง"), version=title.version, now=NOW)
    assert catalogue.search("ปลาบู่") == []
    assert catalogue.search("ทอง") == ["สังข์ทอง"]


def test_a_title_whose_record_cannot_be_read_is_found_by_what_is_said_of_it(catalogue: Catalogue) -> None:
    (title_id, _) = catalogue.add("ปลาบู่ทอง", "สังข์ทอง")
    with catalogue.database.session(None) as session:
        session.get_one(Title, title_id).marc = b"spoiled"
    assert sorted(catalogue.search("ทอง")) == ["ปลาบู่ทอง", "สังข์ทอง"]
    assert catalogue.indexer.rebuild() == 2


def test_what_was_rolled_back_is_not_found(catalogue: Catalogue) -> None:
    with catalogue.database.session(catalogue.library) as session:
        service.add_material_types(session)
        service.add_title(session, Description(title="ไม่มีจริง"), now=NOW)
        session.rollback()
    assert catalogue.search("ไม่มีจริง") == []


def test_nothing_new_costs_one_question(
    catalogue: Catalogue, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    catalogue.add("หนึ่ง")
    assert catalogue.indexer.catch_up() == 1
    with statements() as asked:
        assert catalogue.indexer.catch_up() == 0
    assert len([one for one in asked if one != "BEGIN"]) == 1
    catalogue.add("สอง")
    assert catalogue.indexer.catch_up() == 1


def test_a_new_worker_goes_on_where_the_old_one_stopped(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.add("หนึ่ง", "สอง")
    catalogue.indexer.catch_up()
    catalogue.add("สาม")
    assert Indexer(catalogue.database, tmp_path / "search").catch_up() == 1
    assert catalogue.search("สาม") == ["สาม"]


def test_an_index_of_another_version_is_built_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.add("หนึ่ง", "สอง")
    catalogue.indexer.catch_up()
    pointer = tmp_path / "search" / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "analyser": 0}))
    assert catalogue.index.search("หนึ่ง").total == 0
    assert catalogue.indexer.catch_up() == 2
    assert catalogue.search("หนึ่ง") == ["หนึ่ง"]
    assert len([path for path in (tmp_path / "search").iterdir() if path.is_dir()]) == 1


def test_an_index_of_another_database_is_built_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.add("หนึ่ง", "สอง")
    catalogue.indexer.catch_up()
    with catalogue.database.session(None) as session:
        session.execute(delete(TitleChange))
        session.execute(delete(Title))
    catalogue.add("สาม")
    assert Indexer(catalogue.database, tmp_path / "search").catch_up() == 1
    assert catalogue.index.search("หนึ่ง").total == 0


def test_a_change_that_commits_after_a_later_one_is_not_missed(catalogue: Catalogue) -> None:
    early, late = catalogue.add("มาก่อน", "มาทีหลัง")
    catalogue.indexer.catch_up()
    with catalogue.database.session(None) as session:
        session.execute(insert(TitleChange), [{"id": 12, "title_id": late}])
    catalogue.indexer.catch_up()
    with catalogue.database.session(None) as session:
        session.get_one(Title, early).title = "เปลี่ยนแล้ว"
        session.execute(insert(TitleChange), [{"id": 11, "title_id": early}])
    assert catalogue.search("เปลี่ยน") == ["เปลี่ยนแล้ว"]


def test_a_number_that_never_comes_is_given_up(database: Database, catalogue: Catalogue, tmp_path: Path) -> None:
    passed = [0.0]
    indexer = Indexer(database, tmp_path / "search", clock=lambda: passed[0])
    (title_id,) = catalogue.add("หนึ่ง")
    indexer.catch_up()
    for number, missing in ((10, True), (11, True), (12, False)):
        passed[0] += PATIENCE * 0.6
        with database.session(None) as session:
            session.execute(insert(TitleChange), [{"id": number, "title_id": title_id}])
        indexer.catch_up()
        kept = json.loads((tmp_path / "search" / "current.json").read_text())["missing"]
        assert (9 in kept) == missing


def test_a_saved_title_does_not_wait_for_those_of_an_import(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "BATCH", 10)
    catalogue.add("หนึ่ง")
    catalogue.indexer.catch_up()
    brought_in, saved, later = catalogue.add("สอง", "สาม", "สี่")
    with catalogue.database.session(None) as session:
        session.execute(delete(TitleChange).where(TitleChange.title_id != 1))
        service.note_changes(session, [brought_in] * 50)
        service.note_changes(session, [saved])
    read: list[set[int]] = []

    def noting(session: Session, title_ids: set[int]) -> list[TitleFacts]:
        if len(read) == 1:
            with catalogue.database.session(None) as writing:
                service.note_changes(writing, [later])
        read.append(set(title_ids))
        return facts_of(session, title_ids)

    monkeypatch.setattr(indexer, "facts_of", noting)
    catalogue.indexer.catch_up()
    bulk = {brought_in}
    assert read == [bulk | {saved}, bulk, bulk | {later}, bulk, bulk, {saved, later}]


def test_many_titles_merged_into_others_do_not_end_the_building(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    kept, *others, _ = catalogue.add("หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก")
    with catalogue.database.session(None) as session:
        session.execute(update(Title).where(Title.id.in_(others)).values(merged_into_id=kept))
    assert catalogue.indexer.rebuild() == 2
    assert catalogue.index.search("หก").total == 1


def test_many_titles_are_read_by_several_processes(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    monkeypatch.setattr(building, "FEW", 1)
    names = [f"เล่มที่ {number}" for number in range(9)]
    catalogue.add(*names)
    told: list[int] = []
    assert catalogue.indexer.rebuild(tell=lambda done, total: told.append(done)) == 9
    assert told == [2, 4, 6, 8, 9]
    assert sorted(catalogue.search("เล่ม")) == names


def test_readers_search_while_one_writes_and_builds_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.add("เล่มแรก")
    catalogue.indexer.catch_up()
    stop = threading.Event()
    seen: tuple[list[int], list[int]] = ([], [])

    def read(totals: list[int]) -> None:
        index = TitleIndex(tmp_path / "search")
        while not stop.is_set():
            totals.append(index.search("เล่ม").total)

    readers = [threading.Thread(target=read, args=(totals,)) for totals in seen]
    for reader in readers:
        reader.start()
    for number in range(6):
        catalogue.add(f"เล่มที่ {number}")
        catalogue.indexer.rebuild() if number % 2 else catalogue.indexer.catch_up()
    stop.set()
    for reader in readers:
        reader.join()
    assert all(totals and totals == sorted(totals) for totals in seen)
    assert catalogue.index.search("เล่ม").total == 7


def test_changes_that_were_followed_long_ago_are_forgotten(catalogue: Catalogue, tmp_path: Path) -> None:
    (title_id,) = catalogue.add("หนึ่ง")
    catalogue.indexer.catch_up()
    with catalogue.database.session(None) as session:
        session.execute(insert(TitleChange), [{"id": KEPT + 10, "title_id": title_id}])
    catalogue.indexer.catch_up()
    with catalogue.database.session(None) as session:
        assert session.scalars(select(TitleChange.id)).all() == [KEPT + 10]
    assert Indexer(catalogue.database, tmp_path / "search").catch_up() == 0


def test_an_index_that_lay_still_while_changes_were_forgotten_is_built_anew(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (title_id,) = catalogue.add("หนึ่ง")
    late = Indexer(catalogue.database, tmp_path / "other")
    late.catch_up()
    with catalogue.database.session(None) as session:
        session.get_one(Title, title_id).title = "สอง"
        session.execute(delete(TitleChange))
        session.execute(insert(TitleChange), [{"id": 900, "title_id": title_id}])
    late.catch_up()
    assert TitleIndex(tmp_path / "other").search("สอง").total == 1
