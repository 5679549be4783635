"""Types, classes, levels and courses that rows name, found however they are written; those missing can be made."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.members import education, groups, own_fields
from samut_hub.members.importing.columns import COURSE, plain
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.rows import Said
from samut_hub.members.models import FieldKind, MemberField, MemberType

_LONG_NAMES = (
    (re.compile(r"^(ชั้น)?ประถมศึกษาปีที่"), "ป."),
    (re.compile(r"^(ชั้น)?มัธยมศึกษาปีที่"), "ม."),
    (re.compile(r"^(ชั้น)?(อนุบาลปีที่|อนุบาล)"), "อ."),
)
_CODE = re.compile(r"[^a-z0-9]+")


@dataclass
class Names:
    """What the library has, by names as `plain` leaves them, with their numbers. `makes`: others may be added."""

    types: dict[str, int]
    groups: dict[str, int]
    levels: dict[str, int]
    course: int | None
    makes: bool
    new: dict[str, dict[str, str]] = field(default_factory=lambda: {"types": {}, "groups": {}, "levels": {}})

    def note(self, said: Iterable[Said]) -> None:
        """Remember what is named and is not there, as it is written first."""
        for one in said:
            for kind, known, key, name in (
                ("types", self.types, plain(one.type), one.type),
                ("groups", self.groups, class_key(one.group), one.group),
                ("levels", self.levels, plain(one.level), one.level),
            ):
                if name and key not in known:
                    self.new[kind].setdefault(key, name)

    def knows(self, kind: str, key: str) -> bool:
        known: dict[str, int] = getattr(self, kind)
        return key in known or (self.makes and key in self.new[kind])


def names_of(session: Session, run: MemberImport) -> Names:
    """What the library calls its types, classes and levels."""
    types = groups.member_types(session)
    steps = education.levels(session)
    return Names(
        types={plain(name): one.id for one in types for name in (one.name_en, one.name_th, one.code) if name},
        groups={class_key(one.name): one.id for one in groups.groups(session)},
        levels={plain(name): one.step for one in steps for name in (str(one.step), one.name_en, one.name_th) if name},
        course=session.scalar(select(MemberField.id).where(MemberField.name_th == COURSE[0])),
        makes=run.makes,
    )


def make_missing(session: Session, run: MemberImport, names: Names, *, has_course: bool) -> None:
    """Add what is not there, where the import may; what it added is noted with it."""
    made = {kind: list(ids) for kind, ids in run.made.items()}
    if run.makes:
        for key, name in names.new["types"].items():
            names.types[key] = added = groups.add_type(session, _free_code(session, name), name[:100], name[:100]).id
            made.setdefault("types", []).append(added)
        for key, name in names.new["groups"].items():
            names.groups[key] = added = groups.add_group(session, name).id
            made.setdefault("groups", []).append(added)
        for key, name in names.new["levels"].items():
            names.levels[key] = added = education.add_level(session, name[:100], "").step
            made.setdefault("levels", []).append(added)
        names.new = {kind: {} for kind in names.new}
    if has_course and names.course is None:
        names.course = own_fields.add_field(session, COURSE, FieldKind.TEXT).id
        made.setdefault("fields", []).append(names.course)
    run.made = made


def class_key(name: str) -> str:
    """`ป. ๑/๒`, `ชั้นประถมศึกษาปีที่ 1/2` and `ป.1/2` are one class."""
    key = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in "".join(name.split()))
    for long, short in _LONG_NAMES:
        key = long.sub(short, key)
    return key.casefold()


def _free_code(session: Session, name: str) -> str:
    """By which loan rules name the type: of its Latin letters, or one that nobody has."""
    code = _CODE.sub("_", name.casefold()).strip("_")[:30]
    fits = code[:1].isalpha() and session.scalar(select(MemberType.id).where(MemberType.code == code)) is None
    return code if fits else f"type_{secrets.token_hex(4)}"
