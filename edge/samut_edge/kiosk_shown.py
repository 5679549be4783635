"""What the kiosk page is told, as it travels: each screen with its texts, and nothing the screen does not show."""

import msgspec


class BookView(msgspec.Struct, frozen=True, tag_field="is"):
    """`key` tells the rows of one list apart."""

    key: str


class AskedView(BookView, frozen=True, tag="asked"):
    """`securing`: its tag is secured first."""

    securing: bool


class IncompleteView(BookView, frozen=True, tag="incomplete"):
    """Of its parts so many lie on the pad."""

    seen: int
    of: int


class LentView(BookView, frozen=True, tag="lent"):
    """`tag` is how far its security tag is, `parts` how many of them lie there where some are missing (“2/3”).
    `found`: it had been thought missing."""

    title: str
    due: str
    from_hub: bool
    found: bool
    tag: str
    parts: str


class RenewedView(BookView, frozen=True, tag="renewed"):
    title: str
    due: str
    from_hub: bool
    tag: str


class ReturnedView(BookView, frozen=True, tag="returned"):
    """`fine` is in baht as people write it, empty when nothing is owed."""

    title: str
    was_on_loan: bool
    days_late: int
    fine: str
    hints: tuple[str, ...]
    found: bool
    tag: str
    parts: str


class RefusedView(BookView, frozen=True, tag="refused"):
    title: str
    hints: tuple[str, ...]


AnyBookView = AskedView | IncompleteView | LentView | RenewedView | ReturnedView | RefusedView


class LoanView(msgspec.Struct, frozen=True):
    """A book that the member has; `now` is what this visit made of it, if anything."""

    key: str
    title: str
    due: str
    overdue: bool
    now: AnyBookView | None


class HoldView(msgspec.Struct, frozen=True):
    """What is set aside for the member; `until` is empty where there is no end."""

    title: str
    place: str
    until: str


class ScreenView(msgspec.Struct, frozen=True, tag_field="name"):
    pass


class WelcomeView(ScreenView, frozen=True, tag="welcome"):
    on_pad: int


class UnavailableView(ScreenView, frozen=True, tag="unavailable"):
    pass


class TypingView(ScreenView, frozen=True, tag="typing"):
    digits: str


class IdentifyingView(ScreenView, frozen=True, tag="identifying"):
    pass


class NotKnownView(ScreenView, frozen=True, tag="not_known"):
    hints: tuple[str, ...]


class BorrowingView(ScreenView, frozen=True, tag="borrowing"):
    """`member` is the name to greet with; `hints` say why nothing can be borrowed, if so. `mine` are the member's
    loans while the member looks at them. `slip_by` is how the slip can be sent, if at all. `line` is how far the
    member is with joining LINE, `pay` with paying; `code` is the QR code to show in rows of “1” and “0”.
    `waiting` are how many titles are set aside; `holds`, `debt` and `expires` are told while the member looks."""

    member: str
    loans: int
    overdue: int
    hints: tuple[str, ...]
    books: tuple[AnyBookView, ...]
    again: str
    mine: tuple[LoanView, ...] | None
    slip_by: str
    slip_failed: bool
    line: str
    code: tuple[str, ...]
    waiting: int
    owes: bool
    holds: tuple[HoldView, ...]
    debt: str
    expires: str
    pay: str
    amount: str
    payee: str
    is_staff: bool


class CountingView(ScreenView, frozen=True, tag="counting"):
    """`advised`: the number was not right, and it is told how to lay the books."""

    count: int
    advised: bool


class ReturningView(ScreenView, frozen=True, tag="returning"):
    books: tuple[AnyBookView, ...]
    again: str


class PrintingView(ScreenView, frozen=True, tag="printing"):
    """`sends`: the slip goes by LINE or e-mail."""

    sends: bool


class DoneView(ScreenView, frozen=True, tag="done"):
    kind: str
    count: int
    renewed: int
    due: str
    fine: str
    slip: str
    to_desk: int


class PartView(msgspec.Struct, frozen=True):
    name: str
    state: str
    detail: str


class HappenedView(msgspec.Struct, frozen=True):
    """By the library's clock."""

    at: str
    what: str


class StaffMenuView(ScreenView, frozen=True, tag="staff_menu"):
    """`tested` is “”, “testing”, “printed” or “failed”."""

    in_service: bool
    tested: str
    parts: tuple[PartView, ...]
    happened: tuple[HappenedView, ...]


AnyScreenView = (
    WelcomeView
    | UnavailableView
    | TypingView
    | IdentifyingView
    | NotKnownView
    | BorrowingView
    | CountingView
    | ReturningView
    | PrintingView
    | DoneView
    | StaffMenuView
)


class View(msgspec.Struct, frozen=True):
    """`ends_in_ms`: the screen goes away by itself after so long without a touch; null when it stays. `hint` is why a
    tag on the pad counts for nothing, if one lies there."""

    language: str
    library: str
    paper: str
    cards: bool
    ends_in_ms: int | None
    large: bool
    contrast: bool
    quiet: bool
    hint: str
    screen: AnyScreenView
