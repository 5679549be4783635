"""What members owe."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class ChargeKind(StrEnum):
    OVERDUE = "overdue"
    SERVICE = "service"  # for borrowing an item that costs something


class Charge(OfLibrary, Base):
    """One amount owed, in satang. `paid` counts what was paid or waived of it."""

    __tablename__ = "charges"
    __table_args__ = (
        Index("ix_charges_member", "library_id", "member_id", "made_at"),
        Index(
            "one_overdue_charge_per_loan",
            "library_id",
            "loan_id",
            unique=True,
            sqlite_where=text("kind = 'overdue'"),
            postgresql_where=text("kind = 'overdue'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    loan_id: Mapped[int | None]
    kind: Mapped[str]
    amount: Mapped[int]
    paid: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]


class Payment(OfLibrary, Base):
    """Money taken for one charge, in satang."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"))
    amount: Mapped[int]
    paid_at: Mapped[datetime]
