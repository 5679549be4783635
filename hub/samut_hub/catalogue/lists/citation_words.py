"""What citations say beside the work itself: editions, publishers, media, "no date" in English and in Thai."""

import re
from dataclasses import dataclass

from samut_hub.catalogue.lists.names import is_thai
from samut_hub.catalogue.lists.works import Degree, Work
from samut_hub.catalogue.records.years import BUDDHIST

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_THAI_EDITION = re.compile(r"(?:การ)?(?:พิมพ์)?\s*ครั้งที่\s*(\d+)")
_EDITION = re.compile(
    rf"(?:(\d+)\s*(?:st|nd|rd|th|\.)?|({'|'.join(_ORDINALS)}))\s*(?:ed(?:ition|\.)?|aufl(?:age|\.)?)\b\.?",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"[,\s]+(?:co\.?,?\s*ltd\.?|(?:&|and)\s+co\.?|inc(?:orporated)?\.?|ltd\.?|limited|llc|co\.)$", re.IGNORECASE
)
_THAI_COMPANY = re.compile(r"^(?:บริษัท|บจก\.|หจก\.|ห้างหุ้นส่วนจำกัด)\s*|\s*(?:จำกัด|\(มหาชน\))")
_PRESS = re.compile(r"^สำนักพิมพ์\s*(?!แห่ง|มหาวิทยาลัย|จุฬา|ธรรมศาสตร์)(?=\S)")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; `media` by kind of material, `theses` by degree."""

    no_date: str
    no_place: str
    no_publisher: str
    last: str
    and_others: str
    editor: tuple[str, str]
    translator: str
    translated_by: str
    from_address: str
    media: dict[str, str]
    theses: dict[Degree, str]


ENGLISH = Words(
    no_date="n.d.",
    no_place="place unknown",
    no_publisher="publisher unknown",
    last="and",
    and_others="et al.",
    editor=("Ed.", "Eds."),
    translator="Trans.",
    translated_by="Translated by",
    from_address="Available from:",
    media={
        "video": "Video",
        "film": "Film",
        "audio": "Audio recording",
        "map": "Map",
        "music_score": "Score",
        "picture": "Picture",
        "computer_file": "Computer software",
        "kit": "Teaching kit",
        "game": "Game",
        "equipment": "Equipment",
        "tablet": "Equipment",
    },
    theses={
        Degree.DOCTOR: "Doctoral dissertation",
        Degree.MASTER: "Master's thesis",
        Degree.BACHELOR: "Bachelor's thesis",
        Degree.NONE: "Thesis",
    },
)
THAI = Words(
    no_date="ม.ป.ป.",
    no_place="ม.ป.ท.",
    no_publisher="ม.ป.พ.",
    last="และ",
    and_others="และคณะ",
    editor=("บรรณาธิการ", "บรรณาธิการ"),
    translator="ผู้แปล",
    translated_by="แปลโดย",
    from_address="เข้าถึงได้จาก:",
    media={
        "video": "วีดิทัศน์",
        "film": "ภาพยนตร์",
        "audio": "แผ่นบันทึกเสียง",
        "map": "แผนที่",
        "music_score": "โน้ตเพลง",
        "picture": "รูปภาพ",
        "computer_file": "ซอฟต์แวร์คอมพิวเตอร์",
        "kit": "ชุดสื่อการสอน",
        "game": "เกม",
        "equipment": "โสตทัศนูปกรณ์",
        "tablet": "อุปกรณ์",
    },
    theses={
        Degree.DOCTOR: "วิทยานิพนธ์ปริญญาดุษฎีบัณฑิต",
        Degree.MASTER: "วิทยานิพนธ์ปริญญามหาบัณฑิต",
        Degree.BACHELOR: "ปริญญานิพนธ์",
        Degree.NONE: "วิทยานิพนธ์",
    },
)


def year_said(work: Work, words: Words) -> str:
    """Of the Buddhist Era among Thai words."""
    if work.year is None:
        return words.no_date
    return str(work.year + BUDDHIST if words is THAI else work.year)


def edition_said(text: str, words: Words) -> str:
    """`2nd ed.`, `พิมพ์ครั้งที่ 2`; nothing for a first edition that is only that."""
    plain = text.translate(_DIGITS).strip(" .[]")
    found = _THAI_EDITION.search(plain) or _EDITION.search(plain)
    if found is None:
        return re.sub(r"\bedition\b", "ed.", plain, flags=re.IGNORECASE)
    number = int(found[1]) if found[1] else _ORDINALS.index(found[2].lower()) + 1
    more = " ".join(f"{plain[: found.start()]} {plain[found.end() :]}".strip(" ,.;:()").split())
    if number == 1 and not more:
        return ""
    numbered = f"พิมพ์ครั้งที่ {number}" if words is THAI else f"{_ordinal(number)} ed."
    wanted = more if more and is_thai(more) == (words is THAI) else ""
    return f"{numbered} {wanted}".strip() if words is THAI else ", ".join(filter(None, (numbered, wanted)))


def publisher_said(name: str) -> str:
    """Without the words for its legal form, and without "publishing house" where that is no part of its name."""
    return _COMPANY.sub("", _PRESS.sub("", _THAI_COMPANY.sub("", name).strip())).strip(" ,")


def medium_said(work: Work, words: Words) -> str:
    return words.media.get(work.material, "")


def thesis_said(work: Work, words: Words) -> str:
    """`Master's thesis, Chulalongkorn University`; nothing where the work is none."""
    if work.material != "thesis" and not work.school:
        return ""
    return ", ".join(filter(None, (words.theses[work.degree], work.school or work.publisher)))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
