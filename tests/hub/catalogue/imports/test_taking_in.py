"""How records are told to be the same, what becomes of them, and that an import that dies goes on."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from pymarc import Field, Indicators, Leader, Record, Subfield
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.imports import files, jobs, service
from samut_hub.catalogue.imports.entries import BATCH
from samut_hub.catalogue.imports.exporting import Export, Which
from samut_hub.catalogue.imports.holdings import copies_in
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Action, Format, Match, Refusal
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marcxml import write_collection
from samut_hub.catalogue.service import description_of, edit_title, title_by_id
from samut_hub.tasks import Work
from tests.hub.catalogue.conftest import MARC_FILES, NOW
from tests.hub.catalogue.imports.conftest import Desk


def field(tag: str, text: str, code: str = "a") -> Field:
    return Field(tag=tag, indicators=Indicators(" ", " "), subfields=[Subfield(code, text)])


def book(title: str, *fields: Field, number: str = "", agency: str = "") -> Record:
    record = Record()
    record.leader = Leader("00000nam a2200000   4500")
    numbers = [Field(tag=tag, data=said) for tag, said in (("001", number), ("003", agency)) if said]
    record.fields = [*numbers, field("245", title), *fields]
    return record


def file_of(*records: Record) -> bytes:
    return b"".join(map(write_record, records))


def counts(run: Import) -> tuple[int, int, int, int]:
    """Added, replaced, there already, refused."""
    return run.added, run.overlaid, run.already_there, run.refused


CAT = book("แมว", field("020", "9789747047981"), field("100", "มานี ใจดี"), number="1")
SAME_ISBN = book("แมวน้อย", field("020", "974-7047-98-5"), number="2")
SAME_WORK = book("แมว", field("100", "มานี ใจดี"), number="3")
SAME_NUMBER = book("ปลา", number="1", agency="X")


@pytest.mark.requirement("K-01")
@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (Match.SAME, []),
        (Match.ISBN, [SAME_ISBN, SAME_WORK]),
        (Match.TITLE, [SAME_WORK]),
        (Match.NUMBER, [SAME_NUMBER]),
    ],
)
def test_each_rule_knows_its_own(desk: Desk, rule: Match, known: list[Record]) -> None:
    desk.bring_in(file_of(CAT))
    for record in (SAME_ISBN, SAME_WORK, SAME_NUMBER):
        run = desk.bring_in(file_of(record, CAT), match=rule)
        assert counts(run) == ((0, 0, 2, 0) if record in known else (1, 0, 1, 0)), record["245"]


def test_what_is_there_is_left_replaced_or_added_once_more(desk: Desk) -> None:
    desk.bring_in(file_of(CAT))
    for action, expected in ((Action.SKIP, (0, 0, 1, 0)), (Action.OVERLAY, (0, 1, 0, 0)), (Action.ADD, (1, 0, 0, 0))):
        assert counts(desk.bring_in(file_of(SAME_ISBN), match=Match.ISBN, action=action)) == expected
    assert [title.title for title in desk.titles()] == ["แมวน้อย", "แมวน้อย"]


def test_what_repeats_in_the_file_comes_in_once(desk: Desk) -> None:
    assert counts(desk.bring_in(file_of(CAT, SAME_ISBN, CAT), match=Match.ISBN)) == (1, 0, 2, 0)


def test_replacing_keeps_what_the_library_added(desk: Desk) -> None:
    old = book("แมว", field("020", "9789747047981"), field("500", "ของเก่า"), field("990", "ของเรา"))
    desk.bring_in(file_of(old))
    desk.bring_in(file_of(SAME_ISBN), match=Match.ISBN, action=Action.OVERLAY)
    with desk.database.session(None) as session:
        record = only_record(session)
    assert [one.tag for one in record.fields] == ["001", "245", "020", "990"]


def only_record(session: Session) -> Record:
    title = title_by_id(session, session.query(Title.id).scalar())
    session.refresh(title, ["marc"])
    return read_record(title.marc or b"")


def test_a_record_that_several_titles_match_is_told_and_kept(desk: Desk) -> None:
    desk.bring_in(file_of(SAME_WORK, CAT))
    run = desk.bring_in(file_of(book("แมว", field("100", "มานี ใจดี"))), match=Match.TITLE, action=Action.OVERLAY)
    ids = ", ".join(str(title.id) for title in desk.titles())
    assert counts(run) == (0, 0, 0, 1)
    assert desk.refused(run) == [(1, Refusal.SEVERAL_MATCHES, ids)]


def test_every_shape_of_the_same_records_gives_the_same_titles(desk: Desk) -> None:
    xml = b"".join(write_collection([CAT, SAME_NUMBER]))
    run = desk.open(xml, name="books.xml")
    assert run.format == Format.MARCXML
    assert counts(desk.go_on(run)) == (2, 0, 0, 0)
    assert counts(desk.bring_in(file_of(CAT, SAME_NUMBER))) == (0, 0, 2, 0)


@pytest.mark.requirement("K-01")
def test_unimarc_is_found_again_by_what_it_says(desk: Desk) -> None:
    run = desk.bring_in((MARC_FILES / "unimarc_8.mrc").read_bytes())
    assert counts(run) == (8, 0, 0, 0)
    assert "Kurt Lewin : sa vie et son oeuvre" in [title.title for title in desk.titles()]


def test_an_import_that_dies_goes_on_and_doubles_nothing(desk: Desk) -> None:
    records = [book(f"เล่ม {n}", field("952", f"B{n:06d}", "p")) for n in range(BATCH + 10)]
    records[BATCH + 3].fields = [field("500", "ไม่มีชื่อ")]
    run = desk.open(file_of(*records), with_copies=True, action=Action.ADD)
    half = desk.go_on(run, stop_after=1)
    assert (half.position, half.finished_at, len(desk.titles())) == (BATCH, None, BATCH)
    done = desk.go_on(run)
    assert done.finished_at is not None
    assert counts(done) == (BATCH + 9, 0, 0, 1)
    assert len(desk.titles()) == len(desk.items()) == BATCH + 9
    assert counts(desk.go_on(run)) == counts(done)


def test_copies_come_in_with_their_records(desk: Desk) -> None:
    koha = field("952", "B000001", "p")
    koha.subfields += [Subfield(*pair) for pair in (("c", "ชั้น 1"), ("8", "นิทาน"), ("g", "120.50"), ("7", "1"))]
    run = desk.bring_in(file_of(book("แมว", koha, field("952", "B000002", "p"))), with_copies=True)
    first, second = desk.items()
    assert (run.copies, first.barcode, first.price, first.status) == (2, "B000001", 12050, "reference")
    assert first.place_id is not None
    assert first.category_id is not None
    assert (second.place_id, second.status) == (None, "available")
    assert desk.bring_in(file_of(book("แมว", koha)), with_copies=True, match=Match.TITLE).copies == 0


def test_a_number_that_another_title_has_is_told(desk: Desk) -> None:
    desk.bring_in(file_of(book("แมว", field("952", "B000001", "p"))), with_copies=True)
    run = desk.bring_in(file_of(book("ปลา", field("952", "b000001", "p"), field("952", "7", "p"))), with_copies=True)
    assert (run.added, run.copies) == (1, 0)
    assert desk.refused(run) == [(1, Refusal.NUMBER_TAKEN, "b000001"), (1, Refusal.WRONG_NUMBER, "7")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_number_given_out_in_the_same_moment_refuses_its_copy_only(desk: Desk) -> None:
    desk.bring_in(file_of(book("นก", field("952", "B000001", "p"))), with_copies=True)
    given_out: list[str] = []

    @event.listens_for(desk.database.engine, "before_cursor_execute")
    def somebody_else_is_first(*said: object) -> None:
        if str(said[2]).startswith("INSERT INTO items") and not given_out:
            given_out.append("B000002")
            with desk.database.session(desk.library) as session:
                item = session.scalars(select(Item)).one()
                item.accession_number = item.barcode = given_out[0]

    copies = [field("952", f"B00000{n}", "p") for n in (2, 3)]
    run = desk.bring_in(file_of(book("ปลา", *copies)), with_copies=True)
    assert (run.finished_at is None, run.copies) == (False, 1)
    assert desk.refused(run) == [(1, Refusal.NUMBER_TAKEN, "B000002")]


def test_numbers_are_looked_up_by_their_indexes(desk: Desk) -> None:
    asked: list[str] = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *said: asked.append(str(said[2])))
    desk.bring_in(file_of(book("ปลา", field("952", "B000001", "p"))), with_copies=True)
    by_number = [one for one in asked if "accession_key IN" in one or "barcode_key IN" in one]
    assert len(by_number) == 2
    assert not any(" OR " in one for one in by_number)


def test_holdings_of_marc_21_are_copies_too() -> None:
    held = field("852", "B000001", "p")
    held.subfields += [Subfield("c", "ชั้น 1"), Subfield("h", "895.913"), Subfield("i", "ม111")]
    (copy,) = copies_in(book("แมว", held, field("852", "ห้องสมุดอื่น", "a")))
    assert (copy.barcode, copy.place, copy.call_number) == ("B000001", "ชั้น 1", "895.913 ม111")


def test_the_same_file_is_noticed(desk: Desk) -> None:
    first = desk.bring_in(file_of(CAT))
    second = desk.open(file_of(CAT))
    with desk.database.session(desk.library) as session:
        noticed = service.same_file(session, second)
        assert noticed is not None
        assert noticed.id == first.id
    desk.undo(first)
    with desk.database.session(desk.library) as session:
        assert service.same_file(session, second) is None


@pytest.mark.requirement("K-01")
def test_undoing_takes_out_all_that_came_in(desk: Desk) -> None:
    run = desk.bring_in(file_of(CAT, book("ปลา", field("952", "B000001", "p"))), with_copies=True)
    undone = desk.undo(run)
    assert undone.undone == {"kept": 0, "named": []}
    assert desk.titles() == []
    assert desk.items() == []
    with desk.database.session(None) as session:
        assert session.query(RemovedTitle).count() == 2


def test_undoing_puts_back_what_was_replaced(desk: Desk) -> None:
    desk.bring_in(file_of(CAT))
    run = desk.bring_in(file_of(SAME_ISBN), match=Match.ISBN, action=Action.OVERLAY)
    assert [title.title for title in desk.titles()] == ["แมวน้อย"]
    desk.undo(run)
    (title,) = desk.titles()
    assert (title.title, title.author, title.control_number) == ("แมว", "มานี ใจดี", "1")
    assert desk.undo(run).undone == {"kept": 0, "named": []}


def test_an_import_that_was_undone_does_not_go_on(desk: Desk) -> None:
    run = desk.open(file_of(*(book(f"เล่ม {n}") for n in range(2 * BATCH))))
    desk.go_on(run, stop_after=1)
    desk.undo(run)
    with pytest.raises(service.UndoneError):
        desk.go_on(run)
    assert desk.titles() == []


def test_nothing_comes_in_from_the_moment_when_undoing_is_asked_for(desk: Desk) -> None:
    run = desk.open(file_of(*(book(f"เล่ม {n}") for n in range(3 * BATCH))))
    with pytest.raises(service.UndoneError):
        desk.go_on(run, after_batch=lambda: desk.change(lambda session: ask_for_undoing(session, run)))
    assert len(desk.titles()) == BATCH


def ask_for_undoing(session: Session, run: Import) -> None:
    session.get_one(Import, run.id).undo_asked_at = NOW


def test_a_batch_that_two_processes_bring_in_comes_in_once(desk: Desk) -> None:
    run = desk.open(file_of(*(book("แมว") for _ in range(BATCH + 10))), action=Action.ADD)

    def another_process() -> None:
        if len(desk.titles()) == BATCH:
            desk.go_on(run)

    desk.go_on(run, after_batch=another_process)
    assert len(desk.titles()) == BATCH + 10
    assert desk.known(run).added == BATCH + 10


def twice_in(*fillings: Record) -> bytes:
    """CAT's title once in each of two batches, after these records."""
    between = [book(f"เล่ม {n}") for n in range(BATCH)]
    return file_of(*fillings, SAME_ISBN, *between, book("แมวใหญ่", field("020", "9789747047981"), number="4"))


def test_undoing_puts_back_the_first_of_a_title_that_was_replaced_twice(desk: Desk) -> None:
    desk.bring_in(file_of(CAT))
    run = desk.bring_in(twice_in(), match=Match.ISBN, action=Action.OVERLAY)
    assert (desk.titles()[0].title, run.overlaid) == ("แมวใหญ่", 2)
    assert desk.undo(run).undone == {"kept": 0, "named": []}
    assert [title.title for title in desk.titles()] == ["แมว"]


def test_what_somebody_changed_between_two_replacements_is_named(desk: Desk) -> None:
    desk.bring_in(file_of(CAT))
    run = desk.open(twice_in(), match=Match.ISBN, action=Action.OVERLAY)
    desk.go_on(run, stop_after=1)
    with desk.database.session(None) as session:
        title = session.scalars(select(Title).order_by(Title.id)).first()
        assert title is not None
        edit_title(session, title, replace(description_of(title), summary="ใหม่"), version=title.version, now=NOW)
    undone = desk.undo(desk.go_on(run)).undone or {}
    assert [(one["title"], one["why"]) for one in undone["named"]] == [("แมวใหญ่", "changed_again")]


def test_a_title_that_one_import_added_and_replaced_is_taken_out(desk: Desk) -> None:
    run = desk.bring_in(twice_in(book("ปลา")), match=Match.ISBN, action=Action.OVERLAY)
    assert (run.overlaid, run.added) == (1, BATCH + 2)
    assert desk.undo(run).undone == {"kept": 0, "named": []}
    assert desk.titles() == []


@pytest.mark.parametrize("marc", [None, b"spoiled"])
def test_undoing_puts_back_a_title_that_had_no_record(desk: Desk, marc: bytes | None) -> None:
    desk.bring_in(file_of(CAT))
    with desk.database.session(None) as session:
        session.scalars(select(Title)).one().marc = marc
    before = [description_of(title) for title in desk.titles()]
    run = desk.bring_in(file_of(SAME_ISBN), match=Match.ISBN, action=Action.OVERLAY)
    assert desk.undo(run).undone == {"kept": 0, "named": []}
    assert [description_of(title) for title in desk.titles()] == before


def test_undoing_leaves_and_names_what_was_changed_or_is_used(desk: Desk) -> None:
    desk.bring_in(file_of(SAME_ISBN))
    with_item = book("ปลา", field("952", "B000001", "p"))
    run = desk.bring_in(file_of(with_item, book("นก"), book("หมา")), with_copies=True)
    replaced = desk.bring_in(file_of(CAT), match=Match.ISBN, action=Action.OVERLAY)
    with desk.database.session(desk.library) as session:
        for title in session.query(Title).filter(Title.title.in_(["นก", "แมว"])):
            edit_title(session, title, replace(description_of(title), summary="ใหม่"), version=title.version, now=NOW)
    (item,) = desk.items()
    with desk.database.session(desk.library) as session:
        session.merge(item).changed_at = NOW
    undone = desk.undo(run).undone or {}
    assert undone["kept"] == 3
    assert [(one["title"], one["why"]) for one in undone["named"]] == [
        ("ปลา", "item"),
        ("ปลา", "in_use"),
        ("นก", "changed"),
    ]
    assert [one["why"] for one in (desk.undo(replaced).undone or {})["named"]] == ["changed_again"]
    assert [title.title for title in desk.titles()] == ["แมว", "ปลา", "นก"]


def test_what_was_undone_may_come_in_again_and_be_undone_again(desk: Desk) -> None:
    for _ in range(2):
        run = desk.bring_in(file_of(CAT, SAME_WORK))
        with desk.database.session(None) as session:
            there = {title.id for title in desk.titles()}
            assert there.isdisjoint(session.scalars(select(RemovedTitle.title_id)))
        desk.undo(run)
    assert desk.titles() == []


@dataclass
class Watched(Work):
    """Notes how many connections are in use whenever it tells how far it is."""

    in_use: list[int] = dataclasses.field(default_factory=list)

    def tell(self, done: int, total: int) -> None:
        self.in_use.append(self.database.engine.pool.checkedout())  # type: ignore[attr-defined]


@pytest.mark.parametrize("work", [jobs.bring_in, jobs.look_through, jobs.export, jobs.undo])
def test_no_work_tells_how_far_it_is_within_a_transaction(
    desk: Desk, work: Callable[[Work], dict[str, object]]
) -> None:
    run = desk.open(file_of(CAT))
    if work is not jobs.bring_in:
        desk.go_on(run)
    args = {"import_id": run.id, **Export(Which.ALL).args()}
    watched = Watched(desk.database, desk.config, desk.library, 1, args)
    work(watched)
    assert set(watched.in_use) == {0}


def test_files_go_some_days_after_no_import_needs_them(desk: Desk) -> None:
    done, begun = desk.bring_in(file_of(CAT)), desk.open(file_of(SAME_ISBN))
    folder = files.folder(desk.config)
    (folder / "left over").touch()
    names = {done.digest, begun.digest, "left over"}
    there = datetime.now(UTC)
    files.sweep(desk.database, desk.config, there)
    assert {path.name for path in folder.iterdir()} == names
    files.sweep(desk.database, desk.config, there + files.KEPT_FOR + timedelta(seconds=1))
    assert {path.name for path in folder.iterdir()} == {begun.digest}
