"""What lies on the pad of a kiosk, whoever put it there."""

from dataclasses import replace

from samut_edge.events import ItemSeen, StrangeTag
from samut_edge.flows.kiosk_books import same_code
from samut_edge.flows.kiosk_states import Borrowing, Hint, Incomplete, KioskState, Lying, Returning


def lies(state: KioskState, barcode: str) -> Lying | None:
    """The item as it was seen last."""
    return next((lying for lying in state.lying if same_code(lying.barcode, barcode)), None)


def seen_on_pad(state: KioskState, event: ItemSeen) -> KioskState:
    lying = Lying(event.barcode, event.seen, event.of, event.secured)
    return replace(state, lying=(*_without(state.lying, event.barcode), lying))


def gone_from_pad(state: KioskState, barcode: str) -> KioskState:
    """A set of which not all parts were seen, and which nobody has lent or taken back, is off the list with it."""
    left = replace(
        state,
        lying=_without(state.lying, barcode),
        on_pad=tuple(code for code in state.on_pad if not same_code(code, barcode)),
    )
    if not isinstance(left.screen, Borrowing | Returning):
        return left
    books = tuple(
        book for book in left.screen.books if not (isinstance(book, Incomplete) and same_code(book.barcode, barcode))
    )
    return replace(left, screen=replace(left.screen, books=books))


def lay_on_pad(state: KioskState, barcode: str) -> KioskState:
    """The book belongs to no visit yet."""
    return state if barcode in state.on_pad else replace(state, on_pad=(*state.on_pad, barcode))


def written(state: KioskState, barcode: str, secured: bool | None) -> KioskState:
    """The tag says so since it was written and read back; None: nobody knows."""
    lying = tuple(replace(one, secured=secured) if same_code(one.barcode, barcode) else one for one in state.lying)
    return replace(state, lying=lying)


def hinted(state: KioskState, event: StrangeTag, until: float) -> KioskState:
    """Each strange tag is told of once in a visit."""
    if event.tag in state.hinted:
        return state
    return replace(state, hint=Hint(event.why, until), hinted=state.hinted | {event.tag})


def _without(lying: tuple[Lying, ...], barcode: str) -> tuple[Lying, ...]:
    return tuple(one for one in lying if not same_code(one.barcode, barcode))
