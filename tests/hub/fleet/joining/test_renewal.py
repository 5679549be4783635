"""A device asks for its next certificate: the same key gets the same one, and both go when the device does."""

from pathlib import Path

import pytest
from cryptography import x509

from samut_hub.db import Database
from samut_hub.errors import RefusedError
from samut_hub.fleet.certificates import make_authority
from samut_hub.fleet.joining.given import forget_ended, renew_certificate, revoke_certificates, revoked_serials
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import join_device
from tests.hub.conftest import Clock, Libraries
from tests.hub.fleet.joining.test_claims import Pi


@pytest.fixture
def secrets(tmp_path: Path, clock: Clock) -> Path:
    make_authority(tmp_path, clock(), ("127.0.0.1",))
    return tmp_path


@pytest.fixture
def gate(database: Database, libraries: Libraries, clock: Clock) -> str:
    with database.session(libraries.north) as session:
        return join_device(session, device_id="gate-1", role="gate", name="Gate", now=clock()).id


class Asks:
    """What the hub gives the gate for the key of a computer."""

    def __init__(self, database: Database, library: int, secrets: Path, clock: Clock) -> None:
        self._database, self._library, self._secrets, self._clock = database, library, secrets, clock

    def __call__(self, request: str) -> x509.Certificate:
        with self._database.session(self._library) as session:
            device = session.get_one(Device, "gate-1")
            pem = renew_certificate(session, self._secrets, device, request, now=self._clock())
        return x509.load_pem_x509_certificate(pem.encode())


@pytest.fixture
def asks(database: Database, libraries: Libraries, gate: str, secrets: Path, clock: Clock) -> Asks:
    return Asks(database, libraries.north, secrets, clock)


@pytest.mark.requirement("H-15")
def test_an_answer_that_was_lost_is_given_again_and_in_its_last_month_there_is_a_new_one(
    asks: Asks, clock: Clock
) -> None:
    pi = Pi(None, "gate-1")
    first = asks(pi.request)
    assert asks(pi.request) == first
    assert first.subject.rfc4514_string() == "CN=gate-1"
    clock.pass_by(days=3 * 365 - 29)
    second = asks(pi.request)
    assert second.not_valid_after_utc > first.not_valid_after_utc
    assert second.serial_number != first.serial_number


def test_whatever_the_request_says_it_is_for_the_device_that_asks(asks: Asks) -> None:
    assert asks(Pi(None, "hub").request).subject.rfc4514_string() == "CN=gate-1"


@pytest.mark.parametrize("request_", ["", "nonsense", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_what_is_no_request_is_refused(asks: Asks, request_: str) -> None:
    with pytest.raises(RefusedError, match="no request for a certificate"):
        asks(request_)


def test_who_got_hold_of_a_certificate_does_not_collect_others(asks: Asks, clock: Clock) -> None:
    pi = Pi(None, "gate-1")
    first = asks(pi.request)
    with pytest.raises(RefusedError, match="ask in its last month"):
        asks(Pi(None, "gate-1").request)
    assert asks(pi.request) == first
    clock.pass_by(days=3 * 365 - 31)
    second = asks(Pi(None, "gate-1").request)
    assert second.serial_number != first.serial_number
    with pytest.raises(RefusedError):
        asks(Pi(None, "gate-1").request)


def test_certificates_that_ended_are_forgotten_but_for_the_last_of_a_device(
    asks: Asks, database: Database, clock: Clock
) -> None:
    asks(Pi(None, "gate-1").request)
    clock.pass_by(days=3 * 365 - 29)
    last = asks(Pi(None, "gate-1").request)
    for days in (28, 2 * 365, 3 * 365):
        clock.pass_by(days=days)
        with database.session(None) as session:
            forget_ended(session, clock())
            kept = session.query(DeviceCertificate).count()
        assert kept == (2 if days == 28 else 1)
    with database.session(None, writes=False) as session:
        assert session.query(DeviceCertificate).one().serial == f"{last.serial_number:x}"


def test_all_certificates_of_a_device_are_revoked_together(
    asks: Asks, database: Database, libraries: Libraries, clock: Clock
) -> None:
    given = {f"{asks(Pi(None, 'gate-1').request).serial_number:x}"}
    clock.pass_by(days=3 * 365 - 29)
    given.add(f"{asks(Pi(None, 'gate-1').request).serial_number:x}")
    assert len(given) == 2
    with database.session(libraries.north) as session:
        device = session.get_one(Device, "gate-1")
        assert set(revoke_certificates(session, device, clock())) == given
    with database.session(None, writes=False) as session:
        assert set(revoked_serials(session)) == given
