"""How a device joins: the claim code that it is given, what it asks the hub over HTTP, and the signed answer.

A claim code is one line: the hub's address, the token, the fingerprint of the hub's authority, with blanks between.
The token alone may be typed by a person; it is of Crockford's base 32, in which no two characters look alike.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from samut_wire.errors import WireError

CLAIM_PATH = "/edge/claim"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 12
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_ALIKE = str.maketrans("OIL", "011")
_TOKEN = re.compile(rf"[{LETTERS}]{{{TOKEN_LENGTH}}}")
_FILE = Annotated[str, msgspec.Meta(max_length=20_000)]


class JoinAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`request` is a certificate signing request (PKCS #10, PEM): the device's key itself stays on the device."""

    token: Annotated[str, msgspec.Meta(max_length=60)]
    request: _FILE


class JoinAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """All that a device needs; `signing_key` and `card_key` are hexadecimal, `settings` is a settings file."""

    device: str
    certificate: _FILE
    signing_key: str
    card_key: str
    settings: Annotated[str, msgspec.Meta(max_length=100_000)]


class JoinSigned(msgspec.Struct, frozen=True, kw_only=True):
    """`answer` is a JoinAnswered as JSON, `signature` (ECDSA with SHA-256, hexadecimal) is by the `authority`."""

    answer: str
    signature: str
    authority: _FILE


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """Without a `fingerprint` the hub is known by its address alone, as a person typed it."""

    url: str
    token: str
    fingerprint: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.url, self.token, self.fingerprint)))


def read_code(text: str, url: str = "") -> ClaimCode:
    """As scanned, pasted or typed; `url` is the address where the text holds the token alone. Raises WireError.

    What is fetched with it are secrets: beyond this computer only by HTTPS.
    """
    words = text.split()
    if words and "://" in words[0]:
        url = words.pop(0)
    fingerprint = words.pop() if words and FINGERPRINT.fullmatch(words[-1].lower()) else ""
    token = plain_token("".join(words))
    if not _TOKEN.fullmatch(token):
        raise WireError(f"A code has {TOKEN_LENGTH} letters and digits, like K7QF-2M9X-PD4R. Look at it again.")
    return ClaimCode(_checked(url), token, fingerprint.lower())


def plain_token(text: str) -> str:
    """Without hyphens, in capitals, with what a person may have taken for another character put right."""
    return re.sub(r"[\s–-]", "", text).upper().translate(_ALIKE)


def spaced(token: str) -> str:
    """In groups of four, as it is read aloud."""
    return "-".join(token[place : place + 4] for place in range(0, len(token), 4))


def _checked(url: str) -> str:
    plain = url.strip().rstrip("/")
    plain = plain if "://" in plain or not plain else f"https://{plain}"
    try:
        parts = urlsplit(plain)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise WireError("The address of the hub is missing, like https://library.example.org.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_computer(host)):
        raise WireError(f"{plain} is not encrypted. Use the address of the hub that begins with https://.")
    return plain


def _is_this_computer(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
