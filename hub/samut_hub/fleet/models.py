"""Edge devices, what they last said of themselves, and what must still reach them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samut_hub.db import Base, OfLibrary


class Device(OfLibrary, Base):
    """An edge computer. `id` is the common name of its certificate. `parts`, `tap_ms` and `health` are its own words.

    `certificate_serial` is hexadecimal: by it the broker refuses a device that is revoked. `changed_at` is raised
    whenever anything shown on the fleet page changes.

    `configuration` is the number of the `DeviceConfiguration` by which it works, 0 for its own settings file;
    `configuration_wanted` the one by which it is to work. One that it gave up is `configuration_refused`, -1 for
    none, and `configuration_fault` tells why; devices that know no -1 tell 0 without a fault. `drivers` are those
    that it has, `updates` whether it can renew its program, `settings` the tables by which it works. Of a gate
    `occupancy` is how many are inside, and `alarms` what goes on there now.
    """

    __tablename__ = "devices"
    __table_args__ = (
        Index("ix_devices_group", "library_id", "group_id"),
        Index("ix_devices_name", "library_id", "name", "id"),
    )

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
    group_id: Mapped[int | None] = mapped_column(ForeignKey("device_groups.id"))
    configuration: Mapped[int] = mapped_column(default=0)
    configuration_wanted: Mapped[int] = mapped_column(default=0)
    configuration_refused: Mapped[int] = mapped_column(default=0)
    configuration_fault: Mapped[str] = mapped_column(default="")
    drivers: Mapped[list[str]] = mapped_column(JSON, default=list)
    updates: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    occupancy: Mapped[int | None]
    alarms: Mapped[list[str]] = mapped_column(JSON, default=list)

    group: Mapped["DeviceGroup | None"] = relationship(lazy="raise")

    @property
    def gave_up_configuration(self) -> bool:
        """Whether it tried the one by which it is to work, and went back to another."""
        is_of_it = self.configuration_refused == self.configuration_wanted != self.configuration
        return is_of_it and bool(self.configuration_wanted or self.configuration_fault)


class DeviceGroup(OfLibrary, Base):
    """Devices that staff look at and order about together, such as “first floor”."""

    __tablename__ = "device_groups"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class DeviceConfiguration(OfLibrary, Base):
    """What a device, or every device of a role in a group, is set to do; its `id` is its version.

    Rows are only ever added. No `content`: the device works by its own settings file, or by what its group says.
    Those of a group go with it, and their numbers are never used again: a device may still have one of them.
    """

    __tablename__ = "device_configurations"
    __table_args__ = (
        Index("ix_device_configurations_device", "library_id", "device_id", "id"),
        Index("ix_device_configurations_group", "library_id", "group_id", "role", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("devices.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("device_groups.id"))
    role: Mapped[str]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    reason: Mapped[str]


class DeviceAlert(OfLibrary, Base):
    """Something about a device that staff should look at, until it is over. `subject` is the part, or empty."""

    __tablename__ = "device_alerts"
    __table_args__ = (
        Index(
            "one_open_alert",
            "library_id",
            "device_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index("ix_device_alerts_raised", "library_id", "raised_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class DeviceLog(OfLibrary, Base):
    """A part of what a device's program noted last, as it was asked for; forgotten after a day."""

    __tablename__ = "device_logs"
    __table_args__ = (
        UniqueConstraint("library_id", "command_id", "part"),
        Index("ix_device_logs_device", "library_id", "device_id", "told_at"),
        Index("ix_device_logs_told", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    command_id: Mapped[str]
    part: Mapped[int]
    text: Mapped[str]
    told_at: Mapped[datetime]


class DeviceCommand(OfLibrary, Base):
    """An order to a device, with who gave it. Sent by the worker; void after `expires_at`.

    `reason` is theirs too. `content` is what the order says beside its kind, until it was sent, and then forgotten.
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
    reason: Mapped[str] = mapped_column(default="")
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
