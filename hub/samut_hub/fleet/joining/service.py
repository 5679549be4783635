"""Claims: the right to join as one device, once, for an hour. Who holds the code is let in, so it is shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.fleet.certificates import (
    authority_of,
    fingerprint_of,
    key_asked_for,
    name_asked_for,
    sign_answer,
    snapshot_public_key,
)
from samut_hub.fleet.enrolment import NewDevice, check_address, check_id, settings_of
from samut_hub.fleet.joining.given import digest_of, give_certificate, revoke_certificates
from samut_hub.fleet.joining.models import DeviceCertificate, DeviceClaim
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import device_of, join_device, revoke_device
from samut_hub.libraries.service import card_key, library_of
from samut_hub.secrets import read_secret
from samut_wire.joining import LETTERS, TOKEN_LENGTH, ClaimCode, JoinAnswered, JoinAsked, JoinSigned, plain_token
from samut_wire.topics import DeviceRole

GOOD_FOR = timedelta(hours=1)


class ClaimFault(StrEnum):
    """Why a device was not let in, as its page tells it."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    TOO_OFTEN = "too_often"
    OTHER_DEVICE = "other_device"
    REFUSED = "refused"


class ClaimRefusedError(Exception):
    def __init__(self, fault: ClaimFault, detail: str = "") -> None:
        super().__init__(detail or fault)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Certified:
    """A device, and when its latest certificate ends, as far as that is known."""

    device: Device
    ends_at: datetime | None


def make_claim(
    session: Session, config: Config, new: NewDevice, *, by: str, now: datetime
) -> tuple[DeviceClaim, str]:
    """With its token, which is kept nowhere. An earlier claim of the same device that waits is void from now on.

    A device that is in the fleet already joins again: it keeps its id, role, name and history. Raises RefusedError.
    """
    check_id(new.id)
    check_address(config)
    before = session.get(Device, new.id)
    if before is None:
        _refuse_taken(session, new.id)
    elif before.revoked_at is not None:
        raise RefusedError(f"“{new.id}” was shut out for good. Choose another id.")
    session.execute(delete(DeviceClaim).where(DeviceClaim.device_id == new.id, DeviceClaim.used_at.is_(None)))
    token = "".join(secrets.choice(LETTERS) for _ in range(TOKEN_LENGTH))
    claim = DeviceClaim(
        token_hash=_hash(token),
        device_id=new.id,
        role=before.role if before else new.role,
        name=before.name if before else new.name,
        made_by=by,
        made_at=now,
        expires_at=now + GOOD_FOR,
    )
    session.add(claim)
    session.flush()
    return claim, token


def code_of(config: Config, token: str) -> ClaimCode:
    """With the fingerprint of the hub's own authority, by which the device knows whom it speaks to."""
    return ClaimCode(config.url.rstrip("/"), token, fingerprint_of(authority_of(config.secrets)))


def claim_by_id(session: Session, claim_id: int) -> DeviceClaim:
    claim = session.get(DeviceClaim, claim_id)
    if claim is None:
        raise NotFoundError("This code was withdrawn.")
    return claim


def open_claims(session: Session, now: datetime) -> Sequence[DeviceClaim]:
    """Those that a device can still use."""
    wanted = select(DeviceClaim).where(DeviceClaim.used_at.is_(None), DeviceClaim.expires_at > now)
    return session.scalars(wanted.order_by(DeviceClaim.id)).all()


def withdraw(session: Session, claim: DeviceClaim) -> None:
    """Nobody can join with it any more; one that was used stays, as it tells who let the device in."""
    if claim.used_at is None:
        session.delete(claim)


def suggested_id(session: Session, role: str) -> str:
    """The role with the first number that no device of this hub has had."""
    table: Table = Device.metadata.tables["devices"]
    taken = set(session.connection().scalars(select(table.c.id)))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{role}-{number}") not in taken)


def certified(session: Session, library_id: int) -> list[Certified]:
    """The devices of the library with what is known of their certificates, by name."""
    ends = select(DeviceCertificate.device_id, DeviceCertificate.ends_at)
    good = ends.where(DeviceCertificate.library_id == library_id, DeviceCertificate.revoked_at.is_(None))
    latest: dict[str, datetime] = {}
    for device_id, ends_at in session.execute(good):
        if ends_at is not None:
            latest[device_id] = max(ends_at, latest.get(device_id, ends_at))
    own = select(Device).where(Device.library_id == library_id, Device.revoked_at.is_(None))
    return [Certified(one, latest.get(one.id)) for one in session.scalars(own.order_by(Device.name, Device.id))]


def shut_out(session: Session, device_id: str, now: datetime) -> Device:
    """For good: stolen, lost or worn out. Once this is committed, see `refusing`."""
    device = device_of(session, device_id)
    revoke_device(device, now)
    session.execute(delete(DeviceClaim).where(DeviceClaim.device_id == device_id, DeviceClaim.used_at.is_(None)))
    revoke_certificates(session, device, now)
    return device


def use_claim(session: Session, config: Config, asked: JoinAsked, now: datetime) -> JoinSigned:
    """Let the device in. Asked again with the same key while the claim lasts, the answer is the same; raises
    ClaimRefusedError. `session` sees all libraries: the token says of which the device is. Its older certificates are
    good no more; once this is committed, see `refusing`."""
    claim = session.scalar(select(DeviceClaim).where(DeviceClaim.token_hash == _hash(plain_token(asked.token))))
    if claim is None:
        raise ClaimRefusedError(ClaimFault.UNKNOWN)
    if now >= claim.expires_at:
        raise ClaimRefusedError(ClaimFault.EXPIRED)
    session.info["library_id"] = claim.library_id
    try:
        _refuse_other(claim, name_asked_for(asked.request))
        _take(session, claim, digest_of(key_asked_for(asked.request)), now)
        device = _device(session, claim, now)
        certificate = give_certificate(session, config.secrets, device, asked.request, now=now)
    except RefusedError as refused:
        raise ClaimRefusedError(ClaimFault.REFUSED, str(refused)) from None
    session.flush()
    revoke_certificates(session, device, now, but=claim.key_digest)
    return _signed(config, _answer(session, config, claim, certificate))


def _refuse_other(claim: DeviceClaim, name: str) -> None:
    """A device that has joined already says as whom. It must not lose this one its certificates: whoever typed the
    code stood before the wrong device."""
    if name and name != claim.device_id:
        raise ClaimRefusedError(ClaimFault.OTHER_DEVICE, f"{name} ≠ {claim.device_id}")


def _take(session: Session, claim: DeviceClaim, key_digest: str, now: datetime) -> None:
    """Of two devices at one moment one gets it."""
    free = update(DeviceClaim).where(DeviceClaim.id == claim.id, DeviceClaim.used_at.is_(None))
    session.execute(free.values(used_at=now, key_digest=key_digest))
    session.refresh(claim)
    if claim.key_digest != key_digest:
        raise ClaimRefusedError(ClaimFault.USED)


def _device(session: Session, claim: DeviceClaim, now: datetime) -> Device:
    before = session.get(Device, claim.device_id)
    if before is None:
        return join_device(session, device_id=claim.device_id, role=claim.role, name=claim.name, now=now)
    if before.revoked_at is not None:
        raise RefusedError(f"“{before.id}” was shut out for good. Make a code for another id.")
    before.changed_at = now
    return before


def _answer(session: Session, config: Config, claim: DeviceClaim, certificate: str) -> JoinAnswered:
    own = library_of(session, claim.library_id)
    return JoinAnswered(
        device=claim.device_id,
        certificate=certificate,
        signing_key=snapshot_public_key(config.secrets).hex(),
        card_key=card_key(read_secret(config, "card.key"), own.code).hex(),
        settings=settings_of(config, NewDevice(claim.device_id, DeviceRole(claim.role), claim.name)),
    )


def _signed(config: Config, answered: JoinAnswered) -> JoinSigned:
    answer = msgspec.json.encode(answered)
    return JoinSigned(
        answer=answer.decode(),
        signature=sign_answer(config.secrets, answer).hex(),
        authority=(config.secrets / "ca.crt").read_text("ascii"),
    )


def _refuse_taken(session: Session, device_id: str) -> None:
    table: Table = Device.metadata.tables["devices"]
    if session.connection().scalar(select(table.c.id).where(table.c.id == device_id)) is not None:
        raise RefusedError(f"There is already a device “{device_id}” on this hub. Choose another id.")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
