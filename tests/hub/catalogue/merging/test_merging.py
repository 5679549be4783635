"""Duplicate titles: found, made into one for all libraries, and parted again."""

from dataclasses import dataclass

import msgspec
import pytest
from sqlalchemy import func, select

from samut_hub.catalogue import items, service
from samut_hub.catalogue.classification.keys import call_key
from samut_hub.catalogue.merging import service as merging
from samut_hub.catalogue.merging.models import MergedRow, MergeState
from samut_hub.catalogue.merging.policy import Choice, differences
from samut_hub.catalogue.merging.service import By
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.serials.models import Holding
from samut_hub.fleet.models import ReplicaChange
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Libraries

KEPT = Description(title="ข้างหลังภาพ", author="ศรีบูรพา", isbn="9789740204121", subjects="นวนิยายไทย", year=2001)
OTHER = Description(
    title="ข้างหลังภาพ", author="ศรีบูรพา", isbn="9789740204121", subjects="ความรัก", publisher="ดอกหญ้า", summary="รักที่ญี่ปุ่น"
)


@dataclass
class Twice:
    """One book described twice; north and south have a copy under the second description, north one more."""

    catalogue: Catalogue
    libraries: Libraries
    kept: int
    other: int

    def merge(self, **choices: Choice) -> int:
        with self.catalogue.database.session(self.libraries.north) as session:
            kept, other = (session.get_one(Title, one) for one in (self.kept, self.other))
            return merging.merge(session, kept, other, choices=choices, staff_id=None, now=NOW).id

    def undo(self, merge_id: int) -> bool:
        with self.catalogue.database.session(self.libraries.north) as session:
            return merging.undo(session, merging.merge_by_id(session, merge_id), now=NOW)

    def follow(self) -> None:
        merging.follow_merges(self.catalogue.database, lambda: NOW)

    def copies(self, title_id: int) -> list[str]:
        with self.catalogue.database.session(None, writes=False) as session:
            wanted = select(Item.barcode).where(Item.title_id == title_id)
            return sorted(session.scalars(wanted))

    def shelved(self) -> dict[str, bytes | None]:
        """The place on the shelf of each copy."""
        with self.catalogue.database.session(None, writes=False) as session:
            return {row.barcode: row.call_key for row in session.execute(select(Item.barcode, Item.call_key))}

    def state(self, merge_id: int) -> str:
        with self.catalogue.database.session(None, writes=False) as session:
            return merging.merge_by_id(session, merge_id).state


@pytest.fixture
def twice(catalogue: Catalogue, libraries: Libraries) -> Twice:
    kept, other = catalogue.add(KEPT, OTHER)
    for library, number, title_id in (
        (libraries.north, "N00001", kept),
        (libraries.north, "N00002", other),
        (libraries.south, "S00001", other),
    ):
        with catalogue.database.session(library) as session:
            title = session.get_one(Title, title_id)
            items.add_items(session, title, items.ItemFields(accession_number=number), now=NOW)
            session.add(Holding(title_id=title_id, frequency="monthly", changed_at=NOW))
    return Twice(catalogue, libraries, kept, other)


@pytest.mark.parametrize("by", list(By))
def test_titles_that_are_probably_one_are_listed_together(twice: Twice, by: By) -> None:
    twice.catalogue.add("เรื่องอื่น", "อีกเรื่อง")
    with twice.catalogue.database.session(twice.libraries.north) as session:
        found, more = merging.groups(session, by)
        assert [[title.id for title in group.titles] for group in found] == [[twice.kept, twice.other]]
        assert more == ""
        merging.keep_apart(session, by, found[0].key, staff_id=None, now=NOW)
    with twice.catalogue.database.session(twice.libraries.north) as session:
        assert merging.groups(session, by) == ([], "")


def test_many_groups_are_paged(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PAGE", 2)
    catalogue.add(*(f"เล่ม {number % 5}" for number in range(10)))
    with catalogue.database.session(None, writes=False) as session:
        seen, after = [], ""
        while True:
            found, after = merging.groups(session, By.WORK, after=after)
            seen += [group.key for group in found]
            if not after:
                break
    assert len(seen) == len(set(seen)) == 5


def test_fields_that_differ_are_shown_with_the_likely_choice(twice: Twice) -> None:
    likely = {one.name: one.likely for one in differences(KEPT, OTHER)}
    assert likely == {
        "publisher": Choice.OTHER,
        "year": Choice.KEPT,
        "subjects": Choice.BOTH,
        "summary": Choice.OTHER,
    }


def test_merged_copies_stand_where_their_title_does_and_go_back_to_where_they_stood(twice: Twice) -> None:
    numbers = {twice.kept: "895.913 ศ279ข", twice.other: "020 ก1"}
    with twice.catalogue.database.session(twice.libraries.north) as session:
        for title_id, number in numbers.items():
            title = session.get_one(Title, title_id)
            wanted = msgspec.structs.replace(service.description_of(title), call_number=number)
            service.edit_title(session, title, wanted, version=title.version, now=NOW)
    keys = {title_id: call_key(number, "ddc") for title_id, number in numbers.items()}
    assert twice.shelved() == {"N00001": keys[twice.kept], "N00002": keys[twice.other], "S00001": keys[twice.other]}

    merge_id = twice.merge()
    twice.follow()
    assert set(twice.shelved().values()) == {keys[twice.kept]}

    twice.undo(merge_id)
    twice.follow()
    assert twice.shelved() == {"N00001": keys[twice.kept], "N00002": keys[twice.other], "S00001": keys[twice.other]}


def test_a_merged_title_brings_its_copies_of_all_libraries_and_what_was_chosen(twice: Twice) -> None:
    merge_id = twice.merge(publisher=Choice.OTHER, subjects=Choice.BOTH)
    assert twice.copies(twice.kept) == ["N00001", "N00002"]
    assert (twice.copies(twice.other), twice.state(merge_id)) == (["S00001"], MergeState.MOVING)
    twice.follow()
    assert (twice.copies(twice.kept), twice.state(merge_id)) == (["N00001", "N00002", "S00001"], MergeState.DONE)
    with twice.catalogue.database.session(None, writes=False) as session:
        kept = session.get_one(Title, twice.kept)
        assert (kept.publisher, kept.subjects, kept.summary) == ("ดอกหญ้า", "นวนิยายไทย; ความรัก", "")
        assert session.get(Title, twice.other) is None
        assert session.get_one(RemovedTitle, twice.other).merged_into_id == twice.kept
        assert merging.successor_of(session, twice.other) == twice.kept
        assert merging.successor_of(session, twice.kept) is None
        holdings = select(func.count()).select_from(Holding).where(Holding.title_id == twice.kept)
        assert session.scalar(holdings) == 3
    assert twice.catalogue.search("ข้างหลังภาพ") == ["ข้างหลังภาพ"]
    assert twice.catalogue.search("ดอกหญ้า") == ["ข้างหลังภาพ"]


def test_undoing_gives_every_library_back_what_it_had(twice: Twice) -> None:
    merge_id = twice.merge(publisher=Choice.OTHER)
    twice.follow()
    assert twice.undo(merge_id)
    twice.follow()
    assert twice.state(merge_id) == MergeState.UNDONE
    assert (twice.copies(twice.kept), twice.copies(twice.other)) == (["N00001"], ["N00002", "S00001"])
    with twice.catalogue.database.session(None, writes=False) as session:
        for title_id, said in ((twice.kept, KEPT), (twice.other, OTHER)):
            assert service.description_of(session.get_one(Title, title_id)) == said
        assert session.get(RemovedTitle, twice.other) is None
        assert session.scalar(select(func.count()).select_from(MergedRow)) == 0
    assert twice.catalogue.search("ดอกหญ้า") == ["ข้างหลังภาพ"]
    assert len(twice.catalogue.search("ข้างหลังภาพ")) == 2


def test_a_kept_title_without_a_record_says_again_what_it_said(twice: Twice) -> None:
    with twice.catalogue.database.session(None) as session:
        session.get_one(Title, twice.kept).marc = None
    merge_id = twice.merge(publisher=Choice.OTHER)
    twice.follow()
    assert twice.undo(merge_id)
    with twice.catalogue.database.session(None, writes=False) as session:
        assert service.description_of(session.get_one(Title, twice.kept)) == KEPT


def test_a_kept_title_that_was_changed_since_keeps_its_record(twice: Twice) -> None:
    merge_id = twice.merge()
    twice.follow()
    with twice.catalogue.database.session(None) as session:
        kept = session.get_one(Title, twice.kept)
        changed = Description(title="ข้างหลังภาพ ฉบับใหม่")
        service.edit_title(session, kept, changed, version=kept.version, now=NOW)
    assert not twice.undo(merge_id)
    with twice.catalogue.database.session(None, writes=False) as session:
        assert session.get_one(Title, twice.kept).title == "ข้างหลังภาพ ฉบับใหม่"
        assert session.get_one(Title, twice.other).title == "ข้างหลังภาพ"


def test_a_title_is_merged_once_and_not_into_itself(twice: Twice) -> None:
    merge_id = twice.merge()
    with pytest.raises(merging.NotMergeableError):
        twice.merge()
    with pytest.raises(merging.NotUndoneError):
        twice.undo(merge_id)
    twice.follow()
    twice.undo(merge_id)
    twice.follow()
    with twice.catalogue.database.session(twice.libraries.north) as session:
        title = session.get_one(Title, twice.kept)
        with pytest.raises(merging.NotMergeableError):
            merging.merge(session, title, title, choices={}, staff_id=None, now=NOW)


def test_devices_hear_of_copies_that_moved(twice: Twice) -> None:
    twice.merge()
    twice.follow()
    with twice.catalogue.database.session(None, writes=False) as session:
        of_items = (
            select(ReplicaChange.library_id).where(ReplicaChange.kind == "item").order_by(ReplicaChange.id.desc())
        )
        assert session.scalars(of_items.limit(1)).one() == twice.libraries.south


def test_fields_that_only_the_other_record_has_can_be_taken(twice: Twice) -> None:
    with twice.catalogue.database.session(twice.libraries.north) as session:
        kept, other = (session.get_one(Title, one) for one in (twice.kept, twice.other))
        merging.merge(session, kept, other, choices={}, takes_fields=True, staff_id=None, now=NOW)
        assert kept.summary == "รักที่ญี่ปุ่น"
        assert kept.subjects == "นวนิยายไทย"
