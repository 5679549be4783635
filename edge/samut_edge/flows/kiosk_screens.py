"""The screens of a kiosk: which is the first, how one gives way to another, and when it goes by itself."""

from dataclasses import dataclass, replace

from samut_edge.flows.kiosk_offer import JoinCode
from samut_edge.flows.kiosk_states import (
    FIRST_LANGUAGE,
    Borrowing,
    Done,
    Equipment,
    KioskState,
    NotKnown,
    Paper,
    Printing,
    Screen,
    Sending,
    Unavailable,
    Welcome,
)

NO_EQUIPMENT = Equipment(cards=False, books=False, paper=Paper.NONE)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds after which a screen that nobody touches goes away."""

    idle: float
    message: float = 10.0
    printing: float = 20.0
    code: float = 90.0
    """A phone has to be found first."""


def at_rest(now: float, equipment: Equipment = NO_EQUIPMENT) -> KioskState:
    """A kiosk that knows nobody."""
    return home(KioskState(Welcome(), FIRST_LANGUAGE, equipment, now), now)


def deadline(state: KioskState, limits: Limits) -> float | None:
    """When the present screen ends by itself; None when it does not."""
    match state.screen:
        case Welcome() | Unavailable():
            return None if state.language is FIRST_LANGUAGE else state.since + limits.idle
        case NotKnown() | Done():
            return state.since + limits.message
        case Printing() | Sending():
            return state.since + limits.printing
        case Borrowing(offer=offer) if isinstance(offer.line, JoinCode):
            return state.since + max(limits.idle, limits.code)
        case _:
            return state.since + limits.idle


def show(state: KioskState, screen: Screen, now: float) -> KioskState:
    """The screen comes, and its time begins."""
    return replace(state, screen=screen, since=now)


def home(state: KioskState, now: float) -> KioskState:
    """Wipes all that was known of the visitor, and the language chosen."""
    return replace(state, screen=_first_screen(state.equipment), language=FIRST_LANGUAGE, since=now)


def equipped(state: KioskState, equipment: Equipment) -> KioskState:
    """A visit goes on when a part fails; without a visit the first screen says what is missing."""
    changed = replace(state, equipment=equipment)
    if isinstance(state.screen, Welcome | Unavailable):
        return replace(changed, screen=_first_screen(equipment))
    return changed


def _first_screen(equipment: Equipment) -> Welcome | Unavailable:
    return Welcome() if equipment.books else Unavailable()


def lay_on_pad(state: KioskState, barcode: str) -> KioskState:
    """The book belongs to no visit yet."""
    return state if barcode in state.on_pad else replace(state, on_pad=(*state.on_pad, barcode))
