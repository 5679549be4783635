"""Members with and without photos, as a school has them."""

import io
from datetime import date, datetime

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from samut_hub.members.groups import add_group, add_type
from samut_hub.members.models import Member
from samut_hub.members.service import MemberFields, add_member

LONG = "พระมหาพงศ์พิพัฒน์ธนากร ณ อยุธยาศรีสุวรรณเจริญกุลวัฒนาพาณิชย์"
NAMES = ("กานต์ธิดา ทองสุข", LONG, "น้ำฝน ชื่นจิต", "ปู่ญุ ที่รัก")
SHIRT = (200, 30, 90)
"""A colour of which nothing else on a card is."""


def photo(size: tuple[int, int] = (600, 800)) -> bytes:
    picture = Image.new("RGB", size, "#9ec3d6")
    draw, (wide, high) = ImageDraw.Draw(picture), size
    draw.ellipse((wide * 0.3, high * 0.15, wide * 0.7, high * 0.55), fill="#e8b894")
    draw.ellipse((wide * 0.15, high * 0.6, wide * 0.85, high * 1.3), fill=SHIRT)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def add_people(session: Session, count: int, *, now: datetime, with_photo: bool = False) -> list[Member]:
    """Members 30001, 30002 … of class ม.1/1, whose membership ends on 31 March 2027."""
    kind, group = add_type(session, "pupil", "นักเรียน", "Pupil"), add_group(session, "ม.1/1")
    content = photo() if with_photo else None
    people = []
    for place in range(count):
        fields = MemberFields(
            number=str(30001 + place),
            type_id=kind.id,
            group_id=group.id,
            name_th=NAMES[place % len(NAMES)],
            name_en="Kanthida Thongsuk",
            expires_on=date(2027, 3, 31),
        )
        member = add_member(session, fields, now=now, joined_on=date(2026, 5, 16))
        member.photo, member.has_photo = content, content is not None
        people.append(member)
    session.flush()
    return people
