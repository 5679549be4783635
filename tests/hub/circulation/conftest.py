"""A school library with a few people and books, as the desk meets them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.db import Database
from samut_hub.members.groups import add_group, add_type
from samut_hub.members.models import Member
from samut_hub.members.service import MemberFields, add_member, block
from samut_wire.ids import command_id
from tests.hub.conftest import Clock, Libraries
from tests.hub.remembered import remembered

BOOKS = ("B00001", "B00002", "B00003", "B00004", "B00005")
MANEE, PITI, TEACHER, BLOCKED, ENDED = "20001", "20002", "20003", "20004", "20005"
SOUTHERNER = "30001"


@dataclass(frozen=True)
class School:
    """Member ids by number, and a look into the books of lending."""

    database: Database
    library: int
    ids: dict[str, int]

    def loans(self, number: str | None = None) -> list[Loan]:
        """Open loans of a member, or of all."""
        with self.database.session(self.library) as session:
            wanted = select(Loan).where(Loan.returned_at.is_(None)).options(joinedload(Loan.item))
            if number is not None:
                wanted = wanted.where(Loan.member_id == self.ids[number])
            return list(session.scalars(wanted.order_by(Loan.id)))

    def member(self, number: str) -> Member:
        with self.database.session(self.library) as session:
            return session.get_one(Member, self.ids[number])

    def change(self, change: Callable[[Member], object], number: str) -> None:
        with self.database.session(self.library) as session:
            change(session.get_one(Member, self.ids[number]))


@pytest.fixture
def school(database: Database, libraries: Libraries, clock: Clock) -> School:
    """Pupils may have three books for seven days and renew once; a late day costs one baht, twenty at most."""
    ids = remembered(database, ("school", clock()), lambda: _lay_out_school(database, libraries, clock()))
    return School(database, libraries.north, ids)


def _lay_out_school(database: Database, libraries: Libraries, now: datetime) -> dict[str, int]:
    """Returns the members' ids by number."""
    with database.session(None) as session:
        session.add(MaterialType(code="book", name_th="หนังสือ", name_en="Book"))
    with database.session(libraries.north) as session:
        pupil, teacher = add_type(session, "pupil", "นักเรียน", "Pupil"), add_type(session, "teacher", "ครู", "Teacher")
        form = add_group(session, "ป.4")
        people = (
            (MANEE, "มานี มีใจ", "Manee Meechai", pupil.id, None),
            (PITI, "ปิติ พิทักษ์ถิ่น", "Piti Phithakthin", pupil.id, None),
            (TEACHER, "เพ็ญนภา รักเรียน", "Phennapha Rakrian", teacher.id, None),
            (BLOCKED, "วีระ ประสงค์สุข", "Weera Prasongsuk", pupil.id, None),
            (ENDED, "ชูใจ เลิศล้ำ", "Chujai Loetlam", pupil.id, date(2026, 3, 31)),
        )
        ids = {}
        for number, thai, english, type_id, expires_on in people:
            fields = MemberFields(
                number=number, type_id=type_id, group_id=form.id, name_th=thai, name_en=english, expires_on=expires_on
            )
            member = add_member(session, fields, now=now, joined_on=date(2026, 5, 16))
            ids[number] = member.id
            if number == BLOCKED:
                block(session, member, "ทำหนังสือหาย", now=now)
        session.add(LoanRule(loan_days=7, max_items=3, max_renewals=1, fine_per_day=100, fine_cap=2_000))
        session.add(LoanRule(member_type="teacher", loan_days=30, max_items=20))
        for barcode in BOOKS:
            title = Title(title=f"นิทานเล่ม {barcode}", sort_title=b"", sort_author=b"", changed_at=now)
            session.add(Item(title=title, accession_number=barcode, barcode=barcode, added_at=now, changed_at=now))
    with database.session(libraries.south) as session:
        kind = add_type(session, "pupil", "นักเรียน", "Pupil")
        fields = MemberFields(number=SOUTHERNER, type_id=kind.id, name_th="ดวงแก้ว ใต้สุด")
        ids[SOUTHERNER] = add_member(session, fields, now=now, joined_on=date(2026, 5, 16)).id
    return ids


class Desk:
    """A librarian at the scan box. `fragments` asks as htmx does; else as a browser without scripts."""

    def __init__(
        self, sign_in: Callable[[], FlaskClient], school: School, clock: Clock, *, fragments: bool = True
    ) -> None:
        self.sign_in, self.school, self.clock = sign_in, school, clock
        self.browser = sign_in()
        self.headers = {"HX-Request": "true"} if fragments else {}
        self.member: int | None = None

    def wait(self, **time: float) -> None:
        """So long that the librarian must sign in again."""
        self.clock.pass_by(**time)
        self.browser = self.sign_in()

    def scan(self, text: str, *, command: str = "") -> str:
        """What the desk answers."""
        answer = self.send("/desk/scan", scan=text, command=command)
        pushed = answer.headers.get("HX-Push-Url", "")
        if "member=" in pushed:
            self.member = int(pushed.rpartition("=")[2])
        return answer.text

    def hand_in(self, text: str) -> str:
        return self.send("/desk/return", scan=text).text

    def renew(self, loan: Loan) -> str:
        return self.send(f"/desk/renew/{loan.id}").text

    def send(self, address: str, *, command: str = "", **filled: str) -> TestResponse:
        form = {**filled, "command": command or self.new_command()}
        if self.member is not None:
            form["member"] = str(self.member)
        return self.browser.post(address, data=form, headers=self.headers)

    def new_command(self) -> str:
        return command_id(int(self.clock().timestamp() * 1000))

    def lend_all(self, number: str, *barcodes: str) -> None:
        """Card, then book after book; a while later the desk goes on."""
        self.scan(number)
        for barcode in barcodes:
            self.scan(barcode)
        self.clock.pass_by(minutes=1)


@pytest.fixture
def desk(school: School, sign_in: Callable[..., FlaskClient], clock: Clock) -> Desk:
    """The librarian of north at the desk, in English."""
    return Desk(sign_in, school, clock)
