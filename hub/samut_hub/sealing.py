"""Sealed personal data: AES-256-GCM, with a key of the hub, or for one reader alone.

The key for one reader is agreed by X25519 (RFC 7748) and HKDF (RFC 5869).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE, KEY = 12, 32


class SealedError(Exception):
    """The data were sealed with another key, or are damaged."""


def derived_key(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose, made from the hub's secret."""
    return HKDF(SHA256(), KEY, salt=None, info=purpose.encode()).derive(secret)


def seal(key: bytes, content: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Raises SealedError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except (InvalidTag, ValueError):
        raise SealedError("Sealed with another key, or damaged.") from None


def new_box() -> tuple[bytes, bytes]:
    """A key that opens, for the reader alone, and a box into which anybody can put something."""
    key = X25519PrivateKey.generate()
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def put_into(box: bytes, content: bytes) -> bytes:
    """Sealed so that only the key of this box opens it."""
    own = X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(box))
    return own.public_key().public_bytes_raw() + seal(derived_key(shared, "box"), content)


def take_out(key: bytes, sealed: bytes) -> bytes:
    """Raises SealedError."""
    other, content = sealed[:KEY], sealed[KEY:]
    try:
        shared = X25519PrivateKey.from_private_bytes(key).exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        raise SealedError("This is no key, or not what was sealed for it.") from None
    return unseal(derived_key(shared, "box"), content)
