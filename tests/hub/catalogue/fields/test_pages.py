"""Administrators shape forms; librarians meet them; every kind of material can be described."""

import re

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.materials import MATERIALS
from samut_hub.catalogue.service import add_material_types
from samut_hub.db import Database
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABLE = "/settings/catalogue/fields"
KINDS = "/settings/catalogue/materials"
COPY = {"accession_number": "000001", "copies": "1", "status": "available"}


@pytest.fixture
def administrator(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        add_material_types(session)
    return sign_in("administrator")


def table_of(browser: FlaskClient, **asked: str) -> dict[str, str]:
    """The table of fields as the page shows it, ready to be sent."""
    page = browser.get(TABLE, query_string=asked).text
    boxes = re.findall(r'type="checkbox" name="([^"]+)" value="1" checked', page)
    numbers = re.findall(r'name="(position\.[^"]+)" value="(\d+)"', page)
    return {**asked, **dict.fromkeys(boxes, "1"), **dict(numbers)}


def describe(browser: FlaskClient, **said: str) -> int:
    answer = browser.post("/catalogue/new", data=said)
    assert answer.status_code == 302, answer.text
    return int(re.findall(r"\d+", answer.location)[0])


@pytest.mark.requirement("A-05")
def test_fields_are_shown_required_repeated_and_filled_in_as_the_library_wants(administrator: FlaskClient) -> None:
    administrator.post(f"{TABLE}/own", data={"of": "title", "name_th": "กลุ่มสาระ", "name_en": "Learning area"})
    administrator.post(f"{TABLE}/own", data={"of": "item", "name_th": "ผู้บริจาค", "name_en": "Donor"})
    wanted = table_of(administrator, of="title", material="book")
    del wanted["shown.isbn"], wanted["repeatable.author"]
    wanted |= {"required.call_number": "1", "default.publisher": "สำนักพิมพ์โรงเรียน", "repeatable.own-1": "1"}
    wanted |= {"required.own-1": "1", "position.own-1": "4"}
    assert administrator.post(TABLE, data=wanted).status_code == 302

    page = administrator.get("/catalogue/new?material=book").text
    assert 'name="isbn"' not in page
    assert 'value="สำนักพิมพ์โรงเรียน"' in page
    assert page.index('name="title"') < page.index('name="own-1"') < page.index('name="author"')
    assert 'name="isbn"' in administrator.get("/catalogue/new?material=map").text

    book = {"title": "พระอภัยมณี", "material": "book", "language": "tha", "author": "สุนทรภู่; กรมศิลปากร"}
    refused = administrator.post("/catalogue/new", data=book)
    assert refused.status_code == 422
    assert refused.text.count("This field is required.") == 2
    assert "one value here" in refused.text
    right = {**book, "author": "สุนทรภู่", "call_number": "895.911", "own-1": "ภาษาไทย\nศิลปะ"}
    title_id = describe(administrator, **right)
    page = administrator.get(f"/catalogue/{title_id}").text
    assert "Learning area" in page
    assert "ภาษาไทย; ศิลปะ" in page

    assert 'name="own-2"' in administrator.get(f"/catalogue/{title_id}/items/new").text
    administrator.post(f"/catalogue/{title_id}/items/new", data={**COPY, "own-2": "ศิษย์เก่ารุ่น ๑๐"})
    assert "ศิษย์เก่ารุ่น ๑๐" in administrator.get("/catalogue/items/1").text
    assert "ศิษย์เก่ารุ่น ๑๐" in administrator.get("/catalogue/items/1/edit").text


def test_what_a_hidden_field_says_is_still_shown_and_kept(administrator: FlaskClient) -> None:
    title_id = describe(administrator, title="Chess", material="book", isbn="9789747047981")
    wanted = table_of(administrator, of="title", material="")
    del wanted["shown.isbn"]
    administrator.post(TABLE, data=wanted)
    assert 'value="9789747047981"' in administrator.get(f"/catalogue/{title_id}/edit").text
    administrator.post(f"/catalogue/{title_id}/edit", data={"title": "Chess II", "material": "book", "version": "1"})
    assert "9789747047981" in administrator.get(f"/catalogue/{title_id}").text, "what was not sent is not emptied"


def test_another_kind_of_material_is_chosen_without_losing_what_was_typed(administrator: FlaskClient) -> None:
    sent = {"title": "ขวัญเรือน", "material": "magazine", "publisher": "ศรีสยาม", "reshape": "1", "isbn": "974704798X"}
    page = administrator.post("/catalogue/new", data=sent)
    assert page.status_code == 200
    for said in ('name="issn"', 'name="frequency"', "ศรีสยาม", "974704798X", "Editor or body"):
        assert said in page.text, said


def test_the_table_is_put_back_and_takes_nonsense(administrator: FlaskClient) -> None:
    first = table_of(administrator, of="title", material="map")
    assert administrator.post(TABLE, data={"of": "title", "material": "map"}).status_code == 302
    assert "As for all materials" in administrator.get(TABLE, query_string={"material": "map"}).text
    administrator.post(TABLE, data={"of": "title", "material": "map", "forget": "1"})
    assert table_of(administrator, of="title", material="map") == first
    odd = {"of": "spaceship", "material": "\0", "position.title": "x" * 99, "default.publisher": "<script>\0"}
    assert administrator.post(TABLE, data=odd).status_code == 302
    assert "<script>" not in administrator.get("/catalogue/new").text.split("</head>")[1]


def test_own_fields_are_renamed_refused_and_removed(administrator: FlaskClient) -> None:
    for name, status in (("แขวง", 302), ("แขวง", 422), ("", 422), ("ก" * 81, 422)):
        answer = administrator.post(f"{TABLE}/own", data={"of": "title", "name_th": name})
        assert answer.status_code == status, name
    renamed = {"name_th": "เขต", "name_en": "<b>District</b>"}
    assert "renamed" in administrator.post(f"{TABLE}/own/1", data=renamed, follow_redirects=True).text
    assert "&lt;b&gt;District" in administrator.get("/catalogue/new").text
    describe(administrator, **{"title": "X", "material": "book", "own-1": "บางกอก\x07น้อย"})
    kept = administrator.post(f"{TABLE}/own/1", data={"remove": "1"}, follow_redirects=True).text
    assert "says something in 1 places" in kept
    assert "บางกอกน้อย" in administrator.get("/catalogue/1").text


@pytest.mark.requirement("A-06", "A-07", "A-08", "A-09", "D-04", "D-05", "D-06")
@pytest.mark.parametrize("material", MATERIALS, ids=lambda material: material.code)
def test_every_kind_of_material_is_described_shown_and_kept_in_marc(
    administrator: FlaskClient, material: object
) -> None:
    kind = next(one for one in MATERIALS if one == material)
    page = administrator.get("/catalogue/new", query_string={"material": kind.code}).text
    said = {
        "title": "ของจริง", "author": "ผู้ทำ", "isbn": "9789747047981", "issn": "0125-0086", "publisher": "ผู้ผลิต",
        "year": "2566", "extent": "1 ชิ้น (90 นาที)", "frequency": "รายเดือน", "edition": "รุ่น 2", "summary": "อธิบาย",
    }  # fmt: skip
    shown = {name: text for name, text in said.items() if f'name="{name}"' in page}
    title_id = describe(administrator, **shown, material=kind.code, same_isbn="y")
    record = read_record(administrator.get(f"/catalogue/{title_id}/record.mrc").data)
    assert str(record.leader)[6:8] == kind.leader
    seen = administrator.get(f"/catalogue/{title_id}").text
    assert kind.name_en in seen
    for name, text in shown.items():
        assert (text if name != "year" else "2023") in seen, name
    number = f"{title_id:06d}"
    item = {**COPY, "accession_number": number, "serial_number": "SN-1", "warranty_until": "2027-01-31"}
    assert administrator.post(f"/catalogue/{title_id}/items/new", data=item).status_code == 302
    assert number in administrator.get(f"/catalogue/{title_id}").text


def test_kinds_of_material_are_added_renamed_and_removed_when_unused(administrator: FlaskClient) -> None:
    drone = {"name_th": "โดรน", "name_en": "Drone", "like": "equipment"}
    assert administrator.post(KINDS, data=drone).status_code == 302
    assert administrator.post(KINDS, data=drone).status_code == 422
    assert administrator.post(KINDS, data={**drone, "like": "spaceship"}).status_code == 422
    assert "Maker or brand" in administrator.get("/catalogue/new?material=drone").text
    names = {"name_th": "โดรนถ่ายภาพ", "name_en": "Camera drone"}
    administrator.post(f"{KINDS}/drone", data=names)
    title_id = describe(administrator, title="DJI Mini", material="drone")
    assert "Camera drone" in administrator.get(f"/catalogue/{title_id}").text
    kept = administrator.post(f"{KINDS}/drone", data={"remove": "1"}, follow_redirects=True).text
    assert "1 title is of this kind, so it stays." in kept
    administrator.post(f"/catalogue/{title_id}/remove")
    assert "is removed" in administrator.post(f"{KINDS}/drone", data={"remove": "1"}, follow_redirects=True).text
    assert "so it stays" not in administrator.post(f"{KINDS}/book", data=names, follow_redirects=True).text
    assert administrator.post(f"{KINDS}/nothing", data=names).status_code == 404


def test_a_librarian_does_not_shape_forms(administrator: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in("librarian").get(TABLE).status_code == 403
    assert sign_in("librarian").post(KINDS, data={}).status_code == 403
