"""Every message between hub and edge, once. A field that is not named here is refused by name.

Times are UTC. Money is satang. Member numbers and barcodes are text as printed. A member is named by the number,
an item by its barcode; card numbers travel only as keyed hashes (`card`), see `samut_wire.cards`.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

PROTOCOL = 1


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all bodies."""


# -- parts of messages


class ReasonGiven(Message, frozen=True):
    """One reason of a decision: its code in `samut_rules.reasons` and the values its sentence needs."""

    code: str
    values: dict[str, str | int] = {}


class DecisionMade(Message, frozen=True):
    """What the lending rules said, and how they came to it."""

    allowed: bool
    reasons: tuple[ReasonGiven, ...] = ()
    due_at: datetime | None = None
    trace: tuple[str, ...] = ()


class PartDescribed(Message, frozen=True):
    """A reader, printer, pad or gate of a device."""

    name: str
    kind: Literal["card_reader", "scanner", "pad", "printer", "gate_io", "camera"]
    driver: str
    state: str
    detail: str = ""


class LoanShown(Message, frozen=True):
    """One open loan as the member may see it."""

    barcode: str
    title: str
    due_at: datetime
    overdue: bool = False


# -- edge to hub: state


class DeviceState(Message, frozen=True):
    """Retained; the will of the connection is the same with `online` false."""

    online: bool
    software: str = ""
    replica_version: int = 0
    outbox_length: int = 0


class DeviceDescription(Message, frozen=True):
    """What the device is made of. Retained."""

    role: Literal["gate", "kiosk"]
    parts: tuple[PartDescribed, ...]


class DeviceHealth(Message, frozen=True):
    """Sent every ten seconds. `tap_ms` counts taps by the upper bound in milliseconds of card seen → relay on."""

    parts: tuple[PartDescribed, ...]
    outbox_length: int
    replica_version: int
    tap_ms: dict[str, int] = {}


# -- edge to hub: events, kept in the outbox until the hub has acknowledged them


class PassageRecorded(Message, frozen=True):
    """One tap at a gate and what became of it. `member` is empty when the card is unknown."""

    reader: str
    direction: Literal["in", "out"]
    allowed: bool
    member: str = ""
    reasons: tuple[ReasonGiven, ...] = ()


class LoanRecorded(Message, frozen=True):
    """A loan decided at the kiosk by the local rules while the hub did not answer."""

    member: str
    barcode: str
    decision: DecisionMade


class ReturnRecorded(Message, frozen=True):
    """A return taken at the kiosk while the hub did not answer."""

    barcode: str


# -- edge to hub: questions, answered within a second or decided locally


class MemberAsked(Message, frozen=True):
    """Exactly one of the two is given: a card hash, or a member number that was scanned or typed."""

    card: str = ""
    number: str = ""


class MemberFound(Message, frozen=True):
    """`name` is what the screen may greet with. `reasons` tell why the member may not borrow at all, if so."""

    known: bool
    number: str = ""
    name: str = ""
    loans: tuple[LoanShown, ...] = ()
    debt: int = 0
    reasons: tuple[ReasonGiven, ...] = ()


class CheckoutAsked(Message, frozen=True):
    member: str
    barcode: str


class CheckoutAnswered(Message, frozen=True):
    barcode: str
    title: str
    decision: DecisionMade


class CheckinAsked(Message, frozen=True):
    barcode: str


class CheckinAnswered(Message, frozen=True):
    """`returned` is false when the barcode is unknown. `was_on_loan` is false for an item that was not out."""

    barcode: str
    returned: bool
    title: str = ""
    was_on_loan: bool = False
    fine: int = 0
    days_late: int = 0
    reasons: tuple[ReasonGiven, ...] = ()


class ReplicaAsked(Message, frozen=True):
    """The device asks for a whole snapshot, because it has none or its version does not follow."""

    version: int


# -- hub to edge


class EventsAcknowledged(Message, frozen=True):
    """The events with these ids are in the hub's database: the outbox may let them go."""

    ids: tuple[str, ...]


class SnapshotOffered(Message, frozen=True):
    """A snapshot can be fetched at `path` of the hub's address. `header` and its Ed25519 signature are in hex."""

    path: str
    header: str
    signature: str


class GateOpened(Message, frozen=True):
    """Command: open the gate now. Drop it when it comes after the envelope's `exp`."""

    by: str
    seconds: float


class DeviceIdentified(Message, frozen=True):
    """Command: blink or sound, so that somebody finds the device."""

    by: str


class AgentRestarted(Message, frozen=True):
    """Command: end the agent; its supervisor starts it anew."""

    by: str


class CommandDone(Message, frozen=True):
    """The device's answer to a command; `id` is the command's."""

    id: str
    done: bool
    detail: str = ""


# -- the replica: rows of snapshots and deltas


class LoanRuleShown(Message, frozen=True):
    """One row of the matrix; None means that this row does not say."""

    key: str
    member_type: str | None
    material: str | None
    loan_days: int | None
    max_items: int | None
    max_renewals: int | None
    fine_per_day: int | None
    fine_cap: int | None


class ClosureShown(Message, frozen=True):
    """A date on which the library is closed, or (`open`) open although the week says closed."""

    on: date
    open: bool
    name: str


class LibraryRow(Message, frozen=True, tag="library"):
    """The library's own settings with its whole matrix and calendar. It replaces the one before."""

    code: str
    name_th: str
    name_en: str
    zone: str
    debt_limit: int
    weekly_closed: tuple[int, ...]
    offline_loans: bool
    rules: tuple[LoanRuleShown, ...]
    closures: tuple[ClosureShown, ...]


class MemberRow(Message, frozen=True, tag="member"):
    """What is on loan to the member is read from the item rows."""

    number: str
    name: str
    member_type: str
    cards: tuple[str, ...]
    expires_on: date | None
    blocked: str
    debt: int


class ItemRow(Message, frozen=True, tag="item"):
    """`lent_to` is the member's number while the item is out, else empty."""

    barcode: str
    title: str
    material: str
    status: str
    lent_to: str
    due_at: datetime | None
    renewals: int


class GoneRow(Message, frozen=True, tag="gone"):
    """The row of this kind and key no longer exists."""

    kind: Literal["member", "item"]
    key: str


ReplicaRow = LibraryRow | MemberRow | ItemRow | GoneRow


class SnapshotHeader(Message, frozen=True):
    """What is signed. `sha256` is of the snapshot's bytes as fetched: gzip of one JSON row a line."""

    library: str
    version: int
    made_at: datetime
    rows: int
    sha256: str


class ReplicaDelta(Message, frozen=True):
    """Rows changed after version `after`, bringing the replica to `version`. Apply only on exactly `after`."""

    after: int
    version: int
    rows: tuple[ReplicaRow, ...]
