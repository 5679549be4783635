"""What members owe, what they paid, and the books of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, event, false, inspect, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.charges.policy import EntryKind, Method, YearKind, receipt_number
from samut_hub.db import Base, OfLibrary
from samut_hub.members.models import Member
from samut_hub.staff.models import StaffAccount


class ChargeKind(StrEnum):
    """`OWN` is one of the library's own kinds; `Charge.own_kind` says which."""

    OVERDUE = "overdue"
    SERVICE = "service"  # for borrowing an item that costs something
    LOST = "lost"  # what a lost item costs
    DAMAGE = "damage"
    PROCESSING = "processing"  # for the work of replacing an item
    CARD = "card"
    COPIES = "copies"
    OTHER = "other"
    OWN = "own"


class OwnChargeKind(OfLibrary, Base):
    """A kind of charge that a library added; `amount` in satang is what it usually costs, 0 when that differs.

    One that is not `active` is offered no more.
    """

    __tablename__ = "charge_kinds"
    __table_args__ = (UniqueConstraint("library_id", "name_th"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str]
    amount: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())

    def name(self, language: str) -> str:
        return self.name_th if language == "th" or not self.name_en else self.name_en


class Charge(OfLibrary, Base):
    """One amount owed, in satang. `paid` counts what was paid or waived of it, `waived` what of that was waived.

    Both are the sums of its entries. `staff_id` is who charged it by hand. `is_final`: an overdue fine of a lateness
    that a renewal ended; it runs on no more, and a later one of the loan is charged beside it. `late_from` and
    `late_until` are of such a lateness: the due date, and when it ended; of old ones they are not known.
    """

    __tablename__ = "charges"
    __table_args__ = (
        Index("ix_charges_member", "library_id", "member_id", "made_at"),
        Index(
            "ix_charges_loan",
            "library_id",
            "loan_id",
            sqlite_where=text("loan_id IS NOT NULL"),
            postgresql_where=text("loan_id IS NOT NULL"),
        ),
        Index(
            "one_overdue_charge_per_loan",
            "library_id",
            "loan_id",
            unique=True,
            sqlite_where=text("kind = 'overdue' AND is_final = 0"),
            postgresql_where=text("kind = 'overdue' AND NOT is_final"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    loan_id: Mapped[int | None]
    kind: Mapped[str]
    own_kind_id: Mapped[int | None] = mapped_column(ForeignKey("charge_kinds.id"))
    amount: Mapped[int]
    paid: Mapped[int] = mapped_column(default=0)
    waived: Mapped[int] = mapped_column(default=0, server_default="0")
    note: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    made_at: Mapped[datetime]
    is_final: Mapped[bool] = mapped_column(default=False, server_default=false())
    late_from: Mapped[datetime | None]
    late_until: Mapped[datetime | None]

    own_kind: Mapped[OwnChargeKind | None] = relationship()

    @property
    def left(self) -> int:
        return self.amount - self.paid


class Receipt(OfLibrary, Base):
    """One act of paying, over one charge or several, in satang. `year` is of the Buddhist Era.

    A receipt that was declared void keeps its number. `till` is where the money lies: “desk:dao” or a device.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("library_id", "year", "number"),
        Index("ix_receipts_member", "library_id", "member_id", "id"),
        Index("ix_receipts_paid_at", "library_id", "paid_at"),
        Index(
            "ix_receipts_reference",
            "library_id",
            "reference",
            sqlite_where=text("reference <> ''"),
            postgresql_where=text("reference <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    till: Mapped[str]
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    amount: Mapped[int]
    paid_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    void_reason: Mapped[str] = mapped_column(default="")

    member: Mapped[Member] = relationship()
    staff: Mapped[StaffAccount | None] = relationship(foreign_keys=[staff_id])
    voider: Mapped[StaffAccount | None] = relationship(foreign_keys=[voided_by])
    entries: Mapped[list["Payment"]] = relationship(back_populates="receipt", order_by="Payment.id")

    @property
    def shown_number(self) -> str:
        return receipt_number(self.year, self.number)

    @property
    def shown_reference(self) -> str:
        """Without the till that machines put before the numbers they count."""
        return self.reference.removeprefix(f"{self.till} ")


class Payment(OfLibrary, Base):
    """One line in the books of a charge, in satang: money taken, or what `kind` says. Lines are never changed.

    A void or refund is below zero and names in `of_id` the payment whose money went back; that one counts it in
    `reversed`. `till` is where the money lies, `closing_id` the closing that counted it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_receipt", "receipt_id"),
        Index("ix_payments_paid_at", "library_id", "paid_at"),
        Index("ix_payments_closing", "closing_id"),
        Index(
            "ix_payments_not_closed",
            "library_id",
            "till",
            sqlite_where=text("closing_id IS NULL"),
            postgresql_where=text("closing_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    kind: Mapped[str] = mapped_column(default=EntryKind.PAYMENT, server_default=EntryKind.PAYMENT.value)
    method: Mapped[str] = mapped_column(default=Method.CASH, server_default=Method.CASH.value)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    till: Mapped[str] = mapped_column(default="", server_default="")
    amount: Mapped[int]
    reversed: Mapped[int] = mapped_column(default=0, server_default="0")
    of_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    paid_at: Mapped[datetime]
    closing_id: Mapped[int | None] = mapped_column(ForeignKey("till_closings.id"))

    charge: Mapped[Charge] = relationship()
    receipt: Mapped[Receipt | None] = relationship(back_populates="entries")
    staff: Mapped[StaffAccount | None] = relationship()


class ReceiptCounter(OfLibrary, Base):
    """The number of the last receipt of a year. It is counted up in the transaction of the receipt, which others wait
    for: so no number is given twice, and none is left out."""

    __tablename__ = "receipt_counters"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class TillClosing(OfLibrary, Base):
    """The end of a day at a till: what should be there in cash, and what was counted, in satang. Never changed.

    `expected` is the sum of the cash of the payments that name this closing.
    """

    __tablename__ = "till_closings"
    __table_args__ = (Index("ix_till_closings_at", "library_id", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    till: Mapped[str]
    expected: Mapped[int | None]
    counted: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    closed_at: Mapped[datetime]

    staff: Mapped[StaffAccount | None] = relationship(lazy="joined")

    @property
    def difference(self) -> int:
        return self.counted - (self.expected or 0)


class ChargeSettings(OfLibrary, Base):
    """How a library takes money. `promptpay` is the account as its digits, empty when there is none."""

    __tablename__ = "charge_settings"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    promptpay: Mapped[str] = mapped_column(default="")
    promptpay_name: Mapped[str] = mapped_column(default="")
    year: Mapped[str] = mapped_column(default=YearKind.FISCAL)


class ClosedError(Exception):
    """A closing was to be changed: a fault in the program."""


@event.listens_for(TillClosing, "before_update")
@event.listens_for(TillClosing, "before_delete")
def _stay_as_closed(mapper: object, connection: object, closing: TillClosing) -> None:
    """Only what should be there is filled in, once, in the transaction of the closing itself."""
    if inspect(closing).attrs.expected.history.deleted != [None]:
        raise ClosedError(f"The closing {closing.id} cannot be changed.")
