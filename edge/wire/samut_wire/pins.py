"""PINs with which staff sign in at a desk while the hub is away: made and kept by the hub, checked at the edge.

Kept as `scrypt` (RFC 7914) with a salt of their own, in hexadecimal: `<salt>.<key>`.
"""

import hashlib
import hmac
import itertools
import secrets

SHORTEST, LONGEST = 6, 12
"""Digits. Whoever steals the desk's disk can try them all, each at the cost of one scrypt."""
COST, BLOCK, LANES = 2**15, 8, 1
MEMORY = 64 * 1024 * 1024


def is_pin(text: str) -> bool:
    """Digits only, not all the same and not simply counting up or down."""
    if not (text.isascii() and text.isdecimal() and SHORTEST <= len(text) <= LONGEST):
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(text)}
    return not (len(steps) == 1 and steps <= {0, 1, 9})


def pin_hash(pin: str) -> str:
    """What is kept of a PIN; takes about a tenth of a second."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}.{_key(pin, salt).hex()}"


def is_right_pin(pin: str, kept: str) -> bool:
    """Takes as long as making it."""
    salt, _, key = kept.partition(".")
    return hmac.compare_digest(_key(pin, bytes.fromhex(salt)), bytes.fromhex(key))


def _key(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=MEMORY, dklen=32)
