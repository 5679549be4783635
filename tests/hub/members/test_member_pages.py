"""The pages about members, as a librarian fills them in."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.db import Database
from samut_hub.members.models import Card, Member, MemberBatch
from samut_hub.members.photos import LARGEST
from samut_hub.members.samples import add_sample_people
from samut_hub.members.service import MemberFields, add_member, member_by_number
from samut_wire.ids import command_id
from tests.hub.conftest import Clock, Libraries, on_sqlite


@pytest.fixture
def people(database: Database, libraries: Libraries, clock: Clock) -> dict[str, int]:
    """Member ids by number."""
    with database.session(libraries.north) as session:
        members = add_sample_people(session, now=clock(), today=clock().date())
        return {member.number: member.id for member in members}


@pytest.fixture
def librarian(people: dict[str, int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in()


def filled(**changes: str) -> dict[str, str]:
    return {"number": "20042", "name_th": "สมศรี ดีเด่น", "type_id": "1", "group_id": "0", **changes}


def test_a_new_member_gets_the_next_number(librarian: FlaskClient) -> None:
    assert 'value="20042"' in librarian.get("/members/new").text
    answer = librarian.post("/members/new", data=filled(), follow_redirects=True)
    assert "สมศรี ดีเด่น" in answer.text
    assert "20042" in answer.text


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "20014"}, "ใบข้าว ที่รัก has this number already."),
        ({"number": "123"}, "A member number has at least five digits."),
        ({"number": "1101700230705"}, "Thirteen digits are a national ID"),
        ({"name_th": ""}, "This field is required."),
        ({"email": "nobody"}, "Invalid email address."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(librarian: FlaskClient, wrong: dict[str, str], sentence: str) -> None:
    answer = librarian.post("/members/new", data=filled(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.text


def test_somebody_with_a_known_name_is_added_when_it_is_another_person(
    librarian: FlaskClient, people: dict[str, int]
) -> None:
    namesake = filled(name_th="ใบข้าว ที่รัก")
    asked = librarian.post("/members/new", data=namesake)
    assert asked.status_code == 422
    assert f"/members/{people['20014']}" in asked.text
    assert librarian.post("/members/new", data={**namesake, "same_name": "y"}).status_code == 302


@on_sqlite
def test_the_list_says_how_many_there_are_and_when_nobody_is_meant(librarian: FlaskClient) -> None:
    page = librarian.get("/members/").text
    assert "41 members" in page
    assert "Page 1 of 2" in page
    assert "Nobody is called that" in librarian.get("/members/?q=ไม่มีใคร").text


def test_a_card_is_kept_as_a_hash_and_an_ending(
    librarian: FlaskClient, people: dict[str, int], database: Database, libraries: Libraries
) -> None:
    address = f"/members/{people['20014']}/cards"
    librarian.post(address, data={"kind": "uid", "value": "04A1B2C3D4"})
    taken = librarian.post(f"/members/{people['20013']}/cards", data={"kind": "uid", "value": "04a1b2c3d4"})
    assert "This card belongs to ใบข้าว ที่รัก (20014)." in taken.text
    with database.session(libraries.north) as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 1
        card = session.scalars(select(Card)).one()
        assert (card.hint, "04A1" in card.hash) == ("C3D4", False)
    librarian.post(f"{address}/{card.id}/remove")
    assert "…C3D4" not in librarian.get(f"/members/{people['20014']}").text


@on_sqlite
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_upright_three_by_four_and_says_nothing_of_the_camera(
    librarian: FlaskClient, people: dict[str, int], kind: str
) -> None:
    """Taken by a telephone that lay on its side: what is above in the picture is red, but in the file it is left."""
    address = f"/members/{people['20014']}/photo"
    sent = librarian.post(address, data={"photo": (io.BytesIO(lying_photo(kind)), "x.html")})
    assert sent.status_code == 302
    answer = librarian.get(address)
    kept = Image.open(io.BytesIO(answer.data))
    assert (answer.mimetype, kept.size, dict(kept.getexif())) == ("image/jpeg", (600, 800), {})
    assert [kept.crop((300, at, 301, at + 1)).tobytes()[0] > 200 for at in (5, 795)] == [True, False]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]


def lying_photo(kind: str) -> bytes:
    """1600 by 1000 pixels of which the left third is red, to be turned right by a quarter (Exif, orientation 6)."""
    picture, file, exif = Image.new("RGB", (1600, 1000), "#000080"), io.BytesIO(), Image.Exif()
    picture.paste("#ff0000", (0, 0, 533, 1000))
    exif[274] = 6
    exif[271] = "a camera"
    picture.save(file, kind, exif=exif)
    return file.getvalue()


@on_sqlite
def test_a_page_that_calls_itself_a_photo_is_refused(librarian: FlaskClient, people: dict[str, int]) -> None:
    address = f"/members/{people['20014']}/photo"
    answer = librarian.post(address, data={"photo": (io.BytesIO(b"<script>"), "me.png", "image/png")})
    assert answer.status_code == 422
    assert "This file is not a photo." in answer.text
    assert librarian.get(address).status_code == 404


@on_sqlite
@pytest.mark.parametrize(("picture", "said"), [("large", "larger than 20 MB"), ("wide", "more than 60 million")])
def test_photos_have_limits(librarian: FlaskClient, people: dict[str, int], picture: str, said: str) -> None:
    content = b"\xff\xd8\xff" + bytes(LARGEST) if picture == "large" else wide_photo()
    answer = librarian.post(f"/members/{people['20014']}/photo", data={"photo": (io.BytesIO(content), "me.jpg")})
    assert answer.status_code == 422
    assert said in answer.text


def wide_photo() -> bytes:
    file = io.BytesIO()
    Image.new("1", (31_000, 2_000)).save(file, "PNG")
    return file.getvalue()


@on_sqlite
def test_a_block_needs_a_reason_and_can_be_lifted(
    librarian: FlaskClient, people: dict[str, int], database: Database, libraries: Libraries
) -> None:
    address = f"/members/{people['20014']}"
    assert librarian.post(f"{address}/block", data={"note": ""}).status_code == 422
    librarian.post(f"{address}/block", data={"note": "ยืมเกินกำหนดบ่อย"})
    assert "Blocked: ยืมเกินกำหนดบ่อย" in librarian.get(address).text
    librarian.post(f"{address}/unblock")
    assert "Blocked" not in librarian.get(address).text


@on_sqlite
def test_an_assistant_sees_members_but_changes_none(
    people: dict[str, int], sign_in: Callable[..., FlaskClient]
) -> None:
    assistant = sign_in("assistant")
    page = assistant.get(f"/members/{people['20014']}").text
    assert "Block the member" not in page
    assert assistant.post(f"/members/{people['20014']}/block", data={"note": "x"}).status_code == 403


def test_a_payment_sent_twice_is_taken_once(
    librarian: FlaskClient, people: dict[str, int], database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        member = session.get_one(Member, people["20014"])
        for amount in (500, 1000):
            add_charge(session, member=member, kind=ChargeKind.OVERDUE, amount=amount, now=clock())
    address = f"/charges/{people['20014']}/payments"
    payment = {"command": command_id(1), "amount": "7.50"}
    first = librarian.post(address, data=payment, follow_redirects=True)
    librarian.post(address, data=payment)
    assert "Received: 7.50 baht" in first.text
    with database.session(libraries.north) as session:
        found = member_by_number(session, "20014")
        assert found is not None
        assert found.debt == 750
    too_much = librarian.post(address, data={"command": command_id(2), "amount": "8"})
    assert "Only 7.50 baht is owed." in too_much.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "2", str(10**30), "9" * 5000])
def test_every_page_number_gives_a_page_of_members(librarian: FlaskClient, page: str) -> None:
    answer = librarian.get("/members/", query_string={"page": page})
    assert answer.status_code == 200
    assert answer.text.count('href="/members/') > 1


def test_who_is_there_already_is_told_while_the_form_is_filled_in(
    librarian: FlaskClient, people: dict[str, int]
) -> None:
    told = librarian.post("/members/alike", data=filled(name_th="ใบข้าว ที่รัก", born="5/2558")).text
    assert f"/members/{people['20014']}" in told
    assert librarian.post("/members/alike", data=filled()).text.strip() == ""


@on_sqlite
@pytest.mark.requirement("M-07")
def test_all_that_is_filled_in_stands_on_the_page_again(
    librarian: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    administrator = sign_in("administrator")
    administrator.post("/members/levels", data={"usual": "1"})
    house = {"name_th": "บ้าน", "name_en": "House", "kind": "choice", "choices": "แดง\nฟ้า"}
    administrator.post("/members/fields", data=house)
    administrator.post("/members/fields", data={"name_th": "เข้าเรียน", "name_en": "Since", "kind": "date"})
    known = {"born": "17/5/2558", "address": "12 หมู่ 3", "line_id": "somsri", "level": "2", "guardian_name": "แม่ดี"}
    known |= {"phone": "081-234-5678", "email": "somsri@example.com", "facebook": "somsri.deeden"}
    own = {"own-1": "ฟ้า", "own-2": "2565-05-16", "national_id": "1101700230708"}
    page = librarian.post("/members/new", data=filled(**known, **own), follow_redirects=True).text
    words = ("17/5/2015", "11 years", "12 หมู่ 3", "Lower primary", "แม่ดี", "House", "ฟ้า", "16 May 2022", "สมศรี ดีเด่น")
    for word in (*words, "081-234-5678", "somsri@example.com", "somsri.deeden", ">somsri<"):
        assert word in page
    assert ("1101700230708" in page, "…0708" in page) == (False, True)
    librarian.post("/members/42/photo", data={"photo": (io.BytesIO(lying_photo("PNG")), "me.png")})
    assert "Photo of สมศรี ดีเด่น" in librarian.get("/members/42").text
    form = librarian.get("/members/42/edit").text
    assert ('value="17/5/2015"' in form, 'value="2022-05-16"' in form) == (True, True)
    wrong = librarian.post("/members/42/edit", data=filled(born="31/2/2558", national_id="1101700230705"))
    assert ("no day of birth" in wrong.text, "no national ID" in wrong.text) == (True, True)


@on_sqlite
def test_a_printed_card_is_reported_lost_and_found(librarian: FlaskClient, people: dict[str, int]) -> None:
    address = f"/members/{people['20014']}"
    librarian.post(f"{address}/cards/lost")
    assert "A card of this member is lost." in librarian.get(address).text
    librarian.post(f"{address}/cards/1/state", data={"state": "active"})
    assert "A card of this member is lost." not in librarian.get(address).text


def test_a_school_year_is_planned_seen_and_begun_once_with_the_ticks_of_the_page(
    librarian: FlaskClient, people: dict[str, int], database: Database
) -> None:
    form = librarian.get("/members/rollover").text
    assert 'value="2027"' in form
    goes = {f"to-{one}": str(one + 1) for one in range(1, 9)} | {"to-9": "leaves"}
    rest = {f"to-{one}": "stays" for one in (10, 11)}
    sent = {"year": "2570", "leaver_type": "0", **goes, **rest}
    planned = librarian.post("/members/rollover", data=sent)
    preview = librarian.get(planned.location).text
    assert ("ม.3 →" in preview, "4 members" in preview, "School year 2027" in preview) == (True, True, True)
    assert "The membership of those who leave ends on 31 Mar 2027" in preview
    assert 'leaves the school <span class="text-secondary">until 31 Mar 2027' in preview
    own = preview[preview.index('id="repeaters"') :]
    first = own[own.index("<button") : own.index("</button>")]
    assert ("Keep these repeaters" in first, preview.count("Begin the school year"), 'form="' in preview) == (
        True,
        1,
        False,
    ), "Enter in a field presses the form's first button"
    assert 'href="/members/rollover"' in librarian.get("/members/").text
    librarian.post(f"{planned.location}/repeaters", data={"shown": people["20001"], "repeats": people["20001"]})
    assert "1 repeats the year and stays." in librarian.get(planned.location).text
    ticked = {"shown": [people["20001"], people["20002"]], "repeats": people["20002"]}
    begun = librarian.post(f"{planned.location}/go", data=ticked)
    assert begun.location.startswith("/tasks/")
    assert librarian.post(f"{planned.location}/go").location == planned.location
    for page in ("1", "-1", "many", "9" * 30):
        assert "Still going on" in librarian.get(f"{planned.location}?page={page}").text
    with database.session(None, writes=False) as session:
        assert session.scalars(select(MemberBatch)).one().plan["repeaters"] == [people["20002"]]


@on_sqlite
def test_ticks_of_repeaters_are_kept_when_the_page_is_turned(
    librarian: FlaskClient, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        for number in range(30_001, 30_051):
            fields = MemberFields(number=str(number), type_id=1, group_id=1, name_th=f"แก้ว {number}")
            add_member(session, fields, now=clock(), joined_on=clock().date())
    goes = {"to-1": "2"} | {f"to-{one}": "stays" for one in range(2, 12)}
    planned = librarian.post("/members/rollover", data={"year": "2570", "leaver_type": "0", **goes}).location
    preview = librarian.get(planned).text
    own = preview[preview.index('id="repeaters"') : preview.index("</form>", preview.index('id="repeaters"'))]
    turns = re.findall(r'<button class="btn" form="repeaters" name="(page)" value="(.)"', preview)
    sent = MultiDict([*re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', own), *turns])
    sent["repeats"] = sent["shown"]
    turned = librarian.post(f"{planned}/repeaters", data=sent).location
    assert turned == f"{planned}?page=2"
    assert "1 repeats the year and stays." in librarian.get(turned).text


def test_many_members_are_chosen_seen_and_changed_once(librarian: FlaskClient, people: dict[str, int]) -> None:
    wrong = librarian.post("/members/many", data={"change": "type_id"}).text
    assert "Choose members: by class" in wrong
    assert "Every member is of some type." in wrong
    sent = {"in_group": "1", "change": ["expires_on", "group_id"], "expires_on": "2028-03-31", "group_id": "2"}
    planned = librarian.post("/members/many", data=sent)
    preview = librarian.get(planned.location).text
    for word in ("4 members are chosen. All of them change.", "31 Mar 2028", "ป.1 → <strong>ป.2"):
        assert word in preview
    assert librarian.post(f"{planned.location}/go").location.startswith("/tasks/")
    assert librarian.post(f"{planned.location}/go").location == planned.location
    assert "Still going on" in librarian.get(planned.location).text
    assert librarian.post("/members/changes/1/undo").location == planned.location
