"""A device joins: one command on the hub, one folder to copy. What does not fit is said in a sentence."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from samut_hub.cli import main
from samut_hub.fleet.certificates import authority_of


def samut(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments])


def refused_serials(home: Path) -> set[int]:
    """As the broker reads them."""
    listed = x509.load_pem_x509_crl((home / "secrets" / "revoked.crl").read_bytes())
    assert listed.is_signature_valid(authority_of(home / "secrets").public_key())
    return {entry.serial_number for entry in listed}


def add(home: Path, device_id: str, folder: str = "folder", **options: str) -> Result:
    wanted = {"library": "one", "role": "gate", "name": "Front gate", **options}
    spelled = [part for name, value in wanted.items() for part in (f"--{name}", value)]
    return samut(home, "device", "add", *spelled, "--folder", str(home / folder), "--", device_id)


def settings(home: Path, folder: str = "folder") -> dict[str, Any]:
    return tomllib.loads((home / folder / "settings.toml").read_text("utf-8"))


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "device.crt").read_bytes())


def belong_together(folder: Path) -> bool:
    key = load_pem_private_key((folder / "device.key").read_bytes(), None)
    return certificate(folder).public_key() == key.public_key()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert samut(tmp_path, "setup").exit_code == 0
    assert samut(tmp_path, "library", "add", "one", "--name-th", "หนึ่ง", "--name-en", "One").exit_code == 0
    return tmp_path


def test_a_new_device_gets_a_folder_with_its_certificate_and_settings(home: Path) -> None:
    assert add(home, "gate-1").exit_code == 0
    assert belong_together(home / "folder")
    assert certificate(home / "folder").subject.rfc4514_string() == "CN=gate-1"
    assert settings(home)["device"] == "gate-1"


@pytest.mark.parametrize("name", ['The "old" gate', "C:\\gate", "two\nlines", "ประตู\x7f\t"])
def test_a_name_may_hold_any_character(home: Path, name: str) -> None:
    assert add(home, "gate-1", name=name).exit_code == 0
    assert settings(home)["name"] == name


@pytest.mark.parametrize(
    "wrong",
    ["hub", "broker", "groups", "stream", "", "Gate-1", "gate/1", "+", "#", "-gate", "gate 1", "g" * 41, "gate\n"],
)
def test_an_id_that_cannot_stand_in_a_topic_is_refused(home: Path, wrong: str) -> None:
    refused = add(home, wrong)
    assert refused.exit_code == 2
    assert refused.output.startswith(f"“{wrong}” cannot be the id of a device.")
    assert not (home / "folder").exists()


def test_the_same_id_twice_is_refused_in_one_sentence(home: Path) -> None:
    assert add(home, "gate-1").exit_code == 0
    again = add(home, "gate-1", "other")
    assert again.exit_code == 2
    assert again.output == "There is already a device “gate-1” on this hub, or there was one. Choose another id.\n"
    assert not (home / "other").exists()


def test_an_id_of_another_library_is_taken_too(home: Path) -> None:
    assert samut(home, "library", "add", "two", "--name-th", "สอง", "--name-en", "Two").exit_code == 0
    assert add(home, "gate-1").exit_code == 0
    assert add(home, "gate-1", "other", library="two").exit_code == 2


def test_a_folder_that_holds_a_device_is_left_alone(home: Path) -> None:
    assert add(home, "gate-1").exit_code == 0
    before = (home / "folder" / "device.key").read_bytes()
    refused = add(home, "gate-2")
    assert refused.exit_code == 2
    assert refused.output.startswith(f"There is already a device in {home / 'folder'}.")
    assert (home / "folder" / "device.key").read_bytes() == before
    assert add(home, "gate-2", "other").exit_code == 0, "nothing of it was kept"


def test_a_role_that_no_device_has_is_refused(home: Path) -> None:
    assert add(home, "gate-1", role="lift").exit_code == 2


def test_a_key_that_a_power_cut_left_alone_is_made_anew_with_its_certificate(home: Path) -> None:
    assert add(home, "gate-0", "old").exit_code == 0
    (home / "folder").mkdir()
    (home / "folder" / "device.key").write_bytes((home / "old" / "device.key").read_bytes())
    assert add(home, "gate-1").exit_code == 0
    assert belong_together(home / "folder")


@pytest.mark.parametrize("url", ["http://library.example.org", "http://10.0.0.5:8480", "http://0.0.0.0:8480"])
def test_personal_data_does_not_travel_unencrypted(home: Path, url: str) -> None:
    (home / "samut.toml").write_text(f'public_url = "{url}"\n')
    refused = add(home, "gate-1")
    assert refused.exit_code == 2
    assert refused.output.startswith(f"Devices would fetch personal data from {url} unencrypted.")


def test_an_encrypted_address_is_handed_to_the_device(home: Path) -> None:
    (home / "samut.toml").write_text('public_url = "https://library.example.org"\n')
    assert add(home, "gate-1").exit_code == 0
    assert settings(home)["hub"]["host"] == "library.example.org"


def test_a_revoked_device_is_refused_for_good(home: Path) -> None:
    for name in ("gate-1", "gate-2"):
        assert add(home, name, name).exit_code == 0
    assert refused_serials(home) == set()
    revoked = samut(home, "device", "revoke", "gate-1")
    assert revoked.exit_code == 0
    assert "Restart the broker" in revoked.output
    stolen = {certificate(home / "gate-1").serial_number}
    assert refused_serials(home) == stolen
    assert samut(home, "device", "revoke", "gate-1").output == "There is no device “gate-1”.\n"
    assert add(home, "gate-1", "other").exit_code == 2
    assert samut(home, "setup").exit_code == 0
    assert refused_serials(home) == stolen


@pytest.mark.parametrize("lost", ["secrets/revoked.crl", "samut.db"])
def test_the_list_of_refused_devices_outlives_the_loss_of_the_file_or_of_the_database(home: Path, lost: str) -> None:
    assert add(home, "gate-1").exit_code == 0
    assert samut(home, "device", "revoke", "gate-1").exit_code == 0
    for file in (home / lost).parent.glob(f"{Path(lost).name}*"):
        file.unlink()
    assert samut(home, "setup").exit_code == 0
    assert refused_serials(home) == {certificate(home / "folder").serial_number}
