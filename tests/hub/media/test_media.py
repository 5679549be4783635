"""A librarian puts a film, a book and a link with a title; readers open them where they are."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title, title_by_id
from samut_hub.db import Database
from samut_hub.media import service
from samut_hub.media.models import Medium
from samut_hub.media.policy import MediumKind, kind_of, link_fault
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FILM = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40


@pytest.fixture
def title_id(database: Database, libraries: Libraries, clock: Clock) -> int:
    with database.session(libraries.north) as session:
        add_material_types(session)
        return add_title(session, Description(title="ปลาบู่ทอง"), now=clock()).id


def epub() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
    return file.getvalue()


def upload(browser: FlaskClient, title_id: int, content: bytes, name: str) -> str:
    wanted = {"file": (io.BytesIO(content), name)}
    return str(browser.post(f"/catalogue/{title_id}/media/files", data=wanted, follow_redirects=True).text)


def medium(database: Database, medium_id: int) -> Medium:
    with database.session(None, writes=False) as session:
        return session.get_one(Medium, medium_id)


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (FILM, "คลิป.mp4", MediumKind.VIDEO),
        (b"\0\0\0\x20ftypM4A " + bytes(20), "book.m4a", MediumKind.AUDIO),
        (b"\x1aE\xdf\xa3" + bytes(60), "animation.webm", MediumKind.VIDEO),
        (b"ID3\x04" + bytes(60), "cd-track.mp3", MediumKind.AUDIO),
        (b"%PDF-1.7\n", "book.pdf", MediumKind.DOCUMENT),
        (epub(), "book.epub", MediumKind.EBOOK),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "map.png", MediumKind.PICTURE),
        (b"PK\x03\x04" + bytes(80), "cd.zip", MediumKind.OTHER),
    ],
    ids=["film", "audiobook", "animation", "track", "book", "e-book", "map", "disc"],
)
def test_every_form_of_medium_is_kept_and_handed_out(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient, content: bytes, name: str, kind: str
) -> None:
    assert "The medium is saved." in upload(sign_in(), title_id, content, name)
    assert medium(database, 1).kind == kind
    answer = client.get("/media/1/file")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment" if kind == MediumKind.OTHER else "inline")


@pytest.mark.requirement("A-10", "U-06")
def test_a_found_title_opens_in_each_of_its_forms(title_id: int, sign_in: SignIn, client: FlaskClient) -> None:
    for content, name in ((FILM, "film.mp4"), (b"ID3\x04" + bytes(60), "told.mp3"), (epub(), "read.epub")):
        upload(sign_in(), title_id, content, name)
    sign_in().post(
        f"/catalogue/{title_id}/media/links", data={"url": "https://example.org/fish", "name": "On the web"}
    )

    assert f'href="/title/{title_id}"' in client.get("/find?q=ปลาบู่ทอง").text
    page = client.get(f"/title/{title_id}").text
    assert 'name="viewport"' in page
    for opened in (
        '<video class="medium" controls',
        '<audio class="medium" controls',
        'href="https://example.org/fish"',
    ):
        assert opened in page
    kinds = {1: "video/mp4", 2: "audio/mpeg", 3: "application/epub+zip"}
    for medium_id, kind in kinds.items():
        assert f"/media/{medium_id}/file" in page
        assert client.get(f"/media/{medium_id}/file").headers["Content-Type"] == kind


@pytest.mark.requirement("X-03")
def test_a_member_reads_an_issue_of_an_e_magazine_from_its_page(
    database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn, client: FlaskClient
) -> None:
    with database.session(libraries.north) as session:
        add_material_types(session)
        magazine = add_title(session, Description(title="สารคดีเด็ก", material="magazine"), now=clock()).id
    staff = sign_in()
    for number in range(1, 15):
        upload(staff, magazine, b"%PDF-1.7\n" + bytes(str(number), "ascii"), f"ฉบับที่ {number} 2569.pdf")
    web = {"url": "https://magazine.example/15", "name": "ฉบับที่ 15 2569"}
    staff.post(f"/catalogue/{magazine}/media/links", data=web)
    page = client.get(f"/title/{magazine}").text
    shown = re.findall(r"ฉบับที่ (\d+) 2569", page.partition("Read an issue")[2])
    assert [int(number) for number in shown] == list(range(15, 0, -1))
    assert 'href="https://magazine.example/15" rel="noopener nofollow"' in page
    assert "3 older issues" in page
    address = re.findall(r'href="(/media/\d+/file)"', page)[0]
    issue = client.get(
        address, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 10; Mobile)", "Range": "bytes=0-7"}
    )
    assert (issue.status_code, issue.data, issue.mimetype) == (206, b"%PDF-1.7", "application/pdf")
    assert issue.headers["Content-Disposition"].startswith("inline")


def test_player_asks_for_the_part_it_needs(title_id: int, sign_in: SignIn, client: FlaskClient) -> None:
    upload(sign_in(), title_id, FILM, "clip.mp4")
    part = client.get("/media/1/file", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, FILM[100:200])
    assert part.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"<html><script>alert(1)</script>", "film.mp4"), (b"<svg onload=alert(1)>", "map.svg"), (b"MZ\x90", "a.exe")],
)
def test_page_in_disguise_is_not_kept(
    title_id: int, sign_in: SignIn, client: FlaskClient, content: bytes, name: str
) -> None:
    assert "This kind of file cannot be kept." in upload(sign_in(), title_id, content, name)
    assert client.get("/media/1/file").status_code == 404


def test_links_lead_to_the_web_only(title_id: int, sign_in: SignIn) -> None:
    browser, there = sign_in(), f"/catalogue/{title_id}/media/links"
    assert (
        "The link is saved." in browser.post(there, data={"url": "https://example.org/a"}, follow_redirects=True).text
    )
    assert browser.post(there, data={"url": "javascript:alert(1)"}).status_code == 422
    assert [link_fault(text) for text in ("", "example.org", "http://", "ftp://a/b", "http://[", "https://a/ก")] == [
        *(True,) * 5,
        False,
    ]
    assert [kind_of(head, name) for head, name in ((b"", "nothing"), (b"RIFF\0\0\0\0AVI ", "old.avi"))] == [
        None,
        None,
    ]


def test_what_is_for_staff_only_is_hidden_from_others(title_id: int, sign_in: SignIn, client: FlaskClient) -> None:
    browser = sign_in()
    upload(browser, title_id, FILM, "clip.mp4")
    browser.post(f"/catalogue/{title_id}/media/1", data={"name": "คลิปครู"})
    assert client.get("/media/1/file").status_code == 404
    shown = browser.get("/media/1/file")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")


def test_another_library_opens_it_and_does_not_change_it(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    upload(sign_in(), title_id, FILM, "clip.mp4")
    other = sign_in(library="south")
    assert "Another library looks after it." in other.get(f"/catalogue/{title_id}/media").text
    assert other.post(f"/catalogue/{title_id}/media/1/remove").status_code == 404
    assert client.get("/media/1/file").data == FILM


def test_removed_file_goes_when_the_last_title_lets_go(
    database: Database, title_id: int, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = sign_in()
    upload(browser, title_id, FILM, "clip.mp4")
    upload(browser, title_id, FILM, "again.mp4")
    browser.post(f"/catalogue/{title_id}/media/1/remove")
    assert client.get("/media/2/file").data == FILM
    browser.post(f"/catalogue/{title_id}/media/2/remove")
    assert client.get("/media/2/file").status_code == 404


@pytest.mark.usefixtures("database_url")
def test_two_files_that_arrive_at_once_do_not_mix(tmp_path: Path) -> None:
    """Two processes of the server may give their uploads the same number."""
    one, other = (io.BytesIO(FILM + letter) for letter in (b"1", b"2"))
    with service.arriving(tmp_path, one, "a.mp4") as first, service.arriving(tmp_path, other, "b.mp4") as second:
        assert first.path != second.path
        for kept in (first, second):
            service.put_in_place(tmp_path, kept)
    assert [service.path_of(tmp_path, kept.file).read_bytes()[-1:] for kept in (first, second)] == [b"1", b"2"]
    assert not list(tmp_path.glob("arriving*"))


def test_file_that_was_added_again_stays(
    database: Database, title_id: int, sign_in: SignIn, tmp_path: Path, client: FlaskClient
) -> None:
    upload(sign_in(), title_id, FILM, "clip.mp4")
    with database.session(None) as session:
        service.remove_unused(session, tmp_path / "media", medium(database, 1).file)
    assert client.get("/media/1/file").data == FILM


def test_as_many_media_as_a_title_has_are_shown_and_no_further_one_is_taken(
    database: Database, libraries: Libraries, title_id: int, sign_in: SignIn, clock: Clock
) -> None:
    browser, there = sign_in(), f"/catalogue/{title_id}/media/links"
    with database.session(libraries.north) as session:
        title = title_by_id(session, title_id)
        for number in range(service.MOST_MEDIA):
            service.add_link(session, title, libraries.north, f"https://example.org/{number}", "", now=clock())
    refused = browser.post(there, data={"url": "https://example.org/last"})
    assert refused.status_code == 422
    assert f"A title has at most {service.MOST_MEDIA} media." in refused.text
    assert f"A title has at most {service.MOST_MEDIA} media." in upload(browser, title_id, FILM, "clip.mp4")
    assert f"https://example.org/{service.MOST_MEDIA - 1}" in browser.get(f"/catalogue/{title_id}/media").text


def test_a_change_is_told_whether_it_was_saved_or_not(title_id: int, sign_in: SignIn) -> None:
    browser = sign_in()
    upload(browser, title_id, FILM, "clip.mp4")
    there = f"/catalogue/{title_id}/media/1"
    assert "This field is required." in browser.post(there, data={"name": " "}, follow_redirects=True).text
    page = browser.post(there, data={"name": "คลิปครู"}, follow_redirects=True).text
    assert "The medium is saved." in page
    assert "Remove “คลิปครู” for good?" in page
    assert "The medium is removed." in browser.post(f"{there}/remove", follow_redirects=True).text
