"""What edge devices must learn is noted by itself, numbered without gaps, and told whole."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import delete, select

from samut_hub.catalogue.models import Title
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.fleet.block_list import block_list
from samut_hub.fleet.models import ReplicaChange
from samut_hub.fleet.replica import (
    BATCH,
    KEPT_VERSIONS,
    Step,
    delta_after,
    delta_of,
    forget_old_changes,
    number_changes,
    what_waits,
)
from samut_hub.fleet.replica_rows import snapshot_rows
from samut_hub.libraries.models import Closure
from samut_hub.libraries.service import library_of
from samut_hub.members.cards import add_card, remove_card
from samut_hub.members.models import CardKind
from samut_hub.members.service import block
from samut_wire import messages as m
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """North with its shelf, everything numbered."""
    shelf = put_on_shelf(database, libraries.north, clock())
    number(database)
    return shelf


def number(database: Database) -> list[Step]:
    with database.session(None) as session:
        return number_changes(session)


def version(database: Database, library: int) -> int:
    with database.session(library, writes=False) as session:
        return library_of(session, library).replica_version


def news(database: Database, library: int, after: int) -> list[m.ReplicaRow]:
    """What a device of that version is told."""
    number(database)
    with database.session(library, writes=False) as session:
        delta = delta_after(session, library_of(session, library), after)
    assert delta is not None
    return list(delta.rows)


def test_a_loan_and_a_return_are_told(database: Database, shelf: Shelf, clock: Clock) -> None:
    before = version(database, shelf.library)
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="desk")
    [row] = news(database, shelf.library, before)
    assert isinstance(row, m.ItemRow)
    assert (row.barcode, row.lent_to) == (shelf.book, shelf.pupil)
    assert row.due_at is not None
    with database.session(shelf.library) as session:
        take_back(session, item=item(session, shelf.book), now=clock(), source="desk")
    [row] = news(database, shelf.library, before)
    assert isinstance(row, m.ItemRow)
    assert (row.lent_to, row.due_at) == ("", None)


def test_a_loan_makes_the_borrower_new_only_where_a_rule_asks_for_earlier_loans(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().same_title_times = 2
    number(database)
    before = version(database, shelf.library)
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="desk")
    [borrower, row] = news(database, shelf.library, before)
    assert isinstance(borrower, m.MemberRow)
    assert isinstance(row, m.ItemRow)
    assert [had.title for had in borrower.had] == [row.title_id]


def test_what_a_loan_brings_is_read_with_few_questions(
    database: Database, shelf: Shelf, clock: Clock, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """A hub with many desks does this many times a second, once for all devices that know the same."""
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="desk")
    with database.session(None) as session:
        [step] = number_changes(session)
    with database.session(shelf.library, writes=False) as session:
        with statements() as asked:
            assert delta_of(session, step) is not None
        assert len(asked) <= 3


def test_cards_blocks_and_new_names_are_told(database: Database, shelf: Shelf, clock: Clock) -> None:
    before = version(database, shelf.library)
    with database.session(shelf.library) as session:
        pupil = member(session, shelf.pupil)
        card = add_card(session, pupil, key=b"k", kind=CardKind.UID, value="04A1", now=clock())
        block(session, member(session, shelf.other), "ทำบัตรหาย", now=clock())
        digest, card_id = card.hash, card
    rows = {row.number: row for row in news(database, shelf.library, before) if isinstance(row, m.MemberRow)}
    assert rows[shelf.pupil].cards == (digest,)
    assert rows[shelf.other].blocked == "ทำบัตรหาย"
    with database.session(shelf.library) as session:
        remove_card(session, session.merge(card_id))
        member(session, shelf.other).number = "10099"
    rows2 = news(database, shelf.library, before)
    assert m.GoneRow(kind="member", key=shelf.other) in rows2
    assert {row.number: row.cards for row in rows2 if isinstance(row, m.MemberRow)} == {"10099": (), shelf.pupil: ()}


def test_a_new_number_is_told_with_what_is_lent_to_it(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="desk")
    number(database)
    before = version(database, shelf.library)
    with database.session(shelf.library) as session:
        member(session, shelf.pupil).number = "10077"
    rows = news(database, shelf.library, before)
    assert [row.lent_to for row in rows if isinstance(row, m.ItemRow)] == ["10077"]


def test_a_new_title_name_is_told_to_every_library_that_has_copies(
    database: Database, shelf: Shelf, clock: Clock, libraries: Libraries
) -> None:
    before = version(database, libraries.north)
    with database.session(libraries.south) as session:
        title = session.scalars(select(Title).where(Title.title == "พระอภัยมณี")).one()
        title.title = "พระอภัยมณี ฉบับย่อ"
    [row] = news(database, libraries.north, before)
    assert isinstance(row, m.ItemRow)
    assert row.title == "พระอภัยมณี ฉบับย่อ"


def test_rules_and_calendar_are_told_with_the_library(database: Database, shelf: Shelf) -> None:
    before = version(database, shelf.library)
    with database.session(shelf.library) as session:
        session.add(Closure(on=date(2026, 12, 5), name="วันพ่อแห่งชาติ"))
        session.delete(session.scalars(select(LoanRule).where(LoanRule.member_type == "teacher")).one())
    [row] = news(database, shelf.library, before)
    assert isinstance(row, m.LibraryRow)
    assert [rule.key for rule in row.rules] == ["* × *"]
    assert row.closures == (m.ClosureShown(on=date(2026, 12, 5), open=False, name="วันพ่อแห่งชาติ"),)


def test_what_devices_need_not_know_is_not_noted(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        member(session, shelf.pupil).phone = "080"
        item(session, shelf.book).note = "ปกขาด"
    with database.session(None) as session:
        assert not what_waits(session).changes


def test_nothing_is_noted_when_nothing_is_committed(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        member(session, shelf.pupil).debt = 500
        session.flush()
        session.rollback()
    with database.session(None) as session:
        assert not what_waits(session).changes


def test_versions_of_one_library_do_not_move_the_other(
    database: Database, shelf: Shelf, libraries: Libraries
) -> None:
    north, south = version(database, libraries.north), version(database, libraries.south)
    with database.session(libraries.north) as session:
        member(session, shelf.pupil).debt = 500
    assert [step.library_id for step in number(database)] == [libraries.north]
    assert (version(database, libraries.north), version(database, libraries.south)) == (north + 1, south)


def test_only_a_snapshot_helps_a_device_that_knows_nothing_or_too_much(database: Database, shelf: Shelf) -> None:
    current = version(database, shelf.library)
    with database.session(shelf.library, writes=False) as session:
        library = library_of(session, shelf.library)
        assert delta_after(session, library, 0) is None
        assert delta_after(session, library, current + 1) is None
        same = delta_after(session, library, current)
    assert same == m.ReplicaDelta(after=current, version=current, rows=())


def test_forgotten_changes_are_not_bridged(database: Database, shelf: Shelf) -> None:
    before = version(database, shelf.library)
    with database.session(None) as session:
        library_of(session, shelf.library).replica_version = before + KEPT_VERSIONS + 10
        session.flush()
        session.execute(delete(ReplicaChange).where(ReplicaChange.version.is_(None)))
        forget_old_changes(session)
    with database.session(shelf.library, writes=False) as session:
        assert delta_after(session, library_of(session, shelf.library), before) is None


def test_a_snapshot_tells_all_of_its_own_library(database: Database, shelf: Shelf, libraries: Libraries) -> None:
    with database.session(libraries.south, writes=False) as session:
        assert len(list(snapshot_rows(session, library_of(session, libraries.south)))) == 1
    with database.session(libraries.north, writes=False) as session:
        rows = list(snapshot_rows(session, library_of(session, libraries.north)))
    assert [row.number for row in rows if isinstance(row, m.MemberRow)] == [shelf.pupil, shelf.other, shelf.teacher]
    assert [row.barcode for row in rows if isinstance(row, m.ItemRow)] == [shelf.book, shelf.second, shelf.third]


def test_who_is_blocked_does_not_wait_for_an_import_of_titles(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        session.add_all(ReplicaChange(kind="item", key=str(n)) for n in range(9_000, 9_000 + BATCH + 4))
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.other), "Lost a book", now=clock())
    first, *_ = number(database)
    assert {kind for kind, _ in first.noted} == {"member"}
    assert what_is_left(database) == BATCH + 4
    number(database)
    assert what_is_left(database) == 4


def what_is_left(database: Database) -> int:
    with database.session(None, writes=False) as session:
        return len(session.scalars(select(ReplicaChange).where(ReplicaChange.version.is_(None))).all())


def test_a_device_that_needs_a_snapshot_first_learns_of_whom_to_stop(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.other), "Lost a book", now=clock())
    number(database)
    with database.session(shelf.library, writes=False) as session:
        own = library_of(session, shelf.library)
        told = block_list(session, own, 1, clock())
        assert block_list(session, own, 0, clock()) is None, "it knows nobody yet"
    assert told is not None
    assert (told.after, told.version) == (1, 1)
    assert [(row.number, row.blocked) for row in told.rows] == [(shelf.other, "Lost a book")]
