"""The quiet evening after a batch: everything is up, what waited has arrived, and the books are reckoned."""

import asyncio
import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from samut_edge.replica import Replica
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.visits.models import Visit
from tests.soak.faults.day import Done, Outcome
from tests.soak.faults.reckoning import Lent, fault_of, faults_of_slips
from tests.soak.faults.scene import COUNTERS, Scene, until
from tests.system.world import events_on_disk

EMPTY_WITHIN = 90.0
TOLD_WITHIN = 40.0
RIGHT_FOR_COUNTERS = {ConflictKind.DUE_TOO_LATE}
"""A counter whose clock ran ahead told a date that the rules do not give."""
RIGHT_FOR_TAGS = {ConflictKind.TAG_STILL_SECURED, ConflictKind.TAG_NOT_SECURED}


@dataclass(frozen=True)
class Room:
    """What everything takes in the evening, in megabytes; `disk` is that of the devices without their logs."""

    memory: dict[str, float]
    disk: float


async def quiet(scene: Scene) -> float:
    """Wait until all is told and known; how many seconds the outboxes took to empty."""
    await scene.all_well()
    began = asyncio.get_running_loop().time()
    await until("every outbox is empty", lambda: not any(waiting(scene).values()), EMPTY_WITHIN)
    return asyncio.get_running_loop().time() - began


def waiting(scene: Scene) -> dict[str, int]:
    return {edge: events_on_disk(folder) for edge, folder in scene.folders.items()}


async def reckon(scene: Scene, history: list[Done]) -> list[str]:
    """Everything that is not as it should be."""
    found = await asyncio.to_thread(lambda: [*_books(scene, history), *_gate(scene), *_conflicts(scene, history)])
    return [*found, *faults_of_slips(scene.day), *await _replicas(scene, history)]


def _books(scene: Scene, history: list[Done]) -> Iterator[str]:
    done: dict[str, list[Done]] = defaultdict(list)
    for one in history:
        done[one.barcode].append(one)
    with scene.world.database.session(None, writes=False) as session:
        lent: dict[str, list[Lent]] = defaultdict(list)
        for loan in _loans(session):
            number = loan.borrower.number
            lent[loan.item.barcode].append(Lent(number, loan.returned_at is not None, loan.renewals, loan.due_at))
        yield from _counters(session)
    for barcode in done.keys() | lent.keys():
        if fault := fault_of(done[barcode], lent[barcode]):
            yield f"{barcode}: {fault}"
    yield from _tags(scene, {barcode for barcode, loans in lent.items() if loans and not loans[-1].is_back})


def _loans(session: Session) -> list[Loan]:
    wanted = select(Loan).where(Loan.source != "demo").options(joinedload(Loan.item), joinedload(Loan.member))
    return list(session.scalars(wanted.order_by(Loan.id)))


def _counters(session: Session) -> Iterator[str]:
    counted = select(Loan.member_id, func.count()).where(Loan.returned_at.is_(None)).group_by(Loan.member_id)
    rows = {member: count for member, count in session.execute(counted)}  # noqa: C416 — a Row is no tuple
    for member in session.scalars(select(Member)):
        if member.open_loans != rows.get(member.id, 0):
            yield f"member {member.number}: {member.open_loans} loans counted, {rows.get(member.id, 0)} there are"


def _tags(scene: Scene, out: set[str]) -> Iterator[str]:
    """A tag lets pass only what is on loan; where it could not be secured, staff know."""
    told = {conflict.barcode for conflict in _all_conflicts(scene) if conflict.kind == ConflictKind.TAG_NOT_SECURED}
    for barcode, tag in scene.hardware.tags.items():
        if tag.secured is not True and barcode not in out and barcode not in told:
            yield f"the tag of {barcode} lets it pass the exit, and it is not on loan"


def _gate(scene: Scene) -> Iterator[str]:
    """Of a tap while the disk was full the person is counted, not named."""
    day = scene.day
    first = min((tap.began for tap in day.taps), default=None)
    if first is None:
        return
    with scene.world.database.session(None, writes=False) as session:
        visits = list(session.scalars(select(Visit).where(Visit.device == "gate-1", Visit.at >= first)))
    for tap in day.taps:
        there = [visit for visit in visits if tap.began <= visit.at <= tap.ended]
        is_sure = tap.told and not day.was_full(tap)
        if len(there) > 1 or (is_sure and not there):
            yield f"{tap} is on the hub {len(there)} times"
        if any(visit.allowed != tap.opens for visit in there):
            yield f"{tap} was decided otherwise: {[visit.reasons for visit in there]}"
        visits = [visit for visit in visits if visit not in there]
    yield from (f"nobody tapped at {visit.at}, but the hub has a visit" for visit in visits)


def _all_conflicts(scene: Scene) -> list[Conflict]:
    with scene.world.database.session(None, writes=False) as session:
        return list(session.scalars(select(Conflict).order_by(Conflict.id)))


def _conflicts(scene: Scene, history: list[Done]) -> Iterator[str]:
    """Staff are asked only where they must be: a return was made twice because nobody knew of the first."""
    in_doubt = {done.barcode for done in history if done.outcome is Outcome.DOUBT}
    for conflict in _all_conflicts(scene):
        if conflict.kind in RIGHT_FOR_TAGS and conflict.device == "kiosk-1":
            continue
        if conflict.kind in RIGHT_FOR_COUNTERS and conflict.device in COUNTERS:
            continue
        if conflict.kind == ConflictKind.RETURN_NOT_ON_LOAN and conflict.barcode in in_doubt:
            continue
        yield f"conflict {conflict.kind} of {conflict.device}, {conflict.barcode}, {conflict.happened_at}"


async def _replicas(scene: Scene, history: list[Done]) -> list[str]:
    """Every device that lends knows where the books are."""
    books = {done.barcode for done in history}
    holders = await asyncio.to_thread(_holders, scene)
    wrong, version = dict[str, list[str]](), 0
    end = asyncio.get_running_loop().time() + TOLD_WITHIN
    while asyncio.get_running_loop().time() < end:
        version = await asyncio.to_thread(_version, scene)
        wrong = {name: _errors(place.counter.replica, books, holders) for name, place in scene.counters.items()}
        wrong["kiosk-1"] = await asyncio.to_thread(_errors_on_disk, scene.folders["kiosk-1"], books, holders)
        if not any(wrong.values()):
            return []
        await asyncio.sleep(0.5)
    return [f"{name} is wrong about {books}; the hub is at {version}" for name, books in wrong.items() if books]


def _holders(scene: Scene) -> dict[str, str]:
    with scene.world.database.session(None, writes=False) as session:
        return {loan.item.barcode: loan.borrower.number for loan in _loans(session) if loan.returned_at is None}


def _version(scene: Scene) -> int:
    with scene.world.database.session(None, writes=False) as session:
        return session.scalars(select(Library.replica_version)).one()


def _errors(replica: Replica, books: set[str], holders: dict[str, str]) -> list[str]:
    found = {book: replica.item(book) for book in books}
    return [book for book, row in found.items() if row is None or row.lent_to != holders.get(book, "")]


def _errors_on_disk(folder: Path, books: set[str], holders: dict[str, str]) -> list[str]:
    """Looked up in a copy: the file is the device's own."""
    copy = folder / "copy.db"
    source = f"file:{folder / 'replica.db'}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(source, uri=True)) as own,
        contextlib.closing(sqlite3.connect(copy)) as other,
    ):
        own.backup(other)
    replica = Replica(copy)
    try:
        return _errors(replica, books, holders)
    finally:
        replica.close()
        for file in folder.glob("copy.db*"):
            file.unlink()


def room(scene: Scene) -> Room:
    memory = {name: _rss(process.pid) for name, process in scene.world.running.items()}
    files = [file for folder in scene.folders.values() for file in folder.glob("*.db*")]
    return Room(memory, sum(file.stat().st_size for file in files if file.exists()) / 1e6)


def _rss(number: int) -> float:
    try:
        process = psutil.Process(number)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e6
    except psutil.NoSuchProcess:
        return 0.0
