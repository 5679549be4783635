"""A work as a citation or a catalogue card needs it: its record taken apart."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from pymarc import Field, Record

from samut_hub.catalogue.lists.names import Name, is_thai, name_of_body, name_of_person, name_said
from samut_hub.catalogue.records.marc import Description, author_fields, in_thai, name_of, shown, split_values


class Role(StrEnum):
    """What someone did for the work."""

    AUTHOR = "author"
    EDITOR = "editor"
    TRANSLATOR = "translator"
    OTHER = "other"


class Degree(StrEnum):
    """What a thesis was written for."""

    DOCTOR = "doctor"
    MASTER = "master"
    BACHELOR = "bachelor"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`year` is of the Common Era. `host` is the journal or book that an article stands in, `part` where in it.
    `statement` is the statement of responsibility as the work has it (MARC 245 $c)."""

    title: str
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    translators: tuple[Name, ...] = ()
    edition: str = ""
    place: str = ""
    publisher: str = ""
    year: int | None = None
    material: str = "book"
    is_thai: bool = False
    address: str = ""
    degree: Degree = Degree.NONE
    school: str = ""
    host: str = ""
    part: str = ""
    statement: str = ""


_EDITS = re.compile(r"\bed(?:s|itors?|ited)?\b|\bedt\b|บรรณาธิการ|บก\.", re.IGNORECASE)
_TRANSLATES = re.compile(r"\btr(?:ans|l|anslators?)?\b|แปล", re.IGNORECASE)
_WRITES = re.compile(r"\bauthors?\b|\baut\b|\bcre\b|ผู้แต่ง|ผู้เขียน|ผู้วิจัย", re.IGNORECASE)
_DOCTOR = re.compile(
    r"ph\.?\s?d|ed\.?\s?d\b|doctor|\bd\.[a-z]|ดุษฎี|\.ด\.|ปริญญาเอก|(?<!วิชา)(?<!วิชา\s)เอก(?!ชน|สาร)", re.IGNORECASE
)
_BACHELOR = re.compile(r"bachelor|(?<!d\.)\bb\.|ปริญญาตรี|ศาสตรบัณฑิต|ปริญญาบัณฑิต|\.บ\.", re.IGNORECASE)
_MASTER = re.compile(r"master|(?<!d\.)\bm\.|มหาบัณฑิต|ปริญญาโท|\.ม\.", re.IGNORECASE)
_NOTE = re.compile(r"(?:--|–|—)\s*(?P<school>[^,]+(?:,\s*[^,\d]+)?)")


def work_of(said: Description, record: Record | None = None) -> Work:
    """The work that a description tells of; its record says more of the people, and whether they are people."""
    work = Work(
        title=title_said(said.title),
        authors=tuple(name_said(name) for name in split_values(said.author)),
        edition=said.edition,
        place=said.publication_place,
        publisher=said.publisher,
        year=said.year,
        material=said.material,
        is_thai=said.language == "tha" or (not said.language and is_thai(said.title)) or is_thai(said.title),
    )
    return work if record is None else _with_record(work, record)


def title_said(title: str) -> str:
    """Without the marks of cataloguing: `Dune : the graphic novel = …` → `Dune: the graphic novel`."""
    plain = re.split(r"\s=\s", title)[0]
    plain = re.sub(r"\s*\[[^\]]*(?:resource|recording|electronic|วีดิทัศน์|อิเล็กทรอนิกส์|microform)[^\]]*\]", "", plain)
    return re.sub(r"\s+([:;])\s*", r"\1 ", plain).strip(" /:;=,")


def _with_record(work: Work, record: Record) -> Work:
    people: dict[Role, list[Name]] = {role: [] for role in Role}
    for field in author_fields(record):
        people[_role(field)].append(_name(in_thai(field, record), field.tag))
    authors = people[Role.AUTHOR] or (() if people[Role.EDITOR] else people[Role.OTHER])
    host = next(iter(record.get_fields("773")), None)
    degree, school = _thesis(record)
    return replace(
        work,
        authors=_once(authors) if author_fields(record) else work.authors,
        editors=_once(people[Role.EDITOR]),
        translators=_once(people[Role.TRANSLATOR]),
        address=next((url for field in record.get_fields("856") if (url := field.get("u"))), "").strip(),
        host=title_said(host.get("t") or "") if host is not None else "",
        part=" ".join((host.get("g") or "").split()) if host is not None else "",
        statement=next((field.get("c") or "" for field in shown(record, "245")), "").strip(" /.,"),
        degree=degree,
        school=school,
    )


def _thesis(record: Record) -> tuple[Degree, str]:
    """Degree and school of field 502: `Thesis (M.A.)--Chulalongkorn University, 2010`, or its parts."""
    note = next(iter(shown(record, "502")), None)
    if note is None:
        return Degree.NONE, ""
    text = note.format_field()
    found = _NOTE.search(note.get("a") or "")
    school = note.get("c") or (found["school"] if found else "")
    return _degree(text), school.strip(" .,")


def _degree(text: str) -> Degree:
    tried = ((_MASTER, Degree.MASTER), (_BACHELOR, Degree.BACHELOR), (_DOCTOR, Degree.DOCTOR))
    return next((degree for shape, degree in tried if shape.search(text)), Degree.NONE)


def _role(field: Field) -> Role:
    """By the relator ($e and $4); who stands in the main entry, or without a word, is an author."""
    said = " ".join(field.get_subfields("e", "j", "4"))
    if field.tag.startswith("1"):
        return Role.EDITOR if _EDITS.search(said) and not _WRITES.search(said) else Role.AUTHOR
    if _WRITES.search(said) or not said.strip():
        return Role.AUTHOR
    if _TRANSLATES.search(said):
        return Role.TRANSLATOR
    return Role.EDITOR if _EDITS.search(said) else Role.OTHER


def _name(field: Field, tag: str) -> Name:
    text = name_of(field)
    if not tag.endswith("00"):
        return name_of_body(text)
    if field.indicator1 == "0" and "," not in text:
        said = name_said(text)
        return said if said.is_body or is_thai(text) or len(text.split()) > 1 else Name(whole=text)
    return name_of_person(text)


def _once(names: list[Name] | tuple[Name, ...]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(names))
