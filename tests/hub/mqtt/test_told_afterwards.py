"""What a device did without the hub and tells afterwards, or what the hub did and its device never heard of."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.hub.mqtt.conftest import Edge, conflicts, open_loans
from tests.hub.shelf import Shelf, member


def test_an_offline_loan_is_booked_once_and_confirmed_each_time(edge: Edge, shelf: Shelf, database: Database) -> None:
    told = edge.lent_offline(shelf.pupil, shelf.book, 30)
    for _ in range(3):
        assert edge.say(Kind.LOAN, told) == m.EventsAcknowledged(ids=(told.id,))
    assert open_loans(database) == {shelf.book: shelf.pupil}
    with database.session(None) as session:
        assert session.scalars(select(Loan.lent_at)).all() == [told.at]


def test_a_loan_answered_too_late_is_the_same_loan(edge: Edge, shelf: Shelf, database: Database) -> None:
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    edge.say(Kind.ASK_CHECKOUT, asked)
    decision = m.DecisionMade(allowed=True, due_at=edge.clock() + timedelta(days=7))
    told = Letter(
        id=asked.id, at=asked.at, body=m.LoanRecorded(member=shelf.pupil, barcode=shelf.book, decision=decision)
    )
    assert edge.say(Kind.LOAN, told) == m.EventsAcknowledged(ids=(asked.id,))
    with database.session(None) as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 1
    assert conflicts(database) == []


def test_a_refusal_that_the_kiosk_did_not_hear_does_not_lose_the_book(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """The hub refused, the kiosk heard nothing and lent by its own rules: the book is gone, so it is booked."""
    edge.check_out(shelf.pupil, shelf.book)
    edge.check_out(shelf.pupil, shelf.second)
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.third))
    edge.say(Kind.ASK_CHECKOUT, asked)
    decision = m.DecisionMade(allowed=True, due_at=edge.clock() + timedelta(days=7))
    body = m.LoanRecorded(member=shelf.pupil, barcode=shelf.third, decision=decision)
    edge.say(Kind.LOAN, Letter(id=asked.id, at=asked.at, body=body))
    assert open_loans(database)[shelf.third] == shelf.pupil


def test_an_older_loan_of_somebody_else_has_evidently_ended(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.check_out(shelf.other, shelf.book)
    edge.clock.pass_by(hours=2)
    edge.say(Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, 30))
    assert open_loans(database) == {shelf.book: shelf.pupil}
    assert conflicts(database) == []


def test_a_newer_loan_of_somebody_else_waits_for_a_librarian(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.check_out(shelf.other, shelf.book)
    told = edge.lent_offline(shelf.pupil, shelf.book, 30)
    assert edge.say(Kind.LOAN, told) == m.EventsAcknowledged(ids=(told.id,))
    assert open_loans(database) == {shelf.book: shelf.other}
    assert conflicts(database) == ["newer_loan"]


def test_a_return_that_comes_before_its_loan_still_ends_it(edge: Edge, shelf: Shelf, database: Database) -> None:
    """Borrowed at one kiosk, returned at another, both while the hub was away; the second reports first."""
    edge.say(Kind.RETURN, edge.returned_offline(shelf.book, 10))
    assert conflicts(database) == ["return_not_on_loan"]
    edge.say(Kind.LOAN, edge.lent_offline(shelf.pupil, shelf.book, 30))
    assert open_loans(database) == {}
    assert conflicts(database) == []
    with database.session(None) as session:
        assert member(session, shelf.pupil).open_loans == 0


def test_an_old_return_does_not_end_a_newer_loan(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.check_out(shelf.other, shelf.book)
    edge.say(Kind.RETURN, edge.returned_offline(shelf.book, 30))
    assert open_loans(database) == {shelf.book: shelf.other}
    assert conflicts(database) == ["return_before_loan"]


def test_a_late_loan_of_a_book_that_was_since_lent_and_returned_is_over(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    edge.clock.pass_by(hours=4)
    told = edge.lent_offline(shelf.pupil, shelf.book, 240)
    edge.clock.pass_by(hours=-3)
    edge.check_out(shelf.other, shelf.book)
    edge.clock.pass_by(hours=2)
    edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    edge.clock.pass_by(hours=1)
    edge.say(Kind.LOAN, told)
    assert open_loans(database) == {}
    with database.session(None) as session:
        assert member(session, shelf.pupil).open_loans == 0


def test_a_book_handed_in_at_the_desk_ends_a_loan_that_is_heard_of_later(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    told = edge.lent_offline(shelf.pupil, shelf.book, 30)
    edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    assert conflicts(database) == []
    edge.say(Kind.LOAN, told)
    assert open_loans(database) == {}


def test_a_refusal_the_member_was_told_takes_the_hubs_loan_back(edge: Edge, shelf: Shelf, database: Database) -> None:
    """The hub lent, its answer was lost, the local rules refused: the book stayed on the shelf."""
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    edge.say(Kind.ASK_CHECKOUT, asked)
    cancelled = Letter(id=asked.id, at=asked.at, body=m.CheckoutCancelled(member=shelf.pupil, barcode=shelf.book))
    for _ in range(2):
        assert edge.say(Kind.CANCEL, cancelled) == m.EventsAcknowledged(ids=(asked.id,))
    assert open_loans(database) == {}
    with database.session(None) as session:
        assert member(session, shelf.pupil).open_loans == 0
        assert session.scalar(select(func.count()).select_from(Loan)) == 0
    edge.check_out(shelf.other, shelf.book)
    assert edge.say(Kind.CANCEL, cancelled) == m.EventsAcknowledged(ids=(asked.id,))
    assert open_loans(database) == {shelf.book: shelf.other}


def test_a_question_that_comes_after_its_cancellation_lends_nothing(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    cancelled = Letter(id=asked.id, at=asked.at, body=m.CheckoutCancelled(member=shelf.pupil, barcode=shelf.book))
    edge.say(Kind.CANCEL, cancelled)
    assert edge.say(Kind.ASK_CHECKOUT, asked) is None
    assert open_loans(database) == {}


def test_a_clock_that_was_never_set_makes_no_loan_of_1970(edge: Edge, shelf: Shelf, database: Database) -> None:
    long_ago = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    decision = m.DecisionMade(allowed=True, due_at=long_ago + timedelta(days=7))
    body = m.LoanRecorded(member=shelf.pupil, barcode=shelf.book, decision=decision)
    edge.say(Kind.LOAN, Letter(id=command_id(1), at=long_ago, body=body))
    with database.session(None) as session:
        loan = session.scalars(select(Loan)).one()
        assert loan.lent_at == edge.clock()
        assert loan.due_at == edge.clock() + timedelta(days=7)


def test_nothing_unknown_is_dropped(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.say(Kind.LOAN, edge.lent_offline("99999", shelf.book, 5))
    edge.say(Kind.LOAN, edge.lent_offline(shelf.pupil, "B99999", 5))
    edge.say(Kind.RETURN, edge.returned_offline("B99998", 5))
    assert conflicts(database) == ["unknown_member", "unknown_item", "unknown_item"]
