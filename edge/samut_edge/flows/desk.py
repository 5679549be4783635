"""The desk without the hub: what a scan means at this moment, and what the page shows of what was done. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from samut_edge.clerk import Answer
from samut_edge.flows.kiosk_states import Lent, LoanReceipt, Receipt, Renewed, Returned, ReturnReceipt
from samut_wire import messages as m
from samut_wire.numbers import barcode_key

MOST_LINES = 60
JUST_NOW = timedelta(seconds=10)
"""A book scanned again so soon was scanned twice, and is not given back."""


class Meaning(StrEnum):
    OPEN = "open"  # a member comes
    LEND = "lend"
    TAKE_BACK = "take_back"
    SCANNED_TWICE = "scanned_twice"
    UNKNOWN = "unknown"


class What(StrEnum):
    """What came of a scan."""

    LENT = "lent"
    RENEWED = "renewed"
    NOT_RENEWED = "not_renewed"
    RETURNED = "returned"
    IN_PLACE = "in_place"  # was not on loan
    REFUSED = "refused"
    SCANNED_TWICE = "scanned_twice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts on, so that a page knows the line again; `add_line` gives it. `fine` is satang."""

    what: What
    at: datetime
    barcode: str = ""
    title: str = ""
    due: datetime | None = None
    days_late: int = 0
    fine: int = 0
    reasons: tuple[m.ReasonGiven, ...] = ()
    from_hub: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Guest:
    """The member whose session is open, with what the member has now."""

    number: str
    name: str
    loans: tuple[m.LoanShown, ...]
    debt: int
    reasons: tuple[m.ReasonGiven, ...]

    def has(self, barcode: str) -> bool:
        return any(_is(loan, barcode) for loan in self.loans)


@dataclass(frozen=True, slots=True)
class DeskState:
    """`worker` is who is signed in (user name and name); `done` is what the next slip tells."""

    worker: tuple[str, str] | None = None
    guest: Guest | None = None
    lines: tuple[Line, ...] = ()
    done: tuple[Lent | Renewed | Returned, ...] = ()
    count: int = field(default=0)


def meaning_of(state: DeskState, item: m.ItemRow | None, *, is_member: bool, now: datetime) -> Meaning:
    """In a session books come first, without one members do; a book that is out comes back."""
    if is_member and (state.guest is None or item is None):
        return Meaning.OPEN
    if item is None:
        return Meaning.UNKNOWN
    if state.guest is None:
        return Meaning.TAKE_BACK
    if _was_just_lent(state, item.barcode, now):
        return Meaning.SCANNED_TWICE
    return Meaning.TAKE_BACK if item.lent_to else Meaning.LEND


def welcome(state: DeskState, found: m.MemberFound) -> DeskState:
    """A member's session begins; the slip of the one before can no longer be printed."""
    guest = Guest(found.number, found.name, found.loans, found.debt, found.reasons)
    return replace(state, guest=guest, done=())


def say_goodbye(state: DeskState) -> DeskState:
    return replace(state, guest=None, done=())


def lent(state: DeskState, answer: Answer[m.CheckoutAnswered], now: datetime) -> DeskState:
    """The clerk's answer to a loan, allowed or not."""
    body, decision = answer.body, answer.body.decision
    if not decision.allowed:
        return add_line(state, Line(What.REFUSED, now, body.barcode, body.title, reasons=decision.reasons))
    book = Lent(body.barcode, body.title, decision.due_at, answer.from_hub)
    line = Line(What.LENT, now, body.barcode, body.title, due=decision.due_at, from_hub=answer.from_hub)
    told = add_line(state, line)
    return replace(told, done=(*told.done, book), guest=_with(told.guest, book))


def renewed(state: DeskState, answer: Answer[m.RenewalAnswered], now: datetime) -> DeskState:
    """The clerk's answer to a renewal, allowed or not."""
    body, decision = answer.body, answer.body.decision
    if not decision.allowed:
        return add_line(state, Line(What.NOT_RENEWED, now, body.barcode, body.title, reasons=decision.reasons))
    book = Renewed(body.barcode, body.title, decision.due_at, answer.from_hub)
    line = Line(What.RENEWED, now, body.barcode, body.title, due=decision.due_at, from_hub=answer.from_hub)
    told = add_line(state, line)
    return replace(told, done=(*told.done, book), guest=_with(told.guest, book))


def returned(state: DeskState, answer: Answer[m.CheckinAnswered], now: datetime) -> DeskState:
    """The clerk's answer to a return."""
    body = answer.body
    if not body.returned:
        return add_line(state, Line(What.REFUSED, now, body.barcode, body.title, reasons=body.reasons))
    line = Line(
        What.RETURNED if body.was_on_loan else What.IN_PLACE,
        now,
        body.barcode,
        body.title,
        days_late=body.days_late,
        fine=body.fine,
        reasons=body.reasons,
        from_hub=answer.from_hub,
    )
    told = add_line(state, line)
    book = Returned(
        body.barcode, body.title, body.was_on_loan, body.days_late, body.fine, body.reasons, answer.from_hub
    )
    return replace(told, done=(*told.done, book), guest=_without(told.guest, body.barcode))


def add_line(state: DeskState, line: Line) -> DeskState:
    """The newest line stands first; old ones go."""
    numbered = replace(line, number=state.count + 1)
    return replace(state, count=numbered.number, lines=(numbered, *state.lines)[:MOST_LINES])


def receipt_of(state: DeskState) -> Receipt | None:
    """What was lent and renewed in this session; where nothing was, what came back. None when nothing was done."""
    books = tuple(book for book in state.done if isinstance(book, Lent | Renewed))
    if books:
        return LoanReceipt(state.guest.name if state.guest else "", books)
    back = tuple(book for book in state.done if isinstance(book, Returned))
    return ReturnReceipt(back) if back else None


def _was_just_lent(state: DeskState, barcode: str, now: datetime) -> bool:
    same = (line for line in state.lines if barcode_key(line.barcode) == barcode_key(barcode))
    latest = next(same, None)
    return latest is not None and latest.what is What.LENT and now - latest.at < JUST_NOW


def _is(loan: m.LoanShown, barcode: str) -> bool:
    return barcode_key(loan.barcode) == barcode_key(barcode)


def _without(guest: Guest | None, barcode: str) -> Guest | None:
    if guest is None:
        return None
    return replace(guest, loans=tuple(loan for loan in guest.loans if not _is(loan, barcode)))


def _with(guest: Guest | None, book: Lent | Renewed) -> Guest | None:
    """The same book only once, in its old place with its new date."""
    if guest is None or book.due is None:
        return guest
    loan = m.LoanShown(barcode=book.barcode, title=book.title, due_at=book.due)
    if not guest.has(book.barcode):
        return replace(guest, loans=(*guest.loans, loan))
    return replace(guest, loans=tuple(loan if _is(one, book.barcode) else one for one in guest.loans))
