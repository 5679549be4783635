"""The slip at the desk: what was lent and returned today, on paper 80 mm wide."""

import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.circulation.slip import LONGEST_QR, Slip, code_of, pdf_of
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School
from tests.hub.conftest import Clock

MANY = 40


def slip_of(desk: Desk, number: str, what: str = "") -> str:
    return desk.browser.get(f"/desk/slip/{desk.school.ids[number]}", query_string={"what": what}).text


@pytest.mark.requirement("C-06")
def test_a_slip_tells_what_was_lent_and_what_came_back(desk: Desk) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.wait(days=10)
    desk.scan(MANEE)
    desk.scan("B00001")
    slip = slip_of(desk, MANEE)
    assert "North School Library" in slip
    assert "Manee Meechai" in slip
    assert "นิทานเล่ม B00001" in slip
    assert "fine 2 baht" in slip
    assert "Total of fines" in slip
    assert "นิทานเล่ม B00002" not in slip, "lent ten days ago"
    assert "นิทานเล่ม B00002" in slip_of(desk, MANEE, "all")


def test_due_dates_are_in_the_buddhist_era_for_thai_readers(
    school: School, sign_in: Callable[..., FlaskClient], clock: Clock
) -> None:
    desk = Desk(partial(sign_in, language="th"), school, clock)
    desk.lend_all(MANEE, "B00001")
    assert "กำหนดส่ง 1 ธ.ค. 2569" in slip_of(desk, MANEE)


def test_a_slip_tells_nothing_of_other_members(desk: Desk) -> None:
    desk.lend_all(PITI, "B00001")
    slip = slip_of(desk, MANEE)
    assert "B00001" not in slip
    assert "Nothing was lent or returned here today." in slip


@pytest.mark.requirement("C-06")
def test_the_slip_as_a_pdf_is_one_page_as_wide_as_the_paper(desk: Desk) -> None:
    desk.lend_all(MANEE, "B00001", "B00002", "B00003")
    answer = desk.browser.get(f"/desk/slip/{desk.school.ids[MANEE]}.pdf")
    assert answer.mimetype == "application/pdf"
    width, height = page_size(answer.data)
    assert round(width / 72 * 25.4) == 80
    assert 60 < height / 72 * 25.4 < 200


def test_a_slip_longer_than_three_metres_is_one_page_too() -> None:
    """Of a teacher with several hundred books."""
    short, tall = (page_size(pdf_of("<p>B00001</p>" * lines + '<div id="end"></div>'))[1] for lines in (200, 800))
    assert tall / 72 * 25.4 > 3_000
    assert 3.8 < tall / short < 4.1


def page_size(pdf: bytes) -> tuple[float, float]:
    """Width and height of the only page, in points; WeasyPrint packs page objects into compressed streams."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    text = pdf + b"".join(_unpacked(stream) for stream in packed)
    boxes = re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", text)
    assert len(boxes) == 1
    return float(boxes[0][0]), float(boxes[0][1])


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_code_names_books_by_due_date_and_nobody() -> None:
    slip = Slip(Member(number=MANEE, name_th="มานี"), lent("b1", "b2"), (), (), {})
    assert code_of(slip, "Asia/Bangkok") == "SAMUT1 L 20261201 B1 B2"


def test_a_code_that_would_not_fit_is_left_out() -> None:
    books = lent(*(f"B{number:05d}" for number in range(MANY)))
    assert MANY * len("B00000 ") > LONGEST_QR
    assert code_of(Slip(Member(), books, (), (), {}), "Asia/Bangkok") == ""


def lent(*barcodes: str) -> list[Loan]:
    due = datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
    return [Loan(item=Item(barcode=barcode), due_at=due) for barcode in barcodes]
