"""The words of a kiosk: what it can show. What can happen to it stands in `kiosk_events`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samut_edge.events import CardKind
from samut_edge.flows.kiosk_offer import NO_OFFER, Offer
from samut_edge.slip import SlipKind
from samut_wire import messages as m


class Language(StrEnum):
    THAI = "th"
    ENGLISH = "en"


FIRST_LANGUAGE = Language.THAI


class Paper(StrEnum):
    """`NONE`: no slip can be printed now, for want of paper or of a printer that answers."""

    READY = "ready"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Equipment:
    """What works: a card reader, something that reads books (scanner or pad), the slip printer."""

    cards: bool
    books: bool
    paper: Paper


@dataclass(frozen=True, slots=True)
class MemberKey:
    """How a member was recognised. Never shown, and not part of what is printed for debugging."""

    kind: CardKind
    value: str = field(repr=False)
    typed: bool = field(default=False, compare=False)


# -- books in the hands of a visitor; `barcode` is as it was scanned


@dataclass(frozen=True, slots=True)
class Asked:
    """The clerk has not answered yet."""

    barcode: str


@dataclass(frozen=True, slots=True)
class Lent:
    barcode: str
    title: str
    due: datetime | None
    from_hub: bool


@dataclass(frozen=True, slots=True)
class Renewed:
    """A book the member had before and may keep longer."""

    barcode: str
    title: str
    due: datetime | None
    from_hub: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """`fine` is satang, `days_late` open days. `was_on_loan` is false for a book that stood in the books as in."""

    barcode: str
    title: str
    was_on_loan: bool
    days_late: int
    fine: int
    reasons: tuple[m.ReasonGiven, ...]
    from_hub: bool


@dataclass(frozen=True, slots=True)
class Refused:
    barcode: str
    title: str
    reasons: tuple[m.ReasonGiven, ...]


Book = Asked | Lent | Renewed | Returned | Refused


@dataclass(frozen=True, slots=True)
class LoanReceipt:
    """What was lent, or renewed."""

    member: str
    books: tuple[Lent | Renewed, ...]


@dataclass(frozen=True, slots=True)
class ReturnReceipt:
    books: tuple[Returned, ...]


Receipt = LoanReceipt | ReturnReceipt


# -- screens, each with exactly its data


@dataclass(frozen=True, slots=True)
class Welcome:
    """Nobody is here."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nobody is here, and no book could be read."""


@dataclass(frozen=True, slots=True)
class Typing:
    """A member number is being typed."""

    digits: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Identifying:
    """The clerk looks for the member. Books that are scanned meanwhile wait in `early`."""

    visit: int
    key: MemberKey
    early: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotKnown:
    """No such member."""

    reasons: tuple[m.ReasonGiven, ...]


@dataclass(frozen=True, slots=True)
class Borrowing:
    """`loans` are what the member had before, looked at while `looks`; `again` is the book that was scanned twice."""

    visit: int
    key: MemberKey
    number: str
    name: str
    loans: tuple[m.LoanShown, ...]
    reasons: tuple[m.ReasonGiven, ...]
    books: tuple[Asked | Lent | Renewed | Refused, ...] = ()
    again: str = ""
    looks: bool = False
    offer: Offer = NO_OFFER


@dataclass(frozen=True, slots=True)
class Returning:
    """Somebody, we do not ask who, brings books back."""

    visit: int
    books: tuple[Asked | Returned | Refused, ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Settling:
    """The next member has tapped, with `next`, while the clerk still owes answers to the visit before."""

    before: Borrowing | Returning
    next: MemberKey


@dataclass(frozen=True, slots=True)
class Printing:
    """`next` is the card of a member who waits for this slip to come out."""

    visit: int
    receipt: Receipt
    next: MemberKey | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """The hub is asked to send the slip; where it does not, the visit goes on as it was."""

    before: Borrowing
    receipt: Receipt


class SlipOutcome(StrEnum):
    PRINTED = "printed"
    SENT = "sent"
    NOT_WANTED = "not_wanted"
    NO_PAPER = "no_paper"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Done:
    """`due` is the earliest date; `fine` (satang) is what the returned books cost together. `renewed` of the `count`
    books were had before. Names nobody."""

    kind: SlipKind
    count: int
    due: datetime | None
    fine: int
    slip: SlipOutcome
    renewed: int = 0


Screen = (
    Welcome
    | Unavailable
    | Typing
    | Identifying
    | NotKnown
    | Borrowing
    | Returning
    | Settling
    | Printing
    | Sending
    | Done
)


@dataclass(frozen=True, slots=True)
class KioskState:
    """`since` is when a person last did something, or the screen changed, in seconds of a steady clock.

    `on_pad` are books that lie on the pad and belong to no visit yet. `visits` counts visits, so that an answer that
    comes after its visit has ended is known for what it is.
    """

    screen: Screen
    language: Language
    equipment: Equipment
    since: float
    on_pad: tuple[str, ...] = ()
    visits: int = 0
