"""Every message between hub and edge, once. A field that is not named here is refused by name.

Times are UTC. Money is satang. Member numbers and barcodes are text as printed. A member is named by the number,
an item by its barcode; card numbers travel only as keyed hashes (`card`), see `samut_wire.cards`.
"""

from datetime import date, datetime, time
from typing import Annotated, Literal

import msgspec

PROTOCOL = 1

Text = Annotated[str, msgspec.Meta(max_length=10_000, pattern="^[^\\x00]*$")]
"""Short text as databases can keep it."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all bodies."""


# -- parts of messages


class ReasonGiven(Message, frozen=True):
    """One reason of a decision: its code in `samut_rules.reasons` and the values its sentence needs."""

    code: Text
    values: dict[Text, Text | int] = {}


class DecisionMade(Message, frozen=True):
    """What the lending rules said, and how they came to it."""

    allowed: bool
    reasons: tuple[ReasonGiven, ...] = ()
    due_at: datetime | None = None
    trace: tuple[Text, ...] = ()


class PartDescribed(Message, frozen=True):
    """A reader, printer, pad or gate of a device."""

    name: Text
    kind: Literal["card_reader", "scanner", "pad", "printer", "gate_io", "camera", "sip2_line"]
    driver: Text
    state: Text
    detail: Text = ""


class LoanShown(Message, frozen=True):
    """One open loan as the member may see it."""

    barcode: Text
    title: Text
    due_at: datetime
    overdue: bool = False


# -- edge to hub: state


class DeviceState(Message, frozen=True):
    """Retained; the will of the connection is the same with `online` false."""

    online: bool
    software: Text = ""
    replica_version: Count = 0
    outbox_length: Count = 0


class DeviceDescription(Message, frozen=True):
    """What the device is made of. Retained."""

    role: Literal["gate", "kiosk", "desk"]
    parts: tuple[PartDescribed, ...]


class DeviceHealth(Message, frozen=True):
    """Sent every ten seconds. `tap_ms` counts taps by the upper bound in milliseconds of card seen → relay on."""

    parts: tuple[PartDescribed, ...]
    outbox_length: Count
    replica_version: Count
    tap_ms: dict[Text, Count] = {}


# -- edge to hub: events, kept in the outbox until the hub has acknowledged them


class PassageRecorded(Message, frozen=True):
    """One tap at a gate and what became of it. `member` is empty when the card is unknown."""

    reader: Text
    direction: Literal["in", "out"]
    allowed: bool
    member: Text = ""
    reasons: tuple[ReasonGiven, ...] = ()


class LoanRecorded(Message, frozen=True, omit_defaults=True):
    """A loan decided by the local rules while the hub did not answer. `by` is who worked at the desk, if one did."""

    member: Text
    barcode: Text
    decision: DecisionMade
    by: Text = ""


class ReturnRecorded(Message, frozen=True, omit_defaults=True):
    """A return taken while the hub did not answer. `by` is who worked at the desk, if one did."""

    barcode: Text
    by: Text = ""


class CheckoutCancelled(Message, frozen=True):
    """The hub was asked, its answer did not come in time, and the local rules refused: the member left without.

    It carries the id of the question. Had the hub lent the item after all, it takes the loan back as never made.
    """

    member: Text
    barcode: Text


# -- edge to hub: questions, answered within a second or decided locally


class MemberAsked(Message, frozen=True):
    """Exactly one of the two is given: a card hash, or a member number that was scanned or typed."""

    card: Text = ""
    number: Text = ""


class MemberFound(Message, frozen=True):
    """`name` is what the screen may greet with. `reasons` tell why the member may not borrow at all, if so."""

    known: bool
    number: Text = ""
    name: Text = ""
    loans: tuple[LoanShown, ...] = ()
    debt: Count = 0
    reasons: tuple[ReasonGiven, ...] = ()


class CheckoutAsked(Message, frozen=True):
    member: Text
    barcode: Text


class CheckoutAnswered(Message, frozen=True):
    barcode: Text
    title: Text
    decision: DecisionMade


class CheckinAsked(Message, frozen=True):
    barcode: Text


class CheckinAnswered(Message, frozen=True):
    """`returned` is false when the barcode is unknown. `was_on_loan` is false for an item that was not out."""

    barcode: Text
    returned: bool
    title: Text = ""
    was_on_loan: bool = False
    fine: Count = 0
    days_late: Count = 0
    reasons: tuple[ReasonGiven, ...] = ()


class PartRead(Message, frozen=True):
    """A reader of a desk read something while the hub was there: exactly one of `text` and `card` (a hash).

    `kind` says how the card is read: “uid” or “national_id”.
    """

    part: Text
    text: Text = ""
    card: Text = ""
    kind: Text = ""


class IdentityRead(Message, frozen=True, omit_defaults=True):
    """What a Thai national ID card says of its holder; answers `cmd/read-identity`. Never kept at the edge.

    `number` only where the order asked for it, `photo` (JPEG) as well. `born` is as precise as the card is:
    `2015-05-17`, `2015-05`, `2015`. `sex` is “m”, “f” or empty. A card without expiry has no `expires_on`.
    """

    card: Text
    name_th: Text
    name_en: Text = ""
    born: Text = ""
    sex: Text = ""
    address: Text = ""
    issued_on: date | None = None
    expires_on: date | None = None
    number: Text = ""
    photo: bytes = b""


class ReplicaAsked(Message, frozen=True):
    """The device asks for a whole snapshot, because it has none or its version does not follow."""

    version: Count


# -- hub to edge


class EventsAcknowledged(Message, frozen=True):
    """The events with these ids are in the hub's database: the outbox may let them go."""

    ids: tuple[Text, ...]


class SnapshotOffered(Message, frozen=True):
    """A snapshot can be fetched at `path` of the hub's address. `header` and its Ed25519 signature are in hex."""

    path: Text
    header: Text
    signature: Text


class GateOpened(Message, frozen=True):
    """Command: open the gate now. Drop it when it comes after the envelope's `exp`."""

    by: Text
    seconds: float


class DeviceIdentified(Message, frozen=True):
    """Command: blink or sound, so that somebody finds the device."""

    by: Text


class AgentRestarted(Message, frozen=True):
    """Command: end the agent; its supervisor starts it anew."""

    by: Text


class SlipLineOrdered(Message, frozen=True):
    """One item on a slip; `note` stands below its title."""

    title: Text
    barcode: Text
    note: Text = ""


class SlipOrdered(Message, frozen=True):
    """Command: print this slip. All of it is in the reader's language already; `qr` is the text of its code."""

    by: Text
    heading: Text
    library: Text
    printed_at: Text
    member: Text
    lines: tuple[SlipLineOrdered, ...]
    footer: Text
    qr: Text = ""


class IdentityWanted(Message, frozen=True):
    """Command: read the next national ID card, or the one in the reader, and say what it tells in `desk/identity`."""

    by: Text
    number: bool
    photo: bool


class StaffAtDesk(Message, frozen=True):
    """Somebody who may work at the desk while the hub is away. `pin` is as `samut_wire.pins` keeps it."""

    username: Text
    name: Text
    pin: Text


class StaffTold(Message, frozen=True):
    """Command: these, and nobody else, may sign in while the hub is away."""

    people: tuple[StaffAtDesk, ...]


class CommandDone(Message, frozen=True):
    """The device's answer to a command; `id` is the command's."""

    id: Text
    done: bool
    detail: Text = ""


# -- the replica: rows of snapshots and deltas


class Row(Message, frozen=True, forbid_unknown_fields=False):
    """Base of what the replica holds. Of a newer hub's rows what is not named here is passed over: a value that only
    newer rules know. What a row is for (its scope) is no such value: more of that needs a new protocol version.
    """


class LoanRuleShown(Row, frozen=True, omit_defaults=True):
    """One row of the matrix; None means that this row does not say. See `samut_rules.matrix.RuleRow`."""

    key: Text
    member_type: str | None
    material: str | None
    loan_days: int | None
    max_items: int | None
    max_renewals: int | None
    fine_per_day: int | None
    fine_cap: int | None
    category: Text | None = None
    location: Text | None = None
    effective_from: date | None = None
    loan_hours: Count | None = None
    calendar_mode: Text | None = None
    at_closing: Text | None = None
    fixed_due: date | None = None
    fixed_due_is: Text | None = None
    max_total: Count | None = None
    max_on_site: Count | None = None
    same_title_times: Count | None = None
    same_title_wait: Count | None = None
    minimum_age: Count | None = None
    minimum_level: Count | None = None
    renewal_days: Count | None = None
    renew_from: Text | None = None
    renew_within_days: Count | None = None
    max_unseen_renewals: Count | None = None
    auto_renew: bool | None = None
    guaranteed_days: Count | None = None
    recall_days: Count | None = None
    fine_unit: Text | None = None
    fine_every: Count | None = None
    fine_charged: Text | None = None
    grace: Count | None = None
    grace_is: Text | None = None
    fine_closed_days: bool | None = None
    fine_cap_at_price: bool | None = None
    fine_cap_of_member: Count | None = None
    suspension_days: Count | None = None
    suspension_cap: Count | None = None
    suspension_follows: bool | None = None
    suspension_open_days: bool | None = None
    default_price: Count | None = None
    processing_fee: Count | None = None
    lost_refund: Text | None = None
    lost_refund_days: Count | None = None
    max_claims: Count | None = None
    max_holds: Count | None = None
    hold_on_shelf: bool | None = None
    shelf_days: Count | None = None


class SpanShown(Row, frozen=True):
    """From when until when a library is open, by its own clock: `08:30:00`."""

    opens: time
    closes: time


class ClosureShown(Row, frozen=True, omit_defaults=True):
    """A date on which the library is closed, or (`open`) open although the week says closed, with hours if any."""

    on: date
    open: bool
    name: Text
    hours: tuple[SpanShown, ...] = ()


class LibraryRow(Row, frozen=True, tag="library", omit_defaults=True):
    """The library's own settings with its whole matrix and calendar. It replaces the one before.

    `yearly_closed` are months and days on which it is closed every year; `weekly_hours` its hours by weekday (Monday
    is 0). `parents` names for a material the larger one to which it belongs, `places` for a place the one it lies in.
    """

    code: Text
    name_th: Text
    name_en: Text
    zone: Text
    debt_limit: int
    weekly_closed: tuple[int, ...]
    offline_loans: bool
    rules: tuple[LoanRuleShown, ...]
    closures: tuple[ClosureShown, ...]
    yearly_closed: tuple[tuple[int, int], ...] = ()
    weekly_hours: dict[int, tuple[SpanShown, ...]] = {}
    parents: dict[Text, Text] = {}
    places: dict[Text, Text] = {}


class TitleHad(Row, frozen=True, omit_defaults=True):
    """A loan of the title of this number, with its renewals; `returned_at` is None while it lasts."""

    title: Count
    lent_at: datetime
    returned_at: datetime | None
    renewals: Count = 0


class MemberRow(Row, frozen=True, tag="member", omit_defaults=True):
    """What is on loan to the member is read from the item rows. `cards` are those in use and those reported lost.

    `born` is as precise as it is known: `2015-05-17`, `2015-05`, `2015`. `level` is a step of education. `had` are
    the latest loans, sent where the library's rules ask how often one title was had.
    """

    number: Text
    name: Text
    member_type: Text
    cards: tuple[Text, ...]
    expires_on: date | None
    blocked: Text
    debt: Count
    card_lost: bool = False
    suspended_until: date | None = None
    born: Text = ""
    level: Count | None = None
    had: tuple[TitleHad, ...] = ()


class ItemRow(Row, frozen=True, tag="item", omit_defaults=True):
    """`lent_to` is the member's number while the item is out, else empty; `on_site`: it is used in the library only.

    `title_id` is the number of its title, `category` and `location` are as in the rules.

    `loan_days` and `fine_per_day` (satang) are the item's own, which go before the matrix; sent where it has them.
    """

    barcode: Text
    title: Text
    material: Text
    status: Text
    lent_to: Text
    due_at: datetime | None
    renewals: Count
    loan_days: Count | None = None
    fine_per_day: Count | None = None
    title_id: Count = 0
    category: Text = ""
    location: Text = ""
    on_site: bool = False


class GoneRow(Row, frozen=True, tag="gone"):
    """The row of this kind and key no longer exists."""

    kind: Literal["member", "item"]
    key: Text


ReplicaRow = LibraryRow | MemberRow | ItemRow | GoneRow


class SnapshotHeader(Message, frozen=True):
    """What is signed. `sha256` is of the snapshot's bytes as fetched: gzip of one JSON row a line."""

    library: Text
    version: Count
    made_at: datetime
    rows: Count
    sha256: Text


class ReplicaDelta(Message, frozen=True):
    """Rows changed after version `after`, bringing the replica to `version`. Apply only on exactly `after`."""

    after: Count
    version: Count
    rows: tuple[ReplicaRow, ...]
