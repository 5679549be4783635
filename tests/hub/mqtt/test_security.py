"""Tags that could not be read back: staff hear of them, devices know of them, and a later success clears them."""

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Conflict
from samut_hub.db import Database
from samut_hub.fleet.conflicts import open_conflicts
from samut_hub.fleet.replica import number_changes
from samut_hub.fleet.replica_rows import snapshot_rows
from samut_hub.fleet.settling import Choice, settle
from samut_hub.libraries.service import library_of
from samut_rules.loan import ItemStatus
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.hub.mqtt.conftest import Edge, conflicts
from tests.hub.shelf import Shelf, item


def tells(edge: Edge, news: m.SecurityRecorded) -> None:
    letter = edge.letter(news)
    for _ in range(2):
        assert edge.say(Kind.SECURITY, letter) == m.EventsAcknowledged(ids=(letter.id,))


def pending(database: Database, library: int) -> set[str]:
    """As a device would learn it from a snapshot."""
    with database.session(library, writes=False) as session:
        rows = snapshot_rows(session, library_of(session, library))
        return {row.barcode for row in rows if isinstance(row, m.ItemRow) and row.security_pending}


def is_told_anew(database: Database) -> bool:
    with database.session(None) as session:
        return bool(number_changes(session))


@pytest.mark.requirement("H-11")
def test_a_tag_that_was_not_released_waits_for_staff_and_is_known_at_the_exit(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    is_told_anew(database)
    tells(edge, m.SecurityRecorded(barcode=shelf.book.lower(), secured=False, member=shelf.pupil))
    assert conflicts(database) == ["tag_still_secured"]
    assert pending(database, shelf.library) == {shelf.book}
    assert is_told_anew(database)
    with database.session(shelf.library) as session:
        (seen,) = open_conflicts(session)
        assert seen.member is not None
        assert seen.member.number == shelf.pupil
        settle(session, seen.conflict.id, Choice.SEEN, by="librarian", now=edge.clock())
    assert (pending(database, shelf.library), is_told_anew(database)) == (set(), True)


@pytest.mark.requirement("H-11")
def test_a_later_success_clears_it_without_staff(edge: Edge, shelf: Shelf, database: Database) -> None:
    tells(edge, m.SecurityRecorded(barcode=shelf.book, secured=True))
    assert conflicts(database) == ["tag_not_secured"]
    tells(edge, m.SecurityRecorded(barcode=shelf.book, secured=True, done=True))
    assert (conflicts(database), pending(database, shelf.library)) == ([], set())
    with database.session(shelf.library) as session:
        assert session.scalars(select(Conflict.settled_by)).all() == ["kiosk-1"]


def test_of_one_tag_only_the_last_news_waits(edge: Edge, shelf: Shelf, database: Database) -> None:
    tells(edge, m.SecurityRecorded(barcode=shelf.book, secured=False, member=shelf.pupil))
    tells(edge, m.SecurityRecorded(barcode=shelf.book, secured=True))
    assert conflicts(database) == ["tag_not_secured"]


def test_a_set_that_came_back_in_part_is_looked_at(edge: Edge, shelf: Shelf, database: Database) -> None:
    tells(edge, m.SecurityRecorded(barcode=shelf.book, secured=True, done=True, seen=2, of=3))
    assert conflicts(database) == ["parts_not_seen"]
    assert pending(database, shelf.library) == set()


def test_a_tag_of_no_item_of_ours_is_left_to_staff(edge: Edge, shelf: Shelf, database: Database) -> None:
    tells(edge, m.SecurityRecorded(barcode="X99", secured=False))
    assert conflicts(database) == ["tag_still_secured"]


@pytest.mark.requirement("W-14")
@pytest.mark.parametrize("status", [ItemStatus.MISSING, ItemStatus.LOST])
def test_what_was_thought_gone_is_put_right_by_whoever_scans_it(
    edge: Edge, shelf: Shelf, database: Database, status: ItemStatus
) -> None:
    with database.session(shelf.library) as session:
        for barcode in (shelf.book, shelf.second):
            item(session, barcode).status = status
    lent = edge.check_out(shelf.pupil, shelf.book)
    assert (lent.decision.allowed, lent.found) == (True, True)
    back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.second)))
    assert isinstance(back, m.CheckinAnswered)
    assert (back.returned, back.was_on_loan, back.found) == (True, False, True)
    with database.session(shelf.library) as session:
        found = select(Item.status).where(Item.barcode.in_((shelf.book, shelf.second))).distinct()
        assert session.scalars(found).all() == ["available"]
    assert not edge.check_out(shelf.pupil, shelf.third).found


@pytest.mark.requirement("W-14")
def test_what_was_found_while_the_hub_was_away_is_put_right_when_it_hears(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    with database.session(shelf.library) as session:
        for barcode in (shelf.book, shelf.second):
            item(session, barcode).status = ItemStatus.MISSING
    edge.say(Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, minutes_ago=5))
    edge.say(Kind.RETURN, edge.returned_offline(shelf.second, minutes_ago=5))
    with database.session(shelf.library) as session:
        assert [item(session, barcode).status for barcode in (shelf.book, shelf.second)] == ["available"] * 2
