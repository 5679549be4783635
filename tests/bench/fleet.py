"""A whole fleet comes back after an outage, each device with a day's events, while a librarian works at the desk."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import Conflict, Loan, LoanRule
from samut_hub.commands import Command
from samut_hub.fleet.enrolment import NewDevice, enrol
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import add_library
from samut_hub.members.models import Member, MemberType
from samut_hub.members.service import MemberFields, add_member
from samut_hub.visits.models import Visit
from samut_wire.topics import DeviceRole
from tests.bench.figures import Figure, quantile
from tests.bench.lending import TEACHERS, Desk, Used, stock
from tests.bench.machines import hub_alone
from tests.postgres import PostgresServer
from tests.system.world import World

EVENTS, HOURS = 200, 24.0
LIBRARIES, MEMBERS, ITEMS = 20, 40, 10
"""Libraries; members of each; items of each kiosk."""
COMES_BACK_WITHIN = 20.0
DESK_PAUSE = 0.25
PATIENCE = 3_600.0


@dataclass(frozen=True)
class Plan:
    """Half of the devices are gates, half kiosks."""

    devices: int
    events: int = EVENTS
    libraries: int = LIBRARIES

    @property
    def total(self) -> int:
        return self.devices * self.events


def measure_on_both(devices: int) -> tuple[list[Figure], list[Figure]]:
    """On SQLite and on PostgreSQL."""
    plan = Plan(devices)
    with PostgresServer() as server:
        return measure_fleet(plan), measure_fleet(plan, server.url(server.new_database()))


def measure_fleet(plan: Plan, database: str = "") -> list[Figure]:
    """On SQLite, or on that database."""
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder, hub_alone(Path(folder), database) as world:
        books = stock(world, 400)
        folders = lay_out_fleet(world, plan)
        with _devices(folders, plan) as devices:
            return _watch(world, devices, books, plan)


def lay_out_fleet(world: World, plan: Plan) -> list[Path]:
    """Libraries with people and books, and the folders of their devices."""
    share = plan.devices // plan.libraries
    return [folder for place in range(plan.libraries) for folder in _lay_out_library(world, place, share)]


def _lay_out_library(world: World, place: int, devices: int) -> list[Path]:
    now = datetime.now(UTC)
    with world.database.session(None) as session:
        library_id = add_library(session, f"lib{place}", name_th=f"ห้องสมุด {place}", name_en=f"Library {place}").id
    with world.database.session(library_id) as session:
        members = _people(session, now)
        items = _books(session, devices // 2 * ITEMS, now)
    with world.database.session(library_id) as session:
        library = session.get_one(Library, library_id)
        return [
            _enrol(session, world, library, f"l{place}-d{number}", number, members, items)
            for number in range(devices)
        ]


def _enrol(
    session: Session,
    world: World,
    library: Library,
    device: str,
    number: int,
    members: Sequence[str],
    items: Sequence[str],
) -> Path:
    role = DeviceRole.GATE if number % 2 == 0 else DeviceRole.KIOSK
    folder = world.home / "fleet" / device
    joined = enrol(session, world.config, library, NewDevice(device, role, device), folder, now=datetime.now(UTC))
    joined.added_at -= timedelta(days=30)  # what a device tells of before it joined is not believed
    first = number // 2 * ITEMS
    things = {
        "members": list(members),
        "items": list(items[first : first + ITEMS]),
        "version": library.replica_version,
    }
    (folder / "things.json").write_text(json.dumps(things))
    return folder


def _people(session: Session, now: datetime) -> list[str]:
    kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
    session.add_all([kind, LoanRule(loan_days=7, max_items=100_000, max_renewals=1, fine_per_day=100)])
    session.flush()
    numbers = [f"{place:05d}" for place in range(10_001, 10_001 + MEMBERS)]
    for number in numbers:
        fields = MemberFields(number=number, type_id=kind.id, name_th=f"นักเรียน {number}")
        add_member(session, fields, now=now, joined_on=now.date())
    return numbers


def _books(session: Session, wanted: int, now: datetime) -> list[str]:
    title = session.scalars(select(Title).order_by(Title.id)).first()
    assert title is not None
    made: list[Item] = []
    while len(made) < wanted:
        fields = ItemFields(accession_number=f"F{len(made) + 1:06d}")
        made += add_items(session, title, fields, copies=min(50, wanted - len(made)), now=now)
    return [item.barcode for item in made]


@contextmanager
def _devices(folders: Sequence[Path], plan: Plan) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tests.bench.fleet_devices"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    orders = {
        "folders": list(map(str, folders)),
        "events": plan.events,
        "hours": HOURS,
        "patience": COMES_BACK_WITHIN,
    }
    process.stdin.write(json.dumps(orders) + "\n")
    process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _watch(world: World, devices: "subprocess.Popen[str]", books: Sequence[str], plan: Plan) -> list[Figure]:
    """The desk lends while the events come in."""
    assert devices.stdout is not None
    os.set_blocking(devices.stdout.fileno(), False)
    worker, broker = (Used(psutil.Process(world.running[name].pid)) for name in ("worker", "broker"))
    before = worker.seconds(), broker.seconds()
    desk, member = Desk(world), _teacher(world)
    times: list[float] = []
    began, told = time.monotonic(), {}
    while not told.get("done") and time.monotonic() - began < PATIENCE:
        line = devices.stdout.readline()
        if line:
            told = json.loads(line)
            print(f"  {told}  desk p95 {quantile(times, 0.95) if times else 0:.0f} ms", flush=True)
        if told.get("connected"):
            times.append(desk.lend(member, books[len(times)]) if len(times) < len(books) else _look(desk))
        time.sleep(DESK_PAUSE)
    assert told.get("done"), f"not all events were confirmed: {told}"
    used = worker.seconds() - before[0], broker.seconds() - before[1]
    lost, doubled = reckon(world, plan)
    seconds = float(told["seconds"])
    return [
        Figure(f"{plan.devices} devices, {plan.total:,} events, until all are confirmed", seconds, "s"),
        Figure("Events", plan.total / seconds, "per second"),
        Figure("Events, CPU of the worker", 1000 * used[0] / plan.total, "ms"),
        Figure("Events, CPU of the broker", 1000 * used[1] / plan.total, "ms"),
        Figure("Desk meanwhile, p95", quantile(times, 0.95), "ms", 300, f"of {len(times)}"),
        Figure("Events lost", lost, "", 1),
        Figure("Events twice in the books", doubled, "", 1),
    ]


def _look(desk: Desk) -> float:
    began = time.perf_counter()
    desk.post("/desk/scan", scan=TEACHERS[0])
    return (time.perf_counter() - began) * 1000


def _teacher(world: World) -> int:
    with world.database.session(None, writes=False) as session:
        found: int = session.scalars(select(Member.id).where(Member.number == TEACHERS[0])).one()
        return found


def reckon(world: World, plan: Plan) -> tuple[int, int]:
    """How many events are not in the books, and how many are twice: by passages, loans, returns and commands."""
    gates = plan.devices // 2 * plan.events
    loans = (plan.devices - plan.devices // 2) * plan.events // 2
    with world.database.session(None, writes=False) as session:
        found = _counts(session)
    differences = (found["visits"] - gates, found["loans"] - loans, found["returned"] - loans)
    assert found["commands"] == plan.total or sum(map(abs, differences)), found
    assert not found["conflicts"], found
    return -sum(min(0, one) for one in differences), sum(max(0, one) for one in differences)


def _counts(session: Session) -> dict[str, Any]:
    of_fleet = (Visit.device.like("l%-d%"), Item.accession_number.like("F%"), Command.source.like("l%-d%/outbox"))
    loans = select(func.count()).select_from(Loan).join(Item, Item.id == Loan.item_id).where(of_fleet[1])
    return {
        "visits": session.scalar(select(func.count()).select_from(Visit).where(of_fleet[0])),
        "loans": session.scalar(loans),
        "returned": session.scalar(loans.where(Loan.returned_at.is_not(None))),
        "commands": session.scalar(select(func.count()).select_from(Command).where(of_fleet[2])),
        "conflicts": [
            (one.kind, one.device, one.barcode, str(one.happened_at), one.settled_by)
            for one in session.scalars(select(Conflict).where(Conflict.settled_at.is_(None)))
        ],
    }
