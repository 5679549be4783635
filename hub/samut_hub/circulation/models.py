"""Loan rules, loans, holds, and what could not be settled without a librarian."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, event, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.catalogue.models import Item, Title
from samut_hub.db import Base, OfLibrary
from samut_hub.libraries.models import OfRules
from samut_hub.members.models import Member


class LoanRule(OfLibrary, OfRules, Base):
    """One row of the matrix; NULL means any, or not said here. See `samut_rules.matrix.RuleRow`."""

    __tablename__ = "loan_rules"
    __table_args__ = (
        UniqueConstraint(
            *("library_id", "member_type", "material", "category_id", "place_id", "effective_from"),
            name="uq_loan_rules_scope",
        ),
        Index("ix_loan_rules_category", "category_id"),
        Index("ix_loan_rules_place", "place_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_type: Mapped[str | None]
    material: Mapped[str | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"))
    loan_days: Mapped[int | None]
    max_items: Mapped[int | None]
    max_renewals: Mapped[int | None]
    fine_per_day: Mapped[int | None]
    fine_cap: Mapped[int | None]
    effective_from: Mapped[date | None]
    loan_hours: Mapped[int | None]
    calendar_mode: Mapped[str | None]
    at_closing: Mapped[str | None]
    fixed_due: Mapped[date | None]
    fixed_due_is: Mapped[str | None]
    max_total: Mapped[int | None]
    max_on_site: Mapped[int | None]
    same_title_times: Mapped[int | None]
    same_title_wait: Mapped[int | None]
    minimum_age: Mapped[int | None]
    minimum_level: Mapped[int | None]
    renewal_days: Mapped[int | None]
    renew_from: Mapped[str | None]
    renew_within_days: Mapped[int | None]
    max_unseen_renewals: Mapped[int | None]
    auto_renew: Mapped[bool | None]
    guaranteed_days: Mapped[int | None]
    recall_days: Mapped[int | None]
    fine_unit: Mapped[str | None]
    fine_every: Mapped[int | None]
    fine_charged: Mapped[str | None]
    grace: Mapped[int | None]
    grace_is: Mapped[str | None]
    fine_closed_days: Mapped[bool | None]
    fine_cap_at_price: Mapped[bool | None]
    fine_cap_of_member: Mapped[int | None]
    suspension_days: Mapped[int | None]
    suspension_cap: Mapped[int | None]
    suspension_follows: Mapped[bool | None]
    suspension_open_days: Mapped[bool | None]
    default_price: Mapped[int | None]
    processing_fee: Mapped[int | None]
    lost_refund: Mapped[str | None]
    lost_refund_days: Mapped[int | None]
    max_claims: Mapped[int | None]
    max_holds: Mapped[int | None]
    hold_on_shelf: Mapped[bool | None]
    shelf_days: Mapped[int | None]
    hold_priority: Mapped[int | None]
    max_bookings: Mapped[int | None]
    booking_days: Mapped[int | None]


class LargerMaterial(OfLibrary, OfRules, Base):
    """What a material belongs to in the library's rules: those of the larger one hold for it, limits sum it up."""

    __tablename__ = "larger_materials"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    material: Mapped[str] = mapped_column(ForeignKey("material_types.code"), primary_key=True)
    parent: Mapped[str] = mapped_column(ForeignKey("material_types.code"))


class ForgottenError(Exception):
    """Whose loan it was is not known any more."""


class Loan(OfLibrary, Base):
    """One item with one member. `source` says where it was made: a desk's user or a device. `on_site`: to be used in
    the library only.

    `lost_at`: it ended because the item was lost. `claimed_at`: the member says that the item came back; the fine
    does not run on from then. `recalled_at`: others need it, and its due date was brought forward. `member_type` (its
    code), `member_group` (its name) and `member_level` are those of the member when it was lent; they stay when the
    retention clock parts an old loan from its member, who is none then.
    """

    __tablename__ = "loans"
    __table_args__ = (
        Index(
            "one_open_loan_per_item",
            "library_id",
            "item_id",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index(
            "ix_loans_open_of_member",
            "library_id",
            "member_id",
            "due_at",
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index(
            "ix_loans_open_due",
            "library_id",
            "due_at",
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index(
            "ix_loans_lost",
            "library_id",
            "item_id",
            sqlite_where=text("lost_at IS NOT NULL"),
            postgresql_where=text("lost_at IS NOT NULL"),
        ),
        Index(
            "ix_loans_claimed",
            "library_id",
            "claimed_at",
            sqlite_where=text("claimed_at IS NOT NULL AND returned_at IS NULL"),
            postgresql_where=text("claimed_at IS NOT NULL AND returned_at IS NULL"),
        ),
        Index(
            "ix_loans_of_somebody",
            "library_id",
            "returned_at",
            sqlite_where=text("returned_at IS NOT NULL AND member_id IS NOT NULL"),
            postgresql_where=text("returned_at IS NOT NULL AND member_id IS NOT NULL"),
        ),
        Index("ix_loans_of_member", "library_id", "member_id", "lent_at"),
        Index("ix_loans_of_member_and_item", "library_id", "member_id", "item_id"),
        Index("ix_loans_of_item", "library_id", "item_id", "lent_at"),
        Index("ix_loans_item_only", "item_id"),
        Index("ix_loans_lent", "library_id", "lent_at"),
        Index("ix_loans_returned", "library_id", "returned_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    member_type: Mapped[str | None]
    member_group: Mapped[str | None]
    member_level: Mapped[int | None]
    lent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    renewals: Mapped[int] = mapped_column(default=0)
    unseen_renewals: Mapped[int] = mapped_column(default=0, server_default="0")
    on_site: Mapped[bool] = mapped_column(default=False, server_default=false())
    lost_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    source: Mapped[str]
    returned_through: Mapped[str] = mapped_column(default="")
    trace: Mapped[list[str]] = mapped_column(JSON, default=list)

    item: Mapped[Item] = relationship()
    member: Mapped[Member | None] = relationship()

    @property
    def borrower(self) -> Member:
        """Who has the item, or had it last; raises ForgottenError of an old loan. An open one always has somebody."""
        if self.member is None:
            raise ForgottenError(self.id)
        return self.member


class HoldState(StrEnum):
    """A hold is open while it is waiting or ready; then it has ended one way or another."""

    WAITING = "waiting"
    READY = "ready"  # an item is set aside
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN_HOLD = (HoldState.WAITING.value, HoldState.READY.value)


class HoldEnd(StrEnum):
    """Why a hold ended without the member having the item."""

    MEMBER = "member"  # cancelled by the member
    STAFF = "staff"
    LAPSED = "lapsed"  # not collected in time
    MERGED = "merged"  # two titles became one, and the member waited for both


class PickupPlace(OfLibrary, Base):
    """Where members fetch what they reserved; the first in order is meant where none was chosen."""

    __tablename__ = "pickup_places"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    def shown(self, language: str) -> str:
        return (language != "th" and self.name_en) or self.name


class Hold(OfLibrary, Base):
    """A member waits for a title, or for one copy of it (`wanted_item_id`), in the order in which holds were placed.

    A smaller `priority` comes first; `moved_why` says who moved it there, and why. `suspended_until`: passed over
    before that day, in its place. `item_id` is what is, or was last, set aside; from `ready_at` until `keep_until`
    the member may collect it. `ended_why` is a `HoldEnd` where the member did not get it. `left_aside`: nobody has
    scanned the item since; it still stands on the reserved shelf.
    """

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "one_open_hold_per_member",
            "library_id",
            "member_id",
            "title_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'ready')"),
            postgresql_where=text("state IN ('waiting', 'ready')"),
        ),
        Index(
            "one_ready_hold_per_item",
            "library_id",
            "item_id",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_holds_left_aside",
            "library_id",
            "item_id",
            sqlite_where=text("left_aside = 1"),
            postgresql_where=text("left_aside"),
        ),
        Index("ix_holds_queue", "library_id", "title_id", "state", "placed_at"),
        Index("ix_holds_title", "title_id"),
        Index("ix_holds_item", "item_id"),
        Index("ix_holds_of_member", "library_id", "member_id", "state"),
        Index("ix_holds_state", "library_id", "state", "keep_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    state: Mapped[str] = mapped_column(default=HoldState.WAITING.value)
    placed_at: Mapped[datetime]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    ready_at: Mapped[datetime | None]
    keep_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    left_aside: Mapped[bool] = mapped_column(default=False, server_default=false())
    wanted_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True)
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickup_places.id", ondelete="SET NULL"), index=True)
    suspended_until: Mapped[date | None]
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    moved_why: Mapped[str] = mapped_column(default="", server_default="")
    ended_why: Mapped[str] = mapped_column(default="", server_default="")

    title: Mapped[Title] = relationship()
    member: Mapped[Member] = relationship()
    item: Mapped[Item | None] = relationship(foreign_keys=item_id)
    wanted_item: Mapped[Item | None] = relationship(foreign_keys=wanted_item_id)
    pickup: Mapped[PickupPlace | None] = relationship()


class ConflictKind(StrEnum):
    """What did not fit. An item handed in at the hub that was not on loan is noted too, settled from the start."""

    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_ITEM = "unknown_item"
    NEWER_LOAN = "newer_loan"  # lent offline, but meanwhile lent to somebody else
    RETURN_NOT_ON_LOAN = "return_not_on_loan"
    RETURN_BEFORE_LOAN = "return_before_loan"  # the item was lent again after this return
    RENEWAL_WITHOUT_LOAN = "renewal_without_loan"  # renewed offline, but not on loan to this member by then
    DUE_TOO_LATE = "due_too_late"  # a device told a due date later than the rules give; it stands
    DUE_IMPOSSIBLE = "due_impossible"  # one past or more than a year away; that of the rules stands
    LATENESS_IN_DOUBT = "lateness_in_doubt"  # renewed or returned before a fine or suspension for good was written
    LOAN_UNWRITTEN = "loan_unwritten"  # this and what follows: the hub itself failed at what a device told
    RENEWAL_UNWRITTEN = "renewal_unwritten"
    RETURN_UNWRITTEN = "return_unwritten"
    CANCEL_UNWRITTEN = "cancel_unwritten"
    SECURITY_UNWRITTEN = "security_unwritten"
    TAG_STILL_SECURED = "tag_still_secured"  # lent, but the exit may ring for it
    TAG_NOT_SECURED = "tag_not_secured"  # returned, but the exit may let it pass
    PARTS_NOT_SEEN = "parts_not_seen"  # returned; of its parts, so many as `detail` says were there
    PASSAGE_UNWRITTEN = "passage_unwritten"  # the first of a gate; those after it are not told while it waits


class Conflict(OfLibrary, Base):
    """Something decided on the edge that does not fit what the hub knows; a librarian looks at it.

    `detail` of a due date: the one that was told, and the one that the rules give. `settled_how` is what was chosen.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        Index("ix_conflicts_open", "library_id", "settled_at"),
        Index("ix_conflicts_barcode", "library_id", "barcode"),
        Index(
            "ix_conflicts_waiting",
            "library_id",
            "barcode",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    device: Mapped[str]
    member: Mapped[str]
    barcode: Mapped[str]
    happened_at: Mapped[datetime]
    detail: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(default="")
    settled_how: Mapped[str] = mapped_column(default="")


@event.listens_for(Loan, "before_insert")
def _note_member(mapper: object, connection: object, loan: Loan) -> None:
    """What counts of loans ask for, as far as it is known without asking the database."""
    member: Member | None = loan.__dict__.get("member")
    if member is None:
        return
    kind, group = member.__dict__.get("type"), member.__dict__.get("group")
    loan.member_type = None if kind is None else kind.code
    loan.member_group = None if group is None else group.name
    loan.member_level = member.level if member.level is not None or group is None else group.level
