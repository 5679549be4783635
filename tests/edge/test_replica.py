"""The device's own copy: taken only when the hub signed it, changed step by step, never half."""

import asyncio
import contextlib
import gzip
import hashlib
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from samut_edge.replica import Replica, SnapshotError, check_snapshot, verified_header
from samut_edge.replica_rows import LATER_COLUMNS
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import decode_row, encode_header, encode_row
from tests.edge.drivers.heard import story
from tests.edge.stock import KEY, LIBRARY, MANEE_CARD, NOW, ROWS, a_member, an_item


def write_snapshot(path: Path, rows: tuple[m.ReplicaRow, ...] = ROWS, version: int = 5) -> m.SnapshotHeader:
    path.write_bytes(gzip.compress(b"".join(encode_row(row) + b"\n" for row in rows)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return m.SnapshotHeader(library="north", version=version, made_at=NOW, rows=len(rows), sha256=digest)


def offer(header: m.SnapshotHeader, key: Ed25519PrivateKey) -> m.SnapshotOffered:
    signed = encode_header(header)
    return m.SnapshotOffered(path="/x", header=signed.hex(), signature=key.sign(signed).hex())


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    replica = Replica(tmp_path / "replica.db")
    header = write_snapshot(tmp_path / "snapshot")
    replica.adopt(replica.build(tmp_path / "snapshot", header))
    yield replica
    replica.close()


def test_a_fresh_device_knows_nothing(tmp_path: Path) -> None:
    replica = Replica(tmp_path / "replica.db")
    assert (replica.version, replica.library, replica.member("10001")) == (0, None, None)
    replica.close()


def test_a_snapshot_is_known_also_after_a_restart(replica: Replica, tmp_path: Path) -> None:
    again = Replica(tmp_path / "replica.db")
    assert again.version == 5
    found = again.member_by_card(card_hash(KEY, "uid", MANEE_CARD))
    assert found is not None
    assert found.number == "10001"
    assert again.library is not None
    assert again.library.name_en == "North School Library"
    assert [item.barcode for item in again.items_lent_to("10002")] == ["B00009"]
    again.close()


@pytest.mark.parametrize("typed", ["B00001", "b00001", " B00001 ", "B๐๐๐๐๑"])
def test_bar_codes_are_found_as_they_are_scanned_or_typed(replica: Replica, typed: str) -> None:
    found = replica.item(typed)
    assert found is not None
    assert found.barcode == "B00001"


def test_changes_follow_and_old_ones_change_nothing(replica: Replica) -> None:
    newer = m.ReplicaDelta(after=5, version=7, rows=(an_item("B00001", lent_to="10001", due_at=NOW),))
    older = m.ReplicaDelta(after=4, version=6, rows=(an_item("B00001"),))
    assert replica.apply(newer)
    assert replica.apply(older)
    found = replica.item("B00001")
    assert found is not None
    assert (found.lent_to, found.due_at, replica.version) == ("10001", NOW, 7)


def test_a_block_list_is_taken_before_the_snapshot_that_it_announces(replica: Replica) -> None:
    blocked = msgspec.structs.replace(a_member("10001"), blocked="Lost a book")
    assert replica.apply(m.ReplicaDelta(after=5, version=5, rows=(blocked,)))
    found = replica.member("10001")
    assert found is not None
    assert (found.blocked, replica.version) == ("Lost a book", 5)
    assert replica.apply(m.ReplicaDelta(after=4, version=4, rows=(a_member("10001"),)))
    assert replica.member("10001") == found


def test_a_gap_is_not_bridged(replica: Replica) -> None:
    assert not replica.apply(m.ReplicaDelta(after=6, version=8, rows=(a_member("10009"),)))
    assert replica.member("10009") is None
    assert replica.version == 5


def test_what_is_gone_is_gone_with_its_cards(replica: Replica) -> None:
    rows = (m.GoneRow(kind="member", key="10001"), m.GoneRow(kind="item", key="B00001"))
    assert replica.apply(m.ReplicaDelta(after=5, version=6, rows=rows))
    assert replica.member("10001") is None
    assert replica.member_by_card(card_hash(KEY, "uid", MANEE_CARD)) is None
    assert replica.item("B00001") is None


def test_a_card_that_was_taken_away_opens_nothing(replica: Replica) -> None:
    replica.apply(m.ReplicaDelta(after=5, version=6, rows=(a_member("10001"),)))
    assert replica.member_by_card(card_hash(KEY, "uid", MANEE_CARD)) is None


def test_only_what_the_hub_signed_is_used(tmp_path: Path) -> None:
    hub, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    header = write_snapshot(tmp_path / "snapshot")
    public = hub.public_key().public_bytes_raw()
    assert verified_header(offer(header, hub), public) == header
    with pytest.raises(SnapshotError, match="signature"):
        verified_header(offer(header, stranger), public)
    (tmp_path / "snapshot").write_bytes(b"something else")
    with pytest.raises(SnapshotError, match="damaged"):
        check_snapshot(tmp_path / "snapshot", header)


def test_a_broken_snapshot_leaves_the_present_replica_in_use(replica: Replica, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(gzip.compress(encode_row(an_item("B1")) + b"\n{not json\n"))
    header = m.SnapshotHeader(library="north", version=9, made_at=NOW, rows=2, sha256="")
    with pytest.raises(Exception, match="snapshot row"):
        replica.build(broken, header)
    assert replica.version == 5
    assert replica.member("10001") is not None


@contextlib.contextmanager
def a_full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def take_snapshot(replica: Replica, folder: Path) -> None:
    header = write_snapshot(folder / "snapshot")
    replica.adopt(replica.build(folder / "snapshot", header))


@pytest.mark.parametrize("garbage", [b"this is no database " * 500, b"SQLite format 3\0" + bytes(8000)])
def test_a_damaged_replica_is_set_apart_and_a_snapshot_takes_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, garbage: bytes
) -> None:
    (tmp_path / "replica.db").write_bytes(garbage)
    (tmp_path / "replica.db-wal").write_bytes(garbage)
    replica = Replica(tmp_path / "replica.db")
    assert (replica.version, replica.library) == (0, None)
    assert (tmp_path / "replica.damaged").read_bytes() == garbage
    assert "replica.db cannot be used" in caplog.text
    take_snapshot(replica, tmp_path)
    replica.close()
    again = Replica(tmp_path / "replica.db")
    assert again.version == 5
    again.close()


def test_a_replica_that_an_older_agent_wrote_is_begun_anew(replica: Replica, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "replica.db", isolation_level=None)) as file:
        file.execute("UPDATE meta SET value = '{}' WHERE key = 'library'")
    again = Replica(tmp_path / "replica.db")
    assert (again.version, again.member("10001")) == (0, None)
    again.close()


def test_a_replica_without_the_terms_of_items_goes_on_and_learns_them(replica: Replica, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "replica.db", isolation_level=None)) as file:
        file.execute("DROP INDEX item_booked")
        for table, columns in LATER_COLUMNS.items():
            for column in columns:
                file.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    again = Replica(tmp_path / "replica.db")
    known = again.item("B00001")
    assert known is not None
    assert (known.loan_days, known.fine_per_day) == (None, None)
    booking = m.BookingShown(member="10001", starts_at=NOW, ends_at=NOW, by_hours=True)
    own = an_item("B00001", loan_days=1, fine_per_day=500, title_id=7, waited_for=True, booked=(booking,))
    child = a_member(
        "10001", card_lost=True, born="2015-05", had=(m.TitleHad(title=7, lent_at=NOW, returned_at=None),)
    )
    assert again.apply(m.ReplicaDelta(after=again.version, version=again.version + 1, rows=(own, child)))
    assert again.item("B00001") == own
    assert again.bookings(7) == [booking]
    assert again.member("10001") == child
    again.close()


def test_a_device_with_a_full_disk_starts_without_a_replica_and_takes_one_when_there_is_room(tmp_path: Path) -> None:
    with a_full_disk():
        replica = Replica(tmp_path / "replica.db")
        assert (replica.version, replica.library) == (0, None)
    take_snapshot(replica, tmp_path)
    assert replica.version == 5
    replica.close()
    again = Replica(tmp_path / "replica.db")
    assert again.version == 5
    again.close()


def test_a_replica_that_cannot_be_opened_just_now_is_not_set_apart(replica: Replica, tmp_path: Path) -> None:
    replica.close()
    with a_full_disk():
        Replica(tmp_path / "replica.db").close()
    again = Replica(tmp_path / "replica.db")
    assert again.version == 5
    again.close()


def test_a_snapshot_that_the_disk_does_not_take_leaves_nothing_behind(replica: Replica, tmp_path: Path) -> None:
    header = write_snapshot(tmp_path / "snapshot", version=9)
    with a_full_disk(), pytest.raises(SnapshotError, match="written"):
        replica.build(tmp_path / "snapshot", header)
    assert not list(tmp_path.glob("replica.new*"))
    assert replica.version == 5


def test_a_change_that_the_disk_does_not_take_changes_nothing_and_asks_for_a_snapshot(replica: Replica) -> None:
    delta = m.ReplicaDelta(after=5, version=6, rows=(a_member("10009"),))
    with a_full_disk():
        assert not replica.apply(delta)
    assert (replica.version, replica.member("10009")) == (5, None)
    assert replica.apply(delta)
    assert replica.version == 6


MANY = tuple(an_item(f"M{number:05}") for number in range(5_000))


@story
async def test_the_loop_goes_on_looking_up_while_a_long_change_is_written(replica: Replica) -> None:
    following = asyncio.create_task(replica.follow(m.ReplicaDelta(after=5, version=6, rows=MANY)))
    looks = 0
    while not following.done():
        assert replica.member("10001") is not None
        looks += 1
        await asyncio.sleep(0.001)
    assert await following
    assert replica.item("M04999") == MANY[-1]
    assert looks > 10


@story
async def test_a_snapshot_that_is_ready_while_a_change_is_written_is_what_counts(
    replica: Replica, tmp_path: Path
) -> None:
    fresh = replica.build(tmp_path / "snapshot", write_snapshot(tmp_path / "snapshot", version=9))
    long, next_one = (m.ReplicaDelta(after=n, version=n + 1, rows=MANY) for n in (5, 6))
    following = [asyncio.create_task(replica.follow(delta)) for delta in (long, next_one)]
    await asyncio.sleep(0.01)
    replica.adopt(fresh)
    assert await asyncio.gather(*following) == [True, True]
    assert (replica.version, replica.item("M04999")) == (9, None)
    assert await replica.follow(m.ReplicaDelta(after=9, version=10, rows=MANY))
    again = Replica(tmp_path / "replica.db")
    assert (again.version, again.item("M04999")) == (10, MANY[-1])
    again.close()


def test_what_only_a_newer_hub_says_of_a_row_is_passed_over() -> None:
    known = {"kind": "item", "key": "B1", "type": "gone"}
    assert decode_row(msgspec.json.encode({**known, "moon": "full"})) == m.GoneRow(kind="item", key="B1")
    rule = {**msgspec.to_builtins(LIBRARY.rules[0]), "phase": 3}
    library = {**msgspec.to_builtins(LIBRARY), "type": "library", "tides": True, "rules": [rule]}
    assert decode_row(msgspec.json.encode(library)) == LIBRARY
