"""What stands on the label of one item, by the design that was chosen."""

from dataclasses import dataclass
from enum import StrEnum

from samut_hub.catalogue.labels.code_part import put_code
from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.colours import Band
from samut_hub.catalogue.labels.drawing import MM_PER_INCH, Area, Drawing, Words
from samut_hub.catalogue.labels.sheets import Sheet
from samut_hub.catalogue.labels.spine_part import put_spine

BESIDE = 40.0
"""Width from which a spine label and a code stand side by side."""
DIVIDER = "#bbbbbb"


class Kind(StrEnum):
    """What the label is for."""

    CODE = "code"
    SPINE = "spine"
    BOTH = "both"


class BandBy(StrEnum):
    """What the colour on a spine label stands for."""

    NOTHING = "nothing"
    CATEGORY = "category"
    CLASS = "class"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What the person wants on the labels. `turned` is for labels that stand upright on a narrow spine."""

    kind: Kind = Kind.CODE
    symbology: Symbology = Symbology.CODE_128
    band: BandBy = BandBy.NOTHING
    number: bool = True
    title: bool = True
    call_number: bool = True
    library: bool = True
    turned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is known of one item, ready to be printed. `spine` is its call number line by line."""

    barcode: str
    number: str
    title: str = ""
    call_number: str = ""
    spine: tuple[str, ...] = ()
    library: str = ""
    band: Band | None = None


def draw(content: Content, design: Design, sheet: Sheet) -> Drawing:
    """The label of one item."""
    width, height = sheet.label_width, sheet.label_height
    drawing = Drawing(height, width, turned=True) if design.turned else Drawing(width, height)
    dot = MM_PER_INCH / sheet.dpi
    if design.kind is Kind.SPINE:
        put_spine(drawing, drawing.whole, content.spine, band=content.band, below=_below(content, design))
    elif design.kind is Kind.CODE:
        put_code(drawing, drawing.whole, _words(content, design), symbology=design.symbology, dot=dot)
    else:
        spine, code, line = _halves(drawing.whole)
        drawing.fill([line], DIVIDER)
        put_spine(drawing, spine, content.spine, band=content.band)
        put_code(drawing, code, _words(content, design), symbology=design.symbology, dot=dot)
    return drawing


def _words(content: Content, design: Design) -> Words:
    with_call_number = design.call_number and design.kind is Kind.CODE
    return Words(
        barcode=content.barcode,
        number=content.number if design.number else "",
        title=content.title if design.title else "",
        call_number=content.call_number if with_call_number else "",
        library=content.library if design.library else "",
    )


def _below(content: Content, design: Design) -> Words:
    return Words(number=content.number if design.number else "", library=content.library if design.library else "")


def _halves(whole: Area) -> tuple[Area, Area, Area]:
    """The spine's part and the code's, beside or below each other, and the thin line between them."""
    if whole.width >= BESIDE or whole.width >= whole.height:
        left = min(max(whole.width * 0.3, 13.0), 26.0)
        line = Area(left, 1, 0.15, whole.height - 2)
        return Area(0, 0, left, whole.height), Area(left, 0, whole.width - left, whole.height), line
    top = whole.height / 2
    line = Area(1, top, whole.width - 2, 0.15)
    return Area(0, 0, whole.width, top), Area(0, top, whole.width, whole.height - top), line
