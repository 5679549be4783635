"""What answers a device that wants to join: the hub as its protocol describes it, or somebody in its place."""

from datetime import UTC, datetime, timedelta

import msgspec
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_wire.joining import CLAIM_PATH, JoinAnswered, JoinAsked, JoinSigned

SETTINGS = """\
device = "{device}"
role = "kiosk"
[hub]
host = "127.0.0.1"
url = "http://127.0.0.1:1"
[kiosk]
[parts]
"""


class HubSide:
    """Its authority certifies whichever key asks. `refuses` is the fault it answers with; `drops` breaks off so many
    answers on their way."""

    def __init__(self, device: str = "kiosk-1") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.signs_with = self.key
        self.authority = certificate("authority", self.key.public_key(), "authority", self.key)
        self.device = device
        self.refuses = ""
        self.drops = 0
        self.asked: list[JoinAsked] = []

    @property
    def fingerprint(self) -> str:
        return self.authority.fingerprint(hashes.SHA256()).hex()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post(CLAIM_PATH, self._claim)
        return app

    async def _claim(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=JoinAsked)
        self.asked.append(asked)
        if self.drops and request.transport is not None:
            self.drops -= 1
            request.transport.abort()
        if self.refuses:
            return web.json_response({"fault": self.refuses, "detail": ""}, status=403)
        return web.Response(body=msgspec.json.encode(self.signed(asked)))

    def signed(self, asked: JoinAsked) -> JoinSigned:
        public = x509.load_pem_x509_csr(asked.request.encode()).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        given = certificate(self.device, public, "authority", self.key)
        answer = msgspec.json.encode(
            JoinAnswered(
                device=self.device,
                certificate=pem(given),
                signing_key="11" * 32,
                card_key="22" * 32,
                settings=SETTINGS.format(device=self.device),
            )
        )
        signature = self.signs_with.sign(answer, ec.ECDSA(hashes.SHA256()))
        return JoinSigned(answer=answer.decode(), signature=signature.hex(), authority=pem(self.authority))


def certificate(
    name: str,
    public: ec.EllipticCurvePublicKey,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    ends_at: datetime | None = None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer)).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=2000))
    return builder.not_valid_after(ends_at or now + timedelta(days=900)).sign(key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
