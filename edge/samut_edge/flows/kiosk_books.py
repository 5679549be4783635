"""The list of books of one visit: each once, with what became of it, summed up on a receipt."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from samut_edge.flows.kiosk_states import (
    Asked,
    Book,
    Borrowing,
    Done,
    Incomplete,
    Lent,
    LoanReceipt,
    Receipt,
    Renewed,
    Returned,
    Returning,
    ReturnReceipt,
    SlipOutcome,
    Tag,
)
from samut_edge.slip import SlipKind

BookScreen = Borrowing | Returning
ScreenT = TypeVar("ScreenT", bound=BookScreen)
NOT_RIGHT = (Tag.WANTED, Tag.WRITING, Tag.PENDING)


def is_listed(screen: BookScreen, barcode: str) -> bool:
    return book_of(screen, barcode) is not None


def book_of(screen: BookScreen, barcode: str) -> Book | None:
    return next((book for book in screen.books if same_code(book.barcode, barcode)), None)


def same_code(one: str, other: str) -> bool:
    """Bar codes are told apart without regard to case, as on the hub."""
    return key_of(one) == key_of(other)


def key_of(barcode: str) -> str:
    """What tells one book from another on a page."""
    return barcode.casefold()


def put(screen: ScreenT, book: Book) -> ScreenT:
    """In the place of the one with its bar code, or at the end."""
    if not is_listed(screen, book.barcode):
        return replace(screen, books=(*screen.books, book))
    books = tuple(book if same_code(one.barcode, book.barcode) else one for one in screen.books)
    return replace(screen, books=books)


def is_asked(screen: BookScreen, barcode: str) -> bool:
    return any(isinstance(book, Asked) and book.barcode == barcode for book in screen.books)


def is_waiting(screen: BookScreen) -> bool:
    """Whether an answer is still to come, of the clerk or of the pad; or parts of a set that comes back."""
    return any(_waits(book, is_return=isinstance(screen, Returning)) for book in screen.books)


def _waits(book: Book, *, is_return: bool) -> bool:
    match book:
        case Asked():
            return True
        case Incomplete():
            return is_return
        case Lent() | Renewed() | Returned():
            return book.tag is Tag.WRITING
        case _:
            return False


def receipt_of(screen: BookScreen) -> Receipt | None:
    """What a slip would tell; None when nothing was lent, renewed or taken back."""
    if isinstance(screen, Borrowing):
        lent = tuple(book for book in screen.books if isinstance(book, Lent | Renewed))
        return LoanReceipt(screen.name, lent) if lent else None
    returned = tuple(book for book in screen.books if isinstance(book, Returned))
    return ReturnReceipt(returned) if returned else None


def done(receipt: Receipt, slip: SlipOutcome) -> Done:
    """What may stand on the screen after the visit."""
    to_desk = sum(book.tag in NOT_RIGHT for book in receipt.books)
    if isinstance(receipt, LoanReceipt):
        renewed = sum(isinstance(book, Renewed) for book in receipt.books)
        return Done(SlipKind.LOAN, len(receipt.books), _earliest(receipt), 0, slip, renewed, to_desk)
    fine = sum(book.fine for book in receipt.books)
    return Done(SlipKind.RETURN, len(receipt.books), None, fine, slip, to_desk=to_desk)


def _earliest(receipt: LoanReceipt) -> datetime | None:
    return min((book.due for book in receipt.books if book.due is not None), default=None)
