"""The list of books of one visit: added once each, answered by the clerk, summed up on a receipt."""

from dataclasses import replace
from datetime import datetime

from samut_edge.flows.kiosk_states import (
    Action,
    Asked,
    Book,
    Borrowing,
    CheckIn,
    CheckOut,
    Done,
    Lent,
    LoanAnswered,
    LoanReceipt,
    Receipt,
    Refused,
    ReturnAnswered,
    Returned,
    Returning,
    ReturnReceipt,
    SlipOutcome,
)
from samut_edge.slip import SlipKind

BookScreen = Borrowing | Returning


def is_listed(screen: BookScreen, barcode: str) -> bool:
    """Bar codes are told apart without regard to case, as on the hub."""
    return any(same_code(book.barcode, barcode) for book in screen.books)


def same_code(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def add_book(screen: BookScreen, barcode: str) -> tuple[BookScreen, tuple[Action, ...]]:
    """A book is asked for once in a visit; the second time it is only pointed at."""
    if is_listed(screen, barcode):
        return replace(screen, again=barcode), ()
    if isinstance(screen, Borrowing):
        lending = replace(screen, books=(*screen.books, Asked(barcode)), again="")
        return lending, (CheckOut(screen.visit, screen.number, barcode),)
    taking_back = replace(screen, books=(*screen.books, Asked(barcode)), again="")
    return taking_back, (CheckIn(screen.visit, barcode),)


def answer_loan(screen: Borrowing, event: LoanAnswered) -> Borrowing:
    """Put the clerk's answer in the place of the question."""
    answered = _loan(event)
    books = tuple(answered if _is_asked(book, event.barcode) else book for book in screen.books)
    return replace(screen, books=books)


def answer_return(screen: Returning, event: ReturnAnswered) -> Returning:
    answered = _return(event)
    books = tuple(answered if _is_asked(book, event.barcode) else book for book in screen.books)
    return replace(screen, books=books)


def is_waiting(screen: BookScreen) -> bool:
    """Whether an answer is still to come."""
    return any(isinstance(book, Asked) for book in screen.books)


def receipt_of(screen: BookScreen) -> Receipt | None:
    """What a slip would tell; None when nothing was lent or taken back."""
    if isinstance(screen, Borrowing):
        lent = tuple(book for book in screen.books if isinstance(book, Lent))
        return LoanReceipt(screen.name, lent) if lent else None
    returned = tuple(book for book in screen.books if isinstance(book, Returned))
    return ReturnReceipt(returned) if returned else None


def done(receipt: Receipt, slip: SlipOutcome) -> Done:
    """What may stand on the screen after the visit."""
    if isinstance(receipt, LoanReceipt):
        return Done(SlipKind.LOAN, len(receipt.books), _earliest(receipt), 0, slip)
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
