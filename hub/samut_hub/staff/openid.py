"""Sign-in with accounts of others: OpenID Connect Core 1.0, code flow with PKCE (RFC 7636), state and nonce.

Google Workspace, Microsoft 365, LINE and every other issuer that describes itself (OpenID Connect Discovery 1.0).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey
from requests import RequestException

from samut_hub.staff.asking import LASTS, BusyError, Kept
from samut_hub.staff.issuers import Begun, Client, OpenIdError, OpenIdFault, Person

SECONDS = 4.0
"""For which an answer is waited, several times in one sign-in at most."""
NEW_KEYS_AFTER = 60.0
"""Seconds after which an issuer that signs with a key not known here is asked for its keys again."""
LEEWAY = 120
"""Seconds by which the issuer's clock may differ."""
SIGNED_BY_KEY = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
SIGNED_BY_SECRET = ["HS256"]
"""LINE signs so for pages in a browser: with the channel's secret."""
KEPT = Kept()
"""Descriptions and keys of issuers."""


def begin(client: Client, redirect_uri: str) -> Begun:
    """Raises OpenIdError."""
    about = _described(client)
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    with _session(client, redirect_uri) as session:
        endpoint = about["authorization_endpoint"]
        address, state = session.create_authorization_url(endpoint, nonce=nonce, code_verifier=verifier)
    return Begun(address, state, nonce, verifier)


def finish(client: Client, redirect_uri: str, begun: Begun, answer: Mapping[str, str], now: datetime) -> Person:
    """Who came back with this answer. Raises OpenIdError."""
    if not secrets.compare_digest(answer.get("state", ""), begun.state):
        raise OpenIdError(OpenIdFault.FORGED, "state")
    if "code" not in answer:
        raise OpenIdError(OpenIdFault.REFUSED, answer.get("error", ""))
    about = _described(client)
    try:
        with _session(client, redirect_uri) as session:
            token = session.fetch_token(
                about["token_endpoint"], code=answer["code"], code_verifier=begun.verifier, timeout=SECONDS
            )
    except RequestException as error:
        raise OpenIdError(OpenIdFault.UNREACHABLE, type(error).__name__) from None
    except AuthlibBaseError as error:
        raise OpenIdError(OpenIdFault.REFUSED, error.error) from None
    return _person(_claims(client, about, str(token.get("id_token", "")), begun.nonce, now))


def _claims(client: Client, about: dict[str, Any], id_token: str, nonce: str, now: datetime) -> dict[str, Any]:
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": about["issuer"]},
        aud={"essential": True, "value": client.client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
    )
    try:
        token = _opened(client, about, id_token)
        registry.validate(token.claims)
    except (JoseError, ValueError) as error:
        raise OpenIdError(OpenIdFault.FORGED, error) from None
    return token.claims


def _opened(client: Client, about: dict[str, Any], id_token: str) -> jwt.Token:
    """Signed with a key that the issuer shows, or with the secret that only the issuer and this hub know."""
    if client.signs_by_secret:
        return jwt.decode(id_token, OctKey.import_key(client.secret), SIGNED_BY_SECRET)
    try:
        return _opened_by_key(client, about, id_token, LASTS)
    except (JoseError, ValueError):
        return _opened_by_key(client, about, id_token, NEW_KEYS_AFTER)


def _opened_by_key(client: Client, about: dict[str, Any], id_token: str, for_seconds: float) -> jwt.Token:
    keys = _fetched(client, about["jwks_uri"], for_seconds=for_seconds).get("keys", [])
    return jwt.decode(id_token, KeySet.import_key_set({"keys": keys}), SIGNED_BY_KEY)


def _person(claims: dict[str, Any]) -> Person:
    email = str(claims.get("email") or "").strip().lower()
    return Person(str(claims["sub"]), email, claims.get("email_verified") in (True, "true"), claims)


def _described(client: Client) -> dict[str, Any]:
    """The issuer's own description."""
    about = _fetched(client, f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
    if str(about.get("issuer", "")).rstrip("/") != client.issuer.rstrip("/"):
        raise OpenIdError(OpenIdFault.FORGED, "issuer")
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= about.keys():
        raise OpenIdError(OpenIdFault.UNREACHABLE, "no endpoints")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _check(client, about[name])
    return about


def _fetched(client: Client, address: str, *, for_seconds: float = LASTS) -> dict[str, Any]:
    _check(client, address)
    try:
        return KEPT.get(address, _fetch, for_seconds=for_seconds)
    except BusyError:
        raise OpenIdError(OpenIdFault.UNREACHABLE, "asked by others") from None


def _fetch(address: str) -> dict[str, Any]:
    try:
        with OAuth2Session() as session:
            answer = session.get(address, timeout=SECONDS, withhold_token=True, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
    except (RequestException, ValueError) as error:
        raise OpenIdError(OpenIdFault.UNREACHABLE, type(error).__name__) from None
    if not isinstance(found, dict):
        raise OpenIdError(OpenIdFault.UNREACHABLE, "no object")
    return found


def _check(client: Client, address: str) -> None:
    scheme = urlsplit(address).scheme
    if scheme != "https" and not (client.plain_http and scheme == "http"):
        raise OpenIdError(OpenIdFault.NOT_HTTPS, address)


def _session(client: Client, redirect_uri: str) -> OAuth2Session:
    return OAuth2Session(
        client.client_id,
        client.secret,
        scope=client.scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 — the name of a way, not a password
    )
