"""A mail server is only spoken to under the protection that the library chose."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_hub.notices.channels.mail import MailChannel
from samut_hub.notices.channels.sending import NotSentError
from samut_hub.notices.policy import Fault
from samut_hub.notices.settings import MailServer as Server
from samut_hub.notices.settings import Security
from samut_hub.notices.trial import trial_of
from tests.hub.notices.conftest import MailServer
from tests.ports import free_port

LETTER = trial_of("ห้องสมุด", "dao@example.ac.th", "th")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of a server on loopback, with its key in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    signed = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "mail.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def protected(certificate: Path) -> Iterator[MailServer]:
    """A mail server that takes nothing before STARTTLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    taken = MailServer(free_port())
    controller = Controller(
        taken, hostname="127.0.0.1", port=taken.port, tls_context=context, require_starttls=True, authenticator=None
    )
    controller.start()
    yield taken
    controller.stop()


def send(port: int, security: Security) -> None:
    with MailChannel(Server("127.0.0.1", port, security, "", "", "library@example.ac.th")) as channel:
        channel.send(LETTER)


def test_a_message_goes_over_starttls_to_a_server_whose_certificate_is_known(
    protected: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(protected.port, Security.STARTTLS)
    assert [letter["Subject"] for letter in protected.taken] == ["ข้อความทดสอบจากห้องสมุด"]


def test_nothing_is_told_to_a_server_that_nobody_vouches_for(protected: MailServer) -> None:
    with pytest.raises(NotSentError, match="CERTIFICATE_VERIFY_FAILED"):
        send(protected.port, Security.STARTTLS)
    assert protected.taken == []


def test_a_server_without_starttls_gets_nothing_where_it_was_chosen(mail: MailServer) -> None:
    with pytest.raises(NotSentError) as refused:
        send(mail.port, Security.STARTTLS)
    assert refused.value.fault is Fault.NOT_SET_UP
    assert mail.taken == []


@pytest.mark.parametrize("address", ["dao", "dao@", "dao@example.ac.th\nBcc: all@example.ac.th", "ดาว@example.ac.th"])
def test_what_is_no_address_is_refused_before_any_server_is_asked(address: str) -> None:
    with (
        pytest.raises(NotSentError) as refused,
        MailChannel(Server("127.0.0.1", 9, Security.NONE, "", "", "library@example.ac.th")) as channel,
    ):
        channel.send(trial_of("ห้องสมุด", address, "th"))
    assert refused.value.fault is Fault.NO_ADDRESS
