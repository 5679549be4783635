"""The words of a kiosk: what it can show. What can happen to it stands in `kiosk_events`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from samut_edge.events import CardKind, Stranger
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


@dataclass(frozen=True, slots=True)
class Lying:
    """An item on the pad. Of its `of` parts `seen` have been recognised; `secured` is what its tag tells the exit,
    None where the pad cannot tell."""

    barcode: str
    seen: int = 1
    of: int = 1
    secured: bool | None = None

    @property
    def is_whole(self) -> bool:
        return self.seen >= self.of


@dataclass(frozen=True, slots=True)
class House:
    """How this library wants its kiosk. `secures`: tags on items are released and secured on a pad; `staff_types`:
    the types of members whose cards open the menu for staff."""

    secures: bool = False
    staff_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ease:
    """What makes the screen easier to use for this visitor."""

    large: bool = False
    contrast: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """A tag on the pad that is no item of this library; told until a moment of the steady clock."""

    why: Stranger
    until: float


NO_HOUSE = House()
NO_EASE = Ease()


class Tag(StrEnum):
    """How far a book's tag is with what it shall tell the exit."""

    NONE = "none"  # nothing is to be written
    WANTED = "wanted"  # the book is to be laid on the pad
    WRITING = "writing"
    DONE = "done"  # read back from the tag
    PENDING = "pending"  # it was tried in vain: the desk must see to it


# -- books in the hands of a visitor; `barcode` is as it was scanned


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Of a set not all parts lie on the pad, since that moment: it is neither lent nor taken back yet."""

    barcode: str
    seen: int
    of: int
    since: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The clerk has not answered yet; or, of a book that comes back, is not asked before its tag is secured.

    `seen` and `of` are given where parts of a set that comes back were missing.
    """

    barcode: str
    tag: Tag = Tag.NONE
    tries: int = 0
    seen: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Lent:
    """`found`: the book had been thought missing. `tries`: how often its tag was written."""

    barcode: str
    title: str
    due: datetime | None
    from_hub: bool
    found: bool = False
    tag: Tag = Tag.NONE
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Renewed:
    """A book the member had before and may keep longer."""

    barcode: str
    title: str
    due: datetime | None
    from_hub: bool
    tag: Tag = Tag.NONE
    tries: int = 0


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
    found: bool = False
    tag: Tag = Tag.NONE
    tries: int = 0
    seen: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    barcode: str
    title: str
    reasons: tuple[m.ReasonGiven, ...]


Book = Incomplete | Asked | Lent | Renewed | Returned | Refused


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
class Account:
    """What the member has to do with the library beside books: `debt` is satang."""

    debt: int = 0
    holds: tuple[m.HoldShown, ...] = ()
    expires_on: date | None = None


NO_ACCOUNT = Account()


@dataclass(frozen=True, slots=True)
class Borrowing:
    """`loans` are what the member had before, looked at with the `account` while `looks`; `again` is the book that
    was scanned twice. `is_staff`: the member may open the menu for staff."""

    visit: int
    key: MemberKey
    number: str
    name: str
    loans: tuple[m.LoanShown, ...]
    reasons: tuple[m.ReasonGiven, ...]
    books: tuple[Book, ...] = ()
    again: str = ""
    looks: bool = False
    offer: Offer = NO_OFFER
    account: Account = NO_ACCOUNT
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Counting:
    """Several books lay on the pad at the start, which metal or a pile may hide: is their number right?

    `codes` were scanned meanwhile. `advised`: it was not right, and the member is told how to lay them.
    """

    before: Borrowing
    codes: tuple[str, ...] = ()
    advised: bool = False


@dataclass(frozen=True, slots=True)
class Returning:
    """Somebody, we do not ask who, brings books back."""

    visit: int
    books: tuple[Book, ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Settling:
    """The next member has tapped, with `next`, while the clerk still owes answers to the visit before."""

    before: Borrowing | Returning
    next: MemberKey


@dataclass(frozen=True, slots=True)
class Printing:
    """`next` is the card of a member who waits for this slip to come out, `key` that of the member who gets it."""

    visit: int
    receipt: Receipt
    next: MemberKey | None = None
    key: MemberKey | None = None


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
    books were had before; of so many `to_desk` the tag is not right. Names nobody."""

    kind: SlipKind
    count: int
    due: datetime | None
    fine: int
    slip: SlipOutcome
    renewed: int = 0
    to_desk: int = 0


@dataclass(frozen=True, slots=True)
class StaffMenu:
    """A member of staff looks after the kiosk. `tested` is what became of the test slip, None before one was asked
    for or while it prints (`testing`)."""

    visit: int
    testing: bool = False
    tested: bool | None = None


Screen = (
    Welcome
    | Unavailable
    | Typing
    | Identifying
    | NotKnown
    | Borrowing
    | Counting
    | Returning
    | Settling
    | Printing
    | Sending
    | Done
    | StaffMenu
)


@dataclass(frozen=True, slots=True)
class KioskState:
    """`since` is when a person last did something, or the screen changed, in seconds of a steady clock.

    `lying` is all that lies on the pad; `on_pad` are those books of it that belong to no visit yet. `hinted` are the
    strange tags that were told of already. `visits` counts visits, so that an answer that comes after its visit has
    ended is known for what it is. `in_service` is what staff chose.
    """

    screen: Screen
    language: Language
    equipment: Equipment
    since: float
    on_pad: tuple[str, ...] = ()
    visits: int = 0
    lying: tuple[Lying, ...] = ()
    hint: Hint | None = None
    hinted: frozenset[str] = frozenset()
    ease: Ease = NO_EASE
    house: House = NO_HOUSE
    in_service: bool = True
