"""What a Thai national ID card tells of its holder, read from its chip. Kept nowhere, logged nowhere.

The applet of the Ministry of Interior answers to READ BINARY with offsets of its own; texts are TIS-620, their parts
separated by “#” and filled up with blanks; dates are written yyyymmdd in the Buddhist Era, with 00 for a month or day
that is not known, and 99999999 for a card without expiry.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from samut_edge.devices.chip_card import Send, ask, citizen_number

THAI_NAME, ENGLISH_NAME, ADDRESS = (0x11, 100), (0x75, 100), (0x1579, 100)
BORN, SEX, ISSUED, EXPIRES = (0xD9, 8), (0xE1, 1), (0x167, 8), (0x16F, 8)
PHOTO_AT, PHOTO_PARTS, PHOTO_PART = 0x17B, 20, 255
JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"
BUDDHIST_ERA = 543
SEXES = {"1": "m", "2": "f"}
FOR_EVER = "99999999"
FILLING = re.compile(r"[\x00\xa0 ]+")


@dataclass(frozen=True, slots=True)
class ThaiIdentity:
    """`born` is as precise as the card is: `2015-05-17`, `2015-05` or `2015`. `sex` is “m”, “f” or empty."""

    number: str = field(repr=False)
    name_th: str = field(repr=False)
    name_en: str = field(repr=False)
    born: str = field(repr=False)
    sex: str
    address: str = field(repr=False)
    issued_on: date | None
    expires_on: date | None
    photo: bytes = field(repr=False)


@runtime_checkable
class IdentityReader(Protocol):
    """A part that reads whole national ID cards when it is asked to."""

    async def read_identity(self, *, photo: bool) -> ThaiIdentity:
        """Of the card in the reader, or the next one; waits for it until cancelled."""


def read_identity(send: Send, *, photo: bool) -> ThaiIdentity:
    """Raises UnreadableCardError for any other card. The photo takes some seconds, and is left out unless wanted."""
    number = citizen_number(send)
    return ThaiIdentity(
        number=number,
        name_th=_name(_text(send, THAI_NAME)),
        name_en=_name(_text(send, ENGLISH_NAME)),
        born=_born(_text(send, BORN)),
        sex=SEXES.get(_text(send, SEX), ""),
        address=_address(_text(send, ADDRESS)),
        issued_on=_day(_text(send, ISSUED)),
        expires_on=_day(_text(send, EXPIRES)),
        photo=_photo(send) if photo else b"",
    )


def _read(send: Send, at: int, length: int) -> bytes:
    return ask(send, bytes((0x80, 0xB0, at >> 8, at & 0xFF, 0x02, 0x00, length)))


def _text(send: Send, place: tuple[int, int]) -> str:
    return FILLING.sub(" ", _read(send, *place).decode("tis-620", "replace")).strip()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("#") if part.strip()]


def _name(text: str) -> str:
    """Title, first, middle and last name: “นายสมชาย ใจดี”, “น.ส. สมหญิง ใจดี”, “Mr. Somchai Jaidee”."""
    title, *names = text.split("#", 1)
    own = " ".join(_parts(names[0] if names else ""))
    is_attached = title and not title.isascii() and not title.strip().endswith(".")
    return f"{title.strip()}{own}" if is_attached else f"{title.strip()} {own}".strip()


def _address(text: str) -> str:
    """House number, moo, lane, road, sub-district, district, province, as they stand on the card."""
    return " ".join(_parts(text))


def _born(text: str) -> str:
    """Without what is not known. Empty when there is not even a year."""
    if len(text) < 4 or not text[:4].isdecimal() or not int(text[:4]):
        return ""
    known = [f"{int(text[:4]) - BUDDHIST_ERA:04}"]
    for part in (text[4:6], text[6:8]):
        if not part.isdecimal() or not int(part):
            break
        known.append(part)
    return "-".join(known) if _exists(known) else known[0]


def _exists(parts: Sequence[str]) -> bool:
    try:
        date.fromisoformat("-".join((*parts, *("01", "01")[len(parts) - 1 :])))
    except ValueError:
        return False
    return True


def _day(text: str) -> date | None:
    born = "" if text == FOR_EVER else _born(text)
    return date.fromisoformat(born) if len(born) == len("2015-05-17") else None


def _photo(send: Send) -> bytes:
    """Twenty pieces; the picture ends somewhere in the last. Empty when there is none."""
    pieces = (_read(send, PHOTO_AT + number * PHOTO_PART, PHOTO_PART) for number in range(PHOTO_PARTS))
    picture = b"".join(pieces)
    end = picture.rfind(JPEG_ENDS)
    if not picture.startswith(JPEG_BEGINS) or end < 0:
        return b""
    return picture[: end + len(JPEG_ENDS)]
