"""The hub's own small certificate authority: one certificate for the broker, the hub and each device.

X.509 with P-256 keys (RFC 5280). A device's common name is its id: the broker takes its rights from it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from samut_hub.errors import RefusedError
from samut_hub.secrets import keep_secret, replace_secret

AUTHORITY_YEARS = 20
DEVICE_YEARS = 3
RENEWED_BEFORE = timedelta(days=30)
HUB_NAME = "hub"
BROKER_NAME = "broker"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, both PEM."""

    certificate: bytes
    key: bytes


def make_authority(folder: Path, now: datetime, hosts: tuple[str, ...]) -> None:
    """Make the authority and the key that signs snapshots unless they are there; keep the certificates of broker
    and hub good. `hosts` are the names under which the broker is reached."""
    if not (folder / "ca.crt").exists():
        _write(folder / "ca", _new_authority(now))
    keep_good(folder, folder / BROKER_NAME, BROKER_NAME, now, hosts)
    keep_good(folder, folder / HUB_NAME, HUB_NAME, now)
    keep_secret(folder / "snapshot.key", _private_pem(Ed25519PrivateKey.generate()))


def keep_good(folder: Path, path: Path, name: str, now: datetime, hosts: tuple[str, ...] = ()) -> x509.Certificate:
    """The certificate in `path`.crt with its key in `path`.key. Both are issued anew when one is missing, they do not
    belong together or to the authority, a host is missing, or little time is left."""
    try:
        certificate = x509.load_pem_x509_certificate(path.with_suffix(".crt").read_bytes())
        fits = certificate.public_key() == _load_key(path.with_suffix(".key")).public_key()
    except (FileNotFoundError, ValueError):
        fits = False
    if not fits or not _is_good(certificate, authority_of(folder), name, now, hosts):
        issued = issue(folder, name, now, hosts)
        _write(path, issued)
        return x509.load_pem_x509_certificate(issued.certificate)
    return certificate


def issue(folder: Path, name: str, now: datetime, hosts: tuple[str, ...] = ()) -> Issued:
    """A new key and certificate with this common name; with hosts it is a server's."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = issue_for(folder, name, key.public_key(), now, hosts)
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))


def issue_for(
    folder: Path, name: str, public: ec.EllipticCurvePublicKey, now: datetime, hosts: tuple[str, ...] = ()
) -> x509.Certificate:
    """A certificate with this common name for a key that others keep."""
    authority = authority_of(folder)
    authority_key = authority_key_of(folder)
    usage = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(name, authority.subject, public, now, DEVICE_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
    return builder.sign(authority_key, hashes.SHA256())


def key_asked_for(request: str) -> ec.EllipticCurvePublicKey:
    """The key for which a device asks a certificate (PKCS #10), whatever it calls itself; raises RefusedError."""
    try:
        asked = x509.load_pem_x509_csr(request.encode())
        is_own = asked.is_signature_valid
        public = asked.public_key()
    except ValueError:
        is_own, public = False, None
    if not is_own or not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise RefusedError("This is no request for a certificate of a P-256 key.")
    return public


def name_asked_for(request: str) -> str:
    """What the device calls itself in it; empty where it does not know yet. Raises RefusedError."""
    key_asked_for(request)
    names = x509.load_pem_x509_csr(request.encode()).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def sign_answer(folder: Path, answer: bytes) -> bytes:
    """ECDSA with SHA-256 by the authority's own key: who knows its fingerprint knows that the hub says this."""
    return authority_key_of(folder).sign(answer, ec.ECDSA(hashes.SHA256()))


def authority_of(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())


def authority_key_of(folder: Path) -> ec.EllipticCurvePrivateKey:
    return _load_key(folder / "ca.key")


def sign_snapshot(folder: Path, header: bytes) -> bytes:
    """Ed25519 signature (RFC 8032) of a snapshot's header."""
    return _snapshot_key(folder).sign(header)


def snapshot_public_key(folder: Path) -> bytes:
    """The 32 bytes with which a device checks snapshots."""
    return _snapshot_key(folder).public_key().public_bytes_raw()


def _new_authority(now: datetime) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Samut hub authority")
    builder = _builder("Samut hub authority", name, key.public_key(), now, AUTHORITY_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(
        x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        ),
        critical=True,
    )
    certificate = builder.sign(key, hashes.SHA256())
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))


def _builder(
    name: str, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * years))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _is_good(
    certificate: x509.Certificate, authority: x509.Certificate, name: str, now: datetime, hosts: tuple[str, ...]
) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    lasts = certificate.not_valid_after_utc - now > RENEWED_BEFORE
    return lasts and certificate.subject == _name(name) and set(map(_host, hosts)) <= _hosts_of(certificate)


def _hosts_of(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        return set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return set()


def _write(path: Path, issued: Issued) -> None:
    """The certificate last: where it is missing, nothing was issued."""
    replace_secret(path.with_suffix(".key"), issued.key)
    replace_secret(path.with_suffix(".crt"), issued.certificate)


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is not an elliptic curve key")
    return key


def _snapshot_key(folder: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key((folder / "snapshot.key").read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("snapshot.key is not an Ed25519 key")
    return key


def _private_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
