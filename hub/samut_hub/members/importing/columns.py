"""The columns a table of members may have, and how their headers are understood in Thai and English."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Column(StrEnum):
    """What a column holds. COURSE becomes a field of the library's own; those that it has already are `own-3`."""

    LEFT_OUT = ""
    NUMBER = "number"
    NATIONAL_ID = "national_id"
    CARD = "card"
    PREFIX = "prefix"
    NAME_TH = "name_th"
    SURNAME_TH = "surname_th"
    NAME_EN = "name_en"
    SURNAME_EN = "surname_en"
    TYPE = "type"
    GROUP = "group"
    ROOM = "room"
    LEVEL = "level"
    COURSE = "course"
    SCHOOL_YEAR = "school_year"
    BORN = "born"
    JOINED_ON = "joined_on"
    EXPIRES_ON = "expires_on"
    PHONE = "phone"
    EMAIL = "email"
    LINE_ID = "line_id"
    FACEBOOK = "facebook"
    ADDRESS = "address"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_RELATION = "guardian_relation"
    GUARDIAN_PHONE = "guardian_phone"
    NOTE = "note"


OF_PERSONS = (Column.NUMBER, Column.NATIONAL_ID, Column.CARD, Column.NAME_TH)
"""A table has one of these, or else it is a list of classes."""
OWN = "own-"
COURSE = ("หลักสูตร / แผนการเรียน", "Course")

HEADERS = {
    Column.NUMBER: (
        *("เลขประจำตัว", "Member number", "เลขสมาชิก", "รหัสสมาชิก", "เลขประจำตัวนักเรียน", "รหัสนักเรียน"),
        *("เลขประจำตัวสมาชิก", "รหัสประจำตัว", "รหัสนักศึกษา", "รหัส", "student id", "student number", "number", "id"),
    ),
    Column.NATIONAL_ID: (
        *("เลขประจำตัวประชาชน", "National ID", "เลขบัตรประชาชน", "บัตรประชาชน", "เลขประจำตัว 13 หลัก"),
        *("เลขบัตรประจำตัวประชาชน", "เลขที่บัตรประชาชน", "citizen id", "id card", "cid"),
    ),
    Column.CARD: ("รหัสบัตร (ชิป)", "Chip card", "รหัสบัตร", "UID", "RFID", "เลขบัตร", "card", "card number", "card uid"),
    Column.PREFIX: (
        *("คำนำหน้า", "Prefix", "คำนำหน้าชื่อ", "คำนำหน้านาม", "คำนำ", "นำหน้า", "ยศ", "title", "name prefix"),
    ),
    Column.NAME_TH: (
        *("ชื่อ-สกุล", "Name", "ชื่อ", "ชื่อ-นามสกุล", "ชื่อและนามสกุล", "ชื่อ สกุล", "ชื่อ (ไทย)", "ชื่อสมาชิก"),
        *("ชื่อตัว", "ชื่อนักเรียน", "ชื่อภาษาไทย", "name thai", "first name", "full name"),
    ),
    Column.SURNAME_TH: ("นามสกุล", "Surname", "สกุล", "นามสกุล (ไทย)", "last name", "family name"),
    Column.NAME_EN: (
        *("ชื่อภาษาอังกฤษ", "Name in English", "ชื่ออังกฤษ", "ชื่อ (อังกฤษ)", "ชื่อ-สกุล (อังกฤษ)", "english name"),
        *("name english", "first name english"),
    ),
    Column.SURNAME_EN: ("นามสกุลภาษาอังกฤษ", "Surname in English", "นามสกุล (อังกฤษ)", "surname english"),
    Column.TYPE: ("ประเภทสมาชิก", "Type of member", "ประเภท", "สถานะ", "member type", "type"),
    Column.GROUP: (
        *("ชั้น", "Class", "ชั้นเรียน", "ชั้น/ห้อง", "ระดับชั้น", "ห้องเรียน", "แผนก", "กลุ่ม", "กลุ่มสาระ", "ฝ่าย"),
        *("group", "department", "grade", "classroom"),
    ),
    Column.ROOM: ("ห้อง", "Room", "ห้องที่"),
    Column.LEVEL: ("ระดับการศึกษา", "Level of education", "ระดับ", "ช่วงชั้น", "education", "level"),
    Column.COURSE: (*COURSE, "หลักสูตร", "แผนการเรียน", "สาขา", "สาขาวิชา", "รายวิชา", "วิชา", "programme", "subject"),
    Column.SCHOOL_YEAR: ("ปีการศึกษา", "School year", "ภาคเรียน/ปีการศึกษา", "ปี", "academic year", "year"),
    Column.BORN: ("วันเกิด", "Born on", "วันเดือนปีเกิด", "ว/ด/ป เกิด", "วันเดือนปี เกิด", "birth date", "date of birth"),
    Column.JOINED_ON: ("เป็นสมาชิกตั้งแต่", "Member since", "วันที่สมัคร", "วันสมัคร", "joined", "registered"),
    Column.EXPIRES_ON: (
        *("เป็นสมาชิกถึง", "Member until", "วันหมดอายุ", "หมดอายุ", "วันที่บัตรหมดอายุ", "expires", "expiry date"),
    ),
    Column.PHONE: ("โทรศัพท์", "Phone", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "มือถือ", "tel", "telephone", "mobile"),
    Column.EMAIL: ("อีเมล", "E-mail", "อีเมล์", "อีเมลล์", "email address", "mail"),
    Column.LINE_ID: ("ไลน์ไอดี", "LINE ID", "ไลน์", "line", "ไอดีไลน์"),
    Column.FACEBOOK: ("เฟซบุ๊ก", "Facebook", "เฟสบุ๊ค", "fb"),
    Column.ADDRESS: ("ที่อยู่", "Address", "ที่อยู่ปัจจุบัน", "ที่อยู่ตามทะเบียนบ้าน"),
    Column.GUARDIAN_NAME: ("ผู้ปกครอง", "Guardian", "ชื่อผู้ปกครอง", "ชื่อ-สกุลผู้ปกครอง", "parent", "parent name"),
    Column.GUARDIAN_RELATION: ("ความสัมพันธ์", "Relation", "ความเกี่ยวข้อง", "เกี่ยวข้องเป็น", "relationship"),
    Column.GUARDIAN_PHONE: ("โทรศัพท์ผู้ปกครอง", "Guardian's phone", "เบอร์ผู้ปกครอง", "เบอร์โทรผู้ปกครอง", "parent phone"),
    Column.NOTE: ("หมายเหตุ", "Note", "บันทึก", "notes", "remark", "remarks"),
}  # fmt: skip
"""What a column is called: in Thai and English as the template has it, then as others call it."""

_PLAIN = re.compile(r"[\s_./():'’-]+")
_EXAMPLE = {
    Column.NUMBER: "20001",
    Column.NATIONAL_ID: "1101700230708",
    Column.PREFIX: "ด.ญ.",
    Column.NAME_TH: "กานต์ธิดา ทองสุข",
    Column.NAME_EN: "Kanthida Thongsuk",
    Column.TYPE: "นักเรียน",
    Column.GROUP: "ป.1/2",
    Column.LEVEL: "ประถมศึกษาตอนต้น",
    Column.SCHOOL_YEAR: "2569",
    Column.BORN: "17/5/2562",
    Column.EXPIRES_ON: "31/3/2575",
    Column.PHONE: "081-234-5678",
    Column.GUARDIAN_NAME: "สมใจ ทองสุข",
    Column.GUARDIAN_RELATION: "มารดา",
    Column.GUARDIAN_PHONE: "089-876-5432",
}


def guess(header: Sequence[str], own: Mapping[str, int]) -> list[str]:
    """What each column probably means, each meaning once. `own` are the library's own fields by their names."""
    known = {plain(name): column.value for column, names in reversed(HEADERS.items()) for name in names}
    known |= {plain(column.value): column.value for column in Column if column}
    known |= {plain(name): f"{OWN}{field_id}" for name, field_id in own.items() if plain(name) not in known}
    found: list[str] = []
    for cell in header:
        column = known.get(plain(cell), "")
        if column == Column.NAME_TH and column in found:
            column = Column.SURNAME_TH.value
        found.append("" if column in found else column)
    return found


def header_key(header: Sequence[str]) -> str:
    """The same for tables with the same header."""
    return hashlib.sha256("\x1f".join(map(plain, header)).encode()).hexdigest()[:32]


def plain(text: str) -> str:
    return _PLAIN.sub("", text).casefold() or text.strip()


def template(language: str, own: Sequence[str]) -> list[list[str]]:
    """The rows of a table to fill in: the header with the library's own fields, and one line that shows how."""
    header = [names[0 if language == "th" else 1] for names in HEADERS.values()]
    return [[*header, *own], [*(_EXAMPLE.get(column, "") for column in HEADERS), *("" for _ in own)]]
