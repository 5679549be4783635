"""What was missing of a kit each time its parts were checked off."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class PartsCheck(OfLibrary, Base):
    """`missing` are parts, one in a line as in `Item.parts`; empty when all were there.

    `loan_id` is the loan with which the kit left (`at_lending`) or from which it came back.
    """

    __tablename__ = "parts_checks"
    __table_args__ = (Index("ix_parts_checks_of_item", "library_id", "item_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"), index=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    at_lending: Mapped[bool] = mapped_column(default=False, server_default=false())
    missing: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
