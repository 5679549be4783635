"""The books of a visit as they come and are answered: each asked for once, then lent, renewed or taken back."""

from collections.abc import Collection
from dataclasses import replace

from samut_edge.events import ItemSeen
from samut_edge.flows.kiosk_books import BookScreen, book_of, is_asked, is_listed, key_of, put
from samut_edge.flows.kiosk_events import (
    Action,
    CheckOut,
    LoanAnswered,
    Renew,
    RenewalAnswered,
    ReturnAnswered,
)
from samut_edge.flows.kiosk_pad import lies
from samut_edge.flows.kiosk_states import (
    Asked,
    Borrowing,
    Incomplete,
    KioskState,
    Lent,
    Refused,
    Renewed,
    Returned,
    Returning,
    Tag,
)
from samut_edge.flows.kiosk_tags import release, tag_seen, take_back
from samut_rules.reasons import Code

Actions = tuple[Action, ...]


def add_book(state: KioskState, screen: BookScreen, barcode: str, now: float) -> tuple[BookScreen, Actions]:
    """A book is asked for once in a visit; the second time it is only pointed at. A set waits for its parts."""
    if is_listed(screen, barcode):
        return _point_at(screen, barcode), ()
    fresh: BookScreen = _at_books(screen) if isinstance(screen, Borrowing) else screen
    fresh = replace(fresh, again="")
    lying = lies(state, barcode)
    if lying is not None and not lying.is_whole:
        return put(fresh, Incomplete(barcode, lying.seen, lying.of, now)), ()
    return _ask(state, fresh, Asked(barcode))


def book_seen(state: KioskState, screen: BookScreen, event: ItemSeen, *, is_new: bool) -> tuple[BookScreen, Actions]:
    """A book of the list is on the pad, or other parts of it are."""
    book = book_of(screen, event.barcode)
    if not isinstance(book, Incomplete):
        return tag_seen(state, screen, event.barcode, is_new=is_new)
    if event.seen < event.of:
        return put(screen, replace(book, seen=event.seen, of=event.of)), ()
    return _ask(state, screen, Asked(book.barcode))


def take_incomplete(state: KioskState, screen: Returning, before: float) -> tuple[Returning, Actions]:
    """Sets that have waited for their parts since then come back as they are; staff hear of it."""
    actions: Actions = ()
    for book in screen.books:
        if isinstance(book, Incomplete) and book.since <= before:
            screen, more = take_back(state, screen, Asked(book.barcode, seen=book.seen, of=book.of))
            actions += more
    return screen, actions


def answer_loan(state: KioskState, screen: Borrowing, event: LoanAnswered) -> tuple[Borrowing, Actions]:
    """Put the clerk's answer in the place of the question. Of what the member has already a renewal is asked for."""
    if not is_asked(screen, event.barcode):
        return screen, ()
    if any(reason.code == Code.ITEM_ALREADY_YOURS for reason in event.answer.body.decision.reasons):
        return screen, (Renew(screen.visit, screen.number, event.barcode, seen=True),)
    return release(state, put(screen, _loan(event)), event.barcode)


def answer_renewal(state: KioskState, screen: Borrowing, event: RenewalAnswered) -> tuple[Borrowing, Actions]:
    if not is_asked(screen, event.barcode):
        return screen, ()
    return release(state, put(screen, _renewal(event)), event.barcode)


def answer_return(state: KioskState, screen: Returning, event: ReturnAnswered) -> tuple[Returning, Actions]:
    """A tag that lies on the pad only now is secured now."""
    asked = book_of(screen, event.barcode)
    if not isinstance(asked, Asked) or asked.tag is Tag.WRITING:
        return screen, ()
    answered = put(screen, _return(event, asked))
    return tag_seen(state, answered, event.barcode) if lies(state, event.barcode) else (answered, ())


def renew_loans(screen: Borrowing, keys: Collection[str]) -> tuple[Borrowing, Actions]:
    """Ask to keep these of the member's loans, named by their keys; what the visit has had to do with is left out."""
    wanted = [
        loan.barcode for loan in screen.loans if key_of(loan.barcode) in keys and not is_listed(screen, loan.barcode)
    ]
    asking = replace(screen, books=(*screen.books, *map(Asked, wanted)), again="")
    return asking, tuple(Renew(screen.visit, screen.number, barcode, seen=False) for barcode in wanted)


def _ask(state: KioskState, screen: BookScreen, book: Asked) -> tuple[BookScreen, Actions]:
    if isinstance(screen, Borrowing):
        return put(screen, book), (CheckOut(screen.visit, screen.number, book.barcode),)
    return take_back(state, screen, book)


def _point_at(screen: BookScreen, barcode: str) -> BookScreen:
    pointed = replace(screen, again=barcode)
    return _at_books(pointed) if isinstance(pointed, Borrowing) else pointed


def _at_books(screen: Borrowing) -> Borrowing:
    """With the books of the visit on the screen."""
    return replace(screen, looks=False, offer=screen.offer.folded())


def _loan(event: LoanAnswered) -> Lent | Refused:
    body = event.answer.body
    if body.decision.allowed:
        return Lent(event.barcode, body.title, body.decision.due_at, event.answer.from_hub, body.found)
    return Refused(event.barcode, body.title, body.decision.reasons)


def _renewal(event: RenewalAnswered) -> Renewed | Refused:
    body = event.answer.body
    if body.decision.allowed:
        return Renewed(event.barcode, body.title, body.decision.due_at, event.answer.from_hub)
    return Refused(event.barcode, body.title, body.decision.reasons)


def _return(event: ReturnAnswered, asked: Asked) -> Returned | Refused:
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
        found=body.found,
        tag=asked.tag,
        tries=asked.tries,
        seen=asked.seen,
        of=asked.of,
    )
