"""The kiosk's flow: what people do at it, told as they would tell it."""

from dataclasses import replace

import pytest

from samut_edge.clerk import Answer
from samut_edge.events import CardKind, PartChanged
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_screens import at_rest, deadline
from samut_edge.kiosk_slip import Library
from samut_edge.kiosk_view import AnyScreenView, IdentifyingView, PrintingView, view_of
from samut_edge.slip import SlipKind
from samut_wire import messages as m
from tests.edge.flows.visitor import (
    ALL_WORKS,
    DUE,
    LIMITS,
    NO_PAPER,
    SOMCHAI,
    STRANGER,
    Visitor,
    gone,
    lent,
    refused,
    returned,
    scan,
    seen,
    tap,
)

# -- borrowing


def test_a_member_taps_a_card_and_is_greeted_by_name() -> None:
    visitor = Visitor()
    assert isinstance(visitor.does(tap()), k.Identifying)
    assert visitor.asked == [ev.FindMember(1, k.MemberKey(CardKind.UID, "04A1B2C3")), ev.AskPrinter()]
    screen = visitor.does(ev.MemberAnswered(1, Answer(SOMCHAI, from_hub=True)))
    assert isinstance(screen, k.Borrowing)
    assert screen.name == "สมชาย ใจดี"


def test_a_member_without_a_card_types_the_number() -> None:
    visitor = Visitor()
    visitor.does(ev.StartTyping(), ev.PressDigit(digit="1"), ev.PressDigit(digit="9"), ev.EraseDigit())
    visitor.does(ev.PressDigit(digit="0"), ev.SubmitNumber())
    assert visitor.asked[0] == ev.FindMember(1, k.MemberKey(CardKind.NUMBER, "10"))


def test_a_scanned_card_is_a_member_number() -> None:
    visitor = Visitor()
    visitor.does(scan(" 10001 "))
    assert visitor.asked[0] == ev.FindMember(1, k.MemberKey(CardKind.NUMBER, "10001"))


def test_ok_without_a_number_asks_nobody() -> None:
    visitor = Visitor()
    assert visitor.does(ev.StartTyping(), ev.SubmitNumber()) == k.Typing("")
    assert not visitor.asked


def test_a_stranger_is_told_and_may_try_again() -> None:
    visitor = Visitor()
    assert isinstance(visitor.signs_in(STRANGER), k.NotKnown)
    assert isinstance(visitor.signs_in(), k.Borrowing)


def test_three_books_are_borrowed_and_a_slip_is_printed() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), scan("B2"), scan("B3"))
    visitor.does(lent(1, "B2"), refused(1, "B3"), lent(1, "B1"))
    screen = visitor.does(ev.Finish(slip=True))
    assert isinstance(screen, k.Printing)
    receipt = visitor.asked_for(ev.PrintSlip)[0].receipt
    assert isinstance(receipt, k.LoanReceipt)
    assert [book.barcode for book in receipt.books] == ["B1", "B2"]
    assert receipt.member == "สมชาย ใจดี"
    screen = visitor.does(ev.PrinterDone(1, printed=True))
    assert screen == k.Done(SlipKind.LOAN, 2, DUE, 0, k.SlipOutcome.PRINTED)
    assert visitor.does(ev.Leave()) == k.Welcome()


def test_a_member_may_do_without_a_slip() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"))
    screen = visitor.does(ev.Finish(slip=False))
    assert isinstance(screen, k.Done)
    assert screen.slip is k.SlipOutcome.NOT_WANTED
    assert not visitor.asked_for(ev.PrintSlip)


def test_the_way_out_opens_when_the_last_book_is_answered() -> None:
    visitor = Visitor()
    visitor.signs_in()
    assert isinstance(visitor.does(scan("B1"), ev.Finish(slip=True)), k.Borrowing)
    assert isinstance(visitor.does(ev.Leave()), k.Borrowing)
    assert isinstance(visitor.does(lent(1, "B1"), ev.Finish(slip=True)), k.Printing)


def test_who_borrowed_nothing_leaves_without_ado() -> None:
    visitor = Visitor()
    visitor.signs_in()
    assert visitor.does(scan("B1"), refused(1, "B1"), ev.Finish(slip=True)) == k.Welcome()


def test_a_book_scanned_twice_is_lent_once_and_pointed_at() -> None:
    visitor = Visitor()
    visitor.signs_in()
    screen = visitor.does(scan("b1"), lent(1, "b1"), scan("B1"))
    assert isinstance(screen, k.Borrowing)
    assert len(screen.books) == 1
    assert screen.again == "B1"
    assert len(visitor.asked_for(ev.CheckOut)) == 1


def test_a_tag_that_the_pad_loses_and_finds_keeps_no_visit_open() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(seen("B1"), lent(1, "B1"))
    for _ in range(8):
        visitor.waits(5)
        visitor.does(gone("B1"), seen("B1"))
    assert isinstance(visitor.waits(5), k.Welcome)
    assert len(visitor.asked_for(ev.CheckOut)) == 1


def test_books_laid_on_the_pad_before_the_card_are_borrowed_with_it() -> None:
    visitor = Visitor()
    visitor.does(seen("B1"), seen("B2"), seen("B3"), gone("B2"))
    assert isinstance(visitor.signs_in(), k.Counting)
    assert visitor.asked_for(ev.CheckOut) == []
    visitor.does(ev.ConfirmCount(right=True))
    assert [ask.barcode for ask in visitor.asked_for(ev.CheckOut)] == ["B1", "B3"]
    assert visitor.state.on_pad == ()


def test_a_quick_child_scans_before_the_name_appears() -> None:
    visitor = Visitor()
    visitor.does(tap(), scan("B1"))
    screen = visitor.does(ev.MemberAnswered(1, Answer(SOMCHAI, from_hub=True)))
    assert isinstance(screen, k.Borrowing)
    assert visitor.asked_for(ev.CheckOut) == [ev.CheckOut(1, "10001", "B1")]


def test_a_book_scanned_by_a_stranger_is_not_lent_to_the_next_child() -> None:
    visitor = Visitor()
    visitor.does(tap(), scan("B1"))
    visitor.does(ev.MemberAnswered(1, Answer(STRANGER, from_hub=True)))
    visitor.signs_in()
    assert not visitor.asked_for(ev.CheckOut)


MALEE_CARD = "04FFFFFF"
MALEE = m.MemberFound(known=True, number="10002", name="มาลี")


def test_the_next_child_in_the_queue_taps_before_the_first_has_finished() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), scan("B2"))
    visitor.does(tap(MALEE_CARD), lent(1, "B1"))
    assert len(visitor.asked_for(ev.FindMember)) == 1
    assert isinstance(visitor.does(lent(1, "B2")), k.Printing)
    (slip,) = visitor.asked_for(ev.PrintSlip)
    assert isinstance(slip.receipt, k.LoanReceipt)
    assert (slip.receipt.member, len(slip.receipt.books)) == ("สมชาย ใจดี", 2)
    assert isinstance(visitor.does(ev.PrinterDone(1, printed=True)), k.Identifying)
    assert visitor.asked_for(ev.FindMember)[-1] == ev.FindMember(2, k.MemberKey(CardKind.UID, MALEE_CARD))
    screen = visitor.does(ev.MemberAnswered(2, Answer(MALEE, from_hub=True)))
    assert isinstance(screen, k.Borrowing)
    assert (screen.name, screen.books) == ("มาลี", ())


def test_the_next_child_sees_nothing_of_the_first_while_it_waits() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), scan("B2"), tap(MALEE_CARD))
    assert isinstance(_shown(visitor), IdentifyingView)
    visitor.does(lent(1, "B2"))
    assert isinstance(_shown(visitor), PrintingView)
    visitor.does(ev.PrinterDone(1, printed=False))
    assert isinstance(_shown(visitor), IdentifyingView)


def test_a_child_that_taps_while_the_slip_of_another_prints_comes_next() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True))
    assert isinstance(visitor.does(tap(), tap(" "), tap(MALEE_CARD), tap("04EEEEEE")), k.Printing)
    assert isinstance(_shown(visitor), PrintingView)
    assert isinstance(visitor.does(ev.PrinterDone(1, printed=True)), k.Identifying)
    assert visitor.asked_for(ev.FindMember)[-1] == ev.FindMember(2, k.MemberKey(CardKind.UID, MALEE_CARD))


def test_whose_slip_prints_is_not_signed_in_again_by_the_same_card() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True), tap())
    assert isinstance(visitor.does(ev.PrinterDone(1, printed=True)), k.Done)


def _shown(visitor: Visitor) -> AnyScreenView:
    return view_of(visitor.state, Library("ห้องสมุด", "Library"), now=visitor.now, limits=LIMITS).screen


def test_without_paper_the_next_child_waits_for_the_answers_only() -> None:
    visitor = Visitor(at_rest(0.0, NO_PAPER))
    visitor.signs_in()
    assert isinstance(visitor.does(scan("B1"), tap(MALEE_CARD)), k.Settling)
    assert isinstance(visitor.does(lent(1, "B1")), k.Identifying)
    assert not visitor.asked_for(ev.PrintSlip)


def test_a_printer_that_never_answers_does_not_lose_the_next_card() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), tap(MALEE_CARD))
    assert isinstance(visitor.waits(LIMITS.printing), k.Identifying)
    assert visitor.asked_for(ev.FindMember)[-1].key.value == MALEE_CARD


def test_books_of_the_first_child_on_the_pad_are_not_lent_to_the_next() -> None:
    visitor = Visitor(at_rest(0.0, NO_PAPER))
    visitor.signs_in()
    visitor.does(seen("B1"), tap(MALEE_CARD), gone("B1"), seen("B1"), scan("B2"), seen("B3"), lent(1, "B1"))
    visitor.does(ev.MemberAnswered(2, Answer(MALEE, from_hub=True)))
    assert [(ask.member, ask.barcode) for ask in visitor.asked_for(ev.CheckOut)] == [
        ("10001", "B1"),
        ("10002", "B3"),
    ]


def test_the_same_card_held_twice_changes_nothing() -> None:
    visitor = Visitor()
    visitor.signs_in()
    before = visitor.state
    visitor.does(tap())
    assert visitor.state == before


# -- returning


def test_books_are_returned_without_signing_in() -> None:
    visitor = Visitor()
    visitor.does(ev.StartReturning(), scan("B1"), seen("B2"))
    assert not visitor.asked_for(ev.FindMember)
    visitor.does(returned(1, "B1"), returned(1, "B2", days_late=3, fine=600))
    screen = visitor.does(ev.Finish(slip=True), ev.PrinterDone(1, printed=True))
    assert screen == k.Done(SlipKind.RETURN, 2, None, 600, k.SlipOutcome.PRINTED)


def test_an_unknown_book_is_not_taken_back() -> None:
    visitor = Visitor()
    visitor.does(ev.StartReturning(), scan("?"))
    body = m.CheckinAnswered(barcode="?", returned=False)
    screen = visitor.does(ev.ReturnAnswered(1, "?", Answer(body, from_hub=True)))
    assert isinstance(screen, k.Returning)
    assert screen.books == (k.Refused("?", "", ()),)


def test_who_has_returned_may_tap_a_card_and_borrow() -> None:
    visitor = Visitor()
    visitor.does(ev.StartReturning(), scan("B1"), tap(), returned(1, "B1"))
    assert isinstance(visitor.asked_for(ev.PrintSlip)[0].receipt, k.ReturnReceipt)
    visitor.does(ev.PrinterDone(1, printed=True))
    assert isinstance(visitor.does(ev.MemberAnswered(2, Answer(SOMCHAI, from_hub=True))), k.Borrowing)


# -- paper and parts


def test_without_paper_borrowing_goes_on_and_no_slip_is_promised() -> None:
    visitor = Visitor(at_rest(0.0, NO_PAPER))
    visitor.signs_in()
    screen = visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True))
    assert isinstance(screen, k.Done)
    assert screen.slip is k.SlipOutcome.NO_PAPER
    assert not visitor.asked_for(ev.PrintSlip)


@pytest.mark.parametrize("begin", [tap(), ev.StartReturning(), scan("10001")])
def test_the_printer_is_asked_as_soon_as_somebody_begins(begin: ev.Event) -> None:
    visitor = Visitor()
    visitor.does(begin)
    assert ev.AskPrinter() in visitor.asked


def test_a_slip_that_fails_is_owned_up_to() -> None:
    visitor = Visitor()
    visitor.signs_in()
    screen = visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True), ev.PrinterDone(1, printed=False))
    assert isinstance(screen, k.Done)
    assert screen.slip is k.SlipOutcome.FAILED


def test_a_printer_that_never_answers_holds_nobody_up() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True))
    screen = visitor.waits(LIMITS.printing)
    assert isinstance(screen, k.Done)
    assert screen.slip is k.SlipOutcome.FAILED
    assert visitor.does(ev.PrinterDone(1, printed=True)) == screen


def test_a_kiosk_that_reads_no_books_says_so_and_recovers() -> None:
    visitor = Visitor()
    blind = replace(ALL_WORKS, books=False)
    assert visitor.does(ev.EquipmentChanged(blind)) == k.Unavailable()
    assert visitor.does(tap(), scan("10001"), ev.StartReturning(), ev.StartTyping()) == k.Unavailable()
    assert visitor.does(ev.EquipmentChanged(ALL_WORKS)) == k.Welcome()


def test_a_visit_survives_a_scanner_that_fails_for_a_moment() -> None:
    visitor = Visitor()
    visitor.signs_in()
    assert isinstance(visitor.does(ev.EquipmentChanged(replace(ALL_WORKS, books=False))), k.Borrowing)
    assert visitor.does(ev.Leave()) == k.Unavailable()


def test_a_changed_part_is_looked_at() -> None:
    visitor = Visitor()
    visitor.does(PartChanged("printer"))
    assert visitor.asked == [ev.LookAtParts()]


# -- language and time


def test_the_language_holds_for_the_visit_and_goes_with_the_visitor() -> None:
    visitor = Visitor()
    visitor.does(ev.ChooseLanguage(language=k.Language.ENGLISH))
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"), ev.Finish(slip=True))
    assert visitor.asked_for(ev.PrintSlip)[0].language is k.Language.ENGLISH
    visitor.does(ev.PrinterDone(1, printed=True), ev.Leave())
    assert visitor.state.language is k.Language.THAI


def test_a_language_chosen_and_left_goes_back_after_a_while() -> None:
    visitor = Visitor()
    visitor.does(ev.ChooseLanguage(language=k.Language.ENGLISH))
    visitor.waits(LIMITS.idle)
    assert visitor.state.language is k.Language.THAI
    assert deadline(visitor.state, LIMITS) is None


def test_a_touch_gives_more_time() -> None:
    visitor = Visitor()
    visitor.signs_in()
    assert isinstance(visitor.waits(44), k.Borrowing)
    visitor.does(ev.Stay())
    assert isinstance(visitor.waits(44), k.Borrowing)
    assert visitor.waits(1) == k.Welcome()


def test_a_typed_number_is_kept_short() -> None:
    visitor = Visitor()
    visitor.does(ev.StartTyping(), *[ev.PressDigit(digit="7")] * 40)
    assert isinstance(visitor.state.screen, k.Typing)
    assert len(visitor.state.screen.digits) == 20
