"""How one visit to a kiosk begins and ends, and how one visitor makes way for the next."""

from collections.abc import Collection
from dataclasses import replace

from samut_edge.events import CardKind
from samut_edge.flows.kiosk_books import BookScreen, done, is_waiting, receipt_of
from samut_edge.flows.kiosk_events import Action, AskPrinter, AskSlip, FindMember, PrintSlip
from samut_edge.flows.kiosk_offer import offer_of
from samut_edge.flows.kiosk_screens import first_screen, home, show
from samut_edge.flows.kiosk_states import (
    Account,
    Borrowing,
    Counting,
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
    StaffMenu,
    Unavailable,
)
from samut_edge.flows.kiosk_tags import given_up
from samut_edge.flows.kiosk_visit import add_book, renew_loans
from samut_wire import messages as m

Step = tuple[KioskState, tuple[Action, ...]]


def key_from(kind: CardKind, text: str) -> MemberKey:
    return MemberKey(kind, text.strip())


# -- beginnings


def identify(state: KioskState, key: MemberKey, now: float) -> Step:
    if not key.value:
        return state, ()
    visit = state.visits + 1
    begun = replace(state, visits=visit)
    return show(begun, Identifying(visit, key), now), (FindMember(visit, key), AskPrinter())


def member_answered(state: KioskState, asked: Identifying, found: m.MemberFound, now: float) -> Step:
    """A kiosk that is out of service opens for staff, and for nobody else."""
    is_staff = found.known and found.member_type in state.house.staff_types and not asked.key.typed
    if isinstance(first_screen(state), Unavailable):
        return (show(state, StaffMenu(asked.visit), now) if is_staff else home(state, now)), ()
    if not found.known:
        return show(state, NotKnown(found.reasons), now), ()
    screen = Borrowing(
        asked.visit,
        asked.key,
        found.number,
        found.name,
        found.loans,
        found.reasons,
        offer=offer_of(found, typed=asked.key.typed),
        account=Account(found.debt, found.holds, found.expires_on),
        is_staff=is_staff,
    )
    if len(state.on_pad) > 1:
        return show(state, Counting(screen, asked.early), now), ()
    return begin(state, screen, asked.early, now)


def start_returning(state: KioskState, now: float) -> Step:
    visit = state.visits + 1
    begun, actions = begin(replace(state, visits=visit), Returning(visit), (), now)
    return begun, (AskPrinter(), *actions)


def begin(state: KioskState, screen: BookScreen, early: tuple[str, ...], now: float) -> Step:
    """Books that lay on the pad, or were scanned a moment too soon, belong to this visit."""
    actions: tuple[Action, ...] = ()
    for barcode in (*state.on_pad, *early):
        screen, more = add_book(state, screen, barcode, now)
        actions += more
    return show(replace(state, on_pad=()), replace(screen, again=""), now), actions


def add(state: KioskState, screen: BookScreen, barcode: str, now: float) -> Step:
    added, actions = add_book(state, screen, barcode, now)
    return show(state, added, now), actions


def renew(state: KioskState, screen: Borrowing, keys: Collection[str], now: float) -> Step:
    asking, actions = renew_loans(screen, keys)
    return show(state, asking, now), actions


# -- endings


def finish(state: KioskState, screen: BookScreen, now: float, *, slip: bool) -> Step:
    receipt, still = receipt_of(screen), given_up(screen)
    if receipt is None:
        return home(state, now), still
    if not slip:
        return show(state, done(receipt, SlipOutcome.NOT_WANTED), now), still
    if state.equipment.paper is Paper.NONE:
        return show(state, done(receipt, SlipOutcome.NO_PAPER), now), still
    key = screen.key if isinstance(screen, Borrowing) else None
    printing = show(state, Printing(screen.visit, receipt, key=key), now)
    return printing, (*still, PrintSlip(screen.visit, receipt, state.language))


def send(state: KioskState, screen: Borrowing, now: float) -> Step:
    receipt = receipt_of(screen)
    if receipt is None:
        return state, ()
    before = replace(screen, looks=False, offer=screen.offer.folded())
    return show(state, Sending(before, receipt), now), (AskSlip(screen.visit, screen.offer.visit),)


def after_sending(state: KioskState, screen: Sending, now: float, *, sent: bool) -> Step:
    """What was not sent can still be printed."""
    if sent:
        return show(state, done(screen.receipt, SlipOutcome.SENT), now), given_up(screen.before)
    failed = replace(screen.before.offer, slip_by="", slip_failed=True)
    return show(state, replace(screen.before, offer=failed), now), ()


def make_way(state: KioskState, screen: BookScreen, following: MemberKey, now: float) -> Step:
    """Another card ends the visit as a touch on “finish” does: answers first, then the slip, then the next member."""
    if not following.value:
        return state, ()
    if is_waiting(screen):
        return show(state, Settling(screen, following), now), ()
    finished, actions = finish(state, screen, now, slip=True)
    if isinstance(finished.screen, Printing):
        return replace(finished, screen=replace(finished.screen, next=following)), actions
    begun, more = identify(state, following, now)
    return begun, (*actions, *more)


def wait_for_slip(state: KioskState, screen: Printing, following: MemberKey) -> KioskState:
    """Another member taps while it prints; whose slip it is has had a visit already."""
    if not following.value or following == screen.key:
        return state
    return replace(state, screen=replace(screen, next=following))


def after_slip(state: KioskState, screen: Printing, outcome: SlipOutcome, now: float) -> Step:
    """Who waits for the slip of another comes next, and sees nothing of that visit."""
    if screen.next is not None:
        return identify(state, screen.next, now)
    return show(state, done(screen.receipt, outcome), now), ()


def wipe(state: KioskState, now: float) -> Step:
    """Nobody has touched anything for long, or the kiosk ends: all of the visitor goes."""
    match state.screen:
        case (Borrowing() | Returning()) as screen:
            return home(state, now), given_up(screen)
        case Settling(before=before) | Sending(before=before):
            return home(state, now), given_up(before)
        case _:
            return home(state, now), ()
