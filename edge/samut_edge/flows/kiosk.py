"""The kiosk: a member borrows with card or number, anybody returns; pure, so that every path can be walked in a test.

`step` is the whole of it. First comes what holds on every screen, then what the present screen makes of the event.
"""

from collections.abc import Collection
from dataclasses import replace

from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen, PartChanged
from samut_edge.flows.kiosk_books import (
    BookScreen,
    add_book,
    answer_loan,
    answer_renewal,
    answer_return,
    done,
    is_listed,
    is_waiting,
    key_of,
    receipt_of,
    renew_loans,
)
from samut_edge.flows.kiosk_events import (
    Action,
    AskLineCode,
    AskPrinter,
    AskSlip,
    ChooseLanguage,
    EquipmentChanged,
    EraseDigit,
    Event,
    FindMember,
    Finish,
    JoinLine,
    Leave,
    LineAnswered,
    LoanAnswered,
    LookAtLoans,
    LookAtParts,
    MemberAnswered,
    PressDigit,
    PrinterDone,
    PrintSlip,
    RenewalAnswered,
    RenewAll,
    RenewLoan,
    ReturnAnswered,
    SendSlip,
    SlipAnswered,
    StartReturning,
    StartTyping,
    Stay,
    SubmitNumber,
    Tick,
)
from samut_edge.flows.kiosk_offer import Joining, offer_of
from samut_edge.flows.kiosk_screens import Limits, deadline, equipped, home, lay_on_pad, show
from samut_edge.flows.kiosk_states import (
    Borrowing,
    Done,
    Identifying,
    KioskState,
    MemberKey,
    NotKnown,
    Paper,
    Printing,
    Returning,
    Sending,
    Settling,
    SlipOutcome,
    Typing,
    Unavailable,
    Welcome,
)
from samut_wire import messages as m

Step = tuple[KioskState, tuple[Action, ...]]

MOST_DIGITS = 20


def step(state: KioskState, event: Event, *, now: float, limits: Limits) -> Step:
    """What becomes of the kiosk, and what it asks for. `now` is in seconds of a steady clock."""
    match event:
        case Tick():
            return _time_passed(state, now, limits)
        case PartChanged():
            return state, (LookAtParts(),)
        case EquipmentChanged(equipment=equipment):
            return equipped(state, equipment), ()
        case ChooseLanguage(language=language):
            return replace(state, language=language, since=now), ()
        case Stay():
            return replace(state, since=now), ()
        case ItemGone(barcode=barcode):
            return replace(state, on_pad=tuple(code for code in state.on_pad if code != barcode)), ()
        case _:
            return _on_screen(state, event, now)


def _on_screen(state: KioskState, event: Event, now: float) -> Step:
    match state.screen:
        case Unavailable():
            return state, ()
        case Identifying() as screen:
            return _while_identifying(state, screen, event, now)
        case Borrowing() as screen:
            return _while_borrowing(state, screen, event, now)
        case Returning() as screen:
            return _while_returning(state, screen, event, now)
        case Settling() as screen:
            return _while_settling(state, screen, event, now)
        case Printing() as screen:
            return _while_printing(state, screen, event, now)
        case Sending() as screen:
            return _while_sending(state, screen, event, now)
        case Typing() as screen:
            return _while_typing(state, screen, event, now)
        case Welcome() | NotKnown() | Done():
            return _between_visits(state, event, now)


# -- the screens


def _between_visits(state: KioskState, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value):
            return _identify(state, _key(kind, value), now)
        case CodeScanned(text=text):
            return _identify(state, _key(CardKind.NUMBER, text), now)
        case ItemSeen(barcode=barcode):
            return lay_on_pad(state, barcode), ()
        case StartReturning():
            return _start_returning(state, now)
        case StartTyping():
            return show(state, Typing(), now), ()
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


def _while_typing(state: KioskState, screen: Typing, event: Event, now: float) -> Step:
    match event:
        case PressDigit(digit=digit):
            return show(state, Typing((screen.digits + digit)[:MOST_DIGITS]), now), ()
        case EraseDigit():
            return show(state, Typing(screen.digits[:-1]), now), ()
        case SubmitNumber():
            return _identify(state, MemberKey(CardKind.NUMBER, screen.digits, typed=True), now)
        case _:
            return _between_visits(state, event, now)


def _while_identifying(state: KioskState, screen: Identifying, event: Event, now: float) -> Step:
    match event:
        case MemberAnswered(visit=screen.visit, answer=answer):
            return _member_answered(state, screen, answer.body, now)
        case CodeScanned(text=text) if text.strip():
            return show(state, replace(screen, early=(*screen.early, text.strip())), now), ()
        case ItemSeen(barcode=barcode):
            return lay_on_pad(state, barcode), ()
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


def _while_borrowing(state: KioskState, screen: Borrowing, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value) if _key(kind, value) != screen.key:
            return _make_way(state, screen, _key(kind, value), now)
        case LoanAnswered(visit=screen.visit):
            answered, actions = answer_loan(screen, event)
            return replace(state, screen=answered), actions
        case RenewalAnswered(visit=screen.visit):
            return replace(state, screen=answer_renewal(screen, event)), ()
        case LookAtLoans(look=look) if screen.loans:
            return show(state, replace(screen, looks=look, again="", offer=screen.offer.folded()), now), ()
        case RenewLoan(key=key):
            return _renew(state, screen, [key], now)
        case RenewAll():
            return _renew(state, screen, [key_of(loan.barcode) for loan in screen.loans], now)
        case _:
            return _while_offered(state, screen, event, now)


def _while_offered(state: KioskState, screen: Borrowing, event: Event, now: float) -> Step:
    """What needs the hub, and is asked of it under its own name for the visit."""
    match event:
        case JoinLine(show=True) if screen.offer.can_join:
            asking = replace(screen, looks=False, offer=replace(screen.offer, line=Joining.ASKED))
            return show(state, asking, now), (AskLineCode(screen.visit, screen.offer.visit),)
        case JoinLine(show=False):
            return show(state, replace(screen, offer=screen.offer.folded()), now), ()
        case LineAnswered(visit=screen.visit, answer=answer):
            return show(state, replace(screen, offer=screen.offer.answered(answer, now)), now), ()
        case SendSlip() if screen.offer.slip_by and not is_waiting(screen):
            return _send(state, screen, now)
        case _:
            return _with_books(state, screen, event, now)


def _while_returning(state: KioskState, screen: Returning, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value):
            return _make_way(state, screen, _key(kind, value), now)
        case ReturnAnswered(visit=screen.visit):
            return replace(state, screen=answer_return(screen, event)), ()
        case _:
            return _with_books(state, screen, event, now)


def _with_books(state: KioskState, screen: BookScreen, event: Event, now: float) -> Step:
    """A tag that the pad loses and finds again is no sign of a person: it does not keep the visit open."""
    match event:
        case CodeScanned(text=text) if text.strip():
            return _add(state, screen, text.strip(), now)
        case ItemSeen(barcode=barcode) if not is_listed(screen, barcode):
            return _add(state, screen, barcode, now)
        case Finish(slip=slip) if not is_waiting(screen):
            return _finish(state, screen, now, slip=slip)
        case Leave() if not is_waiting(screen):
            return _finish(state, screen, now, slip=False)
        case _:
            return state, ()


def _while_settling(state: KioskState, screen: Settling, event: Event, now: float) -> Step:
    """Who tapped first comes next. A code that is scanned now might be of either visitor, so it is nobody's."""
    match screen.before, event:
        case Borrowing(visit=visit) as before, LoanAnswered() as answer if answer.visit == visit:
            answered, actions = answer_loan(before, answer)
            following, more = _make_way(state, answered, screen.next, now)
            return following, (*actions, *more)
        case Borrowing(visit=visit) as before, RenewalAnswered() as answer if answer.visit == visit:
            return _make_way(state, answer_renewal(before, answer), screen.next, now)
        case Returning(visit=visit) as before, ReturnAnswered() as answer if answer.visit == visit:
            return _make_way(state, answer_return(before, answer), screen.next, now)
        case before, ItemSeen(barcode=barcode) if not is_listed(before, barcode):
            return lay_on_pad(state, barcode), ()
        case _:
            return state, ()


def _while_printing(state: KioskState, screen: Printing, event: Event, now: float) -> Step:
    match event:
        case PrinterDone(visit=screen.visit, printed=printed):
            outcome = SlipOutcome.PRINTED if printed else SlipOutcome.FAILED
            return _after_slip(state, screen, outcome, now)
        case ItemSeen(barcode=barcode):
            return lay_on_pad(state, barcode), ()
        case _:
            return state, ()


def _while_sending(state: KioskState, screen: Sending, event: Event, now: float) -> Step:
    match event:
        case SlipAnswered(visit=screen.before.visit, sent=sent):
            return _after_sending(state, screen, now, sent=sent), ()
        case ItemSeen(barcode=barcode) if not is_listed(screen.before, barcode):
            return lay_on_pad(state, barcode), ()
        case _:
            return state, ()


# -- what the screens have in common


def _time_passed(state: KioskState, now: float, limits: Limits) -> Step:
    if isinstance(state.screen, Borrowing):
        state = replace(state, screen=replace(state.screen, offer=state.screen.offer.at(now)))
    end = deadline(state, limits)
    if end is None or now < end:
        return state, ()
    if isinstance(state.screen, Sending):
        return _after_sending(state, state.screen, now, sent=False), ()
    if isinstance(state.screen, Printing):
        return _after_slip(state, state.screen, SlipOutcome.FAILED, now)
    return home(state, now), ()


def _key(kind: CardKind, text: str) -> MemberKey:
    return MemberKey(kind, text.strip())


def _identify(state: KioskState, key: MemberKey, now: float) -> Step:
    if not key.value:
        return state, ()
    visit = state.visits + 1
    begun = replace(state, visits=visit)
    return show(begun, Identifying(visit, key), now), (FindMember(visit, key), AskPrinter())


def _member_answered(state: KioskState, asked: Identifying, found: m.MemberFound, now: float) -> Step:
    if not found.known:
        return show(state, NotKnown(found.reasons), now), ()
    offer = offer_of(found, typed=asked.key.typed)
    screen = Borrowing(asked.visit, asked.key, found.number, found.name, found.loans, found.reasons, offer=offer)
    return _begin(state, screen, asked.early, now)


def _start_returning(state: KioskState, now: float) -> Step:
    visit = state.visits + 1
    begun, actions = _begin(replace(state, visits=visit), Returning(visit), (), now)
    return begun, (AskPrinter(), *actions)


def _begin(state: KioskState, screen: BookScreen, early: tuple[str, ...], now: float) -> Step:
    """Books that lay on the pad, or were scanned a moment too soon, belong to this visit."""
    actions: tuple[Action, ...] = ()
    for barcode in (*state.on_pad, *early):
        screen, more = add_book(screen, barcode)
        actions += more
    return show(replace(state, on_pad=()), replace(screen, again=""), now), actions


def _add(state: KioskState, screen: BookScreen, barcode: str, now: float) -> Step:
    added, actions = add_book(screen, barcode)
    return show(state, added, now), actions


def _renew(state: KioskState, screen: Borrowing, keys: Collection[str], now: float) -> Step:
    asking, actions = renew_loans(screen, keys)
    return show(state, asking, now), actions


def _finish(state: KioskState, screen: BookScreen, now: float, *, slip: bool) -> Step:
    receipt = receipt_of(screen)
    if receipt is None:
        return home(state, now), ()
    if not slip:
        return show(state, done(receipt, SlipOutcome.NOT_WANTED), now), ()
    if state.equipment.paper is Paper.NONE:
        return show(state, done(receipt, SlipOutcome.NO_PAPER), now), ()
    return show(state, Printing(screen.visit, receipt), now), (PrintSlip(screen.visit, receipt, state.language),)


def _send(state: KioskState, screen: Borrowing, now: float) -> Step:
    receipt = receipt_of(screen)
    if receipt is None:
        return state, ()
    before = replace(screen, looks=False, offer=screen.offer.folded())
    return show(state, Sending(before, receipt), now), (AskSlip(screen.visit, screen.offer.visit),)


def _after_sending(state: KioskState, screen: Sending, now: float, *, sent: bool) -> KioskState:
    """What was not sent can still be printed."""
    if sent:
        return show(state, done(screen.receipt, SlipOutcome.SENT), now)
    failed = replace(screen.before.offer, slip_by="", slip_failed=True)
    return show(state, replace(screen.before, offer=failed), now)


def _make_way(state: KioskState, screen: BookScreen, following: MemberKey, now: float) -> Step:
    """Another card ends the visit as a touch on “finish” does: answers first, then the slip, then the next member."""
    if not following.value:
        return state, ()
    if is_waiting(screen):
        return show(state, Settling(screen, following), now), ()
    finished, actions = _finish(state, screen, now, slip=True)
    if isinstance(finished.screen, Printing):
        return replace(finished, screen=replace(finished.screen, next=following)), actions
    return _identify(state, following, now)


def _after_slip(state: KioskState, screen: Printing, outcome: SlipOutcome, now: float) -> Step:
    """Who waits for the slip of another comes next, and sees nothing of that visit."""
    if screen.next is not None:
        return _identify(state, screen.next, now)
    return show(state, done(screen.receipt, outcome), now), ()
