"""Edge devices, what they last said of themselves, and what must still reach them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class Device(OfLibrary, Base):
    """An edge computer. `id` is the common name of its certificate. `parts`, `tap_ms` and `health` are its own words.

    `certificate_serial` is hexadecimal: by it the broker refuses a device that is revoked. `changed_at` is raised
    whenever anything shown on the fleet page changes.
    """

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    name: Mapped[str]
    online: Mapped[bool] = mapped_column(default=False)
    software: Mapped[str] = mapped_column(default="")
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    tap_ms: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    outbox_length: Mapped[int] = mapped_column(default=0)
    replica_version: Mapped[int] = mapped_column(default=0)
    clock_skew_ms: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    certificate_serial: Mapped[str] = mapped_column(default="")


class DeviceCommand(OfLibrary, Base):
    """An order to a device, with who gave it. Sent by the worker; void after `expires_at`.

    `content` is what the order says beside its kind, until it was sent; then it is forgotten.
    """

    __tablename__ = "device_commands"
    __table_args__ = (
        Index(
            "ix_device_commands_to_send",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
        Index("ix_device_commands_device", "library_id", "device_id", "given_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    kind: Mapped[str]
    seconds: Mapped[float | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")


class ReplicaChange(OfLibrary, Base):
    """A row that edge devices must learn anew. The worker gives it its `version`, one counter for each library."""

    __tablename__ = "replica_changes"
    __table_args__ = (
        Index(
            "ix_replica_changes_unnumbered",
            "id",
            sqlite_where=text("version IS NULL"),
            postgresql_where=text("version IS NULL"),
        ),
        Index("ix_replica_changes_version", "library_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    version: Mapped[int | None]


class StrangeLetter(OfLibrary, Base):
    """A message that the hub understood but could not carry out, kept for a technician for some weeks."""

    __tablename__ = "strange_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str]
    kind: Mapped[str]
    letter: Mapped[bytes] = mapped_column(LargeBinary)
    fault: Mapped[str]
    at: Mapped[datetime]
