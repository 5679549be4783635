"""One side of a card as a drawing: parts of a design filled with what is known of a member."""

from collections.abc import Callable, Mapping, Set
from datetime import date
from math import floor

from samut_hub.cards.content import Content
from samut_hub.cards.design import SHAPES, Design, Kind, Part, Side
from samut_hub.catalogue.labels.code_part import put_code
from samut_hub.catalogue.labels.codes import QR_QUIET, Symbology, qr_of
from samut_hub.catalogue.labels.drawing import MM_PER_INCH, ROUNDING, Area, Drawing, Picture, Text, Words
from samut_hub.catalogue.labels.qr_part import put_modules
from samut_hub.catalogue.labels.sheets import LASER_DPI
from samut_hub.spoken import say_day

DOT = MM_PER_INCH / LASER_DPI
SILHOUETTE, BEHIND_IT = "#9fb0aa", "#e6ebe9"


def photo_file(member: str) -> str:
    """The name of the file in which a member's photo is handed to the typesetter."""
    return f"photo-{member}"


def picture_file(picture_id: int) -> str:
    return f"picture-{picture_id}"


def draw(content: Content, design: Design, side: Side, *, pictures: Set[int], logo: int, bleed: float = 0) -> Drawing:
    """`pictures` are those that the library has, `logo` is the one that is its logo, 0 for none.

    Areas and pictures that touch the card's edge reach over it by `bleed` millimetres.
    """
    drawing = Drawing(design.width, design.height, bleed=bleed)
    for part in design.parts:
        if part.side is not side:
            continue
        area = Area(part.x, part.y, part.width, part.height)
        if part.kind is Kind.PICTURE and part.of in pictures:
            over = _over_the_edge(area, drawing)
            drawing.behind.append(Picture(area=over, file=picture_file(part.of), corner=part.corner))
        elif part.kind is Kind.LOGO and logo:
            drawing.pictures.append(Picture(area=area, file=picture_file(logo), fit="contain"))
        elif part.kind in SHAPES:
            _SHAPES[part.kind](drawing, part, area, content)
        else:
            _put_words(drawing, part, area, content)
    return drawing


def said(part: Part, content: Content) -> str:
    """The words of a part; without a value nothing, also not what would stand before it."""
    if part.kind is Kind.TEXT:
        return part.words
    value = _value(part, content)
    return f"{part.words} {value}".strip() if value else ""


def _value(part: Part, content: Content) -> str:
    language = part.language
    match part.kind:
        case Kind.NAME:
            return content.name[language]
        case Kind.NUMBER:
            return content.number
        case Kind.LIBRARY:
            return content.library[language]
        case Kind.TYPE:
            return content.type[language]
        case Kind.LEVEL:
            return content.level[language]
        case Kind.GROUP:
            return content.group
        case Kind.ISSUED:
            return _day(content.issued_on, language)
        case Kind.EXPIRES:
            return _day(content.expires_on, language)
        case _:
            known: Mapping[str, str] = content.fields.get(part.of, {})
            return known.get(language, "")


def _day(on: date | None, language: str) -> str:
    return "" if on is None else say_day(on, language)


def _put_words(drawing: Drawing, part: Part, area: Area, content: Content) -> None:
    words = " ".join(said(part, content).split())
    if words:
        drawing.texts.append(
            Text(
                area=area,
                lines=(words,),
                size=part.size,
                fit="wrap",
                across=part.across,
                bold=part.bold,
                ink=part.colour,
            )
        )


def _put_area(drawing: Drawing, part: Part, area: Area, content: Content) -> None:
    over = area if part.corner else _over_the_edge(area, drawing)
    drawing.shapes.append(_box(over, part.colour, part.corner))


def _put_photo(drawing: Drawing, part: Part, area: Area, content: Content) -> None:
    if content.photo:
        drawing.pictures.append(Picture(area=area, file=photo_file(content.number), corner=part.corner))
        return
    drawing.shapes.append(_box(area, BEHIND_IT, part.corner))
    drawing.shapes.append(_silhouette(area))


def _put_logo(drawing: Drawing, part: Part, area: Area, content: Content) -> None:
    """A library without a logo has an open book there, in the part's colour."""
    unit = min(area.width, area.height) / 24
    left, top = area.x + (area.width - 24 * unit) / 2, area.y + (area.height - 24 * unit) / 2
    halves = "M11 6C8.5 4.3 5 3.8 2 4.4V19c3-.6 6.5-.1 9 1.6zM13 6c2.5-1.7 6-2.2 9-1.6V19c-3-.6-6.5-.1-9 1.6z"
    move = f"translate({left:.3f} {top:.3f}) scale({unit:.4f})"
    drawing.shapes.append(f'<path transform="{move}" fill="{part.colour}" d="{halves}"/>')


def _put_code(drawing: Drawing, part: Part, area: Area, content: Content) -> None:
    """On white, or no scanner finds it. A bar code that finds no room is a QR code."""
    drawing.shapes.append(_box(area, "#ffffff", part.corner))
    if part.symbology is Symbology.QR:
        _put_qr(drawing, area, content.number)
    else:
        put_code(drawing, area, Words(barcode=content.number), symbology=part.symbology, dot=DOT)


def _put_qr(drawing: Drawing, area: Area, number: str) -> None:
    """As large as the area allows, its white included."""
    rows = qr_of(number)
    count = len(rows) + 2 * QR_QUIET
    module = floor(min(area.width, area.height) / count / DOT + ROUNDING) * DOT
    side = module * count
    place = Area(area.x + (area.width - side) / 2, area.y + (area.height - side) / 2, side, side)
    put_modules(drawing, place, rows, module=module, dot=DOT)


def _over_the_edge(area: Area, drawing: Drawing) -> Area:
    """What touches the card's edge goes on beyond it, so that a cut beside the line leaves no white."""
    near = 0.2
    left = drawing.bleed if area.x <= near else 0.0
    top = drawing.bleed if area.y <= near else 0.0
    right = drawing.bleed if area.right >= drawing.width - near else 0.0
    bottom = drawing.bleed if area.bottom >= drawing.height - near else 0.0
    return Area(area.x - left, area.y - top, area.width + left + right, area.height + top + bottom)


def _silhouette(area: Area) -> str:
    """Head and shoulders that end at the lower edge of the photo's place."""
    middle, unit = area.x + area.width / 2, min(area.width, area.height * 0.75)
    head, top = unit * 0.21, area.bottom - unit * 0.46
    half = unit * 0.4
    circle = f"M{middle - head:.3f} {top - head * 1.15:.3f}a{head:.3f} {head:.3f} 0 1 1 {2 * head:.3f} 0"
    rest = f"a{head:.3f} {head:.3f} 0 1 1 {-2 * head:.3f} 0z"
    start = f"M{middle - half:.3f} {area.bottom:.3f}v{-unit * 0.1:.3f}"
    shoulders = f"a{half:.3f} {unit * 0.32:.3f} 0 0 1 {2 * half:.3f} 0v{unit * 0.1:.3f}z"
    return f'<path fill="{SILHOUETTE}" d="{circle}{rest}{start}{shoulders}"/>'


def _box(area: Area, colour: str, corner: float) -> str:
    size = f'width="{area.width:.3f}" height="{area.height:.3f}" rx="{corner:.3f}"'
    return f'<rect x="{area.x:.3f}" y="{area.y:.3f}" {size} fill="{colour}"/>'


_SHAPES: dict[Kind, Callable[[Drawing, Part, Area, Content], None]] = {
    Kind.AREA: _put_area,
    Kind.PHOTO: _put_photo,
    Kind.LOGO: _put_logo,
    Kind.CODE: _put_code,
    Kind.PICTURE: lambda drawing, part, area, content: None,
}
