"""Accounts of others, as they are spoken of before and after somebody signs in with one; see `openid`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class OpenIdFault(StrEnum):
    UNREACHABLE = "unreachable"
    NOT_HTTPS = "not_https"
    REFUSED = "refused"
    FORGED = "forged"


class OpenIdError(Exception):
    """Nobody was signed in; `fault` says why, `detail` is for the log."""

    def __init__(self, fault: OpenIdFault, detail: object = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the hub is for an issuer. `signs_by_secret`: the issuer may sign with the secret instead of a key, as LINE
    does. `plain_http` is for a hub that is itself without TLS, as one on trial."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scope: str
    signs_by_secret: bool = False
    plain_http: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that goes out to the issuer at `address`; the others wait in the browser's cookie."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who the issuer says it is. `email` is in small letters; `claims` are all that was said."""

    subject: str
    email: str
    is_verified: bool
    claims: Mapping[str, Any]
