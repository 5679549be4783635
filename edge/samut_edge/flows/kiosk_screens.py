"""The screens of a kiosk: which is the first, how one gives way to another, and when it goes by itself."""

from dataclasses import dataclass, replace

from samut_edge.flows.kiosk_states import (
    FIRST_LANGUAGE,
    NO_EASE,
    NO_HOUSE,
    Borrowing,
    Done,
    Equipment,
    House,
    KioskState,
    NotKnown,
    Paper,
    Printing,
    Screen,
    Sending,
    StaffMenu,
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
    staff: float = 60.0
    parts: float = 4.0
    """So long a set that comes back waits for its parts."""
    hint: float = 8.0


def at_rest(now: float, equipment: Equipment = NO_EQUIPMENT, house: House = NO_HOUSE) -> KioskState:
    """A kiosk that knows nobody."""
    return home(KioskState(Welcome(), FIRST_LANGUAGE, equipment, now, house=house), now)


def deadline(state: KioskState, limits: Limits) -> float | None:
    """When the present screen ends by itself; None when it does not."""
    match state.screen:
        case Welcome() | Unavailable():
            is_as_first = state.language is FIRST_LANGUAGE and state.ease == NO_EASE
            return None if is_as_first else state.since + limits.idle
        case NotKnown() | Done():
            return state.since + limits.message
        case Printing() | Sending():
            return state.since + limits.printing
        case StaffMenu():
            return state.since + limits.staff
        case Borrowing(offer=offer) if offer.shows_code:
            return state.since + max(limits.idle, limits.code)
        case _:
            return state.since + limits.idle


def show(state: KioskState, screen: Screen, now: float) -> KioskState:
    """The screen comes, and its time begins."""
    return replace(state, screen=screen, since=now)


def home(state: KioskState, now: float) -> KioskState:
    """Wipes all that was known of the visitor, and what the visitor chose."""
    return replace(
        state,
        screen=first_screen(state),
        language=FIRST_LANGUAGE,
        ease=NO_EASE,
        hint=None,
        hinted=frozenset(),
        since=now,
    )


def equipped(state: KioskState, equipment: Equipment) -> KioskState:
    """A visit goes on when a part fails; without a visit the first screen says what is missing."""
    changed = replace(state, equipment=equipment)
    if isinstance(state.screen, Welcome | Unavailable):
        return replace(changed, screen=first_screen(changed))
    return changed


def first_screen(state: KioskState) -> Welcome | Unavailable:
    return Welcome() if state.equipment.books and state.in_service else Unavailable()
