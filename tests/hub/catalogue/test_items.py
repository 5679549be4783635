"""Copies and units of equipment: their numbers, their place on the shelf, what becomes of them and how it is told."""

from datetime import date

import pytest
from sqlalchemy import select

from samut_hub.catalogue import item_history, item_status, items, service
from samut_hub.catalogue.classification.keys import call_key
from samut_hub.catalogue.item_history import By, ChangedSinceError
from samut_hub.catalogue.item_status import WrongStatusError
from samut_hub.catalogue.items import ItemFields, Number, NumberTakenError, WrongRangeError
from samut_hub.catalogue.models import Item, ItemChange, Title, TitleChange
from samut_hub.catalogue.policy import StatusFault, range_of
from samut_hub.catalogue.records.marc import Description
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

DEWEY = "895.913 ส649ม"


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


def by(reason: str = "") -> By:
    return By(staff_id=None, now=NOW, reason=reason)


@pytest.mark.requirement("D-01")
def test_a_unit_of_equipment_has_all_that_a_school_keeps_of_it(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(Description(title="เครื่องฉายภาพ Epson EB-X49", material="equipment"))
    with catalogue.database.session(catalogue.library) as session:
        room = service.add_place(session, "ห้องโสตทัศนูปกรณ์")
        fields = ItemFields(
            accession_number="ครุภัณฑ์-0001",
            serial_number="X49-778",
            received_on=date(2026, 5, 1),
            warranty_until=date(2028, 5, 1),
            parts="สายไฟ\nรีโมต",
            place_id=room.id,
            loan_days=1,
            service_charge=2_000,
            rfid="e0:04:01:50 aa",
        )
        items.add_items(session, session.get_one(Title, title_id), fields, now=NOW)
    with catalogue.database.session(catalogue.library, writes=False) as session:
        kept = session.scalars(select(Item)).one()
        assert (kept.serial_number, kept.parts, kept.warranty_until) == ("X49-778", "สายไฟ\nรีโมต", date(2028, 5, 1))
        assert (kept.rfid, kept.loan_days, kept.service_charge) == ("E0040150AA", 1, 2_000)


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("B00100–B00140", ("B00100", "B00140")),
        ("B00100 - B00140", ("B00100", "B00140")),
        ("๐๐๐๑๐๐ ถึง ๐๐๐๑๐๕", ("000100", "000105")),
        ("000100..000105", ("000100", "000105")),
        ("000100-000105", ("000100", "000105")),
        ("ABC-0001", None),
        ("B00140-B00100", None),
        ("B00123", None),
    ],
)
def test_a_range_of_numbers_is_read_as_people_write_it(typed: str, ends: tuple[str, str] | None) -> None:
    assert range_of(typed) == ends


def test_a_range_gives_each_copy_its_number_or_none_at_all(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add("พจนานุกรม")
    with catalogue.database.session(catalogue.library) as session:
        title = session.get_one(Title, title_id)
        added = items.add_items(session, title, ItemFields(accession_number="B00100–B00140"), now=NOW)
        assert [one.accession_number for one in added][::40] == ["B00100", "B00140"]
        with pytest.raises(NumberTakenError) as refusal:
            items.add_items(session, title, ItemFields(accession_number="B00099–B00101"), now=NOW)
        assert refusal.value.number == "B00100"
        for wrong in ("B00140–B00100", "B00200–C00210", "000001–100000"):
            with pytest.raises(WrongRangeError):
                items.add_items(session, title, ItemFields(accession_number=wrong), now=NOW)


def test_a_tag_is_on_one_item_only(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add("อิเหนา")
    with catalogue.database.session(catalogue.library) as session:
        title = session.get_one(Title, title_id)
        items.add_items(session, title, ItemFields(accession_number="000001", rfid="E004"), now=NOW)
        with pytest.raises(NumberTakenError) as refusal:
            items.add_items(session, title, ItemFields(accession_number="000002", rfid="e0 04"), now=NOW)
        assert refusal.value.kind is Number.TAG


@pytest.mark.requirement("A-01")
def test_each_item_stands_where_its_own_scheme_or_the_librarys_puts_it(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(Description(title="แม่น้ำ", call_number=DEWEY))
    with catalogue.database.session(catalogue.library) as session:
        title = session.get_one(Title, title_id)
        for number, own in (("000001", {}), ("000002", {"call_number": "QA76 .B3", "scheme": "lc"})):
            items.add_items(session, title, ItemFields(accession_number=number, **own), now=NOW)
        first, second = session.scalars(select(Item).order_by(Item.id))
        assert (first.call_key, second.call_key) == (call_key(DEWEY, "ddc"), call_key("QA76 .B3", "lc"))
        session.get_one(Library, catalogue.library).scheme = "nlm"
        items.edit_item(session, first, ItemFields(accession_number="000001", call_number="WB 100"), now=NOW)
        assert first.call_key == call_key("WB 100", "nlm")


def test_a_new_call_number_of_the_title_moves_the_items_of_all_libraries(
    catalogue: Catalogue, libraries: Libraries
) -> None:
    (title_id,) = catalogue.add(Description(title="แม่น้ำ", call_number="020"))
    for library in (libraries.north, libraries.south):
        with catalogue.database.session(library) as session:
            title = session.get_one(Title, title_id)
            for number, own in (("000001", ""), ("000002", "500 ก1")):
                items.add_items(session, title, ItemFields(accession_number=number, call_number=own), now=NOW)
    with catalogue.database.session(libraries.north) as session:
        title = session.get_one(Title, title_id)
        wanted = Description(title="แม่น้ำ", call_number=DEWEY)
        service.edit_title(session, title, wanted, version=title.version, now=NOW)
    with catalogue.database.session(None, writes=False) as session:
        keys = session.scalars(select(Item.call_key).order_by(Item.library_id, Item.id)).all()
    assert keys == [call_key(DEWEY, "ddc"), call_key("500 ก1", "ddc")] * 2


@pytest.mark.requirement("K-10", "A-28")
def test_what_becomes_of_a_book_is_written_down_with_its_reason(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        book = item(session, shelf.book)
        item_status.note_damage(session, book, by("หน้าขาด"))
        item_status.change_status(session, book, "available", by("ซ่อมแล้ว"))
        with pytest.raises(WrongStatusError) as refusal:
            item_status.change_status(session, book, "withdrawn", by())
        assert refusal.value.fault is StatusFault.NEEDS_REASON
        item_status.change_status(session, book, "withdrawn", by("ชำรุดมาก"))
        told = [(one.event, one.after.get("status"), one.reason) for one in item_history.history_of(session, book)]
        assert told == [
            ("status", "withdrawn", "ชำรุดมาก"),
            ("status", "available", "ซ่อมแล้ว"),
            ("damaged", "in_repair", "หน้าขาด"),
        ]


@pytest.mark.requirement("K-10")
def test_a_book_that_is_out_is_not_written_off_in_silence(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        book, pupil = item(session, shelf.book), member(session, shelf.pupil)
        with pytest.raises(WrongStatusError):
            item_status.note_claim(session, book, by())
        lend(session, member=pupil, item=book, now=clock(), source="desk")
        for status in ("withdrawn", "missing", "in_repair"):
            with pytest.raises(WrongStatusError) as refusal:
                item_status.change_status(session, book, status, by("นับสต็อก"))
            assert refusal.value.fault is StatusFault.ON_LOAN
        item_status.note_claim(session, book, by("บอกว่าคืนแล้ว"))
        item_status.change_status(session, book, "lost", by("หาไม่พบ"))
        take_back(session, item=book, now=clock(), source="desk")
        assert book.status == "available"
        assert [one.event for one in item_history.history_of(session, book)] == [
            "handed_in",
            "status",
            "claimed_returned",
        ]


def test_a_wrong_step_is_taken_back_unless_something_came_after(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        book = item(session, shelf.book)
        fields = ItemFields(accession_number=shelf.book, price=9_900, received_on=date(2026, 1, 2))
        first = items.edit_item(session, book, fields, now=NOW)
        assert first is not None
        assert first.before == {"price": None, "received_on": None}
        items.edit_item(session, book, ItemFields(accession_number=shelf.book, price=100), now=NOW)
        with pytest.raises(ChangedSinceError) as refusal:
            items.undo(session, book, first, by())
        assert refusal.value.columns == ["price", "received_on"]
        latest = item_history.history_of(session, book)[0]
        items.undo(session, book, latest, by())
        assert (book.price, book.received_on) == (9_900, date(2026, 1, 2))
        assert item_history.history_of(session, book)[0].event == "undone"


def test_saving_without_a_change_writes_nothing(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        before = len(session.scalars(select(TitleChange)).all())
        book = item(session, shelf.book)
        assert items.edit_item(session, book, ItemFields(accession_number=shelf.book), now=NOW) is None
        assert session.scalars(select(ItemChange)).all() == []
        items.edit_item(session, book, ItemFields(accession_number=shelf.book, call_number="020 ก1"), now=NOW)
        assert len(session.scalars(select(TitleChange)).all()) == before + 1
