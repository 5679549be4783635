"""A librarian prints member cards: whole classes, single ones, a new one for a lost one."""

from pathlib import Path

import pytest
import zxingcpp
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.cards import jobs, printing
from samut_hub.cards.models import CardRun, PrintedCard
from samut_hub.cards.sheets import SINGLE, TO_CUT
from samut_hub.catalogue.labels.drawing import MM_PER_INCH
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.members.models import Member
from samut_hub.tasks import Task, Work
from tests.hub.cards.people import SHIRT, add_people
from tests.hub.catalogue.labels.reading import LASER, codes_read, sheets_of
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORM = {
    "which": "new", "group_id": "0", "type_id": "0", "design": "lake", "sheet": "a4", "both_sides": "y", "start": "1",
    "issued_on": "2026-11-23", "right": "0", "down": "0", "back_right": "0", "back_down": "0",
}  # fmt: skip


@pytest.fixture
def librarian(database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn) -> FlaskClient:
    """In a library with twelve pupils, 30001 to 30012, who have photos."""
    with database.session(libraries.north) as session:
        add_people(session, 12, now=clock(), with_photo=True)
    return sign_in()


def made(browser: FlaskClient, **changes: str) -> str:
    """The address of the run that was made."""
    answer = browser.post("/cards/print", data={**FORM, **changes})
    assert answer.status_code == 302, answer.text
    return answer.location


def numbered(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


@pytest.mark.requirement("M-10")
def test_cards_of_a_class_are_printed_on_both_sides_read_and_remembered(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    run = made(librarian)
    pages = sheets_of(librarian.get(f"{run}.pdf").data)
    fronts, backs = pages[::2], pages[1::2]
    assert (len(fronts), len(backs)) == (2, 2)
    printed = codes_read(fronts, TO_CUT.sheet)
    assert sorted(printed) == numbered(30001, 30012)
    assert fronts[0].covered_by(SHIRT) == 2 * 5, "a photo on each card"
    behind = codes_read(backs, TO_CUT.sheet)
    mirrored = [number for row in range(0, 10, 2) for number in reversed(printed[row : row + 2])]
    assert behind[:10] == mirrored, "each back lies behind its front"
    librarian.post(f"{run}/confirm")
    with database.session(libraries.north) as session:
        cards = session.scalars(select(PrintedCard)).all()
        assert {(str(card.issued_on), str(card.expires_on)) for card in cards} == {("2026-11-23", "2027-03-31")}
    assert "everybody has a card already" in librarian.get("/cards/").text
    assert "30001" in librarian.get(run).text


def test_cards_are_offered_until_it_is_confirmed_that_they_came_out_right(librarian: FlaskClient) -> None:
    made(librarian)
    assert "<strong>12 cards</strong>" in librarian.get("/cards/").text


def test_single_cards_stand_or_lie_as_they_were_designed(librarian: FlaskClient) -> None:
    lying = sheets_of(librarian.get(made(librarian, sheet="single", which="numbers", numbers="30002") + ".pdf").data)
    assert [page.picture.width > page.picture.height for page in lying] == [True, True]
    assert codes_read(lying[:1], SINGLE.sheet) == ["30002"]
    upright = sheets_of(librarian.get(made(librarian, sheet="single", design="sky") + ".pdf").data)
    assert [page.picture.width < page.picture.height for page in upright] == [True] * 12


def test_upright_cards_lie_on_the_sheet_that_was_begun(librarian: FlaskClient) -> None:
    run = made(librarian, design="mangosteen", start="9")
    pages = sheets_of(librarian.get(f"{run}.pdf").data)
    assert [len(codes_read([page], TO_CUT.sheet)) for page in pages] == [2, 10]


def test_what_the_printer_needs_moves_fronts_and_backs(librarian: FlaskClient) -> None:
    one = {"which": "numbers", "numbers": "30001"}
    still = codes_at(librarian, **one)
    moved = codes_at(librarian, right="2", down="-1.5", back_right="-3", back_down="1", **one)
    assert [round(after - before) for before, after in zip(still, moved, strict=True)] == [2, -2, -3, 1]


def codes_at(browser: FlaskClient, **changes: str) -> list[float]:
    """Where the code of the only card lies on its front and on its back: millimetres from the left and from above."""
    pages = sheets_of(browser.get(made(browser, **changes) + ".pdf").data)
    places = [zxingcpp.read_barcodes(page.picture)[0].position.top_left for page in pages]
    return [at * MM_PER_INCH / LASER for place in places for at in (place.x, place.y)]


def test_who_is_chosen_and_what_lacks_is_told_before_anything_is_printed(librarian: FlaskClient) -> None:
    seen = librarian.post("/cards/preview", data={**FORM, "which": "numbers", "numbers": "๓๐๐๐๑\n99999, 30002"}).text
    assert "<strong>2 cards</strong>" in seen
    assert "99999" in seen
    assert "data:image/png;base64," in seen
    nobody = librarian.post("/cards/print", data={**FORM, "which": "numbers", "numbers": ""})
    assert nobody.status_code == 422
    assert "there is nothing to print" in nobody.text


@pytest.mark.parametrize(
    ("field", "wrong"), [("start", "0"), ("sheet", "papyrus"), ("issued_on", "soon"), ("right", "nan")]
)
def test_a_wrong_choice_is_said(librarian: FlaskClient, database: Database, field: str, wrong: str) -> None:
    assert "missing or wrong" in librarian.post("/cards/preview", data={**FORM, field: wrong}).text
    assert librarian.post("/cards/", data={**FORM, field: wrong}).status_code == 422
    assert librarian.post("/cards/print", data={**FORM, field: wrong}).status_code == 422
    with database.session(None) as session:
        assert session.scalar(select(CardRun)) is None


def test_a_members_card_is_printed_with_one_button(librarian: FlaskClient, database: Database) -> None:
    with database.session(None) as session:
        member_id = session.scalars(select(Member.id).where(Member.number == "30003")).one()
    assert "Print the card<" in librarian.get(f"/members/{member_id}").text
    run = librarian.post(f"/cards/members/{member_id}/print").location
    assert codes_read(sheets_of(librarian.get(f"{run}.pdf").data)[:1], TO_CUT.sheet) == ["30003"]
    assert "Print the card again" in librarian.get(f"/members/{member_id}").text


def test_a_lost_card_is_replaced_by_one_with_another_number(
    librarian: FlaskClient, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        member_id = session.scalars(select(Member.id).where(Member.number == "30003")).one()
    librarian.post(f"/members/{member_id}/cards/lost")
    assert 'value="30013"' in librarian.get(f"/members/{member_id}").text
    taken = librarian.post(f"/cards/members/{member_id}/replace", data={"number": "30004"}, follow_redirects=True)
    assert "has this number already" in taken.text
    run = librarian.post(f"/cards/members/{member_id}/replace", data={"number": "30013"}).location
    assert codes_read(sheets_of(librarian.get(f"{run}.pdf").data)[:1], TO_CUT.sheet) == ["30013"]
    with database.session(libraries.north) as session:
        member = session.get_one(Member, member_id)
        assert (member.number, member.card_lost) == ("30013", False)
    assert "30003" not in librarian.post("/desk/scan", data={"scan": "30003"}).text


def test_many_cards_are_made_by_a_task(
    librarian: FlaskClient, database: Database, libraries: Libraries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "DIRECT", 10)
    run = made(librarian, start="3")
    assert "/tasks/" in librarian.get(run).text
    with database.session(libraries.north) as session:
        task = session.scalars(select(Task)).one()
        work = Work(database, Config(home=tmp_path), libraries.north, task.id, task.args)
    result = jobs.print_cards(work)
    pages = sheets_of((work.folder / result["file"]).read_bytes())
    assert sorted(codes_read(pages[::2], TO_CUT.sheet)) == numbered(30001, 30012)
