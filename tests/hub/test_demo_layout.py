"""The demo is laid out anew at each start: what was broken off, or lost its database, is mended."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import delete, select

from samut_hub.circulation.rules import matrix
from samut_hub.config import read_config
from samut_hub.db import Database
from samut_hub.demo import CODE, lay_out_demo
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.members.models import Card
from samut_hub.secrets import read_secret
from samut_rules.matrix import About
from samut_wire.cards import card_hash

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PORT = 18480


def lay_out(home: Path) -> None:
    lay_out_demo(home, PORT, NOW)


@contextlib.contextmanager
def database_of(home: Path) -> Iterator[Database]:
    database = Database(read_config(home).database_url)
    yield database
    database.close()


def certificate(home: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((home / "gate-1" / "device.crt").read_bytes())


def gate_can_connect(home: Path) -> bool:
    key = load_pem_private_key((home / "gate-1" / "device.key").read_bytes(), None)
    with database_of(home) as database, database.session(None, writes=False) as session:
        known = session.get(Device, "gate-1") is not None
    return known and certificate(home).public_key() == key.public_key()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lay_out(tmp_path)
    return tmp_path


def test_the_next_start_keeps_the_devices_as_they_are(home: Path) -> None:
    before = certificate(home)
    lay_out(home)
    assert certificate(home) == before


def test_a_start_broken_off_before_the_device_was_entered_is_made_good(home: Path) -> None:
    with database_of(home) as database, database.session(None) as session:
        session.execute(delete(DeviceCertificate))
        session.execute(delete(Device))
    lay_out(home)
    assert gate_can_connect(home)


def test_a_folder_without_its_certificate_is_completed(home: Path) -> None:
    (home / "gate-1" / "device.crt").unlink()
    lay_out(home)
    assert gate_can_connect(home)


def test_after_the_database_was_deleted_the_cards_on_the_bench_are_those_of_the_new_members(home: Path) -> None:
    for file in home.glob("samut.db*"):
        file.unlink()
    (home / "gate-1" / "replica.db").write_bytes(b"of the old database")
    lay_out(home)
    config = read_config(home)
    key = card_key(read_secret(config, "card.key"), CODE)
    shown = json.loads((home / "gate-1" / "bench.json").read_text())["cards"]
    with database_of(home) as database, database.session(None, writes=False) as session:
        known = set(session.scalars(select(Card.hash)))
    assert [card_hash(key, card["kind"], card["value"]) in known for card in shown] == [True] * 8 + [False]
    assert gate_can_connect(home)
    assert not (home / "gate-1" / "replica.db").exists()


def test_teachers_have_equipment_for_days_and_books_for_a_month(home: Path) -> None:
    with database_of(home) as database, database.session(None, writes=False) as session:
        session.info["library_id"] = session.scalars(select(Library.id)).one()
        terms = matrix(session, ("pupil", "teacher"), ("book", "equipment"), About())
    days = {(kind, what): said and said.loan_days for kind, row in terms.items() for what, said in row.items()}
    assert days == {
        ("pupil", "book"): 7, ("pupil", "equipment"): 1, ("teacher", "book"): 30, ("teacher", "equipment"): 3,
    }  # fmt: skip
