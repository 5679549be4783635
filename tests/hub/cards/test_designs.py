"""A library draws its own card: begins with a ready one, adds what it wants, sees it, and prints it."""

import io

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from sqlalchemy import select

from samut_hub.cards.models import CardDesign, CardPicture
from samut_hub.db import Database
from samut_hub.members.models import FieldKind, Member
from samut_hub.members.own_fields import add_field, set_own_values
from tests.hub.cards.people import add_people
from tests.hub.catalogue.labels.reading import sheets_of
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

INK, LOGO = (18, 52, 86), (255, 136, 0)


@pytest.fixture
def librarian(database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn) -> FlaskClient:
    """In a library with two pupils, of whose field "House" something is known."""
    with database.session(libraries.north) as session:
        house = add_field(session, ("บ้าน", "House"), FieldKind.TEXT)
        for member in add_people(session, 2, now=clock()):
            set_own_values(session, member, {house.id: "ชบา"})
    return sign_in()


def part(number: int, kind: str, place: str, **more: str) -> dict[str, str]:
    """A part as the form sends it; `place` is left, top, width and height."""
    names = ("x", "y", "width", "height")
    said = {"kind": kind, "side": "front", **dict(zip(names, place.split(), strict=True)), **more}
    return {f"parts-{number}-{name}": value for name, value in said.items()}


def own_card(**more: str) -> dict[str, str]:
    return {
        "title": "บัตรของเรา",
        **part(0, "code", "5 5 50 12", symbology="code39"),
        **part(1, "own_field", "5 20 40 6", of="1", words="บ้าน", colour="#123456", size="20"),
        **part(2, "logo", "60 5 20 20", colour="#000000"),
        **part(3, "code", "10 10 30 30", side="back", symbology="qr"),
        **more,
    }


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (300, 300), (*LOGO, 255)).save(file, "PNG")
    return file.getvalue()


def covered(page: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels are of that colour, nearly."""
    away = ImageChops.difference(page.convert("RGB"), Image.new("RGB", page.size, colour)).split()
    farthest = ImageChops.lighter(ImageChops.lighter(*away[:2]), away[2])
    return sum(farthest.histogram()[:12])


@pytest.mark.requirement("M-10")
def test_a_design_of_ones_own_is_drawn_kept_and_printed(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    logo = {"picture": (io.BytesIO(picture()), "ตรา.png"), "is_logo": "y"}
    assert librarian.post("/cards/pictures", data=logo).status_code == 302
    assert librarian.post("/cards/designs/new", data=own_card()).status_code == 302
    with database.session(libraries.north) as session:
        design = session.scalars(select(CardDesign)).one()
        number = session.scalars(select(Member.number).order_by(Member.number)).first()
    assert "บัตรของเรา" in librarian.get("/cards/designs").text
    wanted = {"which": "numbers", "numbers": number, "design": str(design.id), "sheet": "single", "both_sides": "y"}
    rest = {"issued_on": "2026-11-23", **dict.fromkeys(("right", "down", "back_right", "back_down"), "0")}
    run = librarian.post("/cards/print", data={**wanted, **rest, "start": "1"}).location
    front, back = (page.picture for page in sheets_of(librarian.get(f"{run}.pdf").data))
    assert [code.text for code in zxingcpp.read_barcodes(front)] == [number]
    assert [(code.text, "QR" in str(code.format)) for code in zxingcpp.read_barcodes(back)] == [(number, True)]
    side = 20 / 25.4 * 300
    assert covered(front, LOGO) == pytest.approx(side * side, rel=0.02)
    assert covered(front, INK) > 300, "the house of the pupil"


def test_parts_are_added_and_removed_before_anything_is_kept(librarian: FlaskClient, database: Database) -> None:
    added = librarian.post("/cards/designs/look", data=own_card(do="add", add="expires"))
    assert 'name="parts-4-kind"' in added.text
    removed = librarian.post("/cards/designs/look", data=own_card(do="remove-0"))
    assert 'name="parts-3-kind"' not in removed.text
    assert "own_field" in removed.text
    with database.session(None) as session:
        assert session.scalar(select(CardDesign)) is None


def test_the_card_is_shown_while_it_is_drawn(librarian: FlaskClient) -> None:
    shown = librarian.post("/cards/designs/look", data=own_card(), headers={"HX-Request": "true"}).text
    assert "data:image/png;base64," in shown
    assert shown.count("data-part=") == 4
    assert "<main" not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"parts-0-x": "70"}, "It does not lie on the card, which has 85.6 × 53.98 mm."),
        ({"parts-0-width": "wide"}, "Not a valid"),
        ({"parts-0-width": "nan"}, "Number must be between"),
        ({"parts-1-colour": "red;}"}, "A colour is written as"),
        ({"parts-0-kind": "stamp"}, "Not a valid choice."),
        ({"title": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_it(
    librarian: FlaskClient, database: Database, wrong: dict[str, str], said: str
) -> None:
    answer = librarian.post("/cards/designs/new", data=own_card(**wrong))
    assert answer.status_code == 422
    assert said in answer.text
    with database.session(None) as session:
        assert session.scalar(select(CardDesign)) is None


def test_designs_and_pictures_have_names_and_can_be_removed(librarian: FlaskClient, database: Database) -> None:
    librarian.post("/cards/designs/new", data=own_card())
    assert "already. Give this one another name." in librarian.post("/cards/designs/new", data=own_card()).text
    librarian.post("/cards/designs/1", data=own_card(title="บัตรครู"))
    assert "บัตรครู" in librarian.get("/cards/designs/1").text
    librarian.post("/cards/designs/1/remove")
    librarian.post("/cards/pictures", data={"picture": (io.BytesIO(picture()), "ground.png")})
    librarian.post("/cards/pictures/1/logo")
    assert "ground" in librarian.get("/cards/pictures").text
    librarian.post("/cards/pictures/1/remove")
    no_picture = librarian.post("/cards/pictures", data={"picture": (io.BytesIO(b"<svg/>"), "x.png")})
    assert "not a picture that can be read" in no_picture.text
    with database.session(None) as session:
        assert session.scalars(select(CardDesign)).all() == []
        assert session.scalars(select(CardPicture)).all() == []
