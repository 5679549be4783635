"""How long a library keeps what tells of people."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class RetentionSettings(OfLibrary, Base):
    """In months; 0 keeps for ever. Names of guests go after `guests_days`. `loans_until` and `visits_until` say how
    far the clock came the last time."""

    __tablename__ = "retention_settings"

    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id"), primary_key=True, autoincrement=False)
    loans_months: Mapped[int]
    visits_months: Mapped[int]
    notices_months: Mapped[int]
    audit_months: Mapped[int]
    guests_days: Mapped[int] = mapped_column(default=90, server_default="90")
    loans_until: Mapped[datetime | None]
    visits_until: Mapped[datetime | None]
