"""Claims with which devices join, and the certificates that they were given."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class DeviceClaim(OfLibrary, Base):
    """The right to join as this device, once, until `expires_at`. Of the token only its SHA-256 is kept.

    `key_digest` is of the key that used it: the same key is answered again, as the answer may have been lost.
    """

    __tablename__ = "device_claims"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_device_claims_expires_at", "library_id", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str]
    device_id: Mapped[str]
    role: Mapped[str]
    name: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    key_digest: Mapped[str] = mapped_column(default="")


class DeviceCertificate(OfLibrary, Base):
    """A certificate of a device by its serial number (hexadecimal). `ends_at` of those made before it was kept is not
    known; `key_digest` tells one that was asked for again."""

    __tablename__ = "device_certificates"
    __table_args__ = (Index("ix_device_certificates_device", "library_id", "device_id"),)

    serial: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    key_digest: Mapped[str] = mapped_column(default="")
    certificate: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
