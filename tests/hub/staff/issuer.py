"""A small issuer of accounts on this computer: OpenID Connect Core 1.0 with discovery, code flow and PKCE (S256)."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "samut", "the secret of the library, long enough"


@dataclass
class Issuer:
    """`claims` are what it says of whoever signs in; `spoils` is what it does wrong, on purpose."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signs_by_secret: bool = False
    spoils: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_pages: list[str] = field(default_factory=list)
    """What it was asked of itself."""

    def description(self) -> dict[str, Any]:
        named = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        issuer = "http://127.0.0.1:9" if self.spoils == "issuer" else self.address
        return {"issuer": issuer, **{name: f"{self.address}/{page}" for name, page in named.items()}}

    def let_in(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to: whoever asks is signed in here already."""
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert "openid" in asked["scope"].split()
        if self.spoils == "denied":
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """What the code is worth, once, to who knows the secret and the verifier."""
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (asked["code_challenge"], asked["redirect_uri"]) != (challenge, form["redirect_uri"]):
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        at = 1_795_402_800 - (7_200 if self.spoils == "expired" else 0)
        claims = {"iss": self.address, "aud": CLIENT, "iat": at, "exp": at + 3_600, "nonce": nonce, **self.claims}
        if self.spoils in ("nonce", "aud"):
            claims[self.spoils] = "another"
        if self.signs_by_secret:
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        key = RSAKey.generate_key(2048, {"kid": "1"}) if self.spoils == "key" else self.key
        if self.spoils == "alg":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


@contextmanager
def running(issuer: Issuer) -> Iterator[Issuer]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, asked = urlsplit(self.path).path, _first(urlsplit(self.path).query)
            if page == "/authorize":
                self.send_response(302)
                self.send_header("Location", issuer.let_in(asked))
                self.end_headers()
                return
            issuer.asked_pages.append(page)
            if issuer.spoils == "away":
                self._say({}, 503)
            elif page == "/keys":
                self._say({"keys": [issuer.key.as_dict(private=False)]})
            else:
                self._say(issuer.description())

        def do_POST(self) -> None:
            form = _first(self.rfile.read(int(self.headers["Content-Length"])).decode())
            token = issuer.token(form)
            self._say(token or {"error": "invalid_grant"}, 200 if token else 400)

        def _say(self, told: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *args: object) -> None:
            """Nothing: the tests tell what was wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
