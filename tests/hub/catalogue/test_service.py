"""Titles and copies: what a librarian adds and changes, and who is told what."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import msgspec
import pytest
from pymarc import Field
from sqlalchemy import func, select

from samut_hub.catalogue import items, service
from samut_hub.catalogue.authorities.models import TitleHeading
from samut_hub.catalogue.classification.keys import call_key
from samut_hub.catalogue.items import ItemFields, Number, NumberTakenError, WrongNumberError
from samut_hub.catalogue.models import Item, MaterialType, RemovedTitle, TitleChange
from samut_hub.catalogue.policy import NumberFault
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.samples import add_sample_titles
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.service import TitleChangedError
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Libraries

Statements = Callable[[], AbstractContextManager[list[str]]]
BOOK = Description(title="พระอภัยมณี", author="สุนทรภู่", year=2002, isbn="9789747047981")


def add_copy(catalogue: Catalogue, title_id: int, number: str, *, library: int = 0, **more: str | int | None) -> int:
    with catalogue.database.session(library or catalogue.library) as session:
        fields = ItemFields(accession_number=number, **more)  # type: ignore[arg-type]
        return items.add_items(session, service.title_by_id(session, title_id), fields, now=NOW)[0].id


def test_two_librarians_edit_one_title_and_the_later_is_told(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        first = msgspec.structs.replace(BOOK, publisher="ศิลปาบรรณาคาร")
        service.edit_title(session, title, first, version=1, now=NOW)
    with catalogue.database.session(catalogue.library) as session:
        title, second = service.title_by_id(session, title_id), msgspec.structs.replace(BOOK, year=2003)
        with pytest.raises(TitleChangedError):
            service.edit_title(session, title, second, version=1, now=NOW)
    with catalogue.database.session(catalogue.library, writes=False) as session:
        assert service.description_of(service.title_by_id(session, title_id)) == first


def test_two_who_save_at_the_very_same_moment(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    if catalogue.database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time; the other sees the new version.")
    with catalogue.database.open(catalogue.library) as one, catalogue.database.open(catalogue.library) as other:
        mine, theirs = service.title_by_id(one, title_id), service.title_by_id(other, title_id)
        service.edit_title(one, mine, msgspec.structs.replace(BOOK, year=2003), version=1, now=NOW)
        one.commit()
        with pytest.raises(TitleChangedError):
            service.edit_title(other, theirs, msgspec.structs.replace(BOOK, year=2004), version=1, now=NOW)


def test_saving_without_a_change_changes_nothing(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        service.edit_title(session, title, BOOK, version=1, now=NOW)
        assert title.version == 1
        assert session.scalar(select(func.count()).select_from(TitleChange)) == 1


def test_the_marc_record_says_what_was_saved(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        service.edit_title(session, title, msgspec.structs.replace(BOOK, author="ภู่"), version=1, now=NOW)
        assert service.record_of(session, title)["100"]["a"] == "ภู่"


@pytest.mark.requirement("A-03")
def test_an_accession_number_is_given_once_in_a_library(catalogue: Catalogue, libraries: Libraries) -> None:
    one, other = catalogue.add(BOOK, "อิเหนา")
    add_copy(catalogue, one, "B00123")
    for same in ("B00123", " b๐๐๑๒๓ "):
        with pytest.raises(NumberTakenError, match="B00123 is taken"):
            add_copy(catalogue, other, same)
    add_copy(catalogue, other, "B00123", library=libraries.south)


@pytest.mark.requirement("A-04")
def test_numbers_may_come_in_any_order(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    for number in ("000300", "000100", "000200"):
        add_copy(catalogue, title_id, number)
    with catalogue.database.session(catalogue.library, writes=False) as session:
        in_order = [item.accession_number for item in service.items_of(session, title_id)]
        assert in_order == ["000100", "000200", "000300"]
        assert items.next_number(session) == "000301"


def test_the_next_number_follows_the_kind_that_was_given_last(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    with catalogue.database.session(catalogue.library, writes=False) as session:
        assert items.next_number(session) == "000001"
    for number, following in (
        ("B00099", "B00100"),
        ("ท00009", "ท00010"),
        ("B00007", "B00100"),
        ("999999", "1000000"),
    ):
        add_copy(catalogue, title_id, number)
        with catalogue.database.session(catalogue.library, writes=False) as session:
            assert items.next_number(session) == following


def test_several_copies_get_numbers_in_a_row_or_none(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    add_copy(catalogue, title_id, "000005")
    with catalogue.database.session(catalogue.library) as session:
        title, fields = service.title_by_id(session, title_id), ItemFields(accession_number="000002")
        with pytest.raises(NumberTakenError) as refusal:
            items.add_items(session, title, fields, copies=4, now=NOW)
        assert refusal.value.number == "000005"
        added = items.add_items(session, title, fields, copies=3, now=NOW)
        assert [item.barcode for item in added] == ["000002", "000003", "000004"]


def test_a_bar_code_of_its_own_is_given_once_too(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    add_copy(catalogue, title_id, "000001", barcode="8850001")
    with pytest.raises(NumberTakenError) as refusal:
        add_copy(catalogue, title_id, "000002", barcode="8850001")
    assert refusal.value.kind is Number.BARCODE


def test_short_numbers_are_refused_with_their_fault(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    with pytest.raises(WrongNumberError) as refusal:
        add_copy(catalogue, title_id, "12345")
    assert refusal.value.fault == NumberFault.TOO_SHORT


def test_a_copy_keeps_its_own_number_when_it_is_changed(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    item_id = add_copy(catalogue, title_id, "000001")
    add_copy(catalogue, title_id, "000002")
    with catalogue.database.session(catalogue.library) as session:
        item = service.item_by_id(session, item_id)
        items.edit_item(session, item, ItemFields(accession_number="000001", price=12_000), now=NOW)
        with pytest.raises(NumberTakenError):
            items.edit_item(session, item, ItemFields(accession_number="000002"), now=NOW)
        assert (item.accession_number, item.price) == ("000001", 12_000)


@pytest.mark.parametrize("scanned", ["B00001", " b00001\r\n", "B๐๐๐๐๑"])
def test_a_scanned_bar_code_finds_its_item(catalogue: Catalogue, scanned: str) -> None:
    (title_id,) = catalogue.add(BOOK)
    item_id = add_copy(catalogue, title_id, "B00001")
    with catalogue.database.session(catalogue.library, writes=False) as session:
        found = service.item_by_barcode(session, scanned)
        assert found is not None
        assert found.id == item_id


@pytest.mark.parametrize("scanned", ["", "B00002", "\0", "x" * 10_000, "☃", "%"])
def test_other_scans_find_nothing(catalogue: Catalogue, scanned: str) -> None:
    (title_id,) = catalogue.add(BOOK)
    add_copy(catalogue, title_id, "B00001")
    with catalogue.database.session(catalogue.library, writes=False) as session:
        assert service.item_by_barcode(session, scanned) is None


def test_the_item_of_another_library_is_not_there(catalogue: Catalogue, libraries: Libraries) -> None:
    (title_id,) = catalogue.add(BOOK)
    item_id = add_copy(catalogue, title_id, "B00001")
    with catalogue.database.session(libraries.south, writes=False) as session:
        assert service.item_by_barcode(session, "B00001") is None
        assert service.items_of(session, title_id) == []
        assert service.copies_of(session, [title_id]) == {}
        with pytest.raises(NotFoundError):
            service.item_by_id(session, item_id)


def test_copies_that_can_be_used_are_counted_apart(catalogue: Catalogue) -> None:
    title_id, other_id = catalogue.add(BOOK, "เล่มอื่น")
    for number, status in (("B00001", "available"), ("B00002", "reference"), ("B00003", "missing")):
        add_copy(catalogue, title_id, number, status=status)
    with catalogue.database.session(catalogue.library, writes=False) as session:
        assert service.copies_of(session, [title_id, other_id]) == {title_id: service.Copies(3, 2)}


def test_the_look_up_of_a_bar_code_uses_its_index(catalogue: Catalogue) -> None:
    with catalogue.database.session(catalogue.library) as session:
        add_sample_titles(session, NOW)
    wanted = "SELECT * FROM items WHERE library_id = 1 AND barcode_key = 'B00001'"
    with catalogue.database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {wanted}").all()
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {wanted}").all()
    assert "barcode_key" in str(plan)


def test_a_title_that_was_just_saved_is_found_by_its_numbers(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(BOOK)
    add_copy(catalogue, title_id, "B00001")
    with catalogue.database.session(catalogue.library, writes=False) as session:
        for typed in ("978-974-7047-98-1", "974-7047-98-5", "b00001"):
            found = finding.find(session, catalogue.index, typed)
            assert [title.id for title in found.titles] == [title_id]
            assert found.total == 1


@pytest.mark.parametrize("typed", ["", "ไทย", "9789747047981"])
def test_a_list_asks_the_same_number_of_questions_however_long_it_is(
    catalogue: Catalogue, statements: Statements, typed: str
) -> None:
    with catalogue.database.session(catalogue.library) as session:
        add_sample_titles(session, NOW)
    catalogue.indexer.catch_up()
    with catalogue.database.session(catalogue.library, writes=False) as session, statements() as asked:
        finding.find(session, catalogue.index, typed)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 3


def test_the_sample_library_is_whole(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        added = add_sample_titles(session, NOW)
        assert len(added) == session.scalar(select(func.count()).select_from(Item))
        assert len({item.title_id for item in added}) >= 60
        assert all(item.title.year and item.call_number for item in added)
        assert {item.title.language for item in added} == {"tha", "eng"}


def test_keys_follow_whatever_is_saved(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(msgspec.structs.replace(BOOK, call_number="895.911 ส798พ"))
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        assert (title.scheme, title.call_key) == ("ddc", call_key("895.911 ส798พ", "ddc"))
        assert title.match_key == service.match_key_of(" พระอภัยมณี.", "สุนทรภู่; กรมศิลปากร")
        assert [row.heading_id for row in session.scalars(select(TitleHeading))]
        wanted = msgspec.structs.replace(BOOK, title="พระอภัยมณีคำกลอน")
        service.edit_title(session, title, wanted, version=1, now=NOW)
        assert (title.scheme, title.call_key) == ("", None)
        assert title.match_key.startswith("พระอภัยมณีคำกลอน|")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Harry Potter", "Rowling, J. K."), ("HARRY POTTER.", "J.K. Rowling; Grandpré, Mary")),
        (("ทำงาน ๒๕๖๙", ""), ("ทํางาน 2569", "")),
    ],
)
def test_one_work_typed_in_two_ways_has_one_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert service.match_key_of(*one) == service.match_key_of(*other) != ""


def test_a_whole_record_is_put_in_and_what_is_shown_follows(catalogue: Catalogue) -> None:
    (title_id,) = catalogue.add(msgspec.structs.replace(BOOK, material="tablet"))
    with catalogue.database.session(catalogue.library) as session:
        title = service.title_by_id(session, title_id)
        record = service.record_of(session, title)
        record["245"]["a"] = "พระอภัยมณี ฉบับการ์ตูน"
        record.add_ordered_field(Field(tag="001", data="ocm123"))
        service.edit_record(session, title, record, version=1, now=NOW)
        assert (title.title, title.control_number, title.version) == ("พระอภัยมณี ฉบับการ์ตูน", "ocm123", 2)
        assert title.material == "tablet", "leaders know no tablets, so nobody said that it is another thing now"
        with pytest.raises(TitleChangedError):
            service.edit_record(session, title, record, version=1, now=NOW)


def test_a_kind_that_the_library_added_is_like_another_in_marc(catalogue: Catalogue) -> None:
    with catalogue.database.session(catalogue.library) as session:
        session.add(MaterialType(code="boardgame", name_th="บอร์ดเกม", name_en="Board game", like="game"))
    (title_id,) = catalogue.add(Description(title="Catan", material="boardgame"))
    with catalogue.database.session(catalogue.library) as session:
        record = service.record_of(session, service.title_by_id(session, title_id))
        assert (str(record.leader)[6:8], record["008"].data[33]) == ("rm", "g")


def test_a_title_without_items_anywhere_is_removed(catalogue: Catalogue, libraries: Libraries) -> None:
    kept, gone = catalogue.add(BOOK, "อิเหนา")
    add_copy(catalogue, kept, "B00001", library=libraries.south)
    with catalogue.database.session(catalogue.library) as session:
        with pytest.raises(service.TitleInUseError) as refusal:
            service.remove_title(session, service.title_by_id(session, kept), now=NOW)
        assert refusal.value.items == 1, "another library's copy counts"
        service.remove_title(session, service.title_by_id(session, gone), now=NOW)
    with catalogue.database.session(catalogue.library) as session:
        assert session.get_one(RemovedTitle, gone).removed_at == NOW
        with pytest.raises(NotFoundError):
            service.title_by_id(session, gone)
    assert catalogue.search("อิเหนา") == []
    (after,) = catalogue.add("รามเกียรติ์")
    assert after > gone, "an id is never given again"


def test_a_title_into_which_another_was_merged_stays(catalogue: Catalogue) -> None:
    one, other = catalogue.add(BOOK, "อิเหนา")
    with catalogue.database.session(catalogue.library) as session:
        service.title_by_id(session, other).merged_into_id = one
    with catalogue.database.session(catalogue.library) as session:
        with pytest.raises(service.TitleInUseError):
            service.remove_title(session, service.title_by_id(session, one), now=NOW)
        assert service.title_by_id(session, one).title == "พระอภัยมณี"
