"""What the kiosk page is told: the present screen with its texts, and nothing the screen does not show."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_books import NOT_RIGHT, key_of
from samut_edge.flows.kiosk_offer import JoinCode, Joining, PayCode
from samut_edge.flows.kiosk_pad import lies
from samut_edge.flows.kiosk_screens import Limits, deadline
from samut_edge.kiosk_advice import advice_on
from samut_edge.kiosk_shown import (
    AnyBookView,
    AnyScreenView,
    AskedView,
    BorrowingView,
    CountingView,
    DoneView,
    HappenedView,
    HoldView,
    IdentifyingView,
    IncompleteView,
    LentView,
    LoanView,
    NotKnownView,
    PartView,
    PrintingView,
    RefusedView,
    RenewedView,
    ReturnedView,
    ReturningView,
    StaffMenuView,
    TypingView,
    UnavailableView,
    View,
    WelcomeView,
)
from samut_edge.kiosk_slip import Library, day
from samut_edge.kiosk_staff import NO_MACHINE, Machine
from samut_rules.loan import baht
from samut_rules.reasons import Code, sentence
from samut_wire import messages as m

UNKNOWN_MEMBER = m.ReasonGiven(code=Code.MEMBER_UNKNOWN)


def view_of(
    state: k.KioskState, library: Library, machine: Machine = NO_MACHINE, *, now: float, limits: Limits
) -> View:
    """`now` is in seconds of the steady clock that the state was made with. `machine` is shown to staff only."""
    end = deadline(state, limits)
    return View(
        language=state.language.value,
        library=library.name(state.language),
        paper=state.equipment.paper.value,
        cards=state.equipment.cards,
        ends_in_ms=None if end is None else max(0, round((end - now) * 1000)),
        large=state.ease.large,
        contrast=state.ease.contrast,
        quiet=state.ease.quiet,
        hint="" if state.hint is None else state.hint.why.value,
        screen=_screen(state, library, machine),
    )


def _screen(state: k.KioskState, library: Library, machine: Machine) -> AnyScreenView:
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
        case k.StaffMenu() as screen:
            return _staff_menu(state, screen, library, machine)
        case _ as screen:
            return _of_visit(state, screen, library)


def _of_visit(state: k.KioskState, screen: k.Screen, library: Library) -> AnyScreenView:
    match screen:
        case k.Borrowing():
            return _borrowing(state, screen, library)
        case k.Counting(advised=advised):
            return CountingView(count=len(state.on_pad), advised=advised)
        case k.Returning(books=books, again=again):
            return ReturningView(books=_books(state, books, library), again=key_of(again))
        case k.Done():
            return _done(screen, library, state.language)
        case _:
            return PrintingView(sends=isinstance(screen, k.Sending))


def _borrowing(state: k.KioskState, screen: k.Borrowing, library: Library) -> BorrowingView:
    offer, account, looks = screen.offer, screen.account, screen.looks
    pay = offer.pay
    return BorrowingView(
        member=screen.name,
        loans=len(screen.loans),
        overdue=sum(loan.overdue for loan in screen.loans),
        hints=_hints(screen.reasons, state.language),
        books=_books(state, screen.books, library),
        again=key_of(screen.again),
        mine=_mine(state, screen, library) if looks else None,
        slip_by=offer.slip_by,
        slip_failed=offer.slip_failed,
        line="shown" if isinstance(offer.line, JoinCode) else offer.line.value,
        code=_code(offer.line) or _code(pay),
        waiting=len(account.holds),
        owes=account.debt > 0,
        holds=tuple(_hold(hold, library, state.language) for hold in account.holds) if looks else (),
        debt=_money(account.debt) if looks else "",
        expires=_last_day(account, library, state.language) if looks else "",
        pay="shown" if isinstance(pay, PayCode) else pay.value,
        amount=_money(pay.amount) if isinstance(pay, PayCode) else "",
        payee=pay.name if isinstance(pay, PayCode) else "",
        is_staff=screen.is_staff,
    )


def _code(shown: Joining | JoinCode | PayCode) -> tuple[str, ...]:
    return shown.squares if isinstance(shown, JoinCode | PayCode) else ()


def _hold(hold: m.HoldShown, library: Library, language: k.Language) -> HoldView:
    return HoldView(title=hold.title, place=hold.place, until=_date(hold.keep_until, library, language))


def _last_day(account: k.Account, library: Library, language: k.Language) -> str:
    """When the membership ends, as the library's own day."""
    if account.expires_on is None:
        return ""
    noon = datetime.combine(account.expires_on, time(12), ZoneInfo(library.zone))
    return _date(noon, library, language)


def _staff_menu(state: k.KioskState, screen: k.StaffMenu, library: Library, machine: Machine) -> StaffMenuView:
    zone = ZoneInfo(library.zone)
    outcome = {None: "", True: "printed", False: "failed"}[screen.tested]
    return StaffMenuView(
        in_service=state.in_service,
        tested="testing" if screen.testing else outcome,
        parts=tuple(
            PartView(name=name, state=status.state.value, detail=status.detail)
            for name, status in machine.parts.items()
        ),
        happened=tuple(
            HappenedView(at=f"{one.at.astimezone(zone):%H:%M}", what=one.what.value) for one in machine.happened
        ),
    )


def _mine(state: k.KioskState, screen: k.Borrowing, library: Library) -> tuple[LoanView, ...]:
    done = {key_of(book.barcode): _book(state, book, library) for book in screen.books}
    return tuple(
        LoanView(
            key=key_of(loan.barcode),
            title=loan.title,
            due=day(loan.due_at, ZoneInfo(library.zone), state.language),
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
        to_desk=screen.to_desk,
    )


def _books(state: k.KioskState, books: Sequence[k.Book], library: Library) -> tuple[AnyBookView, ...]:
    return tuple(_book(state, book, library) for book in books)


def _book(state: k.KioskState, book: k.Book, library: Library) -> AnyBookView:
    key, language = key_of(book.barcode), state.language
    match book:
        case k.Asked(tag=tag):
            return AskedView(key=key, securing=tag is k.Tag.WRITING)
        case k.Incomplete(seen=seen, of=of):
            return IncompleteView(key=key, seen=seen, of=of)
        case k.Lent():
            return _lent(state, book, library)
        case k.Renewed(title=title, due=due, from_hub=from_hub, tag=tag):
            due_on = _date(due, library, language)
            return RenewedView(key=key, title=title, due=due_on, from_hub=from_hub, tag=tag.value)
        case k.Returned():
            return _returned(book, key, language)
        case k.Refused(title=title, reasons=reasons):
            unknown = m.ReasonGiven(code=Code.ITEM_UNKNOWN, values={"barcode": book.barcode})
            return RefusedView(key=key, title=title, hints=_hints(reasons or (unknown,), language))


def _lent(state: k.KioskState, book: k.Lent, library: Library) -> LentView:
    """A set that is lent already, but does not lie there whole, is not released."""
    lying = lies(state, book.barcode) if book.tag in NOT_RIGHT else None
    return LentView(
        key=key_of(book.barcode),
        title=book.title,
        due=_date(book.due, library, state.language),
        from_hub=book.from_hub,
        found=book.found,
        tag=book.tag.value,
        parts="" if lying is None or lying.is_whole else f"{lying.seen}/{lying.of}",
    )


def _returned(book: k.Returned, key: str, language: k.Language) -> ReturnedView:
    return ReturnedView(
        key=key,
        title=book.title,
        was_on_loan=book.was_on_loan,
        days_late=book.days_late,
        fine=_money(book.fine),
        hints=_hints(book.reasons, language),
        found=book.found,
        tag=book.tag.value,
        parts="" if book.seen >= book.of else f"{book.seen}/{book.of}",
    )


def _date(due: datetime | None, library: Library, language: k.Language) -> str:
    return "" if due is None else day(due, ZoneInfo(library.zone), language)


def _money(satang: int) -> str:
    return baht(satang) if satang else ""


def _hints(reasons: Sequence[m.ReasonGiven], language: k.Language) -> tuple[str, ...]:
    return tuple(_with_advice(reason, language) for reason in reasons)


def _with_advice(reason: m.ReasonGiven, language: k.Language) -> str:
    """Why not, and what to do about it."""
    said = sentence(reason.code, reason.values, language.value)
    return f"{said} {advice_on(reason.code).said(language)}".rstrip()
