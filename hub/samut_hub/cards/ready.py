"""Designs that are ready to print: lying and upright, with bar code or QR code, for colour and for black printers."""

from dataclasses import dataclass

from samut_hub.cards.design import LONG, SHORT, Design, Kind, Language, Part, Side
from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.drawing import Across

WHITE, INK, GREY = "#ffffff", "#1d2b2a", "#55645f"
FOUND = "ผู้ใดเก็บบัตรนี้ได้ กรุณาส่งคืน"
FOUND_EN = "If found, please return this card to"
RULES = "ใช้บัตรนี้ทุกครั้งที่เข้าห้องสมุด ยืม และคืนหนังสือ บัตรหายให้แจ้งห้องสมุดทันที ห้ามให้ผู้อื่นใช้บัตร"


@dataclass(frozen=True, slots=True)
class Ready:
    """`key` names the design, also where it was printed."""

    key: str
    design: Design


def _words(
    kind: Kind,
    box: tuple[float, float, float, float],
    *,
    size: float = 8,
    bold: bool = False,
    colour: str = INK,
    across: Across = "left",
    language: Language = "th",
    words: str = "",
    side: Side = Side.FRONT,
) -> Part:
    x, y, width, height = box
    return Part(
        kind=kind, side=side, x=x, y=y, width=width, height=height,
        size=size, bold=bold, colour=colour, across=across, language=language, words=words,
    )  # fmt: skip


def _area(box: tuple[float, float, float, float], colour: str, *, corner: float = 0, side: Side = Side.FRONT) -> Part:
    return Part(
        kind=Kind.AREA, side=side, x=box[0], y=box[1], width=box[2], height=box[3], colour=colour, corner=corner
    )


def _photo(box: tuple[float, float, float, float]) -> Part:
    return Part(kind=Kind.PHOTO, x=box[0], y=box[1], width=box[2], height=box[3], corner=1.5)


def _logo(box: tuple[float, float, float, float], colour: str) -> Part:
    return Part(kind=Kind.LOGO, x=box[0], y=box[1], width=box[2], height=box[3], colour=colour)


def _code(box: tuple[float, float, float, float], symbology: Symbology, *, side: Side = Side.FRONT) -> Part:
    return Part(
        kind=Kind.CODE, side=side, x=box[0], y=box[1], width=box[2], height=box[3], corner=1, symbology=symbology
    )


def _lying(colour: str, light: str) -> Design:
    """A band of colour on top, the photo to the left, the bar code at the foot; a QR code on the back."""
    back = Side.BACK
    return Design(
        parts=(
            _area((0, 0, LONG, 13.5), colour),
            _area((0, 51.4, LONG, SHORT - 51.4), colour),
            _logo((4, 2.2, 9, 9), WHITE),
            _words(Kind.LIBRARY, (15, 1.6, 67, 6.6), size=12, bold=True, colour=WHITE),
            _words(Kind.LIBRARY, (15, 8, 67, 3.8), size=7, colour=light, language="en"),
            _photo((4, 16.5, 22.5, 30)),
            _words(Kind.NAME, (29.5, 14.4, 52.5, 8.6), size=14, bold=True),
            _words(Kind.NAME, (29.5, 22.9, 52.5, 4.2), size=8, colour=GREY, language="en"),
            _words(Kind.TYPE, (29.5, 27.2, 26, 4.4), size=8.5),
            _words(Kind.GROUP, (56, 27.2, 26, 4.4), size=8.5, bold=True, across="right"),
            _code((28.5, 32, 54, 11.5), Symbology.CODE_128),
            _words(Kind.NUMBER, (29.5, 43.2, 20, 4.4), size=10, bold=True),
            _words(Kind.ISSUED, (42, 42.9, 40, 4), size=6.5, colour=GREY, across="right", words="ออกบัตร"),
            _words(Kind.EXPIRES, (42, 46.6, 40, 4), size=6.5, colour=GREY, across="right", words="หมดอายุ"),
            _area((0, 0, LONG, 9), colour, side=back),
            _words(Kind.TEXT, (4, 1.5, 77.6, 6), size=10, bold=True, colour=WHITE, words="บัตรสมาชิกห้องสมุด", side=back),
            _words(Kind.TEXT, (4, 11.5, 51, 15), size=7.5, words=RULES, side=back),
            _words(Kind.TEXT, (4, 29, 51, 4.2), size=7.5, colour=GREY, words=FOUND, side=back),
            _words(Kind.LIBRARY, (4, 33, 51, 8.5), size=9, bold=True, side=back),
            _words(Kind.TEXT, (4, 42.8, 51, 3.6), size=6.5, colour=GREY, words=FOUND_EN, side=back),
            _words(Kind.LIBRARY, (4, 46.2, 51, 4), size=7, language="en", side=back),
            _code((57.5, 13, 24, 24), Symbology.QR, side=back),
            _words(Kind.NUMBER, (57.5, 37.3, 24, 4.6), size=10, bold=True, across="center", side=back),
        )
    )


def _upright(colour: str, light: str) -> Design:
    """The photo in the middle of a coloured head, the QR code at the foot."""
    return Design(
        is_upright=True,
        parts=(
            _area((0, 0, SHORT, 31), colour),
            _logo((4, 3.4, 8, 8), WHITE),
            _words(Kind.LIBRARY, (13.5, 2.4, 37, 6.6), size=9.5, bold=True, colour=WHITE),
            _words(Kind.LIBRARY, (13.5, 9, 37, 3.6), size=6, colour=light, language="en"),
            _area((15.2, 14.2, 23.6, 30.8), WHITE, corner=2),
            _photo((16, 15, 22, 29.2)),
            _words(Kind.NAME, (3, 45.4, 48, 8), size=13, bold=True, across="center"),
            _words(Kind.NAME, (3, 53.3, 48, 4), size=7.5, colour=GREY, across="center", language="en"),
            _words(Kind.TYPE, (4, 59.6, 24, 4.2), size=8),
            _words(Kind.GROUP, (4, 63.8, 24, 5), size=10, bold=True),
            _words(Kind.NUMBER, (4, 69.6, 24, 5.4), size=11, bold=True, colour=colour),
            _words(Kind.ISSUED, (4, 75.4, 24, 3.4), size=5.5, colour=GREY, words="ออกบัตร"),
            _words(Kind.EXPIRES, (4, 78.8, 24, 3.4), size=5.5, colour=GREY, words="หมดอายุ"),
            _code((28, 59, 23, 23), Symbology.QR),
            _area((0, 83.2, SHORT, LONG - 83.2), colour),
        ),
    )


def _plain() -> Design:
    """Without colour: for a laser printer that has none, and for cards that are printed already."""
    return Design(
        parts=(
            _logo((4, 3, 9, 9), INK),
            _words(Kind.LIBRARY, (15, 2.6, 66.6, 6), size=11, bold=True),
            _words(Kind.LIBRARY, (15, 8.6, 66.6, 3.6), size=6.5, colour=GREY, language="en"),
            _area((4, 13.8, 77.6, 0.3), INK),
            _words(Kind.NAME, (4, 14.6, 52, 8.6), size=14, bold=True),
            _words(Kind.NAME, (4, 23.2, 52, 4.2), size=8, colour=GREY, language="en"),
            _words(Kind.TYPE, (4, 28, 30, 4.2), size=8.5),
            _words(Kind.GROUP, (34, 28, 22, 4.2), size=8.5, bold=True, across="right"),
            _photo((59.1, 16, 22.5, 30)),
            _code((3, 33, 54, 11.5), Symbology.CODE_39),
            _words(Kind.NUMBER, (4, 45.4, 22, 4.6), size=10, bold=True),
            _words(Kind.EXPIRES, (27, 45.4, 29, 4.6), size=6.5, colour=GREY, across="right", words="หมดอายุ"),
        )
    )


READY = (
    Ready("lake", _lying("#0b6b63", "#d5ebe7")),
    Ready("night", _lying("#1b3a6b", "#d8e2f3")),
    Ready("mangosteen", _upright("#6d2152", "#f1dbe9")),
    Ready("sky", _upright("#1565a7", "#d9e9f7")),
    Ready("plain", _plain()),
)
