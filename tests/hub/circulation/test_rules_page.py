"""The matrix of loan rules, as an administrator changes it and asks it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.models import Category, MaterialType, Place
from samut_hub.circulation.forms import NAMES
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.terms import RULE_COLUMNS
from samut_hub.members import education
from tests.hub.circulation.conftest import BLOCKED, MANEE, TEACHER, School
from tests.hub.conftest import on_sqlite

EMPTY = {"member_type": "", "material": "", "loan_days": "", "max_items": "", "max_renewals": ""}


@pytest.fixture
def admin(school: School, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("administrator")


def rules_of(school: School) -> list[LoanRule]:
    with school.database.session(school.library) as session:
        return list(session.scalars(select(LoanRule).order_by(LoanRule.id)))


@on_sqlite
def test_a_rule_is_added_in_baht_and_kept_in_satang(admin: FlaskClient, school: School) -> None:
    filled = {**EMPTY, "member_type": "pupil", "loan_days": "3", "fine_per_day": "0.50"}
    assert admin.post("/desk/rules/new", data=filled).status_code == 302
    added = rules_of(school)[-1]
    assert (added.member_type, added.material, added.loan_days, added.fine_per_day) == ("pupil", None, 3, 50)
    assert added.max_items is None


@on_sqlite
@pytest.mark.parametrize(("field", "value"), [("loan_days", "-1"), ("loan_days", "3651"), ("fine_cap", "-5")])
def test_numbers_that_cannot_be_meant_are_refused(admin: FlaskClient, school: School, field: str, value: str) -> None:
    before = len(rules_of(school))
    assert admin.post("/desk/rules/new", data={**EMPTY, "member_type": "pupil", field: value}).status_code == 422
    assert len(rules_of(school)) == before


def test_two_rows_for_the_same_pair_are_refused_although_one_says_any(admin: FlaskClient, school: School) -> None:
    answer = admin.post("/desk/rules/new", data={**EMPTY, "loan_days": "9"})
    assert answer.status_code == 422
    assert "There is a rule for the same members and the same items already." in answer.text


def test_a_rule_is_changed_and_removed(admin: FlaskClient, school: School) -> None:
    first = rules_of(school)[0]
    page = admin.get(f"/desk/rules/{first.id}").text
    assert 'value="1.00"' in page
    admin.post(f"/desk/rules/{first.id}", data={**EMPTY, "loan_days": "14"})
    assert rules_of(school)[0].loan_days == 14
    admin.post(f"/desk/rules/{first.id}/remove")
    assert [rule.member_type for rule in rules_of(school)] == ["teacher"]


@on_sqlite
@pytest.mark.requirement("W-05")
def test_what_if_says_the_day_and_which_rows_won(admin: FlaskClient, school: School) -> None:
    child = admin.get("/desk/rules", query_string={"member": MANEE, "item": "b00001"}).text
    assert "May borrow, due 1 Dec 2026" in child
    assert "Closed days left out: 29 Nov 2026" in child
    assert "(general rule)" in child
    teacher = admin.get("/desk/rules", query_string={"member": TEACHER, "item": "B00001"}).text
    assert "(rule for this type of member)" in teacher
    assert school.loans() == [], "asking lends nothing"


@on_sqlite
def test_what_if_says_why_not(admin: FlaskClient) -> None:
    answer = admin.get("/desk/rules", query_string={"member": BLOCKED, "item": "B00001"}).text
    assert "This membership is blocked: ทำหนังสือหาย" in answer
    assert "The member is not blocked <strong>– no</strong>" in answer


@on_sqlite
def test_what_if_names_what_it_does_not_find(admin: FlaskClient) -> None:
    answer = admin.get("/desk/rules", query_string={"member": "99999", "item": "X"}).text
    assert "No member has this number." in answer
    assert "No book has this bar code." in answer


@on_sqlite
def test_all_values_of_a_rule_are_kept_and_shown_again(admin: FlaskClient, school: School) -> None:
    filled = {
        **EMPTY,
        "member_type": "pupil",
        "loan_hours": "3",
        "calendar_mode": "move",
        "fine_closed_days": "no",
        "fixed_due": "2569-12-25",
        "effective_from": "2026-12-01",
        "fine_every": "2",
    }
    assert admin.post("/desk/rules/new", data=filled).status_code == 302
    added = rules_of(school)[-1]
    assert (added.loan_hours, added.calendar_mode, added.fine_closed_days) == (3, "move", False)
    assert (str(added.fixed_due), str(added.effective_from)) == ("2026-12-25", "2026-12-01")
    page = admin.get(f"/desk/rules/{added.id}").text
    assert '<option selected value="move">' in page
    assert '<option selected value="no">' in page
    assert "Closed days: moved to the next open day" in admin.get("/desk/rules").text
    assert admin.post("/desk/rules/new", data={**filled, "effective_from": ""}).status_code == 302
    assert admin.post("/desk/rules/new", data=filled).status_code == 422


@on_sqlite
def test_the_matrix_shows_which_rule_wins_where(admin: FlaskClient) -> None:
    page = admin.get("/desk/rules/matrix").text
    assert "general rule" in page
    assert "rule for this type of member" in page
    whole = admin.get("/desk/rules/matrix?value=fine_cap&type=teacher&material=book&on=2026-12-01").text
    assert "Teacher × Book" in whole
    assert "20 baht" in whole
    assert "as always" in whole
    assert admin.get("/desk/rules/matrix?value=nothing&type=x&on=yesterday").status_code == 200


@on_sqlite
def test_what_if_may_ask_about_another_day(admin: FlaskClient) -> None:
    answer = admin.get("/desk/rules", query_string={"member": MANEE, "item": "B00001", "on": "2026-12-04"}).text
    assert "May borrow, due 12 Dec 2026" in answer


def test_every_value_that_a_rule_has_can_be_filled_in() -> None:
    assert set(NAMES) == set(RULE_COLUMNS)


@on_sqlite
def test_amounts_are_read_as_people_write_them(admin: FlaskClient, school: School) -> None:
    filled = {**EMPTY, "member_type": "pupil", "default_price": "๑,๒๕๐", "fine_cap_of_member": "300 บาท"}
    assert admin.post("/desk/rules/new", data=filled).status_code == 302
    added = rules_of(school)[-1]
    assert (added.default_price, added.fine_cap_of_member) == (125_000, 30_000)
    wrong = admin.post("/desk/rules/new", data={**EMPTY, "fine_cap": "twenty"})
    assert "Write the amount in baht with digits" in wrong.text
    assert 'value="twenty"' in wrong.text


@on_sqlite
def test_the_matrix_is_asked_for_a_category_and_a_place(admin: FlaskClient, school: School) -> None:
    with school.database.session(school.library) as session:
        room, novels = Place(name="ห้องเด็ก", name_en="Children"), Category(name="นวนิยาย", name_en="Novels")
        session.add_all([room, novels])
        session.flush()
        ids = {"place": room.id, "category": novels.id}
    filled = {**EMPTY, "category_id": str(ids["category"]), "place_id": str(ids["place"]), "loan_days": "3"}
    assert admin.post("/desk/rules/new", data=filled).status_code == 302
    assert admin.post("/desk/rules/new", data=filled).status_code == 422
    there = admin.get("/desk/rules/matrix", query_string={**ids, "value": "loan_days"}).text
    assert "rule for this category and this place" in there
    assert "rule for this category" not in admin.get("/desk/rules/matrix?value=loan_days").text
    listed = admin.get("/desk/rules").text
    assert "Novels" in listed
    assert "Children" in listed
    edited = admin.get(f"/desk/rules/{rules_of(school)[-1].id}").text
    assert f'<option selected value="{ids["place"]}">Children</option>' in edited


def test_materials_are_put_into_larger_ones_but_in_no_ring(admin: FlaskClient, school: School) -> None:
    with school.database.session(None) as session:
        session.add(MaterialType(code="game", name_th="เกม", name_en="Game"))
    assert admin.post("/desk/rules/materials", data={"of-game": "book"}).status_code == 302
    assert '<option value="book" selected>' in admin.get("/desk/rules/materials").text
    ring = admin.post("/desk/rules/materials", data={"of-game": "book", "of-book": "game"})
    assert ring.status_code == 422
    assert "would belong to itself" in ring.text
    admin.post("/desk/rules/materials", data={})
    assert "selected" not in admin.get("/desk/rules/materials").text.partition("<main")[2]


@on_sqlite
def test_a_level_of_education_is_chosen_and_said_by_its_name(admin: FlaskClient, school: School) -> None:
    with school.database.session(school.library) as session:
        education.add_usual_levels(session)
    assert '<option value="4">Lower secondary</option>' in admin.get("/desk/rules/new").text
    assert admin.post("/desk/rules/new", data={**EMPTY, "material": "book", "minimum_level": "4"}).status_code == 302
    assert admin.post("/desk/rules/new", data={**EMPTY, "material": "map", "minimum_level": "99"}).status_code == 422
    added = rules_of(school)[-1]
    assert added.minimum_level == 4
    assert "From this level of education: Lower secondary" in admin.get("/desk/rules").text
    answer = admin.get("/desk/rules", query_string={"member": MANEE, "item": "B00001"}).text
    assert "From this level of education: Lower secondary (rule for this material)" in answer
    with school.database.session(school.library) as session:
        education.remove_level(session, education.level(session, 4))
    form = admin.get(f"/desk/rules/{added.id}").text
    assert '<option selected value="4">4</option>' in form
