"""Many items changed at once: seen before, done once, put back except what was changed since."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs
from sqlalchemy import select

from samut_hub.catalogue.batches import jobs, service, web
from samut_hub.catalogue.batches.policy import Chosen, Wanted
from samut_hub.catalogue.classification.keys import call_key, with_prefix
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.items import ItemFields, add_items, edit_item
from samut_hub.catalogue.models import BatchEdit, Item, Title
from samut_hub.catalogue.policy import StatusFault
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.service import add_place, add_title, description_of, edit_title
from samut_hub.circulation.service import lend
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.tasks import Task, TaskError, TaskState, Work, can_start_again, cancel
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """Three titles; of the first also the copies C00001 to C00060, with a call number."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        fields = ItemFields(accession_number="C00001–C00060", call_number="น ธ433บ")
        add_items(session, session.get_one(Title, 1), fields, now=clock())
    return shelf


@pytest.mark.parametrize(
    ("number", "prefix", "scheme", "becomes"),
    [
        ("น ธ433บ", "นว", "ddc", "นว ธ433บ"),
        ("020 ก1", "อ", "ddc", "อ 020 ก1"),
        ("Ref. 020 ก1", "", "ddc", "020 ก1"),
        ("Ref QA 76.9", "", "lc", "QA 76.9"),
        ("QA 76.9", "Ref", "lc", "Ref QA 76.9"),
        ("ธ433บ", "ย", "ddc", "ย ธ433บ"),
    ],
)
def test_the_prefix_of_a_call_number_is_put_on_changed_and_taken_off(
    number: str, prefix: str, scheme: str, becomes: str
) -> None:
    assert with_prefix(number, prefix, scheme) == becomes
    assert with_prefix(becomes, prefix, scheme) == becomes


@pytest.mark.requirement("K-23")
def test_what_is_seen_is_done_and_put_back_but_for_what_changed_since(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    chosen = Chosen(numbers=service.numbers_in("C00001–C00060, B00002\nX99999"))
    wanted = Wanted(values={"status": "reference", "price": 5_000}, prefix="อ", reason="ย้ายหมวด")
    by = By(staff_id=None, now=clock())
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, "C00007"), now=clock(), source="desk")
        seen = service.preview(session, chosen, wanted)
        assert (seen.total, seen.changing, seen.refused, seen.unknown) == (61, 60, 1, ["X99999"])
        assert len(seen.lines) == service.SHOWN
        assert [line.fault for line in seen.lines if line.fault] == [StatusFault.ON_LOAN]
        batch = service.begin(session, "อ", by)
        done = service.apply(session, batch, chosen, wanted, by)
        assert (done.items, done.refused, batch.items) == (60, ["C00007"], 60)
        changed = item(session, "C00001")
        assert (changed.call_number, changed.status, changed.price) == ("อ ธ433บ", "reference", 5_000)
        assert changed.call_key == call_key("อ ธ433บ", "ddc")
        assert service.preview(session, chosen, wanted).changing == 0
        edit_item(session, item(session, "C00002"), ItemFields(accession_number="C00002"), now=clock())
        back = service.undo(session, batch, by)
        assert (back.items, back.refused) == (59, ["C00002"])
        assert (changed.call_number, changed.status, changed.price) == ("น ธ433บ", "available", None)
        assert service.undo(session, batch, by).items == 0


def test_items_are_chosen_by_place_with_all_that_lies_in_it(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        room = add_place(session, "ห้อง")
        inner = add_place(session, "ชั้น", parent=room)
        item(session, "C00001").place_id, item(session, "C00002").place_id = room.id, inner.id
        session.flush()
        ids = service.place_and_below(session, room.id)
        assert service.preview(session, Chosen(place_ids=ids), Wanted(values={"note": "x"})).total == 2
        assert service.preview(session, Chosen(title_ids=(2,)), Wanted(values={"note": "x"})).total == 1
        assert service.preview(session, Chosen(status="lost"), Wanted(values={"note": "x"})).total == 0


def test_very_many_are_done_by_the_worker_and_a_second_start_changes_nothing_again(
    database: Database, shelf: Shelf, clock: Clock, config: Config
) -> None:
    with database.session(shelf.library) as session:
        batch = service.begin(session, "อ", By(staff_id=None, now=clock()))
        session.add(Task(id=1, kind=jobs.APPLY, args={}, made_at=clock()))
        session.flush()
        batch.task_id = 1
    args = {"chosen": {"title_ids": [1]}, "wanted": {"values": {"loan_days": 1}}, "total": 61}
    work = Work(database, config, shelf.library, 1, {**args, "batch_id": batch.id, "staff_id": None})
    assert jobs.carry_out(work) == {"items": 61, "refused": 0, "numbers": []}
    assert jobs.carry_out(work)["items"] == 0
    with database.session(shelf.library, writes=False) as session:
        assert session.get_one(BatchEdit, batch.id).items == 61
    assert jobs.put_back(work)["items"] == 61
    with pytest.raises(TaskError, match="put back"):
        jobs.carry_out(work)
    with database.session(shelf.library, writes=False) as session:
        assert set(session.scalars(select(Item.loan_days))) == {None}


def test_a_change_that_still_goes_on_is_not_put_back_and_one_put_back_does_not_go_on(
    database: Database, shelf: Shelf, clock: Clock, config: Config
) -> None:
    by = By(staff_id=None, now=clock())
    with database.session(shelf.library) as session:
        task = Task(kind=jobs.APPLY, args={}, made_at=clock())
        batch = service.begin(session, "อ", by)
        session.add(task)
        session.flush()
        batch.task_id, task.args = task.id, {"batch_id": batch.id}
        some = service.part_after(session, Chosen(numbers=("C00001",)), 0)
        service.apply_to(session, batch, some, Wanted(values={"loan_days": 1}), by)
        with pytest.raises(service.GoingOnError):
            service.batch_to_undo(session, batch.id)
        cancel(session, task.id, now=clock())
        session.expire_all()
        assert can_start_again(session, task)
        assert service.undo(session, service.batch_to_undo(session, batch.id), by).items == 1
        assert not can_start_again(session, task)
        task.state = TaskState.WAITING.value
    args = {"chosen": {"title_ids": [1]}, "wanted": {"values": {"loan_days": 1}}, "total": 61}
    work = Work(database, config, shelf.library, task.id, {**args, "batch_id": batch.id, "staff_id": None})
    with pytest.raises(TaskError, match="put back"):
        jobs.carry_out(work)
    with database.session(shelf.library, writes=False) as session:
        assert set(session.scalars(select(Item.loan_days))) == {None}


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(home=tmp_path_factory.mktemp("home"))


FORM = {"numbers": "C00001–C00005", "change": ["source"], "source": "งบ 2569", "status": "available"}


def hidden(page: str) -> dict[str, str]:
    return {
        name: re.findall(rf'name="{name}" type="hidden" value="([^"]+)"', page)[0] for name in ("mark", "command")
    }


@pytest.fixture
def librarian(sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_librarian_sees_applies_once_and_puts_back(
    database: Database, shelf: Shelf, librarian: FlaskClient
) -> None:
    page = librarian.post("/catalogue/batches/preview", data=FORM).text
    assert "5 items are chosen." in page
    sent = {**FORM, **hidden(page)}
    first = librarian.post("/catalogue/batches/apply", data=sent)
    again = librarian.post("/catalogue/batches/apply", data=sent)
    assert first.status_code == 302
    assert first.location == again.location
    assert "5 items changed" in librarian.get(first.location).text
    with database.session(shelf.library, writes=False) as session:
        assert len(session.scalars(select(BatchEdit)).all()) == 1
    assert "5 items are as before." in librarian.post(f"{first.location}/undo", follow_redirects=True).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_items_that_changed_after_the_preview_are_shown_anew(
    database: Database, shelf: Shelf, librarian: FlaskClient, clock: Clock
) -> None:
    sent = {**FORM, **hidden(librarian.post("/catalogue/batches/preview", data=FORM).text)}
    with database.session(shelf.library) as session:
        edit_item(session, item(session, "C00001"), ItemFields(accession_number="C00001", source="x"), now=clock())
    answer = librarian.post("/catalogue/batches/apply", data=sent)
    assert answer.status_code == 422
    assert "changed by someone else just now" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numbers": ""}, "Choose items"),
        ({"change": []}, "Tick what is to be changed."),
        ({"numbers": "C00009–C00001"}, "The last number must follow the first"),
    ],
)
def test_what_is_missing_is_told(shelf: Shelf, librarian: FlaskClient, changes: dict[str, str], said: str) -> None:
    answer = librarian.post("/catalogue/batches/preview", data={**FORM, **changes})
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_choose_the_librarys_own_titles_and_too_many_are_told(
    database: Database,
    shelf: Shelf,
    librarian: FlaskClient,
    hub_app: Flask,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.session(None) as session:
        for number in range(3):
            add_title(session, Description(title=f"หนังสือของที่อื่น {number}"), now=clock())
        for title in session.scalars(select(Title)).all():
            edited = structs.replace(description_of(title), summary="ทะเลสาบสงขลา")
            edit_title(session, title, edited, version=title.version, now=clock())
    Indexer(database, hub_app.extensions["samut"].config.search_index).catch_up()
    words = {**FORM, "numbers": "", "words": "ทะเลสาบสงขลา"}
    monkeypatch.setattr(web, "MOST_TITLES", 3)
    assert "63 items are chosen." in librarian.post("/catalogue/batches/preview", data=words).text
    monkeypatch.setattr(web, "MOST_TITLES", 2)
    answer = librarian.post("/catalogue/batches/preview", data=words)
    assert answer.status_code == 422
    assert "More than 2 titles" in answer.text
