"""What a school knows of its people: births in both eras, own fields, levels, lost cards, who is there already."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from samut_hub.circulation.facts import member_facts, standing
from samut_hub.members import own_fields
from samut_hub.members.alike import Typed, find_alike
from samut_hub.members.birth import birth_typed, read_birth
from samut_hub.members.cards import (
    CardTakenError,
    WrongCardError,
    add_card,
    hash_of_card,
    remove_card,
    report_lost,
    set_state,
)
from samut_hub.members.education import add_usual_levels, level, levels, remove_level
from samut_hub.members.groups import InUseError, NameTakenError, add_group
from samut_hub.members.models import CardKind, CardState, FieldKind, Member
from samut_hub.members.service import MemberFields, add_member, member_by_card
from samut_rules.age import age_on
from samut_rules.reasons import Code
from tests.hub.conftest import Clock

TODAY = date(2026, 11, 23)
KEY = b"k" * 32
NATIONAL_ID = "1101700230708"


def add(session: Session, clock: Clock, number: str, type_id: int, **known: object) -> Member:
    fields = MemberFields(number=number, type_id=type_id, **{"name_th": "มานี มีใจ", **known})  # type: ignore[arg-type]
    return add_member(session, fields, now=clock(), joined_on=TODAY)


@pytest.mark.parametrize(
    ("typed", "born", "age"),
    [
        ("17/5/2558", "2015-05-17", 11),
        ("๑๗ พ.ค. ๒๕๕๘", "2015-05-17", 11),
        ("24 พฤศจิกายน พ.ศ. 2558", "2015-11-24", 10),
        ("2015-05-17", "2015-05-17", 11),
        ("11/2558", "2015-11", 10),
        ("00/00/2490", "1947", 78),
        ("", "", None),
    ],
)
def test_births_are_read_in_both_eras_and_may_be_half_known(typed: str, born: str, age: int | None) -> None:
    assert read_birth(typed, TODAY) == born
    assert age_on(born, TODAY) == age
    assert read_birth(birth_typed(born, in_buddhist_era=True), TODAY) == born
    assert read_birth(birth_typed(born, in_buddhist_era=False), TODAY) == born


@pytest.mark.parametrize("typed", ["31/2/2558", "5/0/2558", "1/1/58", "24/11/2569", "มานี", "1/2/3/2558", "1/1/9999"])
def test_a_day_that_was_not_is_no_birth(typed: str) -> None:
    with pytest.raises(ValueError):
        read_birth(typed, TODAY)


@pytest.mark.requirement("M-05")
def test_who_may_be_there_already_is_told_by_name_and_birth_by_national_id_and_by_phone(
    north: Session, clock: Clock, pupil: int
) -> None:
    manee = add(north, clock, "10001", pupil, born="2015-05-17", phone="081-234 5678")
    add_card(north, manee, key=KEY, kind=CardKind.NATIONAL_ID, value=NATIONAL_ID, now=clock())
    mark = hash_of_card(KEY, CardKind.NATIONAL_ID, "1-1017-00230-70-8")

    def told(typed: Typed) -> list[tuple[Member, bool]]:
        return [(one.member, one.is_probable) for one in find_alike(north, typed)]

    assert told(Typed(name_th="มานี มีใจ")) == [(manee, True)]
    assert told(Typed(name_th="มานี มีใจ", born="2015")) == [(manee, True)]
    assert told(Typed(name_th="มานี มีใจ", born="2014-05-17")) == []
    assert told(Typed(name_th="ปิติ", card_hash=mark)) == [(manee, True)]
    assert told(Typed(name_th="ปิติ", phone="+66 81 2345678")) == [(manee, False)]
    assert find_alike(north, Typed(name_th="มานี มีใจ", card_hash=mark, phone="0812345678"), manee.id) == []


def test_a_lost_card_refuses_and_says_so_until_another_takes_its_place(
    north: Session, clock: Clock, pupil: int
) -> None:
    manee = add(north, clock, "10001", pupil)
    chip = add_card(north, manee, key=KEY, kind=CardKind.UID, value="04A1B2C3D4", now=clock())
    set_state(north, chip, CardState.LOST)
    assert member_by_card(north, chip.hash) is manee
    assert [one.code for one in standing(north, manee, clock())] == [Code.CARD_LOST]
    remove_card(north, chip)
    assert member_by_card(north, chip.hash) is None
    assert standing(north, manee, clock()) == ()
    printed = report_lost(north, manee, key=KEY, now=clock())
    assert [one.code for one in standing(north, manee, clock())] == [Code.CARD_LOST]
    set_state(north, printed, CardState.ACTIVE)
    assert standing(north, manee, clock()) == ()


@pytest.mark.requirement("M-01", "M-02", "M-03")
@pytest.mark.parametrize("kind", [CardKind.BARCODE, CardKind.QR, CardKind.UID, CardKind.NATIONAL_ID])
def test_a_member_has_several_cards_of_every_kind(north: Session, clock: Clock, pupil: int, kind: CardKind) -> None:
    manee, piti = add(north, clock, "10001", pupil), add(north, clock, "10002", pupil, name_th="ปิติ")
    value = NATIONAL_ID if kind is CardKind.NATIONAL_ID else "C0012345"
    card = add_card(north, manee, key=KEY, kind=kind, value=value, now=clock())
    add_card(north, manee, key=KEY, kind=CardKind.UID, value="0499887766", now=clock())
    assert member_by_card(north, card.hash) is manee
    with pytest.raises(CardTakenError):
        add_card(north, piti, key=KEY, kind=kind, value=value, now=clock())


def test_a_card_says_neither_the_number_of_another_nor_a_wrong_national_id(
    north: Session, clock: Clock, pupil: int
) -> None:
    manee = add(north, clock, "10001", pupil)
    add(north, clock, "10002", pupil, name_th="ปิติ")
    with pytest.raises(CardTakenError):
        add_card(north, manee, key=KEY, kind=CardKind.BARCODE, value="๑๐๐๐๒", now=clock())
    with pytest.raises(WrongCardError):
        add_card(north, manee, key=KEY, kind=CardKind.NATIONAL_ID, value="1101700230705", now=clock())


def test_the_rules_know_age_and_level_of_the_class_or_of_the_member(north: Session, clock: Clock, pupil: int) -> None:
    add_usual_levels(north)
    group = add_group(north, "ป.1", 2)
    manee = add(north, clock, "10001", pupil, born="2015-05-17", group_id=group.id)
    facts = member_facts(north, manee, clock())
    assert (facts.age, facts.level) == (11, 2)
    manee.level = 3
    assert member_facts(north, manee, clock()).level == 3
    with pytest.raises(InUseError):
        remove_level(north, level(north, 3))
    remove_level(north, level(north, 8))
    assert [one.step for one in levels(north)] == list(range(1, 8))


def test_fields_of_the_librarys_own_stay_while_they_say_something(north: Session, clock: Clock, pupil: int) -> None:
    manee = add(north, clock, "10001", pupil)
    house = own_fields.add_field(north, ("บ้าน", "House"), FieldKind.CHOICE, ["แดง", "ฟ้า"])
    with pytest.raises(NameTakenError):
        own_fields.add_field(north, ("บ้าน", ""), FieldKind.TEXT)
    own_fields.set_own_values(north, manee, {house.id: "แดง"})
    own_fields.set_own_values(north, manee, {house.id: "ฟ้า"})
    assert own_fields.own_values(north, manee) == {house.id: "ฟ้า"}
    with pytest.raises(InUseError):
        own_fields.remove_field(north, house)
    own_fields.set_own_values(north, manee, {house.id: ""})
    own_fields.remove_field(north, house)
    assert own_fields.own_fields(north) == []
