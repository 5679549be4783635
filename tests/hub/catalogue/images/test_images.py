"""A librarian gives a title its cover: good pictures are drawn anew, all others are refused in a sentence."""

import io
import random
import struct
import zlib

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from samut_hub.catalogue.images.models import TitleImage
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def title_id(database: Database, libraries: Libraries, clock: Clock) -> int:
    with database.session(libraries.north) as session:
        add_material_types(session)
        return add_title(session, Description(title="ปลาบู่ทอง"), now=clock()).id


def picture(width: int, height: int, kind: str = "JPEG", colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, kind)
    return file.getvalue()


def turned() -> bytes:
    """Taken with the camera on its side: 200 by 100 pixels that are to be shown 100 by 200."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of a teacher"
    Image.new("RGB", (200, 100), "blue").save(file, "JPEG", exif=exif)
    return file.getvalue()


def enormous() -> bytes:
    """A PNG of 30,000 by 30,000 pixels in a few kilobytes."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(3751 * 100))
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    parts = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def upload(browser: FlaskClient, title_id: int, content: bytes, name: str = "cover.jpg") -> str:
    answer = browser.post(
        f"/catalogue/{title_id}/images", data={"picture": (io.BytesIO(content), name)}, follow_redirects=True
    )
    assert answer.status_code == 200
    return str(answer.text)


def cover_of(database: Database, title_id: int) -> str:
    with database.session(None, writes=False) as session:
        return session.get_one(Title, title_id).cover


def test_first_picture_is_the_cover_and_everybody_sees_it(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    assert "The picture is saved." in upload(sign_in(), title_id, picture(3000, 2000))
    name = cover_of(database, title_id)
    assert f'href="/catalogue/{title_id}/images"' in sign_in().get(f"/catalogue/{title_id}").text

    small, large = (client.get(f"/covers/{name}-{size}.jpg") for size in ("small", "large"))
    assert Image.open(io.BytesIO(small.data)).size == (240, 160)
    assert Image.open(io.BytesIO(large.data)).size == (1200, 800)
    assert "immutable" in small.headers["Cache-Control"]


@pytest.mark.requirement("A-14")
def test_all_that_is_told_and_shown_of_a_title_reaches_its_readers(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    told = {
        "title": "ปลาบู่ทอง",
        "material": "book",
        "summary": "เรื่องของเอื้อยกับแม่",
        "annotation": "นิทานพื้นบ้านของภาคกลาง",
        "promotion": "เด็ก ๆ ชอบเล่มนี้ที่สุด",
    }
    assert sign_in().post(f"/catalogue/{title_id}/edit", data=told).status_code == 302
    for colour in ("red", "green", "blue"):
        upload(sign_in(), title_id, picture(300, 200, colour=colour))
    page = client.get(f"/title/{title_id}").text
    for text in (told["summary"], told["annotation"], told["promotion"]):
        assert text in page
    with database.session(None, writes=False) as session:
        cover, *inside = session.scalars(select(TitleImage.name).order_by(TitleImage.id))
    assert cover_of(database, title_id) == cover
    assert f"/covers/{cover}-large.jpg" in page
    assert len(inside) == 2
    assert all(f'href="/covers/{name}-large.jpg"' in page for name in inside)


def test_picture_is_put_upright_and_loses_what_the_camera_wrote(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    upload(sign_in(), title_id, turned())
    large = client.get(f"/covers/{cover_of(database, title_id)}-large.jpg").data
    assert Image.open(io.BytesIO(large)).size == (100, 200)
    assert b"Camera of a teacher" not in large


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"<script>alert(1)</script>", "This is not a picture that can be read."),
        (b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(2000), "This is not a picture that can be read."),
        (picture(60, 60)[:300], "This is not a picture that can be read."),
        (enormous(), "The picture has more than 60 million pixels."),
        (bytes(21 * 1024 * 1024), "The file has more than 20 MB."),
    ],
    ids=["empty", "script", "noise", "cut off", "30,000 by 30,000", "21 MB"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(
    database: Database, title_id: int, sign_in: SignIn, content: bytes, sentence: str
) -> None:
    assert sentence in upload(sign_in(), title_id, content)
    assert cover_of(database, title_id) == ""


def test_another_picture_becomes_the_cover_and_what_is_removed_is_gone(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = sign_in()
    upload(browser, title_id, picture(100, 100, colour="red"))
    red = cover_of(database, title_id)
    upload(browser, title_id, picture(100, 100, "PNG", colour="green"), "inside.png")
    upload(browser, title_id, picture(100, 100, colour="red"))

    browser.post(f"/catalogue/{title_id}/images/2/caption", data={"caption": "หน้าแรก"})
    browser.post(f"/catalogue/{title_id}/images/2/cover")
    assert cover_of(database, title_id) != red
    assert 'alt="หน้าแรก"' in browser.get(f"/catalogue/{title_id}/images").text

    browser.post(f"/catalogue/{title_id}/images/1/remove")
    assert client.get(f"/covers/{red}-small.jpg").status_code == 404
    assert browser.post(f"/catalogue/{title_id}/images/1/remove").status_code == 404


def test_no_other_file_is_handed_out(client: FlaskClient) -> None:
    for name in ("../../samut.db", "..%2f..%2fsamut", "0" * 31 + "g"):
        assert client.get(f"/covers/{name}-small.jpg").status_code == 404
    assert client.get(f"/covers/{'0' * 32}-huge.jpg").status_code == 404
