"""Cards as they come out of the printer: nothing overflows, hundreds are quick, whatever the names are."""

import io
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter

from samut_hub.cards.choosing import Choice, Which, choose
from samut_hub.cards.design import Side, is_on_card
from samut_hub.cards.drawing import draw
from samut_hub.cards.filling import AT_ONCE, print_run
from samut_hub.cards.printing import Wish, confirm, make_run
from samut_hub.cards.ready import READY, Ready
from samut_hub.cards.sample import sample_content
from samut_hub.cards.sheets import SINGLE, TO_CUT, marks_of
from samut_hub.cards.typesetting import show_sheet
from samut_hub.catalogue.labels.drawing import MM_PER_INCH, Area, Drawing, Text
from samut_hub.catalogue.labels.sheets import Sheet, faults_of
from samut_hub.catalogue.labels.typesetting import Placed, document_of
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.cards.people import LONG, add_people
from tests.hub.catalogue.labels.reading import codes_read, sheets_of
from tests.hub.conftest import Clock, Libraries

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PPI, CELL, HAIR = 150, 100.0, 0.45
"""Dots in an inch; millimetres of paper for each part, and what marks above and below may take."""
CARDS = 65
LONG_LIBRARY = "Chaloem Phra Kiat Library of the Extraordinarily Renowned Ban Rim Nam Phitthayakhom School"
LONG_TYPE = {"th": "บุคลากรทางการศึกษาและผู้ปกครองของนักเรียน", "en": "Staff and guardians of pupils"}


def test_ready_designs_lie_on_the_card_and_sheets_on_the_paper() -> None:
    off = [(ready.key, part) for ready in READY for part in ready.design.parts if not is_on_card(part, ready.design)]
    assert off == []
    assert [faults_of(one.sheet) for one in (TO_CUT, SINGLE)] == [[], []]
    inside = [mark for mark in marks_of(TO_CUT.sheet) if not (min(mark) >= 0 and max(mark[::2]) <= 210)]
    assert inside == []


@pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.key)
def test_very_long_names_stay_in_their_places(ready: Ready) -> None:
    """Each part with words is printed alone: no ink lies beside its place."""
    content = replace(
        sample_content({"th": LONG, "en": LONG_LIBRARY}, {}, date(2026, 11, 23), with_long_name=True), type=LONG_TYPE
    )
    sides = [draw(content, ready.design, side, pictures=set(), logo=0) for side in Side]
    texts = [replace(text, ink="#000000") for side in sides for text in side.texts]
    assert len(texts) > 5
    assert [text for text, ink in zip(texts, inks_of(texts), strict=True) if is_beside(text.area, ink)] == []


def inks_of(texts: Sequence[Text]) -> list[Area]:
    """Where the ink of each lies, in millimetres, when each has paper of its own."""
    paper = Sheet(
        width=CELL, height=CELL * len(texts), columns=1, rows=len(texts), label_width=CELL, label_height=CELL,
        x0=0, y0=0, pitch_x=CELL, pitch_y=CELL,
    )  # fmt: skip
    page = [Placed(0, CELL * row, Drawing(CELL, CELL, texts=[text])) for row, text in enumerate(texts)]
    picture = Image.open(io.BytesIO(show_sheet(document_of(paper, [page]), {}, ppi=PPI))).convert("L")
    dots = PPI / MM_PER_INCH
    inks = []
    for row in range(len(texts)):
        cell = picture.crop((0, round(row * CELL * dots), picture.width, round((row + 1) * CELL * dots)))
        left, top, right, bottom = (
            ImageOps.invert(cell).point(lambda value: value if value > 100 else 0).getbbox() or (0,) * 4
        )
        inks.append(Area(left / dots, top / dots, (right - left) / dots, (bottom - top) / dots))
    return inks


def is_beside(place: Area, ink: Area) -> bool:
    across = ink.x < place.x - HAIR or ink.right > place.right + HAIR
    return across or ink.y < place.y - HAIR or ink.bottom > place.bottom + HAIR


@pytest.fixture
def school(database: Database, libraries: Libraries, clock: Clock) -> list[int]:
    with database.session(libraries.north) as session:
        return [member.id for member in add_people(session, 5, now=clock())]


def test_only_who_has_no_card_with_their_number_is_new(
    database: Database, libraries: Libraries, school: list[int], clock: Clock
) -> None:
    new, today = Choice(which=Which.NEW, today=clock().date()), clock().date()
    with database.session(libraries.north) as session:
        run = make_run(session, school[:3], Wish(), today=today, staff_id=None, now=clock())
        assert len(choose(session, new).ids) == 5, "nobody said yet that the cards came out right"
        confirm(run, now=clock())
        session.flush()
        assert set(choose(session, new).ids) == set(school[3:])
        session.get_one(Member, school[0]).number = "40001"
        session.get_one(Member, school[4]).expires_on = date(2026, 1, 1)
        session.flush()
        assert set(choose(session, new).ids) == {school[0], school[3]}
    with database.session(libraries.south) as session:
        assert choose(session, new).ids == []


@SQLITE
def test_cards_with_photos_are_made_in_parts_and_quickly(
    database: Database, libraries: Libraries, clock: Clock
) -> None:
    """Five hundred in thirty seconds, of the processor, so that others who work on this computer do not count."""
    with database.session(libraries.north) as session:
        ids = [member.id for member in add_people(session, CARDS, now=clock(), with_photo=True)]
        wish = Wish(design="lake", both_sides=False)
        run_id = make_run(session, ids, wish, today=clock().date(), staff_id=None, now=clock()).id
    before, told = seconds(), list[int]()
    pdf = print_run(database, libraries.north, run_id, told.append)
    assert seconds() - before < 30 * CARDS / 500
    assert told == [AT_ONCE, CARDS], "photos of so many are in memory at the same time"
    pages, last = PdfReader(io.BytesIO(pdf)).pages, io.BytesIO()
    assert len(pages) == 7
    writer = PdfWriter()
    writer.add_page(pages[-1])
    writer.write(last)
    assert len(codes_read(sheets_of(last.getvalue()), TO_CUT.sheet)) == 5


def seconds() -> float:
    return time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
