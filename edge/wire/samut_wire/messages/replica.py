"""The replica: what devices know to decide alone, as rows of snapshots and deltas."""

from datetime import date, datetime, time
from typing import Literal

from samut_wire.messages.base import Count, Message, Text


class ReplicaAsked(Message, frozen=True):
    """The device asks for a whole snapshot, because it has none or its version does not follow."""

    version: Count


class SnapshotOffered(Message, frozen=True):
    """A snapshot can be fetched at `path` of the hub's address. `header` and its Ed25519 signature are in hex."""

    path: Text
    header: Text
    signature: Text


class SnapshotHeader(Message, frozen=True):
    """What is signed. `sha256` is of the snapshot's bytes as fetched: gzip of one JSON row a line."""

    library: Text
    version: Count
    made_at: datetime
    rows: Count
    sha256: Text


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


class BookingShown(Row, frozen=True, omit_defaults=True):
    """From when until when a unit is booked, and for whom; `by_hours`: by moments, else by whole days."""

    member: Text
    starts_at: datetime
    ends_at: datetime
    by_hours: bool = False


class ItemRow(Row, frozen=True, tag="item", omit_defaults=True):
    """`lent_to` is the member's number while the item is out, else empty; `on_site`: it is used in the library only.

    `title_id` is the number of its title, `category` and `location` are as in the rules.

    `loan_days` and `fine_per_day` (satang) are the item's own, which go before the matrix; sent where it has them.

    Of its loan: `waited_for` by other members, with no other copy on the shelf; `recalled`; `claimed` to be back.
    `booked` are the bookings that this unit is to fulfil, the first to begin first. `security_pending`: what its tag
    tells the exit may be wrong.
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
    unseen_renewals: Count = 0
    waited_for: bool = False
    recalled: bool = False
    claimed: bool = False
    booked: tuple[BookingShown, ...] = ()
    security_pending: bool = False


class GoneRow(Row, frozen=True, tag="gone"):
    """The row of this kind and key no longer exists."""

    kind: Literal["member", "item"]
    key: Text


ReplicaRow = LibraryRow | MemberRow | ItemRow | GoneRow


class ReplicaDelta(Message, frozen=True):
    """Rows changed after version `after`, bringing the replica to `version`. Apply only on exactly `after`."""

    after: Count
    version: Count
    rows: tuple[ReplicaRow, ...]
