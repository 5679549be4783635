"""Invented people for a demo library: classes ป.1 to ม.3, teachers, a neighbour of the school."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from samut_hub.members.groups import add_group, add_type
from samut_hub.members.models import Group, Member, MemberType
from samut_hub.members.service import MemberFields, add_member, block

TYPES = (
    ("pupil", "นักเรียน", "Pupil"),
    ("teacher", "ครู", "Teacher"),
    ("community", "บุคคลในชุมชน", "Member of the community"),
)
CLASSES = ("ป.1", "ป.2", "ป.3", "ป.4", "ป.5", "ป.6", "ม.1", "ม.2", "ม.3")
DEPARTMENTS = ("กลุ่มสาระภาษาไทย", "กลุ่มสาระวิทยาศาสตร์")
BLOCKED = "20034"
ENDED = "20041"
"""Member numbers of two who may not borrow: one is blocked, the membership of the other has ended."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `type` is a code of TYPES."""

    number: str
    name_th: str
    name_en: str
    group: str = ""
    type: str = "pupil"


PEOPLE = (
    Person("20001", "กานต์ธิดา ทองสุข", "Kanthida Thongsuk", "ป.1"),
    Person("20002", "ก้องภพ ศรีวิไล", "Kongphop Siwilai", "ป.1"),
    Person("20003", "ข้าวหอม บุญรอด", "Khaohom Bunrot", "ป.1"),
    Person("20004", "จิรายุ แสงทอง", "Chirayu Saengthong", "ป.1"),
    Person("20005", "ชนัญญา ใจงาม", "Chananya Chai-ngam", "ป.2"),
    Person("20006", "ณัฐดนัย พูนผล", "Natdanai Phunphon", "ป.2"),
    Person("20007", "ดวงพร อยู่เย็น", "Duangphon Yuyen", "ป.2"),
    Person("20008", "เตชินท์ วงศ์ใหญ่", "Techin Wongyai", "ป.2"),
    Person("20009", "ธัญชนก ปู่เจ้า", "Thanchanok Puchao", "ป.3"),
    Person("20010", "นที น้ำใส", "Nathi Namsai", "ป.3"),
    Person("20011", "น้ำฝน ชื่นจิต", "Namfon Chuenchit", "ป.3"),
    Person("20012", "บุษบา แก้วมณี", "Butsaba Kaeomani", "ป.3"),
    Person("20013", "ปัณณวิชญ์ รุ่งเรือง", "Pannawit Rungrueang", "ป.4"),
    Person("20014", "ใบข้าว ที่รัก", "Baikhao Thirak", "ป.4"),
    Person("20015", "ปิ่นมณี สุขเกษม", "Pinmani Sukkasem", "ป.4"),
    Person("20016", "พีรพัฒน์ ยิ้มแย้ม", "Phiraphat Yimyaem", "ป.4"),
    Person("20017", "ฟ้าใส จันทร์เพ็ญ", "Fasai Chanphen", "ป.5"),
    Person("20018", "ภูผา มั่นคง", "Phupha Mankhong", "ป.5"),
    Person("20019", "มะลิ หอมหวล", "Mali Homhuan", "ป.5"),
    Person("20020", "เมธาวี คงทน", "Methawi Khongthon", "ป.5"),
    Person("20021", "ยศกร เพชรดี", "Yotsakon Phetdi", "ป.6"),
    Person("20022", "รวิสรา ดอกไม้", "Rawisara Dokmai", "ป.6"),
    Person("20023", "ลลิตา พุ่มพวง", "Lalita Phumphuang", "ป.6"),
    Person("20024", "เลิศภพ ก้าวหน้า", "Loetphop Kaona", "ป.6"),
    Person("20025", "วริศรา ฟูเฟื่อง", "Warisara Fufueang", "ม.1"),
    Person("20026", "ศุภกร ตั้งใจ", "Suphakon Tangchai", "ม.1"),
    Person("20027", "สิรินดา อิ่มเอม", "Sirinda Im-em", "ม.1"),
    Person("20028", "แสนดี กลิ่นแก้ว", "Saendi Klinkaeo", "ม.1"),
    Person("20029", "หทัยชนก เย็นใจ", "Hathaichanok Yenchai", "ม.2"),
    Person("20030", "อชิระ ต้นกล้า", "Achira Tonkla", "ม.2"),
    Person("20031", "ไอริน แสงเดือน", "Airin Saengduean", "ม.2"),
    Person("20032", "ญาณิศา ผ่องใส", "Yanisa Phongsai", "ม.3"),
    Person("20033", "ฐิติพงศ์ ขยันดี", "Thitiphong Khayandi", "ม.3"),
    Person("20034", "โอบนิธิ เล็กน้อย", "Opnithi Leknoi", "ม.3"),
    Person("20035", "เพ็ญนภา รักเรียน", "Phennapha Rakrian", "กลุ่มสาระภาษาไทย", "teacher"),
    Person("20036", "วิชัย สอนดี", "Wichai Sondi", "กลุ่มสาระภาษาไทย", "teacher"),
    Person("20037", "สุนทรี ครูงาม", "Sunthari Khru-ngam", "กลุ่มสาระวิทยาศาสตร์", "teacher"),
    Person("20038", "อำนาจ คิดไกล", "Amnat Khitklai", "กลุ่มสาระวิทยาศาสตร์", "teacher"),
    Person("20039", "ทองใบ ชาวนา", "Thongbai Chaona", "", "community"),
    Person("20040", "ป้าสมพร ขายดี", "Somphon Khaidi", "", "community"),
    Person("20041", "ลุงแดง ริมคลอง", "Daeng Rimkhlong", "", "community"),
)


def add_sample_people(session: Session, *, now: datetime, today: date) -> list[Member]:
    """Add types, groups and members to the session's library, which has none yet."""
    types = {code: add_type(session, code, name_th, name_en) for code, name_th, name_en in TYPES}
    groups = {name: add_group(session, name) for name in (*CLASSES, *DEPARTMENTS)}
    members = {person.number: _add(session, person, types, groups, now, today) for person in PEOPLE}
    block(session, members[BLOCKED], "ทำหนังสือหาย ยังไม่ได้แจ้ง", now=now)
    return list(members.values())


def _add(
    session: Session,
    person: Person,
    types: dict[str, MemberType],
    groups: dict[str, Group],
    now: datetime,
    today: date,
) -> Member:
    fields = MemberFields(
        number=person.number,
        type_id=types[person.type].id,
        group_id=groups[person.group].id if person.group else None,
        name_th=person.name_th,
        name_en=person.name_en,
        expires_on=date(today.year, 1, 1) if person.number == ENDED else None,
    )
    return add_member(session, fields, now=now, joined_on=date(today.year - 1, 5, 16))
