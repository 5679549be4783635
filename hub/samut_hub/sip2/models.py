"""Who may speak SIP2 with the hub."""

from datetime import datetime

from sqlalchemy import JSON, false
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class Sip2Account(OfLibrary, Base):
    """A kiosk, sorter or gate of another maker, or several that sign in alike. `login` is unique on the hub.

    `networks` are those it may come from, as text (at least one). `by_address`: from there it needs no sign-in.
    `encoding` is a value of `codec.Encoding`. `alerts`: tell the client at a return that somebody waits;
    `fulfil_holds`: set a returned item aside for who waits. `pin_needed`: members say their password before anything
    is told or lent. `renewals`: the client may renew. `blocks`: it may block a member whose card it kept. `payments`
    is the `charges` method of what members pay there, empty where nothing is taken. `ncip`: it may also speak NCIP.
    `institution` is what its AO says; empty echoes the client's.
    """

    __tablename__ = "sip2_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    networks: Mapped[list[str]] = mapped_column(JSON)
    by_address: Mapped[bool] = mapped_column(default=False)
    encoding: Mapped[str] = mapped_column(default="utf-8")
    language: Mapped[str] = mapped_column(default="th")
    institution: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="THB")
    checksum_required: Mapped[bool] = mapped_column(default=True)
    pin_needed: Mapped[bool] = mapped_column(default=False)
    renewals: Mapped[bool] = mapped_column(default=True)
    alerts: Mapped[bool] = mapped_column(default=True)
    fulfil_holds: Mapped[bool] = mapped_column(default=True)
    blocks: Mapped[bool] = mapped_column(default=False, server_default=false())
    payments: Mapped[str] = mapped_column(default="", server_default="")
    ncip: Mapped[bool] = mapped_column(default=False, server_default=false())
    connections: Mapped[int] = mapped_column(default=10)
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    @property
    def may_block(self) -> bool:
        """Who needs no sign-in blocks nobody, and takes no money."""
        return self.blocks and not self.by_address

    @property
    def takes_payments(self) -> bool:
        return bool(self.payments) and not self.by_address
