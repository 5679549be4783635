"""Tables of members brought in: found columns, new and known people, damaged rows, undoing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from samut_hub.members.importing import files, service
from samut_hub.members.models import Group, Member, MemberValue
from samut_hub.members.prefixes import joined, without_prefix
from samut_hub.members.service import list_members, members_named
from samut_hub.members.sorting import sort_anew
from samut_hub.workbook import workbook
from tests.hub.members.importing.conftest import Office, csv

HEAD = ("เลขประจำตัวนักเรียน", "คำนำหน้า", "ชื่อ", "นามสกุล", "ชั้น", "ห้อง", "วันเกิด", "เลขประจำตัวประชาชน", "โทรศัพท์")
MALI = ("20101", "ด.ญ.", "มะลิ", "ใจดี", "ป.1", "2", "17/5/2562", "1101700230708", "812345678")
POLO = ("20102", "ด.ช.", "ปอโล", "ใจงาม", "ป.1", "2", "5/2562", "", "")


@pytest.mark.requirement("K-27")
def test_a_class_list_of_the_school_makes_pupils_with_class_course_and_school_year(office: Office) -> None:
    head = (*HEAD, "แผนการเรียน", "ปีการศึกษา")
    run = office.bring_in(csv(head, (*MALI, "วิทย์-คณิต", "1/2569"), (*POLO, "", "2569")), makes=True)
    assert (run.added, run.refused, office.refused(run)) == (2, 0, [])
    mali = office.member("20101")
    assert (mali.name_th, mali.group and mali.group.name, mali.school_year) == ("ด.ญ.มะลิ ใจดี", "ป.1/2", 2026)
    assert (mali.born, office.member("20102").born, mali.phone) == ("2019-05-17", "2019-05", "0812345678")
    with office.database.session(office.library) as session:
        assert session.scalars(select(MemberValue.value)).all() == ["วิทย์-คณิต"]
    moved = csv(("เลขประจำตัว", "ชั้น", "ปีการศึกษา"), ("20101", "ป.2/2", "2570"), ("20102", "ป.๑ / ๒", "2570"))
    again = office.bring_in(moved, makes=True, adds=False)
    assert (again.updated, office.member("20101").school_year) == (2, 2027)
    late = office.bring_in(csv(("เลขประจำตัว", "ชั้น", "ปีการศึกษา"), ("20101", "ป.1/2", "2569")))
    moved_on = office.member("20101").group
    assert (late.unchanged, moved_on and moved_on.name) == (1, "ป.2/2")
    assert office.refused(late) == [(2, "older_year", "20101")]


def test_a_prefix_is_written_with_the_name_as_schools_do_and_lists_leave_it_out(office: Office) -> None:
    head = ("เลขประจำตัว", "คำนำหน้าชื่อ", "ชื่อ", "นามสกุล", "ชื่อภาษาอังกฤษ")
    rows = [
        ("20201", "เด็กชาย", "กานต์", "ทองสุข", ""),
        ("20202", "น.ส.", "ขวัญ", "ทองสุข", ""),
        ("20203", "นาย", "นายคม ทองสุข", "", "Khom"),
        ("20204", "", "จันทร์", "ทองสุข", ""),
        ("20205", "Mr.", "", "", "Dan Brown"),
        ("20206", "ด.ญ.", "", "", ""),
    ]
    run = office.bring_in(csv(head, *rows))
    with office.database.session(office.library) as session:
        found = list_members(session)
        assert [one.name_th for one in found.members] == [
            "ด.ช.กานต์ ทองสุข", "นางสาวขวัญ ทองสุข", "นายคม ทองสุข", "จันทร์ ทองสุข", "Mr. Dan Brown",
        ]  # fmt: skip
        assert [one.number for one in members_named(session, "กานต์ ทองสุข")] == ["20201"]
    assert office.refused(run) == [(7, "no_name", "")]
    alike = office.bring_in(csv(("คำนำหน้า", "ชื่อ", "นามสกุล"), ("ด.ช.", "กานต์", "ทองสุข")))
    assert office.refused(alike) == [(2, "perhaps_the_same", "20201")]


def test_names_that_were_sorted_by_another_order_stand_anew_where_they_belong(office: Office) -> None:
    """Once: as long as the order is the same nobody reads all names."""
    office.bring_in(csv(HEAD, MALI, ("20103", "นาย", "กล้า", "ใจดี")), makes=True)
    for spoilt, order in ((b"\xff", ["20103", "20101"]), (b"", ["20101", "20103"])):
        with office.database.session(None) as session:
            session.execute(update(Member).where(Member.number == "20101").values(sort_name=spoilt))
            sort_anew(session)
        with office.database.session(office.library) as session:
            assert [one.number for one in list_members(session).members] == order


@pytest.mark.parametrize(
    ("name", "sorted_by"),
    [
        ("นายิกา แสง", "นายิกา แสง"),
        ("นาย", "นาย"),
        ("ผศ.ดร.สมศรี", "สมศรี"),
        ("เด็กหญิง มานี", "มานี"),
        ("สมนาย", "สมนาย"),
        ("นางสาวนางนวล", "นางนวล"),
        ("นางนวล", "นางนวล"),
        ("นางมาลี ศรีสุข", "มาลี ศรีสุข"),
        ("นางนวล ศรีสุข", "นวล ศรีสุข"),
        ("นาง นวล", "นวล"),
        ("นางสาวมาลี", "มาลี"),
        ("ครูสมศรี มีสุข", "สมศรี มีสุข"),
        ("ว่าที่ ร.ต.นายกล้า", "กล้า"),
        ("พ.ต.ท. หญิงเดียว ใจดี", "หญิงเดียว ใจดี"),
        ("พ.ต.", "พ.ต."),
        ("พ.จ.อ. สมชาย ใจดี", "สมชาย ใจดี"),
        ("พ.จ.ท.สมชาย ใจดี", "สมชาย ใจดี"),
        ("พ.จ.ต.สมชาย", "สมชาย"),
        ("พ.จ.อ.", "พ.จ.อ."),
        ("พ.ต.น. ใจดี", "พ.ต.น. ใจดี"),
        ("พล.ต.ม.ร.ว.สมชาย ใจดี", "สมชาย ใจดี"),
        ("พ.ต.อ.หญิง สุดา ใจดี", "สุดา ใจดี"),
        ("ร.ต.ท.หญิง ดร.สุดา ใจดี", "สุดา ใจดี"),
        ("พ.อ.หญิง สุดา", "สุดา"),
        ("ว่าที่ร้อยตรีหญิง สุดา ใจดี", "สุดา ใจดี"),
        ("ว่าที่ ร.ต.หญิง สุดา ใจดี", "สุดา ใจดี"),
        ("พ.ต.ท.หญิงเดียว ใจดี", "หญิงเดียว ใจดี"),
        ("ผศ.หญิง ใจดี", "หญิง ใจดี"),
        ("ครูบา เจ้าศรีวิชัย", "ครูบา เจ้าศรีวิชัย"),
        ("รองศาสตราจารย์ ดร. สมศรี", "สมศรี"),
    ],
)
def test_a_name_that_only_begins_like_a_prefix_is_whole(name: str, sorted_by: str) -> None:
    assert without_prefix(name) == sorted_by


@pytest.mark.parametrize(
    ("prefix", "name", "whole"),
    [
        ("ด.ช.", "เด็กชายกล้า", "ด.ช.กล้า"),
        ("เด็กชาย", "ด.ช. กล้า", "ด.ช.กล้า"),
        ("นางสาว", "น.ส.สมใจ", "นางสาวสมใจ"),
        ("นาย", "นายิกา", "นายนายิกา"),
        ("นาง", "นางสาวสมใจ", "นางนางสาวสมใจ"),
        ("ว่าที่ร้อยตรีหญิง", "สุดา ใจดี", "ว่าที่ร้อยตรีหญิง สุดา ใจดี"),
        ("พ.ต.อ.หญิง", "พ.ต.อ.หญิง สุดา ใจดี", "พ.ต.อ.หญิง สุดา ใจดี"),
        ("Mr", "Mr. Dan", "Mr. Dan"),
        ("Mr", "Mrinal", "Mr Mrinal"),
    ],
)
def test_a_prefix_is_there_once_however_it_is_written(prefix: str, name: str, whole: str) -> None:
    assert joined(prefix, name) == whole


def test_what_refused_rows_say_of_people_is_forgotten_after_some_weeks(office: Office) -> None:
    run = office.bring_in(csv(HEAD, ("2010", "", "สั้น", "ไป", "ป.1", "2", "", "", "0812345678")))
    begun = run.begun_at
    assert begun is not None
    for days, kept in ((29, True), (31, False)):
        files.sweep(office.database, office.config, begun + timedelta(days=days))
        with office.database.session(office.library) as session:
            (row,) = service.refused_of(session, run.id, 1)[0]
            assert (bool(row.row), bool(row.detail), row.reason, row.position) == (kept, kept, "too_short", 2)


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    office.bring_in(csv(HEAD, MALI, POLO), makes=True)
    again = office.bring_in(csv(HEAD, MALI, POLO), makes=True)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)


def test_every_damaged_row_is_told_with_its_line_and_reason_and_the_others_come_in(office: Office) -> None:
    rows = [
        MALI,
        ("20101", "", "มะลิ", "อีกแถว", "ป.1", "2", "", "", ""),
        ("20103", "", "นับ", "ผิด", "ป.1", "2", "", "1101700230705", ""),
        ("1.2E+12", "", "ย่อ", "เลข", "ป.1", "2", "", "", ""),
        ("2010", "", "สั้น", "ไป", "ป.1", "2", "", "", ""),
        ("20104", "", "=A1+1", "", "ป.1", "2", "", "", ""),
        ("20105", "", "เกิด", "พรุ่งนี้", "ป.1", "2", "17/13/2562", "", ""),
        ("20106", "", "ไม่มี", "ชั้น", "ป.9", "", "", "", ""),
        ("20107", "", "", "", "ป.1", "2", "", "", ""),
        ("20108", "", "บัตร", "ของคนอื่น", "ป.1", "2", "", "1101700230708", ""),
        POLO,
    ]
    with office.database.session(office.library) as session:
        session.add(Group(name="ป.1/2", level=None))
    run = office.bring_in(csv(HEAD, *rows))
    assert office.numbers() == ["20101", "20102"]
    assert [(line, why) for line, why, _ in office.refused(run)] == [
        (3, "repeated"),
        (4, "wrong_national_id"),
        (5, "shortened"),
        (6, "too_short"),
        (7, "formula"),
        (8, "wrong_birth"),
        (9, "unknown_group"),
        (10, "no_name"),
        (11, "repeated"),
    ]
    taken = office.bring_in(csv(HEAD, ("20109", "", "บัตร", "ของมะลิ", "ป.1", "2", "", "1101700230708", "")))
    assert office.refused(taken) == [(2, "card_taken", "20101")]


def test_who_is_known_by_the_national_id_gets_the_new_number(office: Office) -> None:
    office.bring_in(csv(HEAD, MALI), makes=True)
    renumbered = ("30101", *MALI[1:])
    run = office.bring_in(csv(HEAD, renumbered), match="national_id")
    assert (run.updated, office.numbers()) == (1, ["30101"])
    assert office.bring_in(csv(HEAD, renumbered), match="national_id", action="skip").unchanged == 1
    office.undo(run)
    assert office.numbers() == ["20101"]


@pytest.mark.parametrize("encoding", ["cp874", "utf-8-sig", "utf-16"])
def test_files_come_in_the_codings_of_thai_offices(office: Office, encoding: str) -> None:
    office.bring_in(csv(HEAD, MALI, encoding=encoding), makes=True)
    assert office.member("20101").name_th == "ด.ญ.มะลิ ใจดี"


def test_excel_and_rows_without_numbers(office: Office) -> None:
    head = ("ชื่อ-สกุล", "ประเภทสมาชิก", "เป็นสมาชิกถึง")
    rows = [head, ("ครูสมศรี ดีงาม", "ครู", "31/3/2575"), ("ป้าแดง ริมคลอง", "ชาวบ้าน", "")]
    run = office.bring_in(workbook(rows), makes=True)
    assert (run.added, office.numbers()) == (2, ["10001", "10002"])
    teacher = office.member("10001")
    assert (teacher.type.code, teacher.expires_on) == ("teacher", date(2032, 3, 31))
    again = office.bring_in(workbook(rows), makes=True)
    assert [why for _, why, _ in office.refused(again)] == ["perhaps_the_same"] * 2
    assert [name for name in office.undo(run).made if name == "types"] == ["types"]
    assert office.numbers() == []


def test_a_list_of_classes_alone(office: Office) -> None:
    run = office.bring_in(csv(("ชั้น", "ระดับการศึกษา"), ("ป.1/1", "ประถมศึกษา"), ("ป.1/2", "ประถมศึกษา")), makes=True)
    with office.database.session(office.library) as session:
        found = {one.name: one.level for one in session.scalars(select(Group))}
    assert (found, run.refused) == ({"ป.1/1": 1, "ป.1/2": 1}, 0)
    office.undo(run)
    with office.database.session(office.library) as session:
        assert session.scalars(select(Group)).all() == []


def test_an_import_cut_short_goes_on_and_brings_nobody_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    people = [(f"2020{place}", "", f"คน{place}", "เดิม", "", "", "", "", "") for place in range(5)]
    run = office.hand_over(csv(HEAD, *people, people[0]))
    cut = office.carry_out(run, stop_after=1)
    assert (cut.added, cut.position, cut.finished_at) == (2, 3, None)
    done = office.carry_out(run)
    assert (done.added, done.refused, len(office.numbers())) == (5, 1, 5)


def test_undoing_takes_out_who_came_puts_back_who_was_changed_and_keeps_who_borrows(office: Office) -> None:
    office.bring_in(csv(HEAD, MALI), makes=True)
    run = office.bring_in(csv((*HEAD, "แผนการเรียน"), (*MALI[:2], "มะลิ", "เย็นใจ", *MALI[4:], "ศิลป์"), (*POLO, "")))
    office.undo(run)
    assert (office.numbers(), office.member("20101").name_th) == (["20101"], "ด.ญ.มะลิ ใจดี")
    with office.database.session(office.library) as session:
        assert session.scalars(select(MemberValue)).all() == []
