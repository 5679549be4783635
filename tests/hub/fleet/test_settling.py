"""Each conflict is put right with one press, once, by the rules of circulation; nothing goes unresolved."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.service import lend
from samut_hub.commands import Command
from samut_hub.db import Database
from samut_hub.fleet.models import StrangeLetter
from samut_hub.fleet.settling import CHOICES, SOURCE, CannotSettleError, Choice, Fault, choices_of, settle
from samut_hub.fleet.web.conflict_words import CHOICES as WORDS
from samut_hub.fleet.web.conflict_words import FAULTS
from samut_hub.members.models import Member
from samut_wire import messages as m
from samut_wire.codec import Letter, encode
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, member, put_on_shelf

Leave = Callable[..., int]


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def leave(database: Database, shelf: Shelf, clock: Clock) -> Leave:
    """A conflict of an hour ago about the first book, as a device left it."""

    def add(kind: ConflictKind, *, detail: str = "due 2026-11-30", **told: str) -> int:
        with database.session(shelf.library) as session:
            of = {"device": "kiosk-1", "member": shelf.pupil, "barcode": shelf.book, **told}
            row = Conflict(kind=kind.value, happened_at=clock() - timedelta(hours=1), detail=detail, **of)
            session.add(row)
            session.flush()
            return row.id

    return add


def choose(database: Database, shelf: Shelf, clock: Clock, conflict: int, choice: Choice, **more: str) -> None:
    with database.session(shelf.library) as session:
        settle(session, conflict, choice, by="wanna", now=clock(), **more)


def lend_now(database: Database, shelf: Shelf, clock: Clock, number: str, *, hours_ago: float = 0) -> None:
    at = clock() - timedelta(hours=hours_ago)
    with database.session(shelf.library) as session:
        lend(session, member=member(session, number), item=book(session, shelf), now=at, source="desk:x")


def book(session: object, shelf: Shelf) -> Item:
    return session.scalars(select(Item).where(Item.barcode == shelf.book)).one()  # type: ignore[attr-defined]


def loans(database: Database, shelf: Shelf) -> list[tuple[str, bool]]:
    """Whose loans of the book there are, the first first, and whether each is open."""
    with database.session(shelf.library, writes=False) as session:
        rows = session.execute(select(Loan, Member.number).join(Loan.member).order_by(Loan.lent_at)).all()
        return [(number, loan.returned_at is None) for loan, number in rows]


def counters(database: Database, shelf: Shelf) -> tuple[int, int]:
    with database.session(shelf.library, writes=False) as session:
        return member(session, shelf.pupil).open_loans, member(session, shelf.other).open_loans


@pytest.mark.requirement("H-08")
def test_the_earlier_borrower_has_it(database: Database, shelf: Shelf, clock: Clock, leave: Leave) -> None:
    conflict = leave(ConflictKind.NEWER_LOAN)
    lend_now(database, shelf, clock, shelf.other)
    choose(database, shelf, clock, conflict, Choice.EARLIER)
    assert loans(database, shelf) == [(shelf.pupil, True), (shelf.other, False)]
    assert counters(database, shelf) == (1, 0)
    with database.session(shelf.library, writes=False) as session:
        open_loan = session.scalars(select(Loan).where(Loan.returned_at.is_(None))).one()
        assert open_loan.due_at.isoformat() == "2026-11-30T16:59:59+00:00"
        assert member(session, shelf.other).debt == 0


@pytest.mark.requirement("H-08")
def test_the_later_borrower_has_it(database: Database, shelf: Shelf, clock: Clock, leave: Leave) -> None:
    conflict = leave(ConflictKind.NEWER_LOAN)
    lend_now(database, shelf, clock, shelf.other)
    choose(database, shelf, clock, conflict, Choice.LATER)
    assert loans(database, shelf) == [(shelf.pupil, False), (shelf.other, True)]
    assert counters(database, shelf) == (0, 1)


@pytest.mark.requirement("H-08")
def test_pressing_twice_does_it_once_and_the_first_name_stays(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    conflict = leave(ConflictKind.NEWER_LOAN)
    lend_now(database, shelf, clock, shelf.other)
    choose(database, shelf, clock, conflict, Choice.EARLIER)
    clock.pass_by(minutes=1)
    choose(database, shelf, clock, conflict, Choice.LATER)
    assert loans(database, shelf) == [(shelf.pupil, True), (shelf.other, False)]
    with database.session(shelf.library, writes=False) as session:
        row = session.get_one(Conflict, conflict)
        assert (row.settled_by, row.settled_how) == ("wanna", "earlier")
        assert session.scalars(select(Command.kind).where(Command.source == SOURCE)).all() == ["earlier"]


def test_a_loan_of_an_unknown_member_is_entered_for_another_number(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    conflict = leave(ConflictKind.UNKNOWN_MEMBER, member="99999")
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, conflict, Choice.AGAIN)
    assert refused.value.fault is Fault.NO_MEMBER
    choose(database, shelf, clock, conflict, Choice.FOR_MEMBER, member=shelf.pupil)
    assert loans(database, shelf) == [(shelf.pupil, True)]


def test_an_unknown_item_is_entered_once_it_is_in_the_catalogue(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    conflict = leave(ConflictKind.UNKNOWN_ITEM, barcode="NEW1")
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, conflict, Choice.AGAIN)
    assert refused.value.fault is Fault.NO_ITEM
    with database.session(shelf.library) as session:
        row = session.get_one(Conflict, conflict)
        assert row.settled_at is None
        row.barcode = shelf.book
    choose(database, shelf, clock, conflict, Choice.AGAIN)
    assert loans(database, shelf) == [(shelf.pupil, True)]


def test_what_was_returned_and_is_here_is_taken_back(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    conflict = leave(ConflictKind.RETURN_BEFORE_LOAN, member="", detail="")
    lend_now(database, shelf, clock, shelf.pupil)
    choose(database, shelf, clock, conflict, Choice.IS_HERE)
    assert loans(database, shelf) == [(shelf.pupil, False)]


@pytest.mark.parametrize("lent_hours_ago", [1, 30], ids=["a loan of then", "a loan that was renewed then"])
@pytest.mark.parametrize(("choice", "due"), [(Choice.SEEN, 30), (Choice.RULES_DATE, 1)])
def test_a_due_date_stays_or_becomes_that_of_the_rules(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave, choice: Choice, due: int, lent_hours_ago: int
) -> None:
    told, given = "2026-12-30T16:59:59+00:00", "2026-12-01T16:59:59+00:00"
    conflict = leave(ConflictKind.DUE_TOO_LATE, detail=f"{told} {given}")
    lend_now(database, shelf, clock, shelf.pupil, hours_ago=lent_hours_ago)
    with database.session(shelf.library) as session:
        session.scalars(select(Loan)).one().due_at = datetime.fromisoformat(told)
    choose(database, shelf, clock, conflict, choice)
    with database.session(shelf.library, writes=False) as session:
        assert session.scalars(select(Loan)).one().due_at.day == due


def test_a_loan_that_the_member_made_since_keeps_its_date(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    told = "2026-12-30T16:59:59+00:00 2026-12-01T16:59:59+00:00"
    conflict = leave(ConflictKind.DUE_TOO_LATE, detail=told)
    lend_now(database, shelf, clock, shelf.pupil)
    with database.session(shelf.library, writes=False) as session:
        due = session.scalars(select(Loan)).one().due_at
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, conflict, Choice.RULES_DATE)
    assert refused.value.fault is Fault.NO_LOAN
    with database.session(shelf.library, writes=False) as session:
        assert session.scalars(select(Loan)).one().due_at == due


def test_a_renewal_is_entered_where_the_member_has_the_item(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    conflict = leave(ConflictKind.RENEWAL_WITHOUT_LOAN, detail="due 2026-12-24")
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, conflict, Choice.AGAIN)
    assert refused.value.fault is Fault.NO_LOAN
    lend_now(database, shelf, clock, shelf.pupil)
    choose(database, shelf, clock, conflict, Choice.AGAIN)
    with database.session(shelf.library, writes=False) as session:
        assert session.scalars(select(Loan)).one().due_at.day == 24


def keep_letter(database: Database, shelf: Shelf, at: datetime, kind: Kind, body: m.Message) -> None:
    letter = Letter(id=command_id(1), at=at, body=body)
    with database.session(shelf.library) as session:
        session.add(StrangeLetter(device="kiosk-1", kind=kind, letter=encode(letter), fault="X", at=at))


def test_what_the_hub_failed_at_is_entered_from_the_letter(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave
) -> None:
    lent, returned = leave(ConflictKind.LOAN_UNWRITTEN, detail=""), leave(ConflictKind.RETURN_UNWRITTEN, detail="")
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, lent, Choice.AGAIN)
    assert refused.value.fault is Fault.NO_LETTER
    at = clock() - timedelta(hours=1)
    decision = m.DecisionMade(allowed=True, due_at=at + timedelta(days=7), trace=("by the rules",))
    body = m.LoanRecorded(member=shelf.pupil, barcode=shelf.book, decision=decision)
    keep_letter(database, shelf, at, Kind.LOAN, body)
    choose(database, shelf, clock, lent, Choice.AGAIN)
    assert loans(database, shelf) == [(shelf.pupil, True)]
    keep_letter(database, shelf, at, Kind.RETURN, m.ReturnRecorded(barcode=shelf.book))
    choose(database, shelf, clock, returned, Choice.AGAIN)
    assert loans(database, shelf) == [(shelf.pupil, False)]


def test_a_choice_of_another_kind_is_refused(database: Database, shelf: Shelf, clock: Clock, leave: Leave) -> None:
    conflict = leave(ConflictKind.RETURN_NOT_ON_LOAN)
    with pytest.raises(CannotSettleError) as refused:
        choose(database, shelf, clock, conflict, Choice.EARLIER)
    assert refused.value.fault is Fault.NOT_OF_THIS


def test_every_kind_can_at_least_be_seen_to_and_every_choice_has_its_words() -> None:
    assert [kind for kind in ConflictKind if Choice.SEEN not in choices_of(kind)] == []
    assert set(CHOICES) <= set(ConflictKind)
    assert set(WORDS) == set(Choice)
    assert set(FAULTS) == set(Fault)


@pytest.mark.requirement("H-08")
def test_the_page_shows_both_borrowers_and_both_times_and_settles_with_one_press(
    database: Database, shelf: Shelf, clock: Clock, leave: Leave, sign_in: SignIn
) -> None:
    conflict = leave(ConflictKind.NEWER_LOAN)
    lend_now(database, shelf, clock, shelf.other)
    browser = sign_in()
    page = browser.get("/conflicts").text
    with database.session(shelf.library, writes=False) as session:
        names = [member(session, number).name("en") for number in (shelf.pupil, shelf.other)]
    assert all(name in page for name in names)
    assert "09:00" in page
    assert "10:00" in page
    assert browser.post(f"/conflicts/{conflict}/settle", data={"choice": "nonsense"}).status_code == 404
    refused = browser.post(f"/conflicts/{conflict}/settle", data={"choice": "again"}, follow_redirects=True)
    assert (refused.request.path, "alert-danger" in refused.text) == ("/conflicts", True)
    assert browser.post(f"/conflicts/{conflict}/settle", data={"choice": "earlier"}).status_code == 302
    assert loans(database, shelf) == [(shelf.pupil, True), (shelf.other, False)]


def test_the_menu_counts_what_waits(leave: Leave, sign_in: SignIn) -> None:
    leave(ConflictKind.NEWER_LOAN)
    leave(ConflictKind.LATENESS_IN_DOUBT)
    assert 'menu-count">2<' in sign_in().get("/members/").text
