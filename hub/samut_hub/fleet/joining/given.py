"""Which certificates a device was given. All of them are good until they end; shut out, it loses all at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from samut_hub.errors import RefusedError
from samut_hub.fleet.certificates import RENEWED_BEFORE, issue_for, key_asked_for
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device

RENEWED_WITHIN = RENEWED_BEFORE + timedelta(days=1)
"""Before the end; clocks differ."""


def renew_certificate(session: Session, secrets: Path, device: Device, request: str, *, now: datetime) -> str:
    """The next certificate of a device that has one, in the last month of its newest; earlier the same again for the
    same key, and none for another: who got hold of one must not collect them. Raises RefusedError."""
    ends_at = _good_until(session, device)
    is_early = ends_at is not None and ends_at > now + RENEWED_WITHIN
    if is_early and _lasting(session, device, digest_of(key_asked_for(request)), now) is None:
        raise RefusedError(
            f"The certificate of “{device.id}” is good until {ends_at:%Y-%m-%d}: ask in its last month."
        )
    return give_certificate(session, secrets, device, request, now=now)


def give_certificate(session: Session, secrets: Path, device: Device, request: str, *, now: datetime) -> str:
    """A certificate (PEM) for the key of the request. Asked again for the same key, the same certificate while it
    lasts: the first answer was lost on its way. Raises RefusedError."""
    public = key_asked_for(request)
    before = _lasting(session, device, digest_of(public), now)
    if before is not None:
        return before
    return note_certificate(session, device, issue_for(secrets, device.id, public, now), now=now).certificate


def note_certificate(
    session: Session, device: Device, certificate: x509.Certificate, *, now: datetime
) -> DeviceCertificate:
    """The device has this one as well; noted once."""
    public = certificate.public_key()
    device.certificate_serial = f"{certificate.serial_number:x}"
    return session.merge(
        DeviceCertificate(
            serial=device.certificate_serial,
            library_id=device.library_id,
            device_id=device.id,
            key_digest=digest_of(public) if isinstance(public, ec.EllipticCurvePublicKey) else "",
            certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
            issued_at=now,
            ends_at=certificate.not_valid_after_utc,
        )
    )


def revoke_certificates(session: Session, device: Device, now: datetime, *, but: str = "") -> Sequence[str]:
    """None of the device's certificates is good any more, except that for the key with this digest; returns the
    serial numbers (hexadecimal) for the list that the broker reads."""
    of_device = DeviceCertificate.device_id == device.id, DeviceCertificate.key_digest != (but or "-")
    open_ones = update(DeviceCertificate).where(*of_device, DeviceCertificate.revoked_at.is_(None))
    session.execute(open_ones.values(revoked_at=now))
    return session.scalars(select(DeviceCertificate.serial).where(*of_device)).all()


def forget_ended(session: Session, now: datetime) -> None:
    """Certificates that have ended are good for nothing, revoked or not; the last of a device tells when it was."""
    last = select(Device.certificate_serial)
    ended = (DeviceCertificate.ends_at < now, DeviceCertificate.serial.not_in(last))
    session.execute(delete(DeviceCertificate).where(*ended))


def revoked_serials(session: Session) -> Sequence[str]:
    """The serial numbers of the certificates that must be refused."""
    return session.scalars(select(DeviceCertificate.serial).where(DeviceCertificate.revoked_at.is_not(None))).all()


def _lasting(session: Session, device: Device, key_digest: str, now: datetime) -> str | None:
    """The certificate that there is for this key, unless it ends soon."""
    lasting = (DeviceCertificate.revoked_at.is_(None), DeviceCertificate.ends_at > now + RENEWED_BEFORE)
    of_key = (DeviceCertificate.device_id == device.id, DeviceCertificate.key_digest == key_digest)
    return session.scalar(select(DeviceCertificate.certificate).where(*of_key, *lasting).limit(1))


def _good_until(session: Session, device: Device) -> datetime | None:
    """When the newest ends; of old ones that is not known."""
    good = (DeviceCertificate.device_id == device.id, DeviceCertificate.revoked_at.is_(None))
    return session.scalar(select(func.max(DeviceCertificate.ends_at)).where(*good))


def digest_of(public: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key, hexadecimal."""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
