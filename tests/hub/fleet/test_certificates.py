"""Certificates of broker and hub stay good by themselves: at each set-up they are held against what is wanted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from samut_hub.config import EVERYWHERE, Config
from samut_hub.fleet.certificates import BROKER_NAME, HUB_NAME, make_authority
from samut_hub.setup import broker_hosts

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LOCAL = ("127.0.0.1", "localhost")
FILES = ("ca.crt", "ca.key", "broker.crt", "broker.key", "hub.crt", "hub.key", "snapshot.key")


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


def belong_together(folder: Path, name: str) -> bool:
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    return certificate(folder, name).public_key() == key.public_key()


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    make_authority(tmp_path, NOW, LOCAL)
    return tmp_path


@pytest.mark.parametrize("everywhere", sorted(EVERYWHERE))
def test_the_broker_is_known_under_the_address_that_devices_are_given(tmp_path: Path, everywhere: str) -> None:
    url = "https://library.example.org/"
    config = Config(home=tmp_path, public_url=url, http_host=everywhere, mqtt_host=everywhere)
    assert config.broker_address in broker_hosts(config)
    assert broker_hosts(config) == ("127.0.0.1", "library.example.org", "localhost")


def test_doing_it_again_changes_nothing(secrets: Path) -> None:
    before = contents(secrets)
    make_authority(secrets, NOW + timedelta(days=365), LOCAL)
    assert contents(secrets) == before


def test_a_new_address_gives_the_broker_a_new_certificate_of_the_same_authority(secrets: Path) -> None:
    before = contents(secrets)
    make_authority(secrets, NOW, (*LOCAL, "library.example.org"))
    after = contents(secrets)
    assert {name for name in FILES if before[name] != after[name]} == {"broker.crt", "broker.key"}
    names = certificate(secrets, BROKER_NAME).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "library.example.org" in names.get_values_for_type(x509.DNSName)
    certificate(secrets, BROKER_NAME).verify_directly_issued_by(certificate(secrets, "ca"))


@pytest.mark.parametrize("name", [BROKER_NAME, HUB_NAME])
def test_a_certificate_that_soon_ends_is_issued_anew(secrets: Path, name: str) -> None:
    end = certificate(secrets, name).not_valid_after_utc
    make_authority(secrets, end - timedelta(days=29), LOCAL)
    assert certificate(secrets, name).not_valid_after_utc > end
    assert belong_together(secrets, name)


@pytest.mark.parametrize("lost", ["broker.crt", "broker.key", "ca.crt"])
def test_what_a_power_cut_left_out_is_made_up_for(secrets: Path, lost: str) -> None:
    (secrets / lost).unlink()
    make_authority(secrets, NOW, LOCAL)
    for name in ("ca", BROKER_NAME, HUB_NAME):
        assert belong_together(secrets, name)
        certificate(secrets, name).verify_directly_issued_by(certificate(secrets, "ca"))
