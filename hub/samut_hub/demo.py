"""A demo library on this computer: people, books, a gate, a kiosk and a desk with virtual hardware, to try and to
train with.

What is there stays; only the ports are written anew. Passwords are made, not fixed, and kept with the secrets.
"""

import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.samples import add_sample_titles
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.samples import add_sample_loans
from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.fleet.enrolment import NewDevice, enrol, toml_string, write_folder
from samut_hub.fleet.joining.given import note_certificate
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Closure, Library
from samut_hub.libraries.service import card_key
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member
from samut_hub.members.samples import add_sample_people
from samut_hub.run import LaidOut, Place
from samut_hub.secrets import keep_secret, read_secret, replace_secret
from samut_hub.setup import set_up
from samut_hub.staff.passwords import hash_password
from samut_hub.staff.policy import Role
from samut_hub.staff.service import create_account
from samut_wire.topics import DeviceRole

CODE = "demo"
SIGN_INS = "demo-sign-ins.json"
CARDS_SHOWN = 8
ITEMS_SHOWN = 10

HUB_SETTINGS = """\
http_port = {hub}
mqtt_port = {mqtt}
"""

GATE_PARTS = """\
[gate]
directions = {{ reader_in = "in", reader_out = "out" }}

[parts.reader_in]
driver = "pcsc"
options = {{ reader = "reader_in" }}

[parts.reader_out]
driver = "pcsc"
options = {{ reader = "reader_out" }}

[parts.gate]
driver = "rpi_gpio"

[parts.gate.options]
relay = 17
green = 22
red = 23
buzzer = 24
exit_button = 5
door = 6
fire = 13
beam_outer = 19
beam_inner = 26
"""

KIOSK_PARTS = """\
[kiosk]

[parts.reader]
driver = "pcsc"

[parts.scanner]
driver = "serial_line"
options = {{ path = {scanner} }}

[parts.pad]
driver = "http_pad"
options = {{ url = "http://127.0.0.1:{pad}" }}

[parts.printer]
driver = "escpos_printer"
options = {{ host = "127.0.0.1", port = {printer} }}
"""

DESK_PARTS = """\
[desk]

[parts.reader]
driver = "pcsc"
options = {{ reader = "reader" }}

[parts.id_card]
driver = "thai_id"
options = {{ reader = "id_card" }}

[parts.scanner]
driver = "serial_line"
options = {{ path = {scanner} }}

[parts.printer]
driver = "escpos_printer"
options = {{ host = "127.0.0.1", port = {printer} }}
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """One after the other from the first."""

    hub: int
    mqtt: int
    gate: int
    kiosk: int
    printer: int
    pad: int
    desk: int
    desk_printer: int

    @classmethod
    def beginning_at(cls, first: int) -> "Ports":
        return cls(*range(first, first + 8))


def lay_out_demo(home: Path, first_port: int, now: datetime) -> LaidOut:
    """Everything in place, nothing started."""
    ports = Ports.beginning_at(first_port)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "samut.toml").write_text(HUB_SETTINGS.format(hub=ports.hub, mqtt=ports.mqtt))
    config = read_config(home)
    set_up(config, now)
    database = Database(config.database_url)
    _add_library(database, config, now)
    agents = _write_agents(database, config, ports, now)
    database.close()
    return _laid_out(config, ports, agents)


def _add_library(database: Database, config: Config, now: datetime) -> None:
    with database.session(None) as session:
        if session.scalar(select(Library.id).where(Library.code == CODE)) is not None:
            return
        library = Library(
            code=CODE, name_th="ห้องสมุดโรงเรียนสมุดวิทยา", name_en="Samut Wittaya School Library", weekly_closed=[5, 6]
        )
        session.add(library)
        session.flush()
        _add_staff(session, config, library)
        session.info["library_id"] = library.id
        _add_rules(session, now)
        members = add_sample_people(session, now=now, today=now.date())
        items = add_sample_titles(session, now)
        _give_cards(session, config, members, now)
        session.flush()
        add_sample_loans(session, members[CARDS_SHOWN:], items, now)


def _add_staff(session: Session, config: Config, library: Library) -> None:
    names = {
        Role.ADMINISTRATOR: "สมศรี ดูแลระบบ",
        Role.LIBRARIAN: "วรรณา บรรณารักษ์",
        Role.ASSISTANT: "ปิติ ผู้ช่วย",
    }
    passwords = {role.value: secrets.token_urlsafe(9) for role in names}
    keep_secret(config.secrets / SIGN_INS, json.dumps(passwords).encode())
    passwords = json.loads((config.secrets / SIGN_INS).read_text())
    for role, name in names.items():
        new_hash = hash_password(passwords[role.value])
        create_account(session, library.id, username=role.value, name=name, password_hash=new_hash, role=role)


def _add_rules(session: Session, now: datetime) -> None:
    """Types of member count before materials: teachers would keep a projector for a month without a line for it."""
    session.add_all(
        [
            LoanRule(loan_days=7, max_items=5, max_renewals=1, fine_per_day=100, fine_cap=10_000),
            LoanRule(member_type="teacher", loan_days=30, max_items=20, max_renewals=3, fine_per_day=0),
            LoanRule(material="equipment", loan_days=1, max_items=1, max_renewals=0, fine_per_day=500),
            LoanRule(member_type="teacher", material="equipment", loan_days=3, max_items=2, max_renewals=1),
        ]
    )
    year = now.year
    for month, day, name in ((12, 5, "วันพ่อแห่งชาติ"), (12, 10, "วันรัฐธรรมนูญ"), (12, 31, "วันสิ้นปี")):
        session.add(Closure(on=now.date().replace(year=year, month=month, day=day), name=name))


def _give_cards(session: Session, config: Config, members: list[Member], now: datetime) -> None:
    """Chip cards for the first few; the virtual cards on the bench are these."""
    cards = []
    key = card_key(read_secret(config, "card.key"), CODE)
    for member in members[:CARDS_SHOWN]:
        value = "04" + secrets.token_hex(6).upper()
        add_card(session, member, key=key, kind=CardKind.UID, value=value, now=now)
        cards.append({"label": f"{member.name_th} ({member.number})", "kind": "uid", "value": value})
    cards.append({"label": "บัตรที่ไม่รู้จัก · unknown card", "kind": "uid", "value": "04" + secrets.token_hex(6).upper()})
    replace_secret(config.secrets / "demo-cards.json", json.dumps(cards, ensure_ascii=False).encode())


def _write_agents(database: Database, config: Config, ports: Ports, now: datetime) -> tuple[Path, ...]:
    with database.session(None, writes=False) as session:
        library_id = session.scalars(select(Library.id).where(Library.code == CODE)).one()
    kiosk, desk = config.home / "kiosk-1", config.home / "desk-1"
    wanted = (
        NewDevice("gate-1", DeviceRole.GATE, "ประตูทางเข้า", ports.gate, virtual=True, parts=GATE_PARTS.format()),
        NewDevice(
            "kiosk-1",
            DeviceRole.KIOSK,
            "ตู้ยืมคืนอัตโนมัติ",
            ports.kiosk,
            virtual=True,
            parts=KIOSK_PARTS.format(
                scanner=toml_string(str(kiosk / "scanner.tty")), printer=ports.printer, pad=ports.pad
            ),
        ),
        NewDevice(
            "desk-1",
            DeviceRole.DESK,
            "เคาน์เตอร์ยืมคืน",
            ports.desk,
            virtual=True,
            parts=DESK_PARTS.format(scanner=toml_string(str(desk / "scanner.tty")), printer=ports.desk_printer),
        ),
    )
    with database.session(library_id) as session:
        return tuple(_write_agent(session, config, new, now) for new in wanted)


def _write_agent(session: Session, config: Config, new: NewDevice, now: datetime) -> Path:
    """A folder that the database does not know is of a deleted database or of a start that was broken off."""
    folder = config.home / new.id
    library = session.scalars(select(Library).where(Library.code == CODE)).one()
    device = session.get(Device, new.id)
    if device is None:
        shutil.rmtree(folder, ignore_errors=True)
        enrol(session, config, library, new, folder, now=now)
    else:
        note_certificate(session, device, write_folder(config, library, new, folder, now=now), now=now)
    (folder / "bench.json").write_text(json.dumps(_bench(session, config), ensure_ascii=False), "utf-8")
    return folder / "settings.toml"


def _bench(session: Session, config: Config) -> dict[str, object]:
    cards = json.loads((config.secrets / "demo-cards.json").read_text())
    items = session.scalars(select(Item).order_by(Item.id).limit(ITEMS_SHOWN))
    return {
        "cards": cards,
        "items": [{"label": item.title.title, "barcode": item.barcode} for item in items],
    }


def _laid_out(config: Config, ports: Ports, agents: tuple[Path, ...]) -> LaidOut:
    places = (
        Place("The hub", ports.hub, "/health"),
        Place("The gate", ports.gate),
        Place("The kiosk", ports.kiosk),
        Place("The desk", ports.desk),
    )
    named = (
        ("the hub", ports.hub),
        ("MQTT", ports.mqtt),
        ("the gate's page", ports.gate),
        ("the kiosk's page", ports.kiosk),
        ("the virtual printer", ports.printer),
        ("the virtual pad", ports.pad),
        ("the desk's page", ports.desk),
        ("the desk's virtual printer", ports.desk_printer),
    )
    return LaidOut(config, agents, places, named, _farewell(config, ports))


def _farewell(config: Config, ports: Ports) -> str:
    passwords = json.loads((config.secrets / SIGN_INS).read_text())
    lines = [
        "",
        f"  Hub              http://127.0.0.1:{ports.hub}/",
        f"  Kiosk            http://127.0.0.1:{ports.kiosk}/        its bench: http://127.0.0.1:{ports.kiosk}/bench",
        f"  Desk             http://127.0.0.1:{ports.desk}/        its bench: http://127.0.0.1:{ports.desk}/bench",
        f"  Gate             http://127.0.0.1:{ports.gate}/        its bench: http://127.0.0.1:{ports.gate}/bench",
        "",
        *(f"  Sign in as       {name:<14} password {password}" for name, password in passwords.items()),
        "",
        f"  Everything is kept in {config.home}",
    ]
    return "\n".join(lines)
