"""A pupil who was registered twice, and has borrowed and paid under both numbers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from samut_hub import models
from samut_hub.charges.books import Teller, Tender
from samut_hub.charges.models import Charge, ChargeKind, Receipt
from samut_hub.charges.service import add_charge, pay_fee
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.fleet.models import ReplicaChange
from samut_hub.members.cards import add_card, hash_of_card
from samut_hub.members.importing.models import ImportedMember, MemberImport
from samut_hub.members.importing.undoing import Undoing, finish_undoing, kept_of
from samut_hub.members.merging import service
from samut_hub.members.models import Card, CardKind, Member, MemberField, MemberValue
from samut_hub.members.pointing import pointers
from samut_hub.members.service import member_by_card
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

assert models
KEY = b"k" * 32
FIRST = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The pupil has one book and the other pupil, who is the same child, another; both owe and wait for one title."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        for number, barcode in ((shelf.pupil, shelf.book), (shelf.other, shelf.second)):
            one = member(session, number)
            lend(session, member=one, item=item(session, barcode), now=clock(), source="d")
            add_charge(session, member=one, kind=ChargeKind.CARD, amount=2_000, now=clock())
            session.add(Hold(title=item(session, shelf.third).title, member=one, placed_at=clock()))
            clock.pass_by(minutes=1)
        add_card(session, member(session, shelf.other), key=KEY, kind=CardKind.UID, value="04A1B2C3", now=clock())
    return shelf


def merged(session: Session, shelf: Shelf, clock: Clock, **takes: bool) -> int:
    kept, other = member(session, shelf.pupil), member(session, shelf.other)
    return service.merge(session, kept, other, takes=takes, key=KEY, staff_id=None, now=clock()).id


def named_by(database: Database, shelf: Shelf) -> dict[str, list[str]]:
    """Every row that names a member, whole."""
    with database.session(shelf.library, writes=False) as session:
        tables = {column.table.name: column.table for _, column in pointers()}
        return {
            name: sorted(str(tuple(row)) for row in session.connection().execute(select(table)))
            for name, table in tables.items()
        }


def counters(session: Session, number: str) -> tuple[int, int]:
    one = member(session, number)
    return one.open_loans, one.debt


def test_all_that_was_of_the_one_is_of_the_other_and_can_be_parted_again(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        merge_id = merged(session, shelf, clock)
    with database.session(shelf.library) as session:
        assert session.scalar(select(Member).where(Member.number == shelf.other)) is None
        assert counters(session, shelf.pupil) == (2, 4_000)
        kept = member(session, shelf.pupil)
        for kind, value in ((CardKind.UID, "04A1B2C3"), (CardKind.BARCODE, shelf.other)):
            assert member_by_card(session, hash_of_card(KEY, kind, value)) is kept
        assert [one.placed_at for one in session.scalars(select(Hold))] == [FIRST]
        take_back(session, item=item(session, shelf.second), now=clock(), source="d")
        service.undo(session, service.merge_by_id(session, merge_id), now=clock())
    with database.session(shelf.library) as session:
        assert (counters(session, shelf.pupil), counters(session, shelf.other)) == ((1, 2_000), (0, 2_000))
        assert len(session.scalars(select(Hold).where(Hold.state == HoldState.WAITING)).all()) == 2
        assert [card.kind for card in session.scalars(select(Card))] == [CardKind.UID]
        with pytest.raises(service.NotUndoneError):
            service.undo(session, service.merge_by_id(session, merge_id), now=clock())


def test_the_librarian_says_whose_words_are_kept_and_nothing_known_is_lost(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        kept, other = member(session, shelf.pupil), member(session, shelf.other)
        field = MemberField(name_th="ชมรม", kind="text", choices=[])
        session.add(field)
        session.flush()
        session.add_all(MemberValue(member_id=one.id, field_id=field.id, value=one.number) for one in (kept, other))
        kept.phone, other.phone, other.email = "0811111111", "0822222222", "mali@school.example"
        names = {one.name: one.is_open for one in service.differences(kept, other)}
        assert (names["phone"], names["email"]) == (True, False)
        merge_id = merged(session, shelf, clock, phone=True)
    with database.session(shelf.library) as session:
        kept = member(session, shelf.pupil)
        assert (kept.phone, kept.phone_key, kept.email) == ("0822222222", "0822222222", "mali@school.example")
        assert session.scalars(select(MemberValue.value)).all() == [shelf.pupil]
        service.undo(session, service.merge_by_id(session, merge_id), now=clock())
        assert (kept.phone, kept.email) == ("0811111111", "")
        assert sorted(session.scalars(select(MemberValue.value))) == sorted([shelf.pupil, shelf.other])


def test_hundreds_of_loans_move_with_few_statements_and_what_collides_comes_back_as_it_was(
    database: Database, shelf: Shelf, clock: Clock, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with database.session(shelf.library) as session:
        kept, other, book = member(session, shelf.pupil), member(session, shelf.other), item(session, shelf.third)
        fields = [MemberField(name_th=f"ช่อง {number}", kind="text", choices=[]) for number in range(9)]
        session.add_all(fields)
        session.flush()
        values = [(other, fields), (kept, [fields[2], fields[5]])]
        session.add_all(
            MemberValue(member_id=one.id, field_id=field.id, value=one.number) for one, own in values for field in own
        )
        at = clock()
        lent = {"item_id": book.id, "member_id": other.id, "lent_at": at, "due_at": at, "returned_at": at}
        session.execute(insert(Loan), [{**lent, "library_id": shelf.library, "source": "d"} for _ in range(300)])
    before = named_by(database, shelf)
    with database.session(shelf.library) as session, statements() as asked:
        merge_id = merged(session, shelf, clock)
    assert len(asked) < 250
    with database.session(shelf.library) as session:
        assert (
            len(session.scalars(select(Loan).where(Loan.member_id == member(session, shelf.pupil).id)).all()) == 302
        )
        said = {one.field_id: one.value for one in session.scalars(select(MemberValue))}
        assert [said[field.id] for field in fields].count(shelf.pupil) == 2
    with database.session(shelf.library) as session:
        told = set(session.scalars(select(ReplicaChange.key).where(ReplicaChange.kind == "item")))
        assert str(item(session, shelf.second).id) in told
        service.undo(session, service.merge_by_id(session, merge_id), now=clock())
    assert named_by(database, shelf) == before


def test_money_taken_since_stays_with_the_kept_member(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        merge_id = merged(session, shelf, clock)
        kept = member(session, shelf.pupil)
        teller = Teller(staff_id=None, till="desk", now=clock())
        pay_fee(session, kept, tender=Tender(4_000), teller=teller)
    with database.session(shelf.library) as session:
        service.undo(session, service.merge_by_id(session, merge_id), now=clock())
        assert (counters(session, shelf.pupil)[1], counters(session, shelf.other)[1]) == (0, 0)
        assert [one.member.number for one in session.scalars(select(Receipt))] == [shelf.pupil]
        assert sorted(session.scalars(select(Charge.paid))) == [2_000, 2_000]


def test_people_of_one_name_are_shown_until_somebody_says_they_are_two(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        one, other = member(session, shelf.pupil), member(session, shelf.other)
        other.name_th, other.sort_name, one.born, other.born = one.name_th, one.sort_name, "2018-05-17", "2018"
        session.flush()
        assert [[alike.id for alike in group.members] for group in service.same_names(session)[0]] == [
            [one.id, other.id]
        ]
        other.born = "2018-06"
        session.flush()
        assert service.same_names(session)[0] == []
        other.born = ""
        session.flush()
        service.keep_apart(session, [other.id, one.id], staff_id=None, now=clock())
        session.flush()
        assert service.same_names(session)[0] == []


def test_undoing_an_import_keeps_who_has_borrowed_since_and_says_so(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        run = MemberImport(kind="csv", file_name="x", digest="", size=0, started_at=clock(), begun_at=clock())
        session.add(run)
        session.flush()
        for position, number in enumerate((shelf.pupil, shelf.teacher)):
            one = member(session, number)
            after = {"number": one.number, "name_th": one.name_th}
            row = ImportedMember(import_id=run.id, member_id=one.id, position=position, added=True, at=clock())
            row.after = after
            session.add(row)
    list(Undoing(database, shelf.library, run.id, clock()).steps())
    with database.session(shelf.library) as session:
        assert finish_undoing(session, run.id, now=clock()) == 1
        assert [(one.number, why) for one, why in kept_of(session, run.id, 1)] == [(shelf.pupil, "lent")]
        assert sorted(session.scalars(select(Member.number))) == [shelf.pupil, shelf.other]
