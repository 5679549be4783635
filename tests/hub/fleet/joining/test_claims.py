"""A device joins with a code that was shown once: which device it is, who let it in, and who is turned away."""

import re
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from samut_hub.db import Database
from samut_hub.fleet.certificates import fingerprint_of, make_authority, snapshot_public_key
from samut_hub.fleet.joining.models import DeviceCertificate, DeviceClaim
from samut_hub.fleet.models import Device
from samut_hub.fleet.revocations import write_revocations
from samut_hub.staff.policy import MAX_FAILURES
from samut_hub.web.hub import Hub
from samut_wire.joining import JoinAnswered, JoinAsked, JoinSigned
from tests.hub.conftest import Clock, Libraries, SignIn

NEW = {"role": "kiosk", "name": "Kiosk at the stairs", "device_id": ""}


@pytest.fixture
def secrets(hub_app: Flask, clock: Clock) -> Path:
    hub: Hub = hub_app.extensions["samut"]
    make_authority(hub.config.secrets, clock(), ("127.0.0.1",))
    write_revocations(hub.config.secrets, (), clock())
    return hub.config.secrets


class Pi:
    """A small computer with a key of its own that wants to be `name`."""

    def __init__(self, hub: FlaskClient | None, name: str) -> None:
        self._hub = hub
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)] if name else [])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self.key, hashes.SHA256())
        self.request = request.public_bytes(serialization.Encoding.PEM).decode()

    def claims(self, token: str) -> TestResponse:
        assert self._hub is not None
        return self._hub.post("/edge/claim", data=msgspec.json.encode(JoinAsked(token=token, request=self.request)))

    def joins(self, token: str) -> JoinAnswered:
        answer = self.claims(token)
        assert answer.status_code == 200, answer.text
        return answered(answer)


def answered(answer: TestResponse) -> JoinAnswered:
    """What the hub signed, with its signature checked."""
    signed = msgspec.json.decode(answer.data, type=JoinSigned)
    public = x509.load_pem_x509_certificate(signed.authority.encode()).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(bytes.fromhex(signed.signature), signed.answer.encode(), ec.ECDSA(hashes.SHA256()))
    return msgspec.json.decode(signed.answer, type=JoinAnswered)


def token_on(page: TestResponse) -> str:
    found = re.search(r"\b([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\b", page.text)
    assert found, page.text
    return found[1]


def claim_id(database: Database) -> int:
    with database.session(None, writes=False) as session:
        return session.scalars(select(DeviceClaim.id).order_by(DeviceClaim.id.desc())).first() or 0


def refused_serials(secrets: Path) -> set[int]:
    return {one.serial_number for one in x509.load_pem_x509_crl((secrets / "revoked.crl").read_bytes())}


@pytest.mark.requirement("H-15")
def test_a_kiosk_joins_with_the_code_and_its_page_tells(
    secrets: Path, sign_in: SignIn, client: FlaskClient, database: Database, clock: Clock
) -> None:
    browser = sign_in("administrator")
    page = browser.post("/devices/joining/new", data=NEW)
    authority = x509.load_pem_x509_certificate((secrets / "ca.crt").read_bytes())
    assert fingerprint_of(authority) in page.text
    assert "Waiting for the device" in page.text
    pi = Pi(client, "kiosk-1")
    answer = pi.joins(token_on(page).lower())
    certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
    certificate.verify_directly_issued_by(authority)
    assert certificate.public_key() == pi.key.public_key()
    assert bytes.fromhex(answer.signing_key) == snapshot_public_key(secrets)
    assert 'device = "kiosk-1"' in answer.settings
    state = f"/devices/joining/claims/{claim_id(database)}"
    assert "starts now" in browser.get(state).text
    with database.session(None) as session:
        device = session.get_one(Device, "kiosk-1")
        device.online, device.seen_at = True, clock()
    assert "has joined and is connected" in browser.get(state).text
    assert "Kiosk at the stairs" in browser.get("/devices").text


def test_the_same_device_is_answered_again_and_no_other(
    secrets: Path, sign_in: SignIn, client: FlaskClient, database: Database, clock: Clock
) -> None:
    token = token_on(sign_in("administrator").post("/devices/joining/new", data=NEW))
    pi = Pi(client, "kiosk-1")
    first = pi.joins(token)
    assert pi.joins(token) == first, "the first answer was lost on its way"
    other = Pi(client, "kiosk-1").claims(token)
    assert (other.status_code, other.json) == (409, {"fault": "used", "detail": ""})
    clock.pass_by(hours=1)
    assert pi.claims(token).json == {"fault": "expired", "detail": ""}
    with database.session(None, writes=False) as session:
        assert len(session.scalars(select(DeviceCertificate)).all()) == 1


def test_the_token_is_kept_nowhere(secrets: Path, sign_in: SignIn, database: Database) -> None:
    token = token_on(sign_in("administrator").post("/devices/joining/new", data=NEW)).replace("-", "")
    with database.session(None, writes=False) as session:
        assert token not in session.scalars(select(DeviceClaim.token_hash)).one()
    assert token not in sign_in("administrator").get("/devices/joining/").text


def test_a_withdrawn_or_replaced_code_lets_nobody_in(
    secrets: Path, sign_in: SignIn, client: FlaskClient, database: Database
) -> None:
    browser, named = sign_in("administrator"), {**NEW, "device_id": "kiosk-7"}
    first = token_on(browser.post("/devices/joining/new", data=named))
    second = token_on(browser.post("/devices/joining/new", data=named))
    assert Pi(client, "kiosk-7").claims(first).json == {"fault": "unknown", "detail": ""}
    browser.post(f"/devices/joining/claims/{claim_id(database)}/withdraw")
    assert Pi(client, "kiosk-7").claims(second).status_code == 403


def test_guessing_makes_wait(secrets: Path, sign_in: SignIn, client: FlaskClient, clock: Clock) -> None:
    token = token_on(sign_in("administrator").post("/devices/joining/new", data=NEW))
    pi = Pi(client, "kiosk-1")
    for _ in range(MAX_FAILURES):
        assert pi.claims("0000-0000-0000").status_code == 403
    assert pi.claims(token).status_code == 429
    clock.pass_by(minutes=6)
    assert pi.claims(token).status_code == 200


@pytest.mark.parametrize("request_", ["", "no request", "-----BEGIN CERTIFICATE REQUEST-----\n"])
def test_what_is_no_request_uses_nothing_up(
    secrets: Path, sign_in: SignIn, client: FlaskClient, request_: str
) -> None:
    token = token_on(sign_in("administrator").post("/devices/joining/new", data=NEW))
    asked = msgspec.json.encode(JoinAsked(token=token, request=request_))
    assert client.post("/edge/claim", data=asked).json["fault"] == "refused"
    assert client.post("/edge/claim", data=b"{").status_code == 400
    assert Pi(client, "kiosk-1").claims(token).status_code == 200


@pytest.mark.requirement("H-15")
def test_a_code_that_is_typed_at_another_device_takes_the_right_one_nothing(
    secrets: Path, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = sign_in("administrator")
    Pi(client, "kiosk-1").joins(token_on(browser.post("/devices/joining/new", data=NEW)))
    token = token_on(browser.post("/devices/joining/kiosk-1/again"))
    refused = Pi(client, "kiosk-2").claims(token)
    assert (refused.status_code, refused.json) == (409, {"fault": "other_device", "detail": "kiosk-2 ≠ kiosk-1"})
    assert refused_serials(secrets) == set()
    assert Pi(client, "").claims(token).status_code == 200, "the code is still good, for one that is nobody yet too"


@pytest.mark.requirement("H-15")
def test_a_device_that_joins_again_keeps_its_name_and_loses_its_old_certificate(
    secrets: Path, sign_in: SignIn, client: FlaskClient, database: Database
) -> None:
    browser = sign_in("administrator")
    Pi(client, "kiosk-1").joins(token_on(browser.post("/devices/joining/new", data=NEW)))
    with database.session(None, writes=False) as session:
        old = session.get_one(Device, "kiosk-1").certificate_serial
    new = Pi(client, "kiosk-1").joins(token_on(browser.post("/devices/joining/kiosk-1/again")))
    assert refused_serials(secrets) == {int(old, 16)}
    assert "Kiosk at the stairs" in new.settings
    browser.post("/devices/joining/kiosk-1/shut-out")
    serial = x509.load_pem_x509_certificate(new.certificate.encode()).serial_number
    assert refused_serials(secrets) == {int(old, 16), serial}
    refused = browser.post("/devices/joining/new", data={**NEW, "device_id": "kiosk-1"})
    assert refused.status_code == 422


def test_a_device_of_another_library_cannot_be_taken_over(
    secrets: Path, sign_in: SignIn, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.south) as session:
        session.add(Device(id="kiosk-1", role="kiosk", name="South", added_at=clock(), changed_at=clock()))
    browser = sign_in("administrator")
    assert browser.post("/devices/joining/new", data={**NEW, "device_id": "kiosk-1"}).status_code == 422
    assert "kiosk-2" in browser.post("/devices/joining/new", data=NEW).text
