"""The tags of books: released only after the loan is durable, secured before a return; success is never inferred.

What was tried in vain, or could not be tried, is told to the hub, and the book is sent to the desk.
"""

from dataclasses import replace

from samut_edge.devices.pad import Security
from samut_edge.flows.kiosk_books import ScreenT, book_of, put
from samut_edge.flows.kiosk_events import Action, CheckIn, RecordSecurity, SecurityAnswered, SetTag
from samut_edge.flows.kiosk_pad import lies
from samut_edge.flows.kiosk_states import (
    Asked,
    Book,
    Borrowing,
    Incomplete,
    KioskState,
    Lent,
    Renewed,
    Returned,
    Returning,
    Tag,
)

MOST_TRIES = 2
MOST_LOOKS = 8
"""Twice as long as a pad takes to say that a tag is gone."""
Actions = tuple[Action, ...]
Tagged = Asked | Lent | Renewed | Returned


def release(state: KioskState, screen: Borrowing, barcode: str) -> tuple[Borrowing, Actions]:
    """The loan is durable: now its tag may tell the exit so. What is only renewed need not lie here."""
    book = book_of(screen, barcode)
    if not state.house.secures or not isinstance(book, Lent | Renewed):
        return screen, ()
    if isinstance(book, Renewed) and lies(state, barcode) is None:
        return screen, ()
    return _write(state, screen, book)


def take_back(state: KioskState, screen: Returning, book: Asked) -> tuple[Returning, Actions]:
    """Its tag is secured first; what does not lie on the pad is taken back at once, and wanted there afterwards."""
    if not state.house.secures:
        return put(screen, book), _ask_back(screen, book)
    return _write(state, screen, book)


def answer_tag(state: KioskState, screen: ScreenT, event: SecurityAnswered) -> tuple[ScreenT, Actions]:
    """The state knows already what the tag said when it was read back."""
    book = book_of(screen, event.barcode)
    if not isinstance(book, Tagged) or not awaits(book, event):
        return screen, ()
    if event.outcome is Security.DONE:
        settled, actions = _came_out(screen, replace(book, tag=Tag.DONE))
        was_told = not isinstance(book, Asked) and book.tries > MOST_TRIES
        return settled, (*actions, *((_record(screen, book, done=True),) if was_told else ()))
    is_there = lies(state, book.barcode) is not None
    if event.outcome is Security.NO_TAG or not is_there:
        return _came_out(screen, replace(book, tag=Tag.WANTED, tries=book.tries if is_there else 0))
    if book.tries < MOST_TRIES:
        return _write(state, screen, book)
    return _came_out(screen, replace(book, tag=Tag.PENDING))


def awaits(book: Book | None, event: SecurityAnswered) -> bool:
    """Whether the answer is to an order that stands."""
    return isinstance(book, Tagged) and book.tag is Tag.WRITING and _wants_secured(book) is event.secured


def tag_seen(state: KioskState, screen: ScreenT, barcode: str, *, is_new: bool = False) -> tuple[ScreenT, Actions]:
    """A listed book is seen on the pad: what its tag says now counts, not what was tried before. Where it `is_new`
    there, what was given up is tried again."""
    book, lying = book_of(screen, barcode), lies(state, barcode)
    if not isinstance(book, Lent | Renewed | Returned) or lying is None:
        return screen, ()
    if book.tag is Tag.WANTED:
        return _write(state, screen, replace(book, tries=0))
    if book.tag is not Tag.PENDING:
        return screen, ()
    if lying.secured is _wants_secured(book):
        return put(screen, replace(book, tag=Tag.DONE)), (_record(screen, book, done=True),)
    return _write(state, screen, book) if is_new and book.tries < MOST_LOOKS else (screen, ())


def look_again(state: KioskState, screen: ScreenT) -> tuple[ScreenT, Actions]:
    """A book that was lifted and put back so quickly that the pad took it for lying there all the time."""
    actions: Actions = ()
    for book in screen.books:
        if isinstance(book, Lent | Renewed | Returned) and _may_lie_again(state, book):
            screen, more = _write(state, screen, book)
            actions += more
    return screen, actions


def _may_lie_again(state: KioskState, book: Lent | Renewed | Returned) -> bool:
    is_there = lies(state, book.barcode) is not None
    return book.tag is Tag.WANTED and is_there and 0 < book.tries < MOST_LOOKS


def given_up(screen: Borrowing | Returning) -> Actions:
    """The visit ends: what is still to be written, or to be taken back, is not forgotten."""
    actions: Actions = ()
    for book in screen.books:
        match book:
            case Incomplete() if isinstance(screen, Returning):
                actions += _ask_back(screen, Asked(book.barcode, seen=book.seen, of=book.of))
            case Asked(tag=Tag.WRITING):
                actions += (CheckIn(screen.visit, book.barcode), _record(screen, book, done=False))
            case Lent(tag=Tag.WANTED | Tag.WRITING) | Renewed(tag=Tag.WANTED | Tag.WRITING):
                actions += (_record(screen, book, done=False),)
            case Asked(tag=Tag.WANTED) | Returned(tag=Tag.WANTED | Tag.WRITING):
                actions += (_record(screen, book, done=False),)
    return actions


def _write(state: KioskState, screen: ScreenT, book: Tagged) -> tuple[ScreenT, Actions]:
    """Where it lies on the pad, and its tag does not say so already. A set is released only whole."""
    lying, secured = lies(state, book.barcode), _wants_secured(book)
    if lying is None or not (secured or lying.is_whole):
        return _came_out(screen, replace(book, tag=Tag.WANTED))
    if lying.secured is secured:
        return _came_out(screen, replace(book, tag=Tag.DONE))
    writing = replace(book, tag=Tag.WRITING, tries=book.tries + 1)
    return put(screen, writing), (SetTag(screen.visit, book.barcode, secured),)


def _came_out(screen: ScreenT, book: Tagged) -> tuple[ScreenT, Actions]:
    """The tag is right, or wanted, or given up; a book that comes back is now taken back whatever it is."""
    if isinstance(book, Asked):
        return put(screen, book), _ask_back(screen, book)
    if book.tag is Tag.PENDING:
        return put(screen, book), (_record(screen, book, done=False),)
    return put(screen, book), ()


def _ask_back(screen: Borrowing | Returning, book: Asked) -> Actions:
    asked = CheckIn(screen.visit, book.barcode)
    if book.tag is not Tag.PENDING and book.seen >= book.of:
        return (asked,)
    return asked, _record(screen, book, done=book.tag is not Tag.PENDING)


def _record(screen: Borrowing | Returning, book: Tagged, *, done: bool) -> RecordSecurity:
    member = screen.number if isinstance(screen, Borrowing) else ""
    seen, of = (book.seen, book.of) if isinstance(book, Asked | Returned) else (1, 1)
    return RecordSecurity(book.barcode, _wants_secured(book), done, member, seen, of)


def _wants_secured(book: Tagged) -> bool:
    """What comes back is secured; what goes out is not."""
    return isinstance(book, Asked | Returned)
