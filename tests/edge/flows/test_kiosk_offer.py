"""What a member may ask the hub for in a visit: the slip by LINE or e-mail, and a code to join LINE with."""

from dataclasses import replace

import msgspec

from samut_edge.clerk import Answer
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_offer import Joining
from samut_edge.kiosk_slip import Library
from samut_edge.kiosk_view import BorrowingView, view_of
from tests.edge.flows.visitor import (
    LIMITS,
    NO_PAPER,
    OFFERED,
    SOMCHAI,
    SQUARES,
    Visitor,
    lent,
    line_code,
    no_code,
    scan,
    tap,
)

LIBRARY = Library("ห้องสมุด", "Library")


def piti(*barcodes: str) -> Visitor:
    """Has borrowed these."""
    visitor = Visitor()
    visitor.signs_in(OFFERED)
    for barcode in barcodes:
        visitor.does(scan(barcode), lent(1, barcode))
    return visitor


def shown(visitor: Visitor) -> BorrowingView:
    view = view_of(visitor.state, LIBRARY, now=visitor.now, limits=LIMITS).screen
    assert isinstance(view, BorrowingView)
    return view


def all_shown(visitor: Visitor) -> str:
    return msgspec.json.encode(view_of(visitor.state, LIBRARY, now=visitor.now, limits=LIMITS)).decode()


def test_the_slip_is_sent_for_the_visit_as_the_hub_calls_it() -> None:
    visitor = piti("B1")
    assert shown(visitor).slip_by == "line"
    assert isinstance(visitor.does(ev.SendSlip(), ev.SendSlip()), k.Sending)
    assert visitor.asked_for(ev.AskSlip) == [ev.AskSlip(1, "VISIT-OF-PITI")]
    done = visitor.does(ev.SlipAnswered(1, sent=True))
    assert isinstance(done, k.Done)
    assert (done.count, done.slip) == (1, k.SlipOutcome.SENT)


def test_a_slip_that_cannot_be_sent_can_still_be_printed() -> None:
    visitor = piti("B1")
    visitor.does(ev.SendSlip(), ev.SlipAnswered(1, sent=False))
    assert (shown(visitor).slip_by, shown(visitor).slip_failed) == ("", True)
    assert isinstance(visitor.does(ev.SendSlip()), k.Borrowing), "it is not offered again"
    assert isinstance(visitor.does(ev.Finish(slip=True)), k.Printing)


def test_a_hub_that_never_answers_holds_nobody_up() -> None:
    visitor = piti("B1")
    visitor.does(ev.SendSlip())
    visitor.waits(LIMITS.printing)
    assert shown(visitor).slip_failed
    assert visitor.does(ev.SlipAnswered(1, sent=True)) == visitor.state.screen
    assert isinstance(visitor.state.screen, k.Borrowing)


def test_there_is_no_slip_to_send_while_nothing_was_borrowed_or_an_answer_is_awaited() -> None:
    visitor = piti()
    assert isinstance(visitor.does(ev.SendSlip(), scan("B1"), ev.SendSlip()), k.Borrowing)
    assert visitor.asked_for(ev.AskSlip) == []
    visitor.state = replace(visitor.state, equipment=NO_PAPER)
    assert isinstance(visitor.does(lent(1, "B1"), ev.SendSlip()), k.Sending), "paper is not needed"


def test_the_code_stands_on_the_screen_until_the_member_is_done_with_it() -> None:
    visitor = piti("B1")
    assert shown(visitor).line == "offered"
    visitor.does(ev.JoinLine(show=True), ev.JoinLine(show=True))
    assert visitor.asked_for(ev.AskLineCode) == [ev.AskLineCode(1, "VISIT-OF-PITI")]
    visitor.does(line_code(1))
    assert (shown(visitor).line, shown(visitor).code) == ("shown", SQUARES)
    visitor.waits(60)
    assert shown(visitor).code == SQUARES, "a phone has to be found first"
    visitor.does(ev.JoinLine(show=False))
    assert (shown(visitor).line, shown(visitor).code) == ("offered", ())


def test_the_code_is_gone_at_once_when_the_visit_ends_however_it_ends() -> None:
    for end in (
        ev.Finish(slip=False),
        ev.Finish(slip=True),
        ev.Leave(),
        ev.SendSlip(),
        tap("04FFFFFF"),
    ):
        visitor = piti("B1")
        visitor.does(ev.JoinLine(show=True), line_code(1), end)
        assert SQUARES[0] not in all_shown(visitor)
    visitor = piti("B1")
    visitor.does(ev.JoinLine(show=True), line_code(1))
    visitor.waits(LIMITS.code)
    assert visitor.state.screen == k.Welcome()


def test_a_code_that_has_ended_is_shown_no_longer() -> None:
    visitor = piti("B1")
    visitor.does(ev.JoinLine(show=True), line_code(1, seconds=30))
    visitor.waits(29)
    assert shown(visitor).line == "shown"
    visitor.waits(1)
    assert (shown(visitor).line, shown(visitor).code) == ("offered", ())


def test_a_book_or_the_list_of_loans_takes_the_place_of_the_code() -> None:
    for event in (scan("B2"), scan("B1"), ev.LookAtLoans(look=True)):
        visitor = piti("B1")
        visitor.does(ev.JoinLine(show=True), line_code(1), event)
        assert shown(visitor).code == ()
    visitor = piti("B1")
    visitor.does(ev.LookAtLoans(look=True), ev.JoinLine(show=True), line_code(1))
    assert (shown(visitor).mine, shown(visitor).code) == (None, SQUARES)
    late = piti("B1")
    late.does(ev.JoinLine(show=True), scan("B2"), line_code(1))
    assert shown(late).code == (), "the member has gone on"


def test_a_hub_that_gives_no_code_is_told_of_and_can_be_asked_again() -> None:
    visitor = piti("B1")
    visitor.does(ev.JoinLine(show=True), no_code(1))
    assert (shown(visitor).line, shown(visitor).code) == ("failed", ())
    visitor.does(ev.JoinLine(show=True), line_code(1))
    assert shown(visitor).line == "shown"


def test_nothing_is_offered_that_the_hub_did_not_offer() -> None:
    visitor = Visitor()
    visitor.signs_in(SOMCHAI)
    visitor.does(scan("B1"), lent(1, "B1"), ev.JoinLine(show=True), ev.SendSlip(), line_code(1))
    assert (shown(visitor).line, shown(visitor).slip_by) == ("not_offered", "")
    assert visitor.asked_for(ev.AskLineCode) == []
    assert visitor.asked_for(ev.AskSlip) == []


def test_a_number_that_was_typed_links_no_account() -> None:
    visitor = Visitor()
    visitor.does(ev.StartTyping(), ev.PressDigit(digit="4"), ev.SubmitNumber())
    visitor.does(ev.MemberAnswered(1, Answer(OFFERED, from_hub=True)), ev.JoinLine(show=True))
    assert isinstance(visitor.state.screen, k.Borrowing)
    assert visitor.state.screen.offer.line is Joining.NOT_OFFERED
    assert visitor.asked_for(ev.AskLineCode) == []
    assert shown(visitor).slip_by == "line", "the slip goes where the member gets everything"
