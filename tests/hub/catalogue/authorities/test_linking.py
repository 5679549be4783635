"""Titles and their headings: what a record names, in one row for all titles."""

import threading
from collections.abc import Callable

from pymarc import Field, Indicators, Record, Subfield
from sqlalchemy import func, select

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities.linking import (
    HeadingKind,
    Headings,
    Variant,
    heading_key,
    headings_of,
    link_headings,
    variants_of,
)
from samut_hub.catalogue.authorities.models import Heading, TitleHeading
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW, Catalogue

PERSON, SUBJECT = HeadingKind.PERSON, HeadingKind.SUBJECT


def field(tag: str, *subfields: str) -> Field:
    """field("100", "a Name", "d 1950-")"""
    parts = [Subfield(one[0], one[2:]) for one in subfields]
    return Field(tag=tag, indicators=Indicators(" ", " "), subfields=parts)


def record(*fields: Field) -> Record:
    made = Record()
    made.fields = list(fields)
    return made


def headings(database: Database, title_id: int) -> list[tuple[str, str]]:
    wanted = select(Heading.kind, Heading.text).join(TitleHeading).where(TitleHeading.title_id == title_id)
    with database.session(None, writes=False) as session:
        return [(kind, text) for kind, text in session.execute(wanted.order_by(Heading.kind, Heading.text))]


def test_the_same_name_has_one_key_however_it_is_typed() -> None:
    assert heading_key("Ström, Åke.") == heading_key("STROM  ake")
    assert heading_key("น้ํา") == heading_key("น้ำ")
    assert heading_key("พ.ศ. ๒๕๖๙") == heading_key("พศ 2569".replace("พศ", "พ ศ"))
    assert heading_key("สมชาย") != heading_key("สมหญิง")
    assert heading_key("...") == ""


def test_a_record_says_its_headings_without_dates_roles_and_subdivisions() -> None:
    made = record(
        field("100", "a Phu, Sunthorn,", "d 1786-1855,", "e author."),
        field("650", "a Thai poetry", "x History", "y 19th century."),
        field("651", "a Bangkok (Thailand)", "x Maps."),
        field("655", "a Novels."),
        field("600", "a Phu, Sunthorn,", "d 1786-1855", "x Criticism."),
        field("700", "a Other, A.", "t Another work"),
        field("711", "a Congress of Libraries"),
    )
    assert headings_of(made) == [
        (PERSON, "Phu, Sunthorn"),
        (SUBJECT, "Thai poetry"),
        (HeadingKind.PLACE, "Bangkok (Thailand)"),
        (HeadingKind.GENRE, "Novels"),
        (HeadingKind.MEETING, "Congress of Libraries"),
    ]


def test_the_thai_form_is_used_and_the_romanised_one_refers_to_it(catalogue: Catalogue) -> None:
    made = record(
        field("100", "6 880-01", "a Sunthō̜n Phū,", "d 1786-1855."), field("880", "6 100-01/Thai", "a สุนทรภู่,")
    )
    assert headings_of(made) == [(PERSON, "สุนทรภู่")]
    assert variants_of(made) == [Variant(PERSON, "สุนทรภู่", "Sunthō̜n Phū")]
    first, second = catalogue.add("พระอภัยมณี", "นิราศภูเขาทอง")
    with catalogue.database.session(None) as session:
        link_headings(session, {first: headings_of(made)}, now=NOW, variants=variants_of(made))
        link_headings(session, {second: [(PERSON, "Suntho̜n Phu")]}, now=NOW)
    assert headings(catalogue.database, first) == headings(catalogue.database, second) == [("person", "สุนทรภู่")]


def test_titles_share_their_headings_from_the_moment_they_are_saved(catalogue: Catalogue) -> None:
    first, second = catalogue.add(
        Description(title="ก", author="ธารา เมฆขาว", subjects="แม่น้ำ; เด็ก -- ไทย"),
        Description(title="ข", author="ธารา  เมฆขาว.", subjects="เด็ก"),
    )
    assert headings(catalogue.database, first) == [("person", "ธารา เมฆขาว"), ("subject", "เด็ก"), ("subject", "แม่น้ำ")]
    assert headings(catalogue.database, second) == [("person", "ธารา เมฆขาว"), ("subject", "เด็ก")]


def test_a_title_that_is_changed_leaves_the_headings_it_lost(catalogue: Catalogue) -> None:
    title_id = catalogue.add(Description(title="ก", subjects="แม่น้ำ; ลำคลอง"))[0]
    with catalogue.database.session(None) as session:
        title = session.get_one(Title, title_id)
        service.edit_title(session, title, Description(title="ก", subjects="ลำคลอง"), version=1, now=NOW)
    assert headings(catalogue.database, title_id) == [("subject", "ลำคลอง")]


def test_a_batch_asks_little_of_the_database(catalogue: Catalogue, statements: Callable[[], object]) -> None:
    ids = catalogue.add(*(f"เรื่องที่ {number}" for number in range(30)))
    wanted: dict[int, Headings] = {
        title_id: [(PERSON, f"ผู้แต่ง {title_id % 7}"), (SUBJECT, f"เรื่อง {title_id}")] for title_id in ids
    }
    with statements() as asked, catalogue.database.session(None) as session:  # type: ignore[attr-defined]
        link_headings(session, wanted, now=NOW)
    assert len([one for one in asked if not one.startswith("BEGIN")]) <= 5
    assert headings(catalogue.database, ids[0])


def test_two_imports_at_once_make_the_same_headings_once(catalogue: Catalogue) -> None:
    ids = catalogue.add("ก", "ข")
    names = [f"ชื่อ {number}" for number in range(50)]
    both_read = threading.Barrier(2, timeout=20)

    def take_in(title_id: int, names: list[str]) -> None:
        both_read.wait()
        with catalogue.database.session(None) as session:
            link_headings(session, {title_id: [(PERSON, name) for name in names]}, now=NOW)

    imports = [
        threading.Thread(target=take_in, args=(title_id, some))
        for title_id, some in zip(ids, (names, names[::-1]), strict=True)
    ]
    for one in imports:
        one.start()
    for one in imports:
        one.join()
    with catalogue.database.session(None, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Heading)) == 50
        assert session.scalar(select(func.count()).select_from(TitleHeading)) == 100


def test_long_and_empty_headings_do_no_harm(catalogue: Catalogue) -> None:
    title_id = catalogue.add("ก")[0]
    with catalogue.database.session(None) as session:
        link_headings(session, {title_id: [(SUBJECT, "ยาวมาก " * 500), (SUBJECT, "...")]}, now=NOW)
    assert len(headings(catalogue.database, title_id)) == 1
