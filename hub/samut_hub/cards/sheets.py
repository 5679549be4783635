"""On what cards are printed: single cards, A4 sheets to be cut, and sheets of cards that are cut already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from samut_hub.cards.design import LONG, SHORT
from samut_hub.catalogue.labels.drawing import Drawing
from samut_hub.catalogue.labels.keeping import SheetChoice, sheet_choices
from samut_hub.catalogue.labels.presets import A4
from samut_hub.catalogue.labels.sheets import Sheet
from samut_hub.catalogue.labels.typesetting import Placed

BLEED = 1.0
"""Millimetres that colour reaches over the line where the card is cut."""
MARK, AWAY = 4.0, 1.2
"""Length of a cut mark, and how far from the card it begins."""
_SLACK = 1.5
"""By how much the cards of a bought sheet may be smaller or larger than a card."""


@dataclass(frozen=True, slots=True)
class CardSheet:
    """A kind of paper. `is_cut_by_hand`: with cut marks, and colour that reaches over them."""

    key: str
    sheet: Sheet
    name: str = ""
    is_cut_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many millimetres this printer lies off: fronts and backs to the right and down."""

    right: float = 0.0
    down: float = 0.0
    back_right: float = 0.0
    back_down: float = 0.0


def _card(columns: int, rows: int, between: tuple[float, float]) -> Sheet:
    pitch_x, pitch_y = LONG + between[0], SHORT + between[1]
    width, height = (LONG, SHORT) if columns == rows == 1 else A4
    return Sheet(
        width=width,
        height=height,
        columns=columns,
        rows=rows,
        label_width=LONG,
        label_height=SHORT,
        x0=(width - columns * pitch_x + between[0]) / 2,
        y0=(height - rows * pitch_y + between[1]) / 2,
        pitch_x=pitch_x,
        pitch_y=pitch_y,
    )


SINGLE = CardSheet("single", _card(1, 1, (0, 0)))
TO_CUT = CardSheet("a4", _card(2, 5, (4, 3)), is_cut_by_hand=True)


def card_sheets(session: Session) -> list[CardSheet]:
    """A4 to cut, single cards, and the label sheets of this library whose labels are as large as a card."""
    fitting = [one for one in sheet_choices(session) if _is_for_cards(one)]
    return [TO_CUT, SINGLE, *(CardSheet(one.key, one.sheet, one.name) for one in fitting)]


def sheet_for(session: Session, key: str) -> CardSheet:
    """The sheet of this key; A4 to cut where it is gone."""
    return next((one for one in card_sheets(session) if one.key == key), TO_CUT)


def upright(sheet: CardSheet) -> CardSheet:
    """Single cards stand up for an upright design; on sheets the design is turned instead."""
    if not sheet.sheet.is_roll:
        return sheet
    turned = replace(sheet.sheet, width=SHORT, height=LONG, label_width=SHORT, label_height=LONG)
    return replace(sheet, sheet=turned)


def pages_of(
    sheet: Sheet, cards: Sequence[tuple[Drawing, Drawing | None]], *, start: int, shift: Shift
) -> list[list[Placed]]:
    """Each card is a front and, perhaps, a back. After a page of fronts comes that of their backs, mirrored, as a
    printer wants it that turns the paper over its long edge. `start` is the place of the first card, from 1."""
    pages: list[list[Placed]] = []
    for first in range(1 - start, len(cards), sheet.labels):
        fronts, backs = list[Placed](), list[Placed]()
        for position in range(sheet.labels):
            if not 0 <= first + position < len(cards):
                continue
            front, back = cards[first + position]
            x, y = _place(sheet, front, position)
            fronts.append(Placed(x + shift.right, y + shift.down, front))
            if back is not None:
                mirrored = sheet.width - x - _width(front)
                backs.append(Placed(mirrored + shift.back_right, y + shift.back_down, back))
        pages += [fronts, backs] if backs else [fronts]
    return pages


def marks_of(sheet: Sheet) -> list[tuple[float, float, float, float]]:
    """Where to cut: lines at the edge of the paper, and short ones between the cards."""
    marks = []
    for position in range(sheet.labels):
        x, y = sheet.place_of(position)
        right, bottom = x + sheet.label_width, y + sheet.label_height
        if position < sheet.columns:
            marks += [(at, y - AWAY - MARK, at, y - AWAY) for at in (x, right)]
        if position >= sheet.labels - sheet.columns:
            marks += [(at, bottom + AWAY, at, bottom + AWAY + MARK) for at in (x, right)]
        if position % sheet.columns == 0:
            marks += [(x - AWAY - MARK, at, x - AWAY, at) for at in (y, bottom)]
        if position % sheet.columns == sheet.columns - 1:
            marks += [(right + AWAY, at, right + AWAY + MARK, at) for at in (y, bottom)]
    return marks


def _is_for_cards(choice: SheetChoice) -> bool:
    wide, high = choice.sheet.label_width - LONG, choice.sheet.label_height - SHORT
    return choice.is_measured and max(abs(wide), abs(high)) <= _SLACK


def _place(sheet: Sheet, card: Drawing, position: int) -> tuple[float, float]:
    """The card in the middle of its place, which may be a little smaller or larger."""
    x, y = sheet.place_of(position)
    across, down = (card.height, card.width) if card.turned else (card.width, card.height)
    return x + (sheet.label_width - across) / 2, y + (sheet.label_height - down) / 2


def _width(card: Drawing) -> float:
    return card.height if card.turned else card.width
