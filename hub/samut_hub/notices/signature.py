"""Whether LINE itself sent a request (Messaging API, “Verify webhook signature”)."""

import base64
import hashlib
import hmac


def sign(channel_secret: str, body: bytes) -> str:
    """What stands in the header X-Line-Signature."""
    return base64.b64encode(hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(channel_secret: str, body: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(channel_secret, body).encode(), signature.encode())
