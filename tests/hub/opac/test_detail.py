"""All that a hit leads to: the record, pictures, the medium itself, and for staff who had it."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.images.models import TitleImage
from tests.hub.conftest import SignIn
from tests.hub.media.test_media import FILM
from tests.hub.opac.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.requirement("S-05")
def test_the_page_of_a_title_shows_the_record_pictures_the_film_itself_and_to_staff_its_loans(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    said: dict[str, Any] = {
        "author": "สุนทรภู่",
        "publisher": "สำนักพิมพ์คลองสาน",
        "year": 2023,
        "isbn": "9786160335459",
        "edition": "พิมพ์ครั้งที่ 3",
        "extent": "320 หน้า",
        "series": "วรรณคดีไทย",
        "subjects": "กลอน; นิทาน",
        "summary": "เรื่องของเจ้าชายกับปี่",
    }
    title = town.book("พระอภัยมณี", "B00001", **said)
    town.lend("B00001", returned=True)
    with town.database.session(None) as session:
        for name in ("a" * 32, "b" * 32):
            session.add(TitleImage(title_id=title, name=name, width=1, height=1, added_at=town.clock()))
    staff = sign_in()
    staff.post(f"/catalogue/{title}/media/files", data={"file": (io.BytesIO(FILM), "ละครหุ่น.mp4")})

    page = client.get(f"/title/{title}").text
    shown = [value for value in said.values() if isinstance(value, str) and ";" not in value]
    for text in (*shown, "พระอภัยมณี", "2023", "กลอน", "นิทาน", "B00001"):
        assert text in page, text
    for name in ("a" * 32, "b" * 32):
        assert f"/covers/{name}-small.jpg" in page
    assert '<video class="medium" controls' in page
    assert 'src="/media/1/file"' in page
    film = client.get("/media/1/file")
    assert (film.mimetype, film.data) == ("video/mp4", FILM)
    assert "attachment" not in film.headers["Content-Disposition"]

    borrower = "ด.ญ. มานี 10001"
    assert borrower not in page
    of_staff = staff.get(f"/title/{title}").text
    assert "Last loans, for staff only" in of_staff
    assert borrower in of_staff
    assert borrower not in sign_in(library="south").get(f"/title/{title}").text
