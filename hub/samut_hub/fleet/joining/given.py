"""Which certificates a device was given. All of them are good until they end; shut out, it loses all at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samut_hub.fleet.certificates import RENEWED_BEFORE, issue_for, key_asked_for
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device


def give_certificate(session: Session, secrets: Path, device: Device, request: str, *, now: datetime) -> str:
    """A certificate (PEM) for the key of the request. Asked again for the same key, the same certificate while it
    lasts: the first answer was lost on its way. Raises RefusedError."""
    public = key_asked_for(request)
    digest = digest_of(public)
    lasting = (DeviceCertificate.revoked_at.is_(None), DeviceCertificate.ends_at > now + RENEWED_BEFORE)
    of_key = (DeviceCertificate.device_id == device.id, DeviceCertificate.key_digest == digest)
    before = session.scalar(select(DeviceCertificate.certificate).where(*of_key, *lasting).limit(1))
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


def revoked_serials(session: Session) -> Sequence[str]:
    """The serial numbers of the certificates that must be refused."""
    return session.scalars(select(DeviceCertificate.serial).where(DeviceCertificate.revoked_at.is_not(None))).all()


def digest_of(public: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key, hexadecimal."""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
