"""Passwords and tokens of a library's servers, kept so that the database alone does not tell them.

AES-256 in GCM (NIST SP 800-38D), under a key that is derived from a secret in the hub's home. What is sealed for one
library does not open for another.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def seal(secret: bytes, library_id: int, text: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(secret).encrypt(nonce, text.encode(), _of(library_id))


def unseal(secret: bytes, library_id: int, sealed: bytes | None) -> str:
    """Empty where there is nothing, or where it was sealed under another secret: it has to be entered anew."""
    if not sealed:
        return ""
    try:
        return _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], _of(library_id)).decode()
    except InvalidTag:
        return ""


def signature(secret: bytes, text: str) -> str:
    """Of an address that the hub sends to members, so that nobody can make up another."""
    return hmac.new(_key(secret, "addresses"), text.encode(), hashlib.sha256).hexdigest()[:32]


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(_key(secret, "passwords"))


def _key(secret: bytes, use: str) -> bytes:
    return hmac.new(secret, f"notices:{use}".encode(), hashlib.sha256).digest()


def _of(library_id: int) -> bytes:
    return f"library {library_id}".encode()
