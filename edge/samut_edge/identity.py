"""Who this device is to the hub: a key that never leaves it, and the certificate for it.

What was issued over the network lies with its key in one file, `device.pem`, which is replaced as a whole: key and
certificate belong together at every moment. The pair that was copied from the hub lies in the two files that the
settings name. The one that ends later counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_edge.durable import write_whole
from samut_edge.settings import Settings

PAIR_FILE = "device.pem"
MEETING_FILE = "hub.met"
_NEVER = datetime.min.replace(tzinfo=UTC)


class IdentityError(Exception):
    """What came is no certificate for this device's key; it is not used."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Where certificate and key lie, and when the certificate ends."""

    certificate: Path
    key: Path
    ends_at: datetime


def pair_of(settings: Settings) -> Pair:
    """The pair to speak to the hub with."""
    issued, hub = settings.file(PAIR_FILE), settings.hub
    copied = Pair(settings.file(hub.certificate), settings.file(hub.key), _end_of(settings.file(hub.certificate)))
    renewed = Pair(issued, issued, _end_of(issued))
    return max(copied, renewed, key=lambda pair: pair.ends_at)


def note_meeting(folder: Path) -> None:
    """The hub has written to the device of this folder."""
    (folder / MEETING_FILE).touch()


def has_met_hub(folder: Path) -> bool:
    return (folder / MEETING_FILE).exists()


def kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in the file, made when there is none: asking again for the same key gets the same certificate."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key
    except (FileNotFoundError, ValueError):
        pass
    fresh = ec.generate_private_key(ec.SECP256R1())
    write_whole(path, _pem(fresh))
    return fresh


def request_for(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """A certificate signing request (PKCS #10, PEM)."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)] if name else [])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def keep_pair(folder: Path, certificate: str, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate) -> None:
    """From now on this pair is used; raises IdentityError when the two do not belong together or to the authority."""
    try:
        issued = x509.load_pem_x509_certificate(certificate.encode())
        issued.verify_directly_issued_by(authority)
        fits = issued.public_key() == key.public_key()
    except (ValueError, TypeError, InvalidSignature) as error:
        raise IdentityError(f"The hub's certificate cannot be used: {error}") from None
    if not fits:
        raise IdentityError("The hub's certificate is for another key.")
    write_whole(folder / PAIR_FILE, certificate.encode() + _pem(key))


def _end_of(certificate: Path) -> datetime:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (FileNotFoundError, ValueError):
        return _NEVER


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
