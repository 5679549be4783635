"""Adding people, finding them again, their cards, and who may not be added twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.members.cards import CardTakenError, add_card, remove_card
from samut_hub.members.groups import InUseError, NameTakenError, add_group, add_type, remove_group, remove_type
from samut_hub.members.models import CardKind, Member
from samut_hub.members.samples import BLOCKED, PEOPLE, add_sample_people
from samut_hub.members.service import (
    FIRST_NUMBER,
    MemberFields,
    NumberTakenError,
    WrongNumberError,
    add_member,
    edit_member,
    list_members,
    member_by_card,
    member_by_number,
    members_named,
    next_number,
    unblock,
)
from samut_wire.cards import card_hash
from tests.hub.conftest import Clock, Libraries

TODAY = date(2026, 11, 23)
KEY = b"k" * 32
UID = "04A1B2C3D4"


def add(session: Session, clock: Clock, number: str, name: str, type_id: int) -> Member:
    fields = MemberFields(number=number, type_id=type_id, name_th=name)
    return add_member(session, fields, now=clock(), joined_on=TODAY)


@pytest.mark.requirement("M-04")
def test_a_number_that_is_taken_is_refused_and_tells_by_whom(north: Session, clock: Clock, pupil: int) -> None:
    manee = add(north, clock, "10001", "มานี", pupil)
    with pytest.raises(NumberTakenError) as refused:
        add(north, clock, "๑๐๐๐๑", "ปิติ", pupil)
    assert refused.value.holder is manee


@pytest.mark.requirement("M-04")
def test_a_number_given_to_another_at_the_same_moment_is_taken(
    database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        pupil = add_type(session, "pupil", "นักเรียน", "Pupil").id
        manee, piti = add(session, clock, "10001", "มานี", pupil), add(session, clock, "10002", "ปิติ", pupil)
    about_to_write = threading.Event()

    def give_to_piti() -> str:
        with database.session(libraries.north) as session:
            event.listen(session, "before_flush", lambda *_: about_to_write.set())
            own = session.get_one(Member, piti.id)
            try:
                edit_member(session, own, replace(fields, name_th="ปิติ"), now=clock())
            except NumberTakenError as error:
                return f"{error.holder.name_th} has it; {own.name_th} keeps {own.number}"
            return "given twice"

    fields = MemberFields(number="10003", type_id=pupil, name_th="มานี")
    with ThreadPoolExecutor(1) as beside:
        with database.session(libraries.north) as session:
            edit_member(session, session.get_one(Member, manee.id), fields, now=clock())
            told = beside.submit(give_to_piti)
            about_to_write.wait(timeout=1)  # SQLite lets only one of them begin
        assert told.result(timeout=60) == "มานี has it; ปิติ keeps 10002"


@pytest.mark.requirement("M-04")
def test_a_short_number_is_refused(north: Session, clock: Clock, pupil: int) -> None:
    with pytest.raises(WrongNumberError):
        add(north, clock, "123", "มานี", pupil)


def test_two_libraries_may_use_the_same_number(
    database: Database, libraries: Libraries, north: Session, clock: Clock, pupil: int
) -> None:
    add(north, clock, "10001", "มานี", pupil)
    north.commit()
    with database.session(libraries.south) as south:
        add(south, clock, "10001", "ดวงแก้ว", add_type(south, "pupil", "นักเรียน", "Pupil").id)
        found = member_by_number(south, "10001")
        assert found is not None
        assert found.name_th == "ดวงแก้ว"


def test_a_member_keeps_the_number_when_the_name_changes(north: Session, clock: Clock, pupil: int) -> None:
    manee = add(north, clock, "10001", "มานี", pupil)
    edit_member(north, manee, MemberFields(number="10001", type_id=pupil, name_th="มานี มีใจ"), now=clock())
    assert members_named(north, "มานี มีใจ") == [manee]


def test_the_next_number_follows_the_highest_of_its_kind(north: Session, clock: Clock, pupil: int) -> None:
    assert next_number(north) == FIRST_NUMBER
    add(north, clock, "T00009", "มานี", pupil)
    add(north, clock, "T00007", "ปิติ", pupil)
    add(north, clock, "1101700230708", "ชูใจ", pupil)
    assert next_number(north) == "T00010"


def test_people_are_listed_in_the_order_of_the_thai_dictionary(north: Session, clock: Clock, pupil: int) -> None:
    for place, name in enumerate(("เก่ง", "ขวัญ", "กานต์", "แก้ว", "ก้อง")):
        add(north, clock, f"1000{place}", name, pupil)
    assert [member.name_th for member in list_members(north).members] == ["ก้อง", "กานต์", "เก่ง", "แก้ว", "ขวัญ"]


def test_people_are_found_by_number_and_by_name_in_both_scripts(north: Session, clock: Clock) -> None:
    add_sample_people(north, now=clock(), today=TODAY)
    assert {member.number for member in list_members(north, "2000").members} == {f"2000{n}" for n in range(1, 10)}
    assert [member.number for member in list_members(north, "ใบข้าว").members] == ["20014"]
    assert [member.number for member in list_members(north, "thirak baikhao").members] == ["20014"]
    assert list_members(north, "100%").total == 0


def test_a_long_list_comes_in_pages(north: Session, clock: Clock) -> None:
    people = add_sample_people(north, now=clock(), today=TODAY)
    first, second = list_members(north), list_members(north, page=2)
    assert (first.total, first.pages, len(people)) == (len(PEOPLE), 2, len(PEOPLE))
    assert {member.id for member in (*first.members, *second.members)} == {member.id for member in people}


def test_a_blocked_child_of_the_demo_can_be_let_in_again(north: Session, clock: Clock) -> None:
    add_sample_people(north, now=clock(), today=TODAY)
    child = member_by_number(north, BLOCKED)
    assert child is not None
    assert child.blocked
    unblock(north, child, now=clock())
    assert not child.blocked


def test_a_card_is_one_persons_until_it_is_out_of_use(north: Session, clock: Clock, pupil: int) -> None:
    manee, piti = add(north, clock, "10001", "มานี", pupil), add(north, clock, "10002", "ปิติ", pupil)
    card = add_card(north, manee, key=KEY, kind=CardKind.UID, value=UID, now=clock())
    assert (card.hint, UID in card.hash) == ("C3D4", False)
    with pytest.raises(CardTakenError) as refused:
        add_card(north, piti, key=KEY, kind=CardKind.UID, value=UID.lower(), now=clock())
    assert refused.value.holder is manee
    remove_card(north, card)
    assert member_by_card(north, card_hash(KEY, "uid", UID)) is None
    add_card(north, piti, key=KEY, kind=CardKind.UID, value=UID, now=clock())
    assert member_by_card(north, card_hash(KEY, "uid", UID)) is piti


def test_a_type_or_class_with_people_stays(north: Session, clock: Clock, pupil: int) -> None:
    manee = add(north, clock, "10001", "มานี", pupil)
    group = add_group(north, "ป.1")
    manee.group_id = group.id
    with pytest.raises(InUseError):
        remove_group(north, group)
    with pytest.raises(InUseError):
        remove_type(north, manee.type)
    with pytest.raises(NameTakenError):
        add_group(north, "ป.1")
