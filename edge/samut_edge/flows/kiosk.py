"""The kiosk: a member borrows with card or number, anybody returns; pure, so that every path can be walked in a test.

`step` is the whole of it. First comes what holds on every screen, then what the present screen makes of the event.
"""

from dataclasses import replace

from samut_edge.devices.pad import Security
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen, PartChanged, StrangeTag
from samut_edge.flows.kiosk_books import BookScreen, book_of, is_listed, is_waiting, key_of
from samut_edge.flows.kiosk_events import (
    Action,
    AskLineCode,
    AskPayCode,
    ChooseEase,
    ChooseLanguage,
    ConfirmCount,
    EquipmentChanged,
    EraseDigit,
    Event,
    Finish,
    JoinLine,
    Leave,
    LineAnswered,
    LoanAnswered,
    LookAtLoans,
    LookAtParts,
    MemberAnswered,
    OpenStaffMenu,
    PayAnswered,
    PressDigit,
    PrinterDone,
    PrintTest,
    PrintTestSlip,
    PutInService,
    RecordSecurity,
    RenewalAnswered,
    RenewAll,
    RenewLoan,
    Restart,
    RestartKiosk,
    ReturnAnswered,
    SecurityAnswered,
    SendSlip,
    ShowPay,
    SlipAnswered,
    StartReturning,
    StartTyping,
    Stay,
    SubmitNumber,
    Tick,
)
from samut_edge.flows.kiosk_offer import Joining
from samut_edge.flows.kiosk_pad import gone_from_pad, hinted, lay_on_pad, lies, seen_on_pad, written
from samut_edge.flows.kiosk_screens import Limits, deadline, equipped, home, show
from samut_edge.flows.kiosk_states import (
    NO_ACCOUNT,
    Borrowing,
    Counting,
    Done,
    Identifying,
    KioskState,
    MemberKey,
    NotKnown,
    Printing,
    Returning,
    Sending,
    Settling,
    SlipOutcome,
    StaffMenu,
    Typing,
    Unavailable,
    Welcome,
)
from samut_edge.flows.kiosk_tags import answer_tag, awaits, look_again
from samut_edge.flows.kiosk_turns import (
    Step,
    add,
    after_sending,
    after_slip,
    begin,
    finish,
    identify,
    key_from,
    make_way,
    member_answered,
    renew,
    send,
    start_returning,
    wait_for_slip,
    wipe,
)
from samut_edge.flows.kiosk_visit import answer_loan, answer_renewal, answer_return, book_seen, take_incomplete

MOST_DIGITS = 20
InVisit = Borrowing | Counting | Returning | Settling | Printing | Sending


def step(state: KioskState, event: Event, *, now: float, limits: Limits) -> Step:
    """What becomes of the kiosk, and what it asks for. `now` is in seconds of a steady clock."""
    match event:
        case Tick():
            return _time_passed(state, now, limits)
        case EquipmentChanged(equipment=equipment):
            return equipped(state, equipment), ()
        case ChooseLanguage(language=language):
            return replace(state, language=language, since=now), ()
        case ChooseEase():
            return _eased(state, event, now), ()
        case Stay():
            return replace(state, since=now), ()
        case StrangeTag():
            return hinted(state, event, now + limits.hint), ()
        case _:
            return _of_parts(state, event, now)


def _of_parts(state: KioskState, event: Event, now: float) -> Step:
    match event:
        case PartChanged():
            return state, (LookAtParts(),)
        case ItemGone(barcode=barcode):
            return _item_gone(state, barcode, now)
        case ItemSeen():
            return _item_seen(state, event, now)
        case SecurityAnswered():
            return _tag_answered(state, event, now)
        case _:
            return _on_screen(state, event, now)


def _on_screen(state: KioskState, event: Event, now: float) -> Step:
    match state.screen:
        case Unavailable():
            return _while_unavailable(state, event, now)
        case Typing() as screen:
            return _while_typing(state, screen, event, now)
        case Identifying() as screen:
            return _while_identifying(state, screen, event, now)
        case StaffMenu() as screen:
            return _while_in_menu(state, screen, event, now)
        case Welcome() | NotKnown() | Done():
            return _between_visits(state, event, now)
        case _ as screen:
            return _in_visit(state, screen, event, now)


def _in_visit(state: KioskState, screen: InVisit, event: Event, now: float) -> Step:
    match screen:
        case Borrowing():
            return _while_borrowing(state, screen, event, now)
        case Counting():
            return _while_counting(state, screen, event, now)
        case Returning():
            return _while_returning(state, screen, event, now)
        case Settling():
            return _while_settling(state, screen, event, now)
        case Printing():
            return _while_printing(state, screen, event, now)
        case Sending():
            return _while_sending(state, screen, event, now)


# -- the screens


def _between_visits(state: KioskState, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value):
            return identify(state, key_from(kind, value), now)
        case CodeScanned(text=text):
            return identify(state, key_from(CardKind.NUMBER, text), now)
        case StartReturning():
            return start_returning(state, now)
        case StartTyping():
            return show(state, Typing(), now), ()
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


def _while_unavailable(state: KioskState, event: Event, now: float) -> Step:
    """Only a member of staff can do something here."""
    match event:
        case CardTapped(kind=kind, value=value) if state.house.staff_types:
            return identify(state, key_from(kind, value), now)
        case CodeScanned(text=text) if state.house.staff_types:
            return identify(state, key_from(CardKind.NUMBER, text), now)
        case _:
            return state, ()


def _while_typing(state: KioskState, screen: Typing, event: Event, now: float) -> Step:
    match event:
        case PressDigit(digit=digit):
            return show(state, Typing((screen.digits + digit)[:MOST_DIGITS]), now), ()
        case EraseDigit():
            return show(state, Typing(screen.digits[:-1]), now), ()
        case SubmitNumber():
            return identify(state, MemberKey(CardKind.NUMBER, screen.digits, typed=True), now)
        case _:
            return _between_visits(state, event, now)


def _while_identifying(state: KioskState, screen: Identifying, event: Event, now: float) -> Step:
    match event:
        case MemberAnswered(visit=screen.visit, answer=answer):
            return member_answered(state, screen, answer.body, now)
        case CodeScanned(text=text) if text.strip():
            return show(state, replace(screen, early=(*screen.early, text.strip())), now), ()
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


def _while_counting(state: KioskState, screen: Counting, event: Event, now: float) -> Step:
    match event:
        case ConfirmCount(right=True):
            return begin(state, screen.before, screen.codes, now)
        case ConfirmCount(right=False):
            return show(state, replace(screen, advised=True), now), ()
        case CodeScanned(text=text) if text.strip():
            return show(state, replace(screen, codes=(*screen.codes, text.strip())), now), ()
        case CardTapped(kind=kind, value=value) if key_from(kind, value) != screen.before.key:
            return identify(state, key_from(kind, value), now)
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


def _while_borrowing(state: KioskState, screen: Borrowing, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value) if key_from(kind, value) != screen.key:
            return make_way(state, screen, key_from(kind, value), now)
        case LoanAnswered(visit=screen.visit):
            answered, actions = answer_loan(state, screen, event)
            return replace(state, screen=answered), actions
        case RenewalAnswered(visit=screen.visit):
            answered, actions = answer_renewal(state, screen, event)
            return replace(state, screen=answered), actions
        case LookAtLoans(look=look) if screen.loans or screen.account != NO_ACCOUNT:
            return show(state, replace(screen, looks=look, again="", offer=screen.offer.folded()), now), ()
        case RenewLoan(key=key):
            return renew(state, screen, [key], now)
        case RenewAll():
            return renew(state, screen, [key_of(loan.barcode) for loan in screen.loans], now)
        case OpenStaffMenu() if screen.is_staff and not screen.books:
            return show(state, StaffMenu(screen.visit), now), ()
        case _:
            return _while_offered(state, screen, event, now)


def _while_offered(state: KioskState, screen: Borrowing, event: Event, now: float) -> Step:
    """What needs the hub, and is asked of it under its own name for the visit."""
    offer = screen.offer
    match event:
        case JoinLine(show=True) if offer.can_join:
            asking = replace(screen, looks=False, offer=replace(offer.folded(), line=Joining.ASKED))
            return show(state, asking, now), (AskLineCode(screen.visit, offer.visit),)
        case ShowPay(show=True) if offer.can_pay:
            asking = replace(screen, looks=False, offer=replace(offer.folded(), pay=Joining.ASKED))
            return show(state, asking, now), (AskPayCode(screen.visit, offer.visit),)
        case JoinLine(show=False) | ShowPay(show=False):
            return show(state, replace(screen, offer=offer.folded()), now), ()
        case LineAnswered(visit=screen.visit, answer=answer):
            return show(state, replace(screen, offer=offer.answered(answer, now)), now), ()
        case PayAnswered(visit=screen.visit, answer=answer):
            return show(state, replace(screen, offer=offer.pay_answered(answer)), now), ()
        case SendSlip() if offer.slip_by and not is_waiting(screen):
            return send(state, screen, now)
        case _:
            return _with_books(state, screen, event, now)


def _while_returning(state: KioskState, screen: Returning, event: Event, now: float) -> Step:
    match event:
        case CardTapped(kind=kind, value=value):
            return make_way(state, screen, key_from(kind, value), now)
        case ReturnAnswered(visit=screen.visit):
            answered, actions = answer_return(state, screen, event)
            return replace(state, screen=answered), actions
        case _:
            return _with_books(state, screen, event, now)


def _with_books(state: KioskState, screen: BookScreen, event: Event, now: float) -> Step:
    match event:
        case CodeScanned(text=text) if text.strip():
            return add(state, screen, text.strip(), now)
        case Finish(slip=slip) if not is_waiting(screen):
            return finish(state, screen, now, slip=slip)
        case Leave() if not is_waiting(screen):
            return finish(state, screen, now, slip=False)
        case _:
            return state, ()


def _while_settling(state: KioskState, screen: Settling, event: Event, now: float) -> Step:
    """Who tapped first comes next. A code that is scanned now might be of either visitor, so it is nobody's."""
    match screen.before, event:
        case Borrowing(visit=visit) as before, LoanAnswered() as answer if answer.visit == visit:
            return _settled(state, screen, answer_loan(state, before, answer), now)
        case Borrowing(visit=visit) as before, RenewalAnswered() as answer if answer.visit == visit:
            return _settled(state, screen, answer_renewal(state, before, answer), now)
        case Returning(visit=visit) as before, ReturnAnswered() as answer if answer.visit == visit:
            return _settled(state, screen, answer_return(state, before, answer), now)
        case _:
            return state, ()


def _while_printing(state: KioskState, screen: Printing, event: Event, now: float) -> Step:
    match event:
        case PrinterDone(visit=screen.visit, printed=printed):
            outcome = SlipOutcome.PRINTED if printed else SlipOutcome.FAILED
            return after_slip(state, screen, outcome, now)
        case CardTapped(kind=kind, value=value) if screen.next is None:
            return wait_for_slip(state, screen, key_from(kind, value)), ()
        case _:
            return state, ()


def _while_sending(state: KioskState, screen: Sending, event: Event, now: float) -> Step:
    match event:
        case SlipAnswered(visit=screen.before.visit, sent=sent):
            return after_sending(state, screen, now, sent=sent)
        case _:
            return state, ()


def _while_in_menu(state: KioskState, screen: StaffMenu, event: Event, now: float) -> Step:
    match event:
        case PutInService(on=on):
            return show(replace(state, in_service=on), screen, now), ()
        case PrintTest() if not screen.testing:
            testing = replace(screen, testing=True, tested=None)
            return show(state, testing, now), (PrintTestSlip(screen.visit, state.language),)
        case PrinterDone(visit=screen.visit, printed=printed):
            return replace(state, screen=replace(screen, testing=False, tested=printed)), ()
        case RestartKiosk():
            return home(state, now), (Restart(),)
        case Leave():
            return home(state, now), ()
        case _:
            return state, ()


# -- what happens on every screen


def _time_passed(state: KioskState, now: float, limits: Limits) -> Step:
    if state.hint is not None and now >= state.hint.until:
        state = replace(state, hint=None)
    if isinstance(state.screen, Borrowing):
        state = replace(state, screen=replace(state.screen, offer=state.screen.offer.at(now)))
    end = deadline(state, limits)
    if end is None or now < end:
        return _parts_awaited(state, now - limits.parts, now)
    if isinstance(state.screen, Sending):
        return after_sending(state, state.screen, now, sent=False)
    if isinstance(state.screen, Printing):
        return after_slip(state, state.screen, SlipOutcome.FAILED, now)
    return wipe(state, now)


def _parts_awaited(state: KioskState, before: float, now: float) -> Step:
    """Sets of which not all came back are taken as they are; tags that were not found are looked for again."""
    match state.screen:
        case Borrowing() as screen:
            looked, actions = look_again(state, screen)
            return replace(state, screen=looked), actions
        case Returning() as screen:
            taken, actions = take_incomplete(state, screen, before)
            settled, more = look_again(state, taken)
            return replace(state, screen=settled), (*actions, *more)
        case Settling(before=Returning() as screen) as settling:
            taken, actions = take_incomplete(state, screen, before)
            return replace(state, screen=replace(settling, before=taken)), actions
        case _:
            return state, ()


def _eased(state: KioskState, event: ChooseEase, now: float) -> KioskState:
    ease = state.ease
    match event.what:
        case "large":
            ease = replace(ease, large=event.on)
        case "contrast":
            ease = replace(ease, contrast=event.on)
        case "quiet":
            ease = replace(ease, quiet=event.on)
    return replace(state, ease=ease, since=now)


def _item_gone(state: KioskState, barcode: str, now: float) -> Step:
    """With nothing left on the pad there is nothing to count."""
    left = gone_from_pad(state, barcode)
    if isinstance(left.screen, Counting) and not left.on_pad:
        return begin(left, left.screen.before, left.screen.codes, now)
    return left, ()


def _item_seen(state: KioskState, event: ItemSeen, now: float) -> Step:
    """A tag that the pad loses and finds again is no sign of a person: it does not keep the visit open. What was
    seen before, and is on no list, was left lying by somebody else."""
    is_new = lies(state, event.barcode) is None
    state = seen_on_pad(state, event)
    match state.screen:
        case (Borrowing() | Returning()) as screen if is_listed(screen, event.barcode):
            seen, actions = book_seen(state, screen, event, is_new=is_new)
            return replace(state, screen=seen), actions
        case (Borrowing() | Returning()) as screen if is_new:
            return add(state, screen, event.barcode, now)
        case Borrowing() | Returning():
            return state, ()
        case Settling(before=before) | Sending(before=before) if is_listed(before, event.barcode):
            return state, ()
        case _:
            return (lay_on_pad(state, event.barcode) if is_new else state), ()


def _tag_answered(state: KioskState, event: SecurityAnswered, now: float) -> Step:
    """An answer after its visit still says what the tag tells the exit."""
    state = written(state, event.barcode, event.secured if event.outcome is Security.DONE else None)
    match state.screen:
        case (Borrowing() | Returning()) as screen if _is_awaited(screen, event):
            answered, actions = answer_tag(state, screen, event)
            return replace(state, screen=answered), actions
        case Settling(before=before) as screen if _is_awaited(before, event):
            return _settled(state, screen, answer_tag(state, before, event), now)
        case _ if event.outcome is Security.DONE:
            return state, (RecordSecurity(event.barcode, event.secured, done=True),)
        case _:
            return state, ()


def _is_awaited(screen: BookScreen, event: SecurityAnswered) -> bool:
    return screen.visit == event.visit and awaits(book_of(screen, event.barcode), event)


def _settled(
    state: KioskState, screen: Settling, answered: tuple[BookScreen, tuple[Action, ...]], now: float
) -> Step:
    """One answer less to wait for."""
    following, more = make_way(state, answered[0], screen.next, now)
    return following, (*answered[1], *more)
