"""The list of books of one visit: added once each, answered by the clerk, summed up on a receipt."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from samut_edge.flows.kiosk_events import (
    Action,
    CheckIn,
    CheckOut,
    LoanAnswered,
    Renew,
    RenewalAnswered,
    ReturnAnswered,
)
from samut_edge.flows.kiosk_states import (
    Asked,
    Book,
    Borrowing,
    Done,
    Lent,
    LoanReceipt,
    Receipt,
    Refused,
    Renewed,
    Returned,
    Returning,
    ReturnReceipt,
    SlipOutcome,
)
from samut_edge.slip import SlipKind
from samut_rules.reasons import Code

BookScreen = Borrowing | Returning


def is_listed(screen: BookScreen, barcode: str) -> bool:
    """Bar codes are told apart without regard to case, as on the hub."""
    return any(same_code(book.barcode, barcode) for book in screen.books)


def same_code(one: str, other: str) -> bool:
    return key_of(one) == key_of(other)


def add_book(screen: BookScreen, barcode: str) -> tuple[BookScreen, tuple[Action, ...]]:
    """A book is asked for once in a visit; the second time it is only pointed at."""
    if is_listed(screen, barcode):
        return _point_at(screen, barcode), ()
    if isinstance(screen, Borrowing):
        lending = replace(_at_books(screen), books=(*screen.books, Asked(barcode)), again="")
        return lending, (CheckOut(screen.visit, screen.number, barcode),)
    taking_back = replace(screen, books=(*screen.books, Asked(barcode)), again="")
    return taking_back, (CheckIn(screen.visit, barcode),)


def _point_at(screen: BookScreen, barcode: str) -> BookScreen:
    pointed = replace(screen, again=barcode)
    return _at_books(pointed) if isinstance(pointed, Borrowing) else pointed


def _at_books(screen: Borrowing) -> Borrowing:
    """With the books of the visit on the screen."""
    return replace(screen, looks=False, offer=screen.offer.folded())


def answer_loan(screen: Borrowing, event: LoanAnswered) -> tuple[Borrowing, tuple[Action, ...]]:
    """Put the clerk's answer in the place of the question. Of what the member has already a renewal is asked for."""
    if not any(_is_asked(book, event.barcode) for book in screen.books):
        return screen, ()
    if any(reason.code == Code.ITEM_ALREADY_YOURS for reason in event.answer.body.decision.reasons):
        return screen, (Renew(screen.visit, screen.number, event.barcode, seen=True),)
    return _with_answer(screen, event.barcode, _loan(event)), ()


def answer_renewal(screen: Borrowing, event: RenewalAnswered) -> Borrowing:
    return _with_answer(screen, event.barcode, _renewal(event))


def renew_loans(screen: Borrowing, keys: Collection[str]) -> tuple[Borrowing, tuple[Action, ...]]:
    """Ask to keep these of the member's loans, named by their keys; what the visit has had to do with is left out."""
    wanted = [
        loan.barcode for loan in screen.loans if key_of(loan.barcode) in keys and not is_listed(screen, loan.barcode)
    ]
    asking = replace(screen, books=(*screen.books, *map(Asked, wanted)), again="")
    return asking, tuple(Renew(screen.visit, screen.number, barcode, seen=False) for barcode in wanted)


def key_of(barcode: str) -> str:
    """What tells one book from another on a page."""
    return barcode.casefold()


def _with_answer(screen: Borrowing, barcode: str, answered: Lent | Renewed | Refused) -> Borrowing:
    books = tuple(answered if _is_asked(book, barcode) else book for book in screen.books)
    return replace(screen, books=books)


def answer_return(screen: Returning, event: ReturnAnswered) -> Returning:
    answered = _return(event)
    books = tuple(answered if _is_asked(book, event.barcode) else book for book in screen.books)
    return replace(screen, books=books)


def is_waiting(screen: BookScreen) -> bool:
    """Whether an answer is still to come."""
    return any(isinstance(book, Asked) for book in screen.books)


def receipt_of(screen: BookScreen) -> Receipt | None:
    """What a slip would tell; None when nothing was lent, renewed or taken back."""
    if isinstance(screen, Borrowing):
        lent = tuple(book for book in screen.books if isinstance(book, Lent | Renewed))
        return LoanReceipt(screen.name, lent) if lent else None
    returned = tuple(book for book in screen.books if isinstance(book, Returned))
    return ReturnReceipt(returned) if returned else None


def done(receipt: Receipt, slip: SlipOutcome) -> Done:
    """What may stand on the screen after the visit."""
    if isinstance(receipt, LoanReceipt):
        renewed = sum(isinstance(book, Renewed) for book in receipt.books)
        return Done(SlipKind.LOAN, len(receipt.books), _earliest(receipt), 0, slip, renewed)
    fine = sum(book.fine for book in receipt.books)
    return Done(SlipKind.RETURN, len(receipt.books), None, fine, slip)


def _earliest(receipt: LoanReceipt) -> datetime | None:
    return min((book.due for book in receipt.books if book.due is not None), default=None)


def _is_asked(book: Book, barcode: str) -> bool:
    return isinstance(book, Asked) and book.barcode == barcode


def _loan(event: LoanAnswered) -> Lent | Refused:
    body = event.answer.body
    if body.decision.allowed:
        return Lent(event.barcode, body.title, body.decision.due_at, event.answer.from_hub)
    return Refused(event.barcode, body.title, body.decision.reasons)


def _renewal(event: RenewalAnswered) -> Renewed | Refused:
    body = event.answer.body
    if body.decision.allowed:
        return Renewed(event.barcode, body.title, body.decision.due_at, event.answer.from_hub)
    return Refused(event.barcode, body.title, body.decision.reasons)


def _return(event: ReturnAnswered) -> Returned | Refused:
    body = event.answer.body
    if not body.returned:
        return Refused(event.barcode, body.title, body.reasons)
    return Returned(
        event.barcode,
        body.title,
        was_on_loan=body.was_on_loan,
        days_late=body.days_late,
        fine=body.fine,
        reasons=body.reasons,
        from_hub=event.answer.from_hub,
    )
