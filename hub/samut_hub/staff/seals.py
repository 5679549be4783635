"""Secrets that must be read again, such as those of second steps, kept in the database only sealed.

Whoever has the database alone, or a copy of it, has none of them: the hub's secret is in its home. What is sealed for
one thing opens for no other. See `samut_hub.sealing`.
"""

import hashlib
import hmac

from samut_hub.sealing import derived_key, seal, unseal


class Seal:
    """`about` names the thing for which something is sealed."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def close(self, plain: bytes, about: str) -> bytes:
        return seal(derived_key(self._secret, about), plain)

    def open(self, sealed: bytes, about: str) -> bytes:
        """Raises SealedError."""
        return unseal(derived_key(self._secret, about), sealed)

    def fingerprint(self, about: str, text: str) -> str:
        """By which a text is known again that need not be read again."""
        return hmac.new(derived_key(self._secret, about), text.encode(), hashlib.sha256).hexdigest()
