"""Names of authors as citations want them: Thai people by given name, others by family name, bodies as they are."""

import re
from dataclasses import dataclass

_THAI = re.compile("[ก-๛]")
_NOBLE = re.compile(r"(?:ม\.ร\.ว\.|ม\.ล\.|ม\.จ\.|ม\.ร\.|หม่อมราชวงศ์|หม่อมหลวง|หม่อมเจ้า|หม่อม|คุณหญิง|ท่านผู้หญิง|ท่านหญิง)")
_RANK = (
    r"ศาสตราจารย์|รองศาสตราจารย์|ผู้ช่วยศาสตราจารย์|อาจารย์|ศ\.|รศ\.|ผศ\.|อ\.|ดร\.|ด็อกเตอร์|นายแพทย์|แพทย์หญิง|"
    r"ทันตแพทย์หญิง|ทันตแพทย์|เภสัชกรหญิง|เภสัชกร|นพ\.|พญ\.|ทพ\.|ทพญ\.|ภก\.|ภญ\.|สพ\.ญ\.|กิตติคุณ|เกียรติคุณ|"
    r"พล\.?[ตทอรน]?\.?[ตทอร]\.?[ตทอ]\.|พล\.[ตทอ]\.|พ\.[ตทอ]\.|ร\.[ตทอ]\.|น\.[ตทอ]\.|จ\.ส\.[ตทอ]\.|ส\.[ตทอ]\.|ว่าที่|"
    r"พลเอก|พลโท|พลตรี|พันเอก|พันโท|พันตรี|ร้อยเอก|ร้อยโท|ร้อยตรี|น\.ส\.|ด\.ช\.|ด\.ญ\."
)
_RANKS = re.compile(rf"(?:(?:{_RANK})[\s,]*)+")
_MISTER = re.compile(r"(?:นางสาว|นาง|นาย|คุณ)\s*(?=[ก-ฮเ-ไ]\S+\s+\S)")
_ADDRESSES = {"นาย", "นาง", "นางสาว", "คุณ"}
_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_BODY = re.compile(
    r"^(?:กรม(?!พระ|หลวง|หมื่น|ขุน|สมเด็จ)|กระทรวง|กอง|สำนัก|มหาวิทยาลัย|วิทยาลัย|โรงเรียน|คณะ|ภาควิชา|สถาบัน|สมาคม|มูลนิธิ|"
    r"องค์การ|องค์กร|บริษัท|ห้างหุ้นส่วน|ธนาคาร|ศูนย์|สภา|ราชบัณฑิตยสถาน|การไฟฟ้า|การท่องเที่ยว|การประปา|หอสมุด|หอจดหมายเหตุ|"
    r"ชมรม|เทศบาล|จังหวัด|ประเทศไทย|ไทย\.|วัด|พิพิธภัณฑ์|สหกรณ์|กลุ่ม|โครงการ|ฝ่าย|คณะกรรมการ|โรงพยาบาล)"
    r"|\b(?:university|college|school|institute|institution|department|ministry|office|association|society|committee|"
    r"council|organization|organisation|company|corporation|inc|ltd|bank|foundation|museum|library|centre|center|"
    r"agency|bureau|commission|group|press|united nations|unesco|unicef)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person: `family` and `given`, or only `whole` for Thai people, those of one name, and bodies."""

    whole: str = ""
    family: str = ""
    given: str = ""
    suffix: str = ""
    is_body: bool = False

    @property
    def initials(self) -> list[str]:
        """Of the given names: `Jean-Paul M.` → `J.-P.`, `M.`."""
        return [_initial(part) for part in self.given.replace(".", ". ").split()]

    @property
    def inverted(self) -> str:
        """`Rowling, Joanne Kathleen`."""
        return self.whole or ", ".join(filter(None, (self.family, self.given, self.suffix)))

    @property
    def straight(self) -> str:
        """`Joanne Kathleen Rowling`."""
        return self.whole or " ".join(filter(None, (self.given, self.family, self.suffix)))


def is_thai(text: str) -> bool:
    """Whether it has Thai letters."""
    return _THAI.search(text) is not None


def name_of_person(text: str) -> Name:
    """A person's name as a catalogue has it: `Rowling, J. K.`, `คึกฤทธิ์ ปราโมช, ม.ร.ว.`, `ผศ.ดร.สมชาย ใจดี`."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return Name()
    if is_thai(text):
        return _thai_person(parts)
    return _other_person(parts)


def name_of_body(text: str) -> Name:
    """A body: the part that names it last is what it is called, with what it belongs to before."""
    return Name(whole=" ".join(text.split()).rstrip("."), is_body=True)


def name_said(text: str) -> Name:
    """A name of which no field tells whether it is a person's or a body's."""
    return name_of_body(text) if _BODY.search(text) and "," not in text else name_of_person(text)


def _thai_person(parts: list[str]) -> Name:
    """Noble titles come after the name, ranks and forms of address are left out. One in Thai letters but inverted
    (`โรว์ลิ่ง, เจ. เค.`) stays so."""
    first = _MISTER.sub("", _RANKS.sub("", parts[0] + " ").lstrip(), count=1).strip() or parts[0]
    noble = _NOBLE.match(first)
    titles = []
    if noble and len(first) > noble.end():
        first, titles = first[noble.end() :].strip(), [noble[0]]
    titles += [part for part in parts[1:] if part not in _ADDRESSES and not _RANKS.fullmatch(f"{part} ")]
    return Name(whole=", ".join((first, *titles)))


def _other_person(parts: list[str]) -> Name:
    suffix = next((part for part in parts[1:] if _GENERATION.fullmatch(part)), "")
    rest = [part for part in parts if part != suffix]
    if len(rest) > 1:
        return Name(family=rest[0], given=rest[1], suffix=suffix)
    words = rest[0].split()
    if len(words) == 1:
        return Name(whole=rest[0])
    return Name(family=words[-1], given=" ".join(words[:-1]), suffix=suffix)


def _initial(word: str) -> str:
    return "-".join(f"{part[0].upper()}." for part in word.split("-") if part)
