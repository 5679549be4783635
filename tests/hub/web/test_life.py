"""How long a request keeps others from writing, and how much it may send."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection, event

from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from samut_hub.web.hub import AROUND_FILES
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def title_id(database: Database, libraries: Libraries, clock: Clock) -> int:
    with database.session(libraries.north) as session:
        add_material_types(session)
        return add_title(session, Description(title="ปลาบู่ทอง"), now=clock()).id


@pytest.fixture
def there_at_begin(database: Database, tmp_path: Path) -> Iterator[list[list[str]]]:
    """The files that lie in the hub's home whenever somebody begins to write."""
    seen: list[list[str]] = []

    def note(connection: Connection) -> None:
        if connection.get_execution_options().get("samut_writes", True):
            seen.append([path.name for part in ("media", "images") for path in (tmp_path / part).rglob("*.*")])

    event.listen(database.engine, "begin", note)
    yield seen
    event.remove(database.engine, "begin", note)


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 80), "teal").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/catalogue/labels/preview", {"sheet": "a4-3x8", "which": "numbers", "numbers": "1"}),
        ("/catalogue/labels/", {"which": "numbers", "numbers": "1"}),
        ("/catalogue/labels/sheets/drawing", {"name": "A4"}),
        ("/catalogue/batches/preview", {"numbers": "1"}),
    ],
)
def test_preview_is_shown_while_somebody_else_writes(
    sign_in: SignIn, database: Database, address: str, data: dict[str, str]
) -> None:
    browser = sign_in()
    with database.session(None) as other:
        other.connection()
        assert browser.post(address, data=data).status_code in {200, 422}


@pytest.mark.parametrize(
    ("address", "field", "content", "name"),
    [
        ("/catalogue/{}/media/files", "file", b"%PDF-1.7\n", "book.pdf"),
        ("/catalogue/{}/images", "picture", picture(), "cover.png"),
    ],
)
def test_file_lies_in_its_place_before_others_have_to_wait(
    sign_in: SignIn, title_id: int, there_at_begin: list[list[str]],
    address: str, field: str, content: bytes, name: str,
) -> None:  # fmt: skip
    browser = sign_in()
    there_at_begin.clear()
    browser.post(address.format(title_id), data={field: (io.BytesIO(content), name)})
    assert len(there_at_begin) == 1
    assert there_at_begin[0]


def test_file_for_a_title_that_is_not_there_is_not_kept(sign_in: SignIn, tmp_path: Path, title_id: int) -> None:
    sent = {"file": (io.BytesIO(b"%PDF-1.7\n"), "book.pdf")}
    assert sign_in().post("/catalogue/77/media/files", data=sent).status_code == 404
    assert not (tmp_path / "media").exists()


# -- how much may come


@pytest.fixture
def guarded(hub_app: Flask) -> None:
    """Every form is read for its token first, as it is in a library."""
    hub_app.config["WTF_CSRF_ENABLED"] = True


def too_much(browser: FlaskClient, address: str) -> bool:
    """Whether a file of more than a form may have is refused unread; else only its token is missed."""
    answer = browser.post(address, data={"file": (io.BytesIO(b"%PDF-1.7\n" + bytes(AROUND_FILES)), "book.pdf")})
    assert answer.status_code in {400, 413}
    return answer.status_code == 413


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("address", ["/sign-in", "/catalogue/imports/", "/catalogue/1/media/files", "/catalogue/new"])
def test_strangers_send_no_large_files(client: FlaskClient, address: str) -> None:
    assert too_much(client, address)


@pytest.mark.usefixtures("guarded")
def test_neither_do_those_whose_session_ended_or_who_may_not(sign_in: SignIn, title_id: int, clock: Clock) -> None:
    address, browser = f"/catalogue/{title_id}/media/files", sign_in()
    assert too_much(sign_in("assistant"), address)
    assert too_much(browser, "/catalogue/new")
    assert not too_much(browser, address)
    clock.pass_by(days=60)
    assert too_much(browser, address)


def test_harvester_that_sends_a_form_keeps_nobody_from_writing(client: FlaskClient, database: Database) -> None:
    with database.session(None) as other:
        other.connection()
        assert client.post("/oai", data={"verb": "ListSets"}).status_code == 200
