"""Card numbers as keyed hashes, so that neither messages nor replicas carry what could be copied onto a card."""

import hashlib
import hmac


def card_hash(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA-256 of the card under the library's key, as 32 hex digits. Upper and lower case are one."""
    return hmac.new(key, f"{kind}:{value.strip().upper()}".encode(), hashlib.sha256).hexdigest()[:32]
