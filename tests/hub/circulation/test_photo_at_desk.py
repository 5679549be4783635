"""The member's photo while somebody lends: books and equipment are lent on one page, which shows who is there."""

import html
import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from samut_hub.catalogue.models import Item, MaterialType
from samut_hub.circulation.models import LoanRule
from tests.hub.cards.people import photo
from tests.hub.circulation.conftest import MANEE, PITI, Desk, School

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def camera(school: School) -> str:
    """The bar code of a camera that is lent for a day."""
    with school.database.session(school.library) as session:
        session.add_all(
            (
                MaterialType(code="equipment", name_th="โสตทัศนูปกรณ์", name_en="Equipment"),
                LoanRule(material="equipment", loan_days=1, fine_per_day=500),
            )
        )
        session.flush()
        item = session.scalars(select(Item).where(Item.barcode == "B00001")).one()
        item.title.material = "equipment"
        return str(item.barcode)


@pytest.mark.requirement("C-10", "Q-04")
def test_the_photo_is_shown_while_books_and_equipment_are_lent(desk: Desk, school: School, camera: str) -> None:
    desk.browser.post(
        f"/members/{school.ids[MANEE]}/photo", data={"photo": (io.BytesIO(photo((1200, 1600))), "me.jpg")}
    )
    assert shown_at(desk, desk.scan(MANEE)) == (600, 800)
    for barcode in ("B00002", camera):
        assert "Lent, due" in desk.scan(barcode)
        page = desk.browser.get(f"/desk/?member={desk.member}").text
        assert shown_at(desk, page) == (600, 800)
        assert barcode in page
    desk.member = None
    assert shown_at(desk, desk.scan(PITI)) is None, "a figure stands where there is no photo"


def shown_at(desk: Desk, page: str) -> tuple[int, int] | None:
    """Pixels of the photo that stands on the page; None where a figure stands in its place."""
    shown = re.search(r'class="person-photo" src="([^"]+)" alt="Photo of Manee Meechai"', page)
    if shown is None:
        assert "person-photo-none" in page
        return None
    return Image.open(io.BytesIO(desk.browser.get(html.unescape(shown[1])).data)).size
