"""The desk without the hub: what a scan means at this moment, and what the page shows of what was done. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from samut_edge.clerk import Answer
from samut_edge.flows.kiosk_states import Lent, LoanReceipt, Receipt, Returned, ReturnReceipt
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
    """The member whose session is open. `loans` and `overdue` count what the member has."""

    number: str
    name: str
    loans: int
    overdue: int
    debt: int
    reasons: tuple[m.ReasonGiven, ...]


@dataclass(frozen=True, slots=True)
class DeskState:
    """`worker` is who is signed in (user name and name); `done` is what the next slip tells."""

    worker: tuple[str, str] | None = None
    guest: Guest | None = None
    lines: tuple[Line, ...] = ()
    done: tuple[Lent | Returned, ...] = ()
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
    overdue = sum(loan.overdue for loan in found.loans)
    guest = Guest(found.number, found.name, len(found.loans), overdue, found.debt, found.reasons)
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
    return replace(told, done=(*told.done, book), guest=_with_loans(told.guest, 1))


def returned(state: DeskState, answer: Answer[m.CheckinAnswered], now: datetime, *, was_guests: bool) -> DeskState:
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
    guest = _with_loans(told.guest, -1) if was_guests and body.was_on_loan else told.guest
    return replace(told, done=(*told.done, book), guest=guest)


def add_line(state: DeskState, line: Line) -> DeskState:
    """The newest line stands first; old ones go."""
    numbered = replace(line, number=state.count + 1)
    return replace(state, count=numbered.number, lines=(numbered, *state.lines)[:MOST_LINES])


def receipt_of(state: DeskState) -> Receipt | None:
    """What was lent in this session; where nothing was, what came back. None when nothing was done."""
    books = tuple(book for book in state.done if isinstance(book, Lent))
    if books:
        return LoanReceipt(state.guest.name if state.guest else "", books)
    back = tuple(book for book in state.done if isinstance(book, Returned))
    return ReturnReceipt(back) if back else None


def _was_just_lent(state: DeskState, barcode: str, now: datetime) -> bool:
    same = (line for line in state.lines if barcode_key(line.barcode) == barcode_key(barcode))
    latest = next(same, None)
    return latest is not None and latest.what is What.LENT and now - latest.at < JUST_NOW


def _with_loans(guest: Guest | None, more: int) -> Guest | None:
    return None if guest is None else replace(guest, loans=max(0, guest.loans + more))
