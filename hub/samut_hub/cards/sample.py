"""Somebody invented, to show designs with."""

from collections.abc import Mapping
from datetime import date, timedelta

from samut_hub.cards.content import Content, Names
from samut_hub.members.models import FieldKind, MemberField
from samut_hub.spoken import say_day

USUAL: Names = {"th": "กานต์ธิดา ทองสุข", "en": "Kanthida Thongsuk"}
LONG_ONE: Names = {
    "th": "พระมหาพงศ์พิพัฒน์ธนากร ณ อยุธยาศรีสุวรรณเจริญกุล",
    "en": "Phra Maha Phongphiphatthanakorn Na Ayutthaya Sisuwancharoenkun",
}
VALID_FOR = timedelta(days=365)


def sample_content(
    library: Names, fields: Mapping[int, MemberField], today: date, *, with_long_name: bool = False
) -> Content:
    return Content(
        number="1103702345672" if with_long_name else "20001",
        name=LONG_ONE if with_long_name else USUAL,
        library=library,
        type={"th": "นักเรียน", "en": "Pupil"},
        level={"th": "มัธยมศึกษาตอนต้น", "en": "Lower secondary"},
        group="กลุ่มสาระการเรียนรู้วิทยาศาสตร์และเทคโนโลยี" if with_long_name else "ม.1/2",
        issued_on=today,
        expires_on=today + VALID_FOR,
        fields={key: _sample_of(field, today) for key, field in fields.items()},
    )


def _sample_of(field: MemberField, today: date) -> Names:
    match FieldKind(field.kind):
        case FieldKind.DATE:
            return {"th": say_day(today, "th"), "en": say_day(today, "en")}
        case FieldKind.NUMBER:
            return {"th": "12", "en": "12"}
        case FieldKind.CHOICE if field.choices:
            return {"th": field.choices[0], "en": field.choices[0]}
        case _:
            return {"th": field.name_th, "en": field.name_en or field.name_th}
