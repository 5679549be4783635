"""Whole records as lines: nothing is lost, faults are told, and two who save one record both know."""

import re
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.editor.checking import Fault, findings
from samut_hub.catalogue.editor.guide import fields, leader_positions, positions_of_008
from samut_hub.catalogue.editor.lines import read_lines, text_of, with_positions
from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.splitting import pieces
from samut_hub.catalogue.service import add_material_types
from samut_hub.db import Database
from tests.hub.catalogue.conftest import marc_files
from tests.hub.conftest import SignIn

of_pages = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RIGHT = """LDR 00000nam#a2200000#i#4500
008 261121s2026####th#a##########000#1#tha##
020 ## $a974-7047-98-5$c{dollar}12.50
245 10 $aบ้านริมคลอง /$cธารา เมฆขาว
650 #4 $aวรรณกรรมเยาวชน
"""


def faults(text: str) -> dict[Fault, tuple[int, bool]]:
    """What is found, with its line and whether it stops saving."""
    return {one.fault: (one.line, one.is_error) for one in findings(read_lines(text))}


@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_every_real_record_comes_back_whole_from_its_lines(file: object) -> None:
    (path,) = (one for one in marc_files() if one == file)
    with path.open("rb") as opened:
        for piece in list(pieces(opened))[::3]:
            record = read_record(piece.data)
            through_browser = text_of(record).replace("\n", "\r\n")
            assert write_record(read_lines(through_browser).record()) == write_record(record)


def test_signs_that_would_be_misread_are_written_in_braces() -> None:
    record = read_lines(RIGHT).record()
    assert record["020"]["c"] == "$12.50"
    record["245"]["a"] = "A#{dollar} {u0007}\x07 $"
    assert read_lines(text_of(record)).record()["245"]["a"] == "A#{dollar} {u0007}\x07 $"


def test_a_right_record_has_no_findings() -> None:
    assert faults(RIGHT) == {}


@pytest.mark.parametrize(
    ("typed", "instead", "fault", "line"),
    [
        ("245 10 $aบ้านริมคลอง /$cธารา เมฆขาว", "", Fault.NO_TITLE, 0),
        ("$aบ้านริมคลอง /", "$a ", Fault.NO_TITLE, 0),
        ("245 10", "24 10", Fault.UNREADABLE, 4),
        ("245 10 $a", "245 10 ", Fault.NO_TITLE, 0),
        ("650 #4 $a", "650 #4 ", Fault.NO_SUBFIELDS, 5),
        ("650 #4", "65% #4", Fault.TAG, 5),
        ("650 #4 $a", "650 #4 $ a", Fault.SUBFIELD_CODE, 5),
        ("650 #4", "650 #44", Fault.INDICATOR_LENGTH, 5),
        ("เยาวชน", "เยาวชน{u0007}", Fault.CONTROL_CHARACTER, 5),
        ("008 261121", "008 2611", Fault.LENGTH_008, 2),
        ("LDR ", "LDR 0", Fault.LEADER_LENGTH, 1),
        ("LDR 00000nam#a2200000#i#4500\n", "", Fault.NO_LEADER, 0),
        ("650 #4", "245 10", Fault.ONLY_ONCE, 5),
    ],
)
def test_errors_stop_saving(typed: str, instead: str, fault: Fault, line: int) -> None:
    assert faults(RIGHT.replace(typed, instead, 1))[fault] == (line, True)


@pytest.mark.parametrize(
    ("typed", "instead", "fault", "line"),
    [
        ("650 #4", "658 #4", Fault.UNKNOWN_TAG, 5),
        ("650 #4", "650 #8", Fault.WRONG_INDICATOR, 5),
        ("650 #4 $a", "650 #4 $k", Fault.UNKNOWN_SUBFIELD, 5),
        ("$cธารา", "$aธารา", Fault.REPEATED_SUBFIELD, 4),
        ("650 #4", "100 0#", Fault.REPEATED_FIELD, 6),
        ("974-7047-98-5", "974-7047-98-6", Fault.BAD_ISBN, 3),
        ("020 ## $a974-7047-98-5", "022 ## $a0125-0087", Fault.BAD_ISSN, 3),
        ("nam#a", "nym#a", Fault.UNKNOWN_CODE, 1),
        ("000#1#tha", "000#7#tha", Fault.UNKNOWN_CODE, 2),
        ("008 261121s2026####th#a##########000#1#tha##\n", "", Fault.NO_008, 0),
        ("วรรณกรรมเยาวชน", "", Fault.EMPTY_SUBFIELD, 5),
        ("วรรณกรรม", "ก" * 4000, Fault.TOO_LONG, 5),
    ],
)
def test_warnings_do_not(typed: str, instead: str, fault: Fault, line: int) -> None:
    text = RIGHT.replace(typed, instead, 1) + ("100 0# $aอีกคน\n" if fault == Fault.REPEATED_FIELD else "")
    assert faults(text)[fault] == (line, False)


def test_lines_of_any_nonsense_are_read() -> None:
    for text in (
        "",
        "\n\n",
        "$",
        "245",
        "LDR",
        "245 ",
        "☃☃☃ ##$a",
        "{u110000}",
        "245 10 $a{ud800}",
        "001 \x00",
        "9" * 9999,
    ):
        findings(read_lines(text))


@pytest.mark.parametrize("tag", ["020", "100", "245", "264", "490", "520", "650", "700", "773", "830", "856"])
def test_the_guide_speaks_both_languages(tag: str) -> None:
    guide = fields()[tag]
    said = [guide.name, guide.help, *(code.said for code in guide.subfields.values())]
    said += [code.said for known in guide.indicators for code in known.values()]
    assert all(one.th and one.en for one in said)


def test_the_guide_knows_the_commonest_fields_and_all_positions() -> None:
    assert len(fields()) >= 100
    assert [one.at for one in leader_positions()] == [5, 6, 7, 8, 17, 18, 19]
    assert {one.at for one in positions_of_008("00000nam")} >= {0, 6, 7, 11, 15, 18, 22, 23, 33, 35, 38, 39}
    assert 21 in {one.at for one in positions_of_008("00000nas")}
    for leader in ("00000nam", "00000nas", "00000ngm", "00000njm", "00000nem", "00000nmm", "00000npm"):
        ends = [(one.at, one.end) for one in positions_of_008(leader)]
        assert all(end <= start for (_, end), (start, _) in pairwise(ends)), leader


def test_a_position_that_is_chosen_goes_into_its_line() -> None:
    text = with_positions(RIGHT, {("008", 22, 1): "j", ("LDR", 17, 1): "7", ("008", 35, 3): "en"})
    assert text.splitlines()[0] == "LDR 00000nam#a22000007i#4500"
    assert text.splitlines()[1] == "008 261121s2026####th#a###j######000#1#en###"


@pytest.fixture
def librarian(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        add_material_types(session)
    return sign_in()


def saved(browser: FlaskClient, text: str = RIGHT) -> int:
    answer = browser.post("/catalogue/marc/new", data={"text": text})
    assert answer.status_code == 302, answer.text
    return int(re.findall(r"\d+", answer.location)[0])


@of_pages
def test_a_new_record_is_written_in_the_editor_and_shown(librarian: FlaskClient) -> None:
    page = librarian.get("/catalogue/marc/new?material=journal").text
    assert "LDR 00000nas" in page
    title_id = saved(librarian)
    assert "9789747047981" in librarian.get(f"/catalogue/{title_id}").text
    assert "245 10 $aบ้านริมคลอง /$cธารา เมฆขาว" in librarian.get(f"/catalogue/marc/{title_id}").text
    assert b"<marc:" in librarian.get(f"/catalogue/{title_id}/record.xml").data.replace(b"<record", b"<marc:")


@of_pages
def test_faults_are_told_and_the_text_is_kept(librarian: FlaskClient) -> None:
    title_id = saved(librarian)
    wrong = RIGHT.replace("008 26", "008 ").replace("245 10", "245 19")
    answer = librarian.post(f"/catalogue/marc/{title_id}", data={"text": wrong, "version": "1"})
    assert answer.status_code == 422
    for said in ("Line 2: 008 has 38 characters instead of 40.", "245 19 $aบ้านริมคลอง"):
        assert said in answer.text, said
    checked = librarian.post(f"/catalogue/marc/{title_id}", data={"text": RIGHT, "version": "1", "check": "1"})
    assert "Nothing is wrong" in checked.text
    warned = {"text": RIGHT.replace("650 #4", "650 #8"), "version": "1"}
    page = librarian.post(f"/catalogue/marc/{title_id}", data=warned, follow_redirects=True).text
    assert "Line 5: 650: indicator 2: 8 is not foreseen." in page


@of_pages
def test_two_who_save_one_record_lose_nothing(librarian: FlaskClient, sign_in: SignIn) -> None:
    title_id, other = saved(librarian), sign_in("administrator")
    theirs = RIGHT.replace("บ้านริมคลอง", "บ้านของเขา")
    assert other.post(f"/catalogue/marc/{title_id}", data={"text": theirs, "version": "1"}).status_code == 302
    mine = RIGHT + "500 ## $aของฉัน\n"
    answer = librarian.post(f"/catalogue/marc/{title_id}", data={"text": mine, "version": "1"})
    assert answer.status_code == 422
    for said in ("Someone else saved this record", "<mark>245 10 $aบ้านของเขา", "500 ## $aของฉัน", 'value="2"'):
        assert said in answer.text, said
    assert librarian.post(f"/catalogue/marc/{title_id}", data={"text": mine, "version": "2"}).status_code == 302
    assert "ของฉัน" in librarian.get(f"/catalogue/{title_id}/marc").text


@of_pages
def test_only_positions_that_were_chosen_otherwise_are_put_in(librarian: FlaskClient) -> None:
    title_id = saved(librarian)
    sent = {
        "text": RIGHT.replace("s2026", "s2025"),
        "version": "1",
        "was.008.22.1": "#",
        "fixed.008.22.1": "j",
        "was.008.7.4": "2026",
        "fixed.008.7.4": "2026",
        "fixed.999.7.4": "x",
        "fixed.008.99.9": "x",
    }
    librarian.post(f"/catalogue/marc/{title_id}", data=sent)
    assert "008 261121s2025####th#a###j######" in librarian.get(f"/catalogue/marc/{title_id}").text


@of_pages
@pytest.mark.parametrize(
    ("tag", "said"),
    [("245", "Title and responsibility"), ("LDR", "Type of record"), ("008", "Literary form"), ("\0<b>", "")],
)
def test_the_guide_is_shown_beside_and_alone(librarian: FlaskClient, tag: str, said: str) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = librarian.get("/catalogue/marc/guide", query_string={"tag": tag}, headers=headers)
        assert answer.status_code == 200
        assert said in answer.text
        assert "<b>" not in answer.text


@of_pages
def test_a_script_in_a_record_is_text(librarian: FlaskClient) -> None:
    title_id = saved(librarian, RIGHT.replace("บ้านริมคลอง", "</textarea><script>alert(1)</script>"))
    for page in (f"/catalogue/marc/{title_id}", f"/catalogue/{title_id}", f"/catalogue/{title_id}/marc"):
        assert "<script>alert" not in librarian.get(page).text
