"""A member keeps books longer: by laying one down in the visit, or from the list of what is on loan."""

from dataclasses import replace

import msgspec
import pytest

from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.kiosk_slip import Library, slip_for
from samut_edge.kiosk_view import BorrowingView, DoneView, RefusedView, RenewedView, view_of
from tests.edge.flows.visitor import DUE, LIMITS, MALAI, Visitor, lent, renewed, scan, yours

LIBRARY = Library("ห้องสมุด", "Library")


def view(visitor: Visitor) -> object:
    return view_of(visitor.state, LIBRARY, now=visitor.now, limits=LIMITS).screen


def borrowing(visitor: Visitor) -> k.Borrowing:
    assert isinstance(visitor.state.screen, k.Borrowing)
    return visitor.state.screen


def malai() -> Visitor:
    visitor = Visitor()
    visitor.signs_in(MALAI)
    return visitor


@pytest.mark.requirement("K-07")
def test_a_book_the_member_has_already_is_renewed_in_the_same_visit() -> None:
    visitor = malai()
    visitor.does(scan("B7"), yours(1, "B7"))
    assert visitor.asked_for(ev.Renew) == [ev.Renew(1, "10003", "B7", seen=True)]
    assert borrowing(visitor).books == (k.Asked("B7"),)
    visitor.does(renewed(1, "B7"), scan("B1"), lent(1, "B1"))
    shown = view(visitor)
    assert isinstance(shown, BorrowingView)
    assert shown.books[0] == RenewedView(key="b7", title="Book B7", due="12 ธ.ค. 2569", from_hub=True, tag="none")
    done = visitor.does(ev.Finish(slip=False))
    assert done == k.Done(k.SlipKind.LOAN, 2, DUE, 0, k.SlipOutcome.NOT_WANTED, renewed=1)
    assert isinstance(view(visitor), DoneView)


def test_why_it_is_not_renewed_is_said_and_the_visit_goes_on() -> None:
    visitor = malai()
    visitor.does(ev.ChooseLanguage(language=k.Language.ENGLISH), scan("B7"), yours(1, "B7"))
    visitor.does(renewed(1, "B7", why_not="others_wait"))
    shown = view(visitor)
    assert isinstance(shown, BorrowingView)
    assert isinstance(shown.books[0], RefusedView)
    why = "Somebody else waits for it, so it cannot be renewed. Please bring it back by its due date."
    assert shown.books[0].hints == (why,)
    assert visitor.does(ev.Leave()) == k.Welcome()


def test_a_repeated_answer_asks_for_no_second_renewal() -> None:
    visitor = malai()
    visitor.does(scan("B7"), yours(1, "B7"), renewed(1, "B7"), yours(1, "B7"))
    assert len(visitor.asked_for(ev.Renew)) == 1
    assert borrowing(visitor).books == (k.Renewed("B7", "Book B7", DUE, from_hub=True),)


def test_what_the_member_has_is_shown_only_when_asked_for() -> None:
    visitor = malai()
    assert "Book B7" not in msgspec.json.encode(view(visitor)).decode()
    visitor.does(ev.LookAtLoans(look=True))
    shown = view(visitor)
    assert isinstance(shown, BorrowingView)
    assert shown.mine is not None
    assert [(loan.key, loan.title, loan.now) for loan in shown.mine] == [
        ("b7", "Book B7", None),
        ("b8", "Book B8", None),
    ]
    visitor.does(scan("B1"))
    assert not borrowing(visitor).looks, "a book that is scanned stands in the list of the visit"


def test_one_or_all_are_renewed_from_the_list_once_each_without_the_books_at_hand() -> None:
    visitor = malai()
    visitor.does(
        ev.LookAtLoans(look=True),
        ev.RenewLoan(key="b8"),
        ev.RenewLoan(key="b8"),
        ev.RenewAll(),
        ev.RenewAll(),
    )
    asked = visitor.asked_for(ev.Renew)
    assert [(one.barcode, one.seen) for one in asked] == [("B8", False), ("B7", False)]
    visitor.does(renewed(1, "B8"), renewed(1, "B7", why_not="renewals_used"))
    shown = view(visitor)
    assert isinstance(shown, BorrowingView)
    assert shown.mine is not None
    assert [type(loan.now) for loan in shown.mine] == [RefusedView, RenewedView]


def test_a_member_with_no_loans_has_no_list() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(ev.LookAtLoans(look=True))
    assert not borrowing(visitor).looks


def test_the_slip_says_what_was_renewed_and_until_when() -> None:
    books = (k.Lent("B1", "Book", DUE, from_hub=True), k.Renewed("B7", "Book", DUE, from_hub=False))
    slip = slip_for(k.LoanReceipt("มาลัย", books), k.Language.THAI, library=LIBRARY, now=DUE)
    assert [line.note for line in slip.lines] == [
        "กำหนดส่ง 12 ธ.ค. 2569",
        "ต่ออายุแล้ว กำหนดส่งใหม่ 12 ธ.ค. 2569",
    ]
    assert slip.notice
    unknown = k.LoanReceipt("มาลัย", (replace(books[1], due=None),))
    english = slip_for(unknown, k.Language.ENGLISH, library=LIBRARY, now=DUE)
    assert english.lines[0].note == "Please ask for the due date at the desk"
