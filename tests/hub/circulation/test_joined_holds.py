"""Members who wait for two titles that turn out to be one."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.merging import service as merging
from samut_hub.circulation.hold_lists import left_aside
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldState
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_rules.loan import ItemStatus
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

Told = list[tuple[str, str, str]]


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The teacher has the first and the second book; one pupil waits for both titles."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        for barcode in (shelf.book, shelf.second):
            lend(session, member=member(session, shelf.teacher), item=item(session, barcode), now=clock(), source="d")
            clock.pass_by(seconds=1)
            wish(session, shelf.other, barcode, clock)
    return shelf


def wish(session: Session, number: str, barcode: str, clock: Clock) -> None:
    session.add(Hold(title=item(session, barcode).title, member=member(session, number), placed_at=clock()))
    session.flush()


def back(session: Session, barcode: str, clock: Clock) -> None:
    take_back(session, item=item(session, barcode), now=clock(), source="d")


def merge(database: Database, shelf: Shelf, into: str, other: str, clock: Clock) -> int:
    with database.session(shelf.library) as session:
        kept, merged = (item(session, barcode).title for barcode in (into, other))
        return merging.merge(session, kept, merged, choices={}, staff_id=None, now=clock()).id


def undo(database: Database, shelf: Shelf, merge_id: int, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        merging.undo(session, merging.merge_by_id(session, merge_id), now=clock())


def waiting(database: Database, shelf: Shelf) -> Told:
    """Member, state and bar code set aside of the open holds, in the order of their queue."""
    with database.session(shelf.library, writes=False) as session:
        found = session.scalars(select(Hold).where(Hold.state.in_(OPEN_HOLD)).order_by(Hold.placed_at, Hold.id))
        return [(one.member.number, one.state, one.item.barcode if one.item else "") for one in found]


@pytest.mark.parametrize("into", ["B00001", "B00002"])
def test_what_is_set_aside_stays_with_the_earlier_day_and_undoing_parts_them_again(
    database: Database, shelf: Shelf, clock: Clock, into: str
) -> None:
    """The second book is there; the first was reserved earlier. Whichever title is kept."""
    with database.session(shelf.library) as session:
        first = session.scalars(select(Hold.placed_at).order_by(Hold.id)).first()
        back(session, shelf.second, clock)
    before = waiting(database, shelf)
    other = shelf.second if into == shelf.book else shelf.book
    done = merge(database, shelf, into, other, clock)
    assert waiting(database, shelf) == [(shelf.other, HoldState.READY, shelf.second)]
    with database.session(shelf.library) as session:
        (hold,) = session.scalars(select(Hold))
        assert (hold.placed_at, hold.title_id) == (first, item(session, into).title_id)
        assert item(session, shelf.second).status == ItemStatus.RESERVED
    undo(database, shelf, done, clock)
    assert sorted(waiting(database, shelf)) == sorted(before)
    with database.session(shelf.library) as session:
        titles = {hold.state: hold.title_id for hold in session.scalars(select(Hold))}
        wanted = {HoldState.WAITING: shelf.book, HoldState.READY: shelf.second}
        assert titles == {state: item(session, barcode).title_id for state, barcode in wanted.items()}


def test_of_two_waiting_ones_the_earlier_place_stays(database: Database, shelf: Shelf, clock: Clock) -> None:
    before = waiting(database, shelf)
    done = merge(database, shelf, shelf.second, shelf.book, clock)
    assert waiting(database, shelf) == [(shelf.other, HoldState.WAITING, "")]
    with database.session(shelf.library) as session:
        (hold,) = session.scalars(select(Hold))
        assert hold.placed_at == clock() - timedelta(seconds=1)
    undo(database, shelf, done, clock)
    assert waiting(database, shelf) == before


def test_of_two_copies_set_aside_one_goes_to_the_next_or_is_told_to_the_desk(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        for barcode in (shelf.book, shelf.second):
            back(session, barcode, clock)
    merge(database, shelf, shelf.book, shelf.second, clock)
    assert waiting(database, shelf) == [(shelf.other, HoldState.READY, shelf.book)]
    with database.session(shelf.library) as session:
        assert item(session, shelf.second).status == ItemStatus.AVAILABLE
        assert [one.item.barcode for one in left_aside(session).rows] == [shelf.second]
