"""The authority's list of certificates that are refused (RFC 5280, section 5); the broker reads it.

A certificate once on the list stays there. The list holds as long as the authority: an old one must not bring the
library to a standstill.
"""

import fcntl
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_hub.config import Config
from samut_hub.fleet.certificates import authority_key_of, authority_of
from samut_hub.secrets import replace_secret

REVOKED_NAME = "revoked.crl"


def write_revocations(folder: Path, serials: Iterable[str], now: datetime) -> bool:
    """Put the certificates with these serial numbers (hexadecimal) on the list as well; whether one of them is new
    there. Who writes at the same moment waits, and then adds to what stands there by then."""
    with _alone_in(folder):
        return _write(folder, {int(serial, 16) for serial in serials}, now)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes the list meanwhile, be it another process; one that dies lets go."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _write(folder: Path, serials: set[int], now: datetime) -> bool:
    authority, key = authority_of(folder), authority_key_of(folder)
    path = folder / REVOKED_NAME
    before = _read(path, key)
    refused = {entry.serial_number: entry.revocation_date_utc for entry in before or ()}
    if before is not None and serials <= refused.keys():
        return False
    refused = {**dict.fromkeys(serials, now), **refused}
    made = _later_than(before, now)
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.subject)
    builder = builder.last_update(made).next_update(authority.not_valid_after_utc)
    builder = builder.add_extension(x509.CRLNumber(int(made.timestamp())), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    for number, since in refused.items():
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    replace_secret(path, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return True


def _read(path: Path, key: ec.EllipticCurvePrivateKey) -> x509.CertificateRevocationList | None:
    """The list as it is, unless another authority made it."""
    if not path.exists():
        return None
    found = x509.load_pem_x509_crl(path.read_bytes())
    return found if found.is_signature_valid(key.public_key()) else None


def _later_than(before: x509.CertificateRevocationList | None, now: datetime) -> datetime:
    """A broker that reads the list again takes the later one, by the second; a day back for clocks that differ."""
    made = now - timedelta(days=1)
    return max(made, before.last_update_utc + timedelta(seconds=1)) if before is not None else made


def tell_broker(config: Config) -> bool:
    """Have a broker on this computer read the list again, where this user may; whether it was told. One elsewhere, or
    of another user, reads it when it is started again."""
    try:
        number = int(config.broker_pid_file.read_text("ascii"))
        is_broker = Path(f"/proc/{number}/comm").read_text("ascii").strip() == "mosquitto"
        if is_broker:
            os.kill(number, signal.SIGHUP)
    except (OSError, ValueError):
        return False
    return is_broker
