"""What stands on the cards of a run, read from the database in parts, and the sheets that come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from samut_hub.cards import designs
from samut_hub.cards.content import Content, Names
from samut_hub.cards.design import Design, Kind, Side
from samut_hub.cards.drawing import draw, photo_file, picture_file
from samut_hub.cards.models import CardRun, PrintedCard
from samut_hub.cards.printing import Wish, design_of, wish_of
from samut_hub.cards.sheets import BLEED, SINGLE, CardSheet, marks_of, pages_of, sheet_for, upright
from samut_hub.cards.typesetting import print_sheets, show_sheet
from samut_hub.catalogue.labels.drawing import Drawing
from samut_hub.catalogue.labels.typesetting import Placed, document_of
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.members import education, own_fields
from samut_hub.members.models import FieldKind, Member, MemberField, MemberValue
from samut_hub.spoken import say_day

AT_ONCE = 60
"""Cards of which photos are in memory at the same time."""
PREVIEW_PPI = 110
CARD_PPI, BETWEEN = 200, 6.0
"""Of a card that is designed: dots in an inch, and millimetres between its sides."""


@dataclass(frozen=True, slots=True)
class Known:
    """What all cards of a library share."""

    library: Names
    levels: Mapping[int, Names]
    fields: Mapping[int, MemberField]
    pictures: designs.Pictures
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """Sheets as they are typeset, and the files that they name."""

    document: bytes
    files: Mapping[str, bytes]


def print_run(database: Database, library_id: int, run_id: int, tell: Callable[[int], None]) -> bytes:
    """The PDF of a run, made part by part in short transactions; `tell` is called with how many cards are done."""
    from pypdf import PdfWriter

    writer, done = PdfWriter(), 0
    with database.session(library_id, writes=False) as session:
        parts = _parts(session, session.get_one(CardRun, run_id))
    for part in parts:
        with database.session(library_id, writes=False) as session:
            made = _made(session, session.get_one(CardRun, run_id), part, is_first=part is parts[0])
        writer.append(BytesIO(print_sheets(made.document, made.files)))
        done += len(part)
        tell(done)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def picture_of_sheet(session: Session, member_ids: Sequence[int], wish: Wish, *, today: date) -> bytes:
    """The fronts on the first sheet as a PNG, as they would be printed now."""
    sheet, design = sheet_for(session, wish.sheet), designs.design_for(session, wish.design).design
    free = member_ids[: sheet.sheet.labels - wish.start + 1]
    rows = {row.id: row for row in _members(session, free)}
    issued_on, known = wish.issued_on or today, known_of(session, design)
    fields = _fields(session, free, known, design)
    filled = [
        _content(rows[one], known, fields.get(one, {}), dates=(issued_on, rows[one].expires_on)) for one in free
    ]
    made = _sheets(filled, design, sheet, wish, known, with_backs=False)
    return show_sheet(made.document, made.files, ppi=PREVIEW_PPI)


def picture_of_card(
    content: Content, design: Design, known: Known, *, below: bool = False
) -> tuple[bytes, tuple[float, float]]:
    """Both sides as a PNG, and its size in millimetres: the back beside the front, or `below` it."""
    sides = [draw_card(content, design, known, side) for side in Side if side is Side.FRONT or design.has_back]
    across, down = (0.0, design.height + BETWEEN) if below else (design.width + BETWEEN, 0.0)
    more = len(sides) - 1
    width, height = design.width + more * across, design.height + more * down
    paper = replace(SINGLE.sheet, width=width, height=height, label_width=design.width, label_height=design.height)
    page = [Placed(place * across, place * down, side) for place, side in enumerate(sides)]
    return show_sheet(document_of(paper, [page]), known.files, ppi=CARD_PPI), (width, height)


def known_of(session: Session, design: Design) -> Known:
    """Read once for a whole run; pictures only as far as the design shows them."""
    library = session.get_one(Library, session.info["library_id"])
    pictures = designs.pictures_of(session)
    shown = [part.of for part in design.parts if part.kind is Kind.PICTURE]
    shown += [pictures.logo] if design.shows(Kind.LOGO) else []
    return Known(
        library={"th": library.name_th, "en": library.name_en},
        levels={one.step: {"th": one.name("th"), "en": one.name("en")} for one in education.levels(session)},
        fields={one.id: one for one in own_fields.own_fields(session)},
        pictures=pictures,
        files={picture_file(key): content for key, content in designs.contents_of(session, shown).items()},
    )


def draw_card(content: Content, design: Design, known: Known, side: Side, *, bleed: float = 0) -> Drawing:
    return draw(content, design, side, pictures=set(known.pictures.names), logo=known.pictures.logo, bleed=bleed)


def _parts(session: Session, run: CardRun) -> list[list[int]]:
    """Ids of the cards of a run, in parts that fill whole sheets."""
    ids = session.scalars(select(PrintedCard.id).where(PrintedCard.run_id == run.id).order_by(PrintedCard.id)).all()
    wish = wish_of(run)
    labels = sheet_for(session, wish.sheet).sheet.labels
    size = max(1, AT_ONCE // labels) * labels
    first = size - (min(wish.start, labels) - 1)
    return [list(ids[:first]), *(list(ids[at : at + size]) for at in range(first, len(ids), size))]


def _made(session: Session, run: CardRun, part: Sequence[int], *, is_first: bool) -> Made:
    wish, design = wish_of(run), design_of(run)
    known = known_of(session, design)
    cards = session.scalars(select(PrintedCard).where(PrintedCard.id.in_(part)).order_by(PrintedCard.id)).all()
    ids = [card.member_id for card in cards]
    rows, fields = {row.id: row for row in _members(session, ids)}, _fields(session, ids, known, design)
    filled = [
        _content(
            rows[card.member_id],
            known,
            fields.get(card.member_id, {}),
            dates=(card.issued_on, card.expires_on),
            number=card.number,
        )
        for card in cards
    ]
    sheet = sheet_for(session, wish.sheet)
    return _sheets(filled, design, sheet, wish, known, is_first=is_first, with_backs=wish.both_sides)


def _sheets(
    filled: Sequence[Content],
    design: Design,
    card_sheet: CardSheet,
    wish: Wish,
    known: Known,
    *,
    with_backs: bool,
    is_first: bool = True,
) -> Made:
    paper = upright(card_sheet) if design.is_upright else card_sheet
    bleed = BLEED if paper.is_cut_by_hand else 0.0
    has_backs, turned = with_backs and design.has_back, design.is_upright and not paper.sheet.is_roll

    def side(content: Content, which: Side) -> Drawing:
        drawing = draw_card(content, design, known, which, bleed=bleed)
        drawing.turned, drawing.is_back = turned, which is Side.BACK
        return drawing

    cards = [(side(one, Side.FRONT), side(one, Side.BACK) if has_backs else None) for one in filled]
    start = min(wish.start, paper.sheet.labels) if is_first else 1
    pages = pages_of(paper.sheet, cards, start=start, shift=wish.shift)
    marks = marks_of(paper.sheet) if paper.is_cut_by_hand else []
    photos = {photo_file(one.number): one.photo for one in filled if one.photo}
    return Made(document_of(paper.sheet, pages, marks=marks), {**known.files, **photos})


def _members(session: Session, ids: Sequence[int]) -> Sequence[Member]:
    wanted = select(Member).where(Member.id.in_(ids))
    return session.scalars(wanted.options(undefer(Member.photo), joinedload(Member.type))).all()


def _content(
    member: Member,
    known: Known,
    fields: Mapping[int, Names],
    *,
    dates: tuple[date, date | None],
    number: str = "",
) -> Content:
    return Content(
        number=number or member.number,
        name={"th": member.name_th, "en": member.name_en},
        library=known.library,
        type={"th": member.type.name("th"), "en": member.type.name("en")},
        level=known.levels.get(member.education or 0, {"th": "", "en": ""}),
        group=member.group.name if member.group else "",
        photo=member.photo or b"",
        issued_on=dates[0],
        expires_on=dates[1],
        fields=fields,
    )


def _fields(session: Session, member_ids: Sequence[int], known: Known, design: Design) -> dict[int, dict[int, Names]]:
    """What the library's own fields say of the members, as far as the design shows them."""
    shown = {part.of for part in design.parts if part.kind is Kind.OWN_FIELD} & set(known.fields)
    if not shown:
        return {}
    asked = select(MemberValue).where(MemberValue.member_id.in_(member_ids), MemberValue.field_id.in_(shown))
    said: dict[int, dict[int, Names]] = {}
    for row in session.scalars(asked):
        said.setdefault(row.member_id, {})[row.field_id] = _said(known.fields[row.field_id], row.value)
    return said


def _said(own: MemberField, value: str) -> Names:
    if own.kind != FieldKind.DATE:
        return {"th": value, "en": value}
    on = date.fromisoformat(value)
    return {"th": say_day(on, "th"), "en": say_day(on, "en")}
