"""Passwords and tokens of a library's servers, kept so that the database alone does not tell them.

What is sealed for one library does not open for another. See `samut_hub.sealing`.
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from samut_hub import sealing
from samut_hub.sealing import NONCE, SealedError, derived_key


def seal(secret: bytes, library_id: int, text: str) -> bytes:
    return sealing.seal(_key(secret, library_id), text.encode())


def unseal(secret: bytes, library_id: int, sealed: bytes | None) -> str:
    """Empty where there is nothing, or where it was sealed under another secret: it has to be entered anew."""
    if not sealed:
        return ""
    try:
        return sealing.unseal(_key(secret, library_id), sealed).decode()
    except SealedError:
        return _unseal_of_before(secret, library_id, sealed)


def signature(secret: bytes, text: str) -> str:
    """Of an address that the hub sends to members, so that nobody can make up another."""
    return hmac.new(_key_of_before(secret, "addresses"), text.encode(), hashlib.sha256).hexdigest()[:32]


def _key(secret: bytes, library_id: int) -> bytes:
    return derived_key(secret, f"notices of library {library_id}")


def _unseal_of_before(secret: bytes, library_id: int, sealed: bytes) -> str:
    """What was sealed before there was one way of sealing: one key for all libraries, which the cipher told apart."""
    cipher, of = AESGCM(_key_of_before(secret, "passwords")), f"library {library_id}".encode()
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], of).decode()
    except (InvalidTag, ValueError):
        return ""


def _key_of_before(secret: bytes, use: str) -> bytes:
    """Links in messages that were sent are signed under such a key, so it stays."""
    return hmac.new(secret, f"notices:{use}".encode(), hashlib.sha256).digest()
