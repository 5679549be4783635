"""A school's shelves: Thai and English books with pictures, prices, places and days on which they came."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Category
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_place, add_title
from samut_hub.db import Database
from tests.hub.conftest import Libraries, SignIn

FIRST_DAY = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
BOOKS = (
    Description(
        title="แมวน้อยผจญภัย",
        author="สมศรี มีสุข",
        publication_place="กรุงเทพฯ",
        publisher="สำนักพิมพ์แพรว",
        year=2010,
        isbn="9786160012350",
        language="tha",
        call_number="น ส123ม",
        subjects="แมว -- นวนิยาย; การผจญภัย",
        edition="พิมพ์ครั้งที่ 2",
        extent="120 หน้า : ภาพประกอบ ; 21 ซม.",
    ),
    Description(
        title="เกมส์ภาษาไทย",
        author="กรมวิชาการ",
        publisher="กรมวิชาการ",
        year=2001,
        language="tha",
        call_number="495.917 ก123",
        subjects="ภาษาไทย -- แบบเรียน",
    ),
    Description(
        title="Harry Potter and the philosopher's stone",
        author="Rowling, J. K.",
        publication_place="London",
        publisher="Bloomsbury",
        year=1997,
        isbn="9780747532699",
        language="eng",
        call_number="823.914 R884",
        subjects="Wizards -- Fiction",
    ),
    Description(
        title="สารานุกรมไทยสำหรับเยาวชน",
        year=1996,
        language="tha",
        call_number="อ 030 ส671",
        subjects="สารานุกรม",
        publisher="โครงการสารานุกรมไทย",
    ),
    Description(title='=HYPERLINK("http://bad")', author="+cmd|' /C calc'!A0", language="eng"),
)
NUMBERS = ("B20000", "B100000", "B10000", "B30000", "B99999")


@pytest.fixture
def shelves(database: Database, libraries: Libraries) -> dict[str, int]:
    """North's five titles, one copy of each, added day by day; their ids by accession number. South has one too."""
    with database.session(libraries.north) as session:
        add_material_types(session)
        room, novels = add_place(session, "ห้องใหญ่"), Category(name="นวนิยาย")
        session.add(novels)
        session.flush()
        ids = {}
        for day, (said, number) in enumerate(zip(BOOKS, NUMBERS, strict=True)):
            now = FIRST_DAY + timedelta(days=day)
            title = add_title(session, said, now=now)
            is_novel = "Fiction" in said.subjects or "นวนิยาย" in said.subjects
            category = novels.id if is_novel else None
            fields = ItemFields(accession_number=number, price=25050, place_id=room.id, category_id=category)
            add_items(session, title, fields, now=now)
            ids[number] = title.id
    with database.session(libraries.south) as session:
        title = add_title(session, Description(title="ของห้องสมุดอื่น"), now=FIRST_DAY)
        add_items(session, title, ItemFields(accession_number="B25000"), now=FIRST_DAY)
    return ids


@pytest.fixture
def librarian(sign_in: SignIn, shelves: dict[str, int]) -> FlaskClient:
    return sign_in()
