"""What the edge knows: the hub's signed snapshot and the changes since."""

import asyncio
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from samut_edge.replica import Replica, SnapshotError, check_snapshot, verified_header
from samut_edge.snapshots import SnapshotFetcher
from samut_hub.catalogue.models import Item
from samut_hub.fleet.snapshots import offer_snapshot
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member
from samut_hub.members.service import MemberFields, add_member, block
from samut_hub.secrets import read_secret
from samut_wire import messages as m
from samut_wire.cards import card_hash
from tests.system.world import World, wait_until

CARD = "04AABBCCDDEEFF"


def library_of(world: World) -> Library:
    with world.database.session(None, writes=False) as session:
        return session.scalars(select(Library)).one()


def offer(world: World) -> m.SnapshotOffered:
    """A snapshot of the library as it is now."""
    with world.database.session(library_of(world).id, writes=False) as session:
        library = session.scalars(select(Library)).one()
        return offer_snapshot(session, world.config, library, datetime.now(UTC))


def public_key(world: World) -> bytes:
    return (world.home / "gate-1" / "snapshot.pub").read_bytes()


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    replica = Replica(tmp_path / "replica.db")
    yield replica
    replica.close()


def take(world: World, replica: Replica, folder: Path, offered: m.SnapshotOffered) -> bool:
    base = f"http://127.0.0.1:{world.ports.hub}"
    return asyncio.run(SnapshotFetcher(replica, folder, base=base, public_key=public_key(world)).take(offered))


def test_a_new_member_is_let_in_within_two_seconds_and_a_blocked_one_is_not(world: World) -> None:
    """No agent is started anew, no snapshot fetched."""
    library, agent = library_of(world), world.running["gate-1"].pid
    key, now = card_key(read_secret(world.config, "card.key"), library.code), datetime.now(UTC)
    with world.database.session(library.id) as session:
        kind = session.scalars(select(Member)).first().type_id
        fields = MemberFields(number="29001", type_id=kind, name_th="มาใหม่ วันนี้")
        member = add_member(session, fields, now=now, joined_on=date.today())  # noqa: DTZ011 — the school's day
        add_card(session, member, key=key, kind=CardKind.UID, value=CARD, now=now)
    digest = card_hash(key, CardKind.UID, CARD)
    wait_until("the gate knows the card", lambda: known_at_gate(world, digest) is not None, 2)
    opened = world.gate()["openings"]
    assert world.tap(CARD) == 204
    wait_until("the gate opens", lambda: world.gate()["openings"] == opened + 1, 2)

    with world.database.session(library.id) as session:
        block(session, session.scalars(select(Member).where(Member.number == "29001")).one(), "บัตรหาย", now=now)
    wait_until("the gate knows of the block", lambda: (known_at_gate(world, digest) or member_row()).blocked, 2)
    wait_until("the second tap is no repetition", lambda: (datetime.now(UTC) - now).total_seconds() > 4, 5)
    assert world.tap(CARD) == 204
    wait_until("the red lamp", lambda: world.gate()["outputs"]["red"], 2)
    assert world.gate()["openings"] == opened + 1
    assert world.running["gate-1"].pid == agent


def member_row() -> m.MemberRow:
    """Nobody."""
    return m.MemberRow(number="", name="", member_type="", cards=(), expires_on=None, blocked="", debt=0)


def known_at_gate(world: World, digest: str) -> m.MemberRow | None:
    """Read from the gate's own file, beside the agent."""
    look = Replica(world.home / "gate-1" / "replica.db")
    try:
        return look.member_by_card(digest)
    finally:
        look.close()


def test_the_edge_loads_what_the_hub_wrote(world: World, replica: Replica, tmp_path: Path) -> None:
    assert take(world, replica, tmp_path, offer(world))
    with world.database.session(None, writes=False) as session:
        counted = {kind: session.scalars(select(func.count()).select_from(kind)).one() for kind in (Member, Item)}
        members = list(session.scalars(select(Member)))
        items = list(session.scalars(select(Item)))
    assert replica.version == library_of(world).replica_version
    assert counted[Member] == sum(1 for row in members if replica.member(row.number).name == row.name_th)
    assert counted[Item] == sum(1 for row in items if replica.item(row.barcode).status == row.status)
    assert replica.library.name_th == library_of(world).name_th


def test_a_forged_or_damaged_snapshot_changes_nothing(
    world: World, replica: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samut_edge.snapshots.PAUSES", ())
    good = offer(world)
    assert take(world, replica, tmp_path, good)
    before = replica.version, replica.member("20001")
    header = verified_header(good, public_key(world))

    raised = bytes.fromhex(good.header).replace(b'"version":', b'"version":9')
    forged = m.SnapshotOffered(path=good.path, header=raised.hex(), signature=good.signature)
    with pytest.raises(SnapshotError, match="signature"):
        verified_header(forged, public_key(world))
    assert not take(world, replica, tmp_path, forged)

    stored = world.home / "snapshots" / f"demo-{header.version}.jsonl.gz"
    whole = stored.read_bytes()
    try:
        stored.write_bytes(gzip.compress(gzip.decompress(whole).replace("กานต์ธิดา".encode(), "กานต์ธีดา".encode())))
        assert not take(world, replica, tmp_path, good)
        with pytest.raises(SnapshotError, match="damaged"):
            check_snapshot(stored, header)
        stored.write_bytes(whole[:-20])
        assert not take(world, replica, tmp_path, good)
    finally:
        stored.write_bytes(whole)
    assert (replica.version, replica.member("20001")) == before
    assert take(world, replica, tmp_path, good)
