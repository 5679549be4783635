"""Renewals at a kiosk or a desk of the edge, asked of the hub or decided while it was away."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from samut_hub.charges.models import Charge
from samut_hub.circulation import nightly
from samut_hub.circulation.holds import place_hold
from samut_hub.circulation.letting_pass import LetPass
from samut_hub.circulation.models import Conflict, Loan, LoanRule
from samut_hub.circulation.service import renew as renew_at_desk
from samut_hub.db import Database
from samut_hub.fleet.service import join_device
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import KIOSK, Edge, conflicts
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    with database.session(libraries.north) as session:
        join_device(session, device_id=KIOSK, role="kiosk", name="Kiosk", now=clock())
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def edge(database: Database, clock: Clock, shelf: Shelf) -> Edge:
    return Edge(database, clock)


def renew(edge: Edge, number: str, barcode: str, *, seen: bool = True) -> m.RenewalAnswered:
    answer = edge.say(Kind.ASK_RENEWAL, edge.letter(m.RenewalAsked(member=number, barcode=barcode, seen=seen)))
    assert isinstance(answer, m.RenewalAnswered)
    return answer


def codes(answer: m.RenewalAnswered) -> list[str]:
    return [reason.code for reason in answer.decision.reasons]


def renewed_offline(edge: Edge, number: str, barcode: str, minutes_ago: float, days: int = 7) -> Letter:
    decision = m.DecisionMade(allowed=True, due_at=edge.clock() + timedelta(days=days))
    body = m.RenewalRecorded(member=number, barcode=barcode, decision=decision, seen=False)
    return edge.letter(body, minutes_ago=minutes_ago)


def the_loan(database: Database) -> tuple[datetime, int, int]:
    with database.session(None) as session:
        loan = session.scalars(select(Loan)).one()
        return loan.due_at, loan.renewals, loan.unseen_renewals


@pytest.mark.requirement("K-07")
def test_a_pupil_renews_at_the_kiosk_and_hears_why_not_again(edge: Edge, shelf: Shelf, database: Database) -> None:
    first = edge.check_out(shelf.pupil, shelf.book).decision.due_at
    edge.clock.pass_by(days=3)
    kept = renew(edge, shelf.pupil, shelf.book, seen=False)
    assert first is not None
    assert kept.decision.allowed
    assert kept.title == "พระอภัยมณี"
    assert kept.decision.due_at is not None
    assert kept.decision.due_at > first
    assert the_loan(database) == (kept.decision.due_at, 1, 1)
    assert codes(renew(edge, shelf.pupil, shelf.book)) == ["renewals_used"]
    assert codes(renew(edge, shelf.other, shelf.book)) == ["not_yours"]
    assert codes(renew(edge, shelf.pupil, shelf.second)) == ["not_on_loan"]
    assert codes(renew(edge, shelf.pupil, "B99999")) == ["item_unknown"]


def test_what_somebody_waits_for_or_is_asked_for_too_early_is_not_renewed(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    edge.check_out(shelf.pupil, shelf.book)
    with database.session(shelf.library) as session:
        place_hold(session, member(session, shelf.other), item(session, shelf.book).title, now=edge.clock())
    edge.clock.pass_by(days=3)
    assert codes(renew(edge, shelf.pupil, shelf.book)) == ["others_wait"]
    edge.check_out(shelf.pupil, shelf.second)
    with database.session(shelf.library) as session:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().renew_within_days = 2
    assert codes(renew(edge, shelf.pupil, shelf.second)) == ["renew_too_early"]


def test_an_offline_renewal_is_brought_in_once_however_often_it_is_told(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    edge.check_out(shelf.pupil, shelf.book)
    edge.clock.pass_by(days=3)
    told = renewed_offline(edge, shelf.pupil, shelf.book, 30)
    for _ in range(3):
        assert edge.say(Kind.RENEWAL, told) == m.EventsAcknowledged(ids=(told.id,))
    assert the_loan(database)[1:] == (1, 1)
    assert the_loan(database)[0] == edge.clock() + timedelta(days=7)
    assert conflicts(database) == []


def test_a_renewal_answered_too_late_is_the_same_renewal(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.check_out(shelf.pupil, shelf.book)
    edge.clock.pass_by(days=3)
    asked = edge.letter(m.RenewalAsked(member=shelf.pupil, barcode=shelf.book))
    answer = edge.say(Kind.ASK_RENEWAL, asked)
    assert isinstance(answer, m.RenewalAnswered)
    assert edge.say(Kind.ASK_RENEWAL, asked) == answer
    body = m.RenewalRecorded(member=shelf.pupil, barcode=shelf.book, decision=answer.decision)
    edge.say(Kind.RENEWAL, Letter(id=asked.id, at=asked.at, body=body))
    assert the_loan(database)[1] == 1


def test_the_due_date_that_was_told_stands_also_after_the_return_and_takes_off_the_fine(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """Renewed offline in time, returned at another kiosk late by the old date; the renewal is told last."""
    edge.check_out(shelf.pupil, shelf.book)
    edge.clock.pass_by(days=7)
    told = renewed_offline(edge, shelf.pupil, shelf.book, 0)
    edge.clock.pass_by(days=5)
    nightly.run(database, shelf.library, edge.clock())
    back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    assert isinstance(back, m.CheckinAnswered)
    assert back.fine > 0
    edge.say(Kind.RENEWAL, told)
    with database.session(None) as session:
        assert sum(charge.amount for charge in session.scalars(select(Charge))) == 0
        assert member(session, shelf.pupil).debt == 0


def renewed_late(database: Database, shelf: Shelf, now: datetime) -> None:
    passing = LetPass(frozenset({Code.OVERDUE_LOAN, Code.OWES_TOO_MUCH}), "dao", "was ill")
    with database.session(shelf.library) as session:
        loan = session.scalars(select(Loan)).one()
        assert renew_at_desk(session, loan=loan, now=now, source="desk:dao", passing=passing).decision.allowed


def test_a_fine_for_good_is_worked_out_anew_by_what_is_told_after_it(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """Renewed at the kiosk in time, and handed in there before the desk renewed it anew."""
    edge.check_out(shelf.pupil, shelf.book)
    edge.clock.pass_by(days=7)
    told = renewed_offline(edge, shelf.pupil, shelf.book, 0)
    edge.clock.pass_by(days=4)
    back = edge.letter(m.ReturnRecorded(barcode=shelf.book), minutes_ago=60 * 24)
    renewed_late(database, shelf, edge.clock())
    edge.say(Kind.RENEWAL, told)
    edge.say(Kind.RETURN, back)
    assert conflicts(database) == []
    with database.session(shelf.library) as session:
        assert member(session, shelf.pupil).debt == 0
        assert session.scalars(select(Loan.returned_at)).one() == back.at


def test_staff_look_at_a_suspension_for_a_return_that_was_in_time(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    with database.session(shelf.library) as session:
        for rule in session.scalars(select(LoanRule)):
            rule.suspension_days = 3
    edge.check_out(shelf.pupil, shelf.book)
    edge.clock.pass_by(days=7)
    told = renewed_offline(edge, shelf.pupil, shelf.book, 0)
    edge.clock.pass_by(days=5)
    edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    edge.say(Kind.RENEWAL, told)
    assert conflicts(database) == ["lateness_in_doubt"]


def test_a_renewal_of_what_the_member_has_not_waits_for_a_librarian(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    told = renewed_offline(edge, shelf.pupil, shelf.book, 30)
    assert edge.say(Kind.RENEWAL, told) == m.EventsAcknowledged(ids=(told.id,))
    assert conflicts(database) == ["renewal_without_loan"]
    with database.session(None) as session:
        kept = session.scalars(select(Conflict)).one()
        assert (kept.member, kept.barcode, kept.happened_at) == (shelf.pupil, shelf.book, told.at)
