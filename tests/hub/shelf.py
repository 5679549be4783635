"""Books and people for tests of lending: small, real rows in the library called north."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.circulation.models import LoanRule
from samut_hub.db import Database
from samut_hub.members.models import Member, MemberType
from samut_hub.members.service import MemberFields, add_member
from tests.hub.remembered import remembered


@dataclass(frozen=True)
class Shelf:
    """Numbers and bar codes; read the rows in the session that needs them."""

    library: int
    pupil: str = "10001"
    other: str = "10002"
    teacher: str = "90001"
    book: str = "B00001"
    second: str = "B00002"
    third: str = "B00003"


def put_on_shelf(database: Database, library: int, now: datetime) -> Shelf:
    """Two pupils, a teacher, three books; pupils borrow two for seven days, teachers ten for thirty without fines."""
    remembered(database, ("shelf", library, now), lambda: _put_on_shelf(database, library, now))
    return Shelf(library)


def _put_on_shelf(database: Database, library: int, now: datetime) -> None:
    with database.session(library) as session:
        _people(session, now)
        _books(session, now)
        session.add_all(
            [
                LoanRule(loan_days=7, max_items=2, max_renewals=1, fine_per_day=100),
                LoanRule(member_type="teacher", loan_days=30, max_items=10, fine_per_day=0),
            ]
        )


def member(session: Session, number: str) -> Member:
    return session.scalars(select(Member).where(Member.number == number)).one()


def item(session: Session, barcode: str) -> Item:
    return session.scalars(select(Item).where(Item.barcode == barcode)).one()


def _people(session: Session, now: datetime) -> None:
    pupil = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
    teacher = MemberType(code="teacher", name_th="ครู", name_en="Teacher")
    session.add_all([pupil, teacher])
    session.flush()
    for number, kind, name in (
        ("10001", pupil, "ด.ญ. มานี ใจดี"),
        ("10002", pupil, "ด.ช. ปิติ พิทักษ์"),
        ("90001", teacher, "ครูสมศรี มีสุข"),
    ):
        fields = MemberFields(number=number, type_id=kind.id, name_th=name)
        add_member(session, fields, now=now, joined_on=now.date())


def _books(session: Session, now: datetime) -> None:
    add_material_types(session)
    for number, name in (("B00001", "พระอภัยมณี"), ("B00002", "ขุนช้างขุนแผน"), ("B00003", "Charlotte's Web")):
        title = add_title(session, Description(title=name), now=now)
        add_items(session, title, ItemFields(accession_number=number), now=now)
