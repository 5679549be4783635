"""What the kiosk page is told: the present screen with its texts, and nothing the screen does not show."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_books import key_of
from samut_edge.flows.kiosk_offer import JoinCode
from samut_edge.flows.kiosk_screens import Limits, deadline
from samut_edge.kiosk_slip import Library, day
from samut_rules.loan import baht
from samut_rules.reasons import Code, sentence
from samut_wire import messages as m

UNKNOWN_MEMBER = m.ReasonGiven(code=Code.MEMBER_UNKNOWN)


class BookView(msgspec.Struct, frozen=True, tag_field="is"):
    """`key` tells the rows of one list apart."""

    key: str


class AskedView(BookView, frozen=True, tag="asked"):
    pass


class LentView(BookView, frozen=True, tag="lent"):
    title: str
    due: str
    from_hub: bool


class RenewedView(BookView, frozen=True, tag="renewed"):
    title: str
    due: str
    from_hub: bool


class ReturnedView(BookView, frozen=True, tag="returned"):
    """`fine` is in baht as people write it, empty when nothing is owed."""

    title: str
    was_on_loan: bool
    days_late: int
    fine: str
    hints: tuple[str, ...]


class RefusedView(BookView, frozen=True, tag="refused"):
    title: str
    hints: tuple[str, ...]


AnyBookView = AskedView | LentView | RenewedView | ReturnedView | RefusedView


class LoanView(msgspec.Struct, frozen=True):
    """A book that the member has; `now` is what this visit made of it, if anything."""

    key: str
    title: str
    due: str
    overdue: bool
    now: AnyBookView | None


class ScreenView(msgspec.Struct, frozen=True, tag_field="name"):
    pass


class WelcomeView(ScreenView, frozen=True, tag="welcome"):
    on_pad: int


class UnavailableView(ScreenView, frozen=True, tag="unavailable"):
    pass


class TypingView(ScreenView, frozen=True, tag="typing"):
    digits: str


class IdentifyingView(ScreenView, frozen=True, tag="identifying"):
    pass


class NotKnownView(ScreenView, frozen=True, tag="not_known"):
    hints: tuple[str, ...]


class BorrowingView(ScreenView, frozen=True, tag="borrowing"):
    """`member` is the name to greet with; `hints` say why nothing can be borrowed, if so. `mine` are the member's
    loans while the member looks at them. `slip_by` is how the slip can be sent, if at all. `line` is how far the
    member is with joining LINE, `code` the QR code to show in rows of “1” and “0”."""

    member: str
    loans: int
    overdue: int
    hints: tuple[str, ...]
    books: tuple[AnyBookView, ...]
    again: str
    mine: tuple[LoanView, ...] | None
    slip_by: str
    slip_failed: bool
    line: str
    code: tuple[str, ...]


class ReturningView(ScreenView, frozen=True, tag="returning"):
    books: tuple[AnyBookView, ...]
    again: str


class PrintingView(ScreenView, frozen=True, tag="printing"):
    """`sends`: the slip goes by LINE or e-mail."""

    sends: bool


class DoneView(ScreenView, frozen=True, tag="done"):
    kind: str
    count: int
    renewed: int
    due: str
    fine: str
    slip: str


AnyScreenView = (
    WelcomeView
    | UnavailableView
    | TypingView
    | IdentifyingView
    | NotKnownView
    | BorrowingView
    | ReturningView
    | PrintingView
    | DoneView
)


class View(msgspec.Struct, frozen=True):
    """`ends_in_ms`: the screen goes away by itself after so long without a touch; null when it stays."""

    language: str
    library: str
    paper: str
    cards: bool
    ends_in_ms: int | None
    screen: AnyScreenView


def view_of(state: k.KioskState, library: Library, *, now: float, limits: Limits) -> View:
    """`now` is in seconds of the steady clock that the state was made with."""
    end = deadline(state, limits)
    return View(
        language=state.language.value,
        library=library.name(state.language),
        paper=state.equipment.paper.value,
        cards=state.equipment.cards,
        ends_in_ms=None if end is None else max(0, round((end - now) * 1000)),
        screen=_screen(state, library),
    )


def _screen(state: k.KioskState, library: Library) -> AnyScreenView:
    match state.screen:
        case k.Welcome():
            return WelcomeView(on_pad=len(state.on_pad))
        case k.Unavailable():
            return UnavailableView()
        case k.Typing(digits=digits):
            return TypingView(digits=digits)
        case k.Identifying() | k.Settling():
            return IdentifyingView()
        case k.NotKnown(reasons=reasons):
            return NotKnownView(hints=_hints(reasons or (UNKNOWN_MEMBER,), state.language))
        case k.Borrowing() as screen:
            return _borrowing(screen, library, state.language)
        case k.Returning(books=books, again=again):
            return ReturningView(books=_books(books, library, state.language), again=key_of(again))
        case k.Printing() | k.Sending() as screen:
            return PrintingView(sends=isinstance(screen, k.Sending))
        case k.Done() as screen:
            return _done(screen, library, state.language)


def _borrowing(screen: k.Borrowing, library: Library, language: k.Language) -> BorrowingView:
    line = screen.offer.line
    return BorrowingView(
        member=screen.name,
        loans=len(screen.loans),
        overdue=sum(loan.overdue for loan in screen.loans),
        hints=_hints(screen.reasons, language),
        books=_books(screen.books, library, language),
        again=key_of(screen.again),
        mine=_mine(screen, library, language) if screen.looks else None,
        slip_by=screen.offer.slip_by,
        slip_failed=screen.offer.slip_failed,
        line="shown" if isinstance(line, JoinCode) else line.value,
        code=line.squares if isinstance(line, JoinCode) else (),
    )


def _mine(screen: k.Borrowing, library: Library, language: k.Language) -> tuple[LoanView, ...]:
    done = {key_of(book.barcode): _book(book, library, language) for book in screen.books}
    return tuple(
        LoanView(
            key=key_of(loan.barcode),
            title=loan.title,
            due=day(loan.due_at, ZoneInfo(library.zone), language),
            overdue=loan.overdue,
            now=done.get(key_of(loan.barcode)),
        )
        for loan in screen.loans
    )


def _done(screen: k.Done, library: Library, language: k.Language) -> DoneView:
    return DoneView(
        kind=screen.kind.value,
        count=screen.count,
        renewed=screen.renewed,
        due=_date(screen.due, library, language),
        fine=_money(screen.fine),
        slip=screen.slip.value,
    )


def _books(books: Sequence[k.Book], library: Library, language: k.Language) -> tuple[AnyBookView, ...]:
    return tuple(_book(book, library, language) for book in books)


def _book(book: k.Book, library: Library, language: k.Language) -> AnyBookView:
    key = key_of(book.barcode)
    match book:
        case k.Asked():
            return AskedView(key=key)
        case k.Lent(title=title, due=due, from_hub=from_hub):
            return LentView(key=key, title=title, due=_date(due, library, language), from_hub=from_hub)
        case k.Renewed(title=title, due=due, from_hub=from_hub):
            return RenewedView(key=key, title=title, due=_date(due, library, language), from_hub=from_hub)
        case k.Returned():
            return _returned(book, key, language)
        case k.Refused(title=title, reasons=reasons):
            unknown = m.ReasonGiven(code=Code.ITEM_UNKNOWN, values={"barcode": book.barcode})
            return RefusedView(key=key, title=title, hints=_hints(reasons or (unknown,), language))


def _returned(book: k.Returned, key: str, language: k.Language) -> ReturnedView:
    return ReturnedView(
        key=key,
        title=book.title,
        was_on_loan=book.was_on_loan,
        days_late=book.days_late,
        fine=_money(book.fine),
        hints=_hints(book.reasons, language),
    )


def _date(due: datetime | None, library: Library, language: k.Language) -> str:
    return "" if due is None else day(due, ZoneInfo(library.zone), language)


def _money(satang: int) -> str:
    return baht(satang) if satang else ""


def _hints(reasons: Sequence[m.ReasonGiven], language: k.Language) -> tuple[str, ...]:
    return tuple(sentence(reason.code, reason.values, language.value) for reason in reasons)
