"""From items to labels: what stands on each, runs that are made, looked at and confirmed. No use case commits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.labels.choosing import AT_ONCE, MOST_ITEMS
from samut_hub.catalogue.labels.colours import Band, is_colour
from samut_hub.catalogue.labels.drawing import Drawing
from samut_hub.catalogue.labels.keeping import keep_choice, settings_of, sheet_by_key
from samut_hub.catalogue.labels.layout import BandBy, Content, Design, Kind, draw
from samut_hub.catalogue.labels.models import LabelRun
from samut_hub.catalogue.labels.sheets import Sheet
from samut_hub.catalogue.labels.spine import hundred_of, spine_lines
from samut_hub.catalogue.models import Category, Item
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library

MOST_COPIES = 20
DIRECT = 300
"""Labels that a page waits for; more are made by a task."""
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the labels are to be printed; `language` is that of the names on them."""

    sheet: str
    design: Design
    language: str
    start: int = 1
    copies: int = 1


@dataclass(frozen=True, slots=True)
class _Known:
    """What all labels of a library share."""

    library: str
    language: str
    colours: Sequence[str]
    categories: dict[int, Category]


def drawings(session: Session, item_ids: Sequence[int], wish: Wish) -> Iterator[Drawing]:
    """The labels of these items in their order, each as often as wished; items that are gone are left out."""
    sheet, known = sheet_by_key(session, wish.sheet), _known(session, wish.language)
    for start in range(0, len(item_ids), AT_ONCE):
        for content in _contents(session, item_ids[start : start + AT_ONCE], wish.design, known):
            label = draw(content, wish.design, sheet)
            yield from (label for _ in range(wish.copies))


def at_once(item_ids: Sequence[int], copies: int) -> Sequence[int]:
    """As many of the items as one making of labels has room for."""
    return item_ids[: MOST_ITEMS // copies]


def make_run(
    session: Session, item_ids: Sequence[int], wish: Wish, *, staff_id: int | None, now: datetime
) -> LabelRun:
    """Keep what is printed, so that it can be printed again and confirmed. Old runs are forgotten."""
    session.execute(delete(LabelRun).where(LabelRun.made_at < now - KEPT_FOR))
    keep_choice(session, wish.sheet, wish.design)
    item_ids = at_once(item_ids, wish.copies)
    run = LabelRun(
        made_at=now,
        staff_id=staff_id,
        sheet=wish.sheet,
        design=msgspec.to_builtins(wish.design),
        language=wish.language,
        start=min(wish.start, sheet_by_key(session, wish.sheet).labels),
        copies=wish.copies,
        item_ids=list(item_ids),
        labels=len(item_ids) * wish.copies,
    )
    session.add(run)
    session.flush()
    return run


def run_by_id(session: Session, run_id: int) -> LabelRun:
    """Raises NotFoundError."""
    found = session.get(LabelRun, run_id)
    if found is None:
        raise NotFoundError(f"There is no making of labels {run_id} in this library.")
    return found


def latest_runs(session: Session) -> Sequence[LabelRun]:
    return session.scalars(select(LabelRun).order_by(LabelRun.made_at.desc(), LabelRun.id.desc()).limit(10)).all()


def sheet_of(session: Session, run: LabelRun) -> Sheet:
    """Raises NotFoundError when the library's sheet was removed meanwhile."""
    return sheet_by_key(session, run.sheet)


def drawings_of(session: Session, run: LabelRun) -> list[Drawing]:
    """All labels of a run."""
    design = msgspec.convert(run.design, Design)
    wish = Wish(sheet=run.sheet, design=design, language=run.language, start=run.start, copies=run.copies)
    return list(drawings(session, run.item_ids, wish))


def confirm(session: Session, run: LabelRun, *, now: datetime) -> None:
    """The labels came out right: the items have one. Later runs do not offer them again as new."""
    for start in range(0, len(run.item_ids), AT_ONCE):
        mine = Item.id.in_(run.item_ids[start : start + AT_ONCE])
        session.execute(update(Item).where(mine).values(label_printed_at=now))
    run.confirmed_at = now


def _known(session: Session, language: str) -> _Known:
    library = session.scalar(select(Library).where(Library.id == session.info["library_id"]))
    categories = {row.id: row for row in session.scalars(select(Category))}
    name = "" if library is None else library.name(language)
    return _Known(name, language, settings_of(session).class_colours, categories)


def _contents(session: Session, ids: Sequence[int], design: Design, known: _Known) -> Iterator[Content]:
    found = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))}
    copies = _copy_numbers(session, list(found.values())) if design.kind is not Kind.CODE else {}
    for item in (found[one] for one in ids if one in found):
        call_number, scheme = _call_number(item)
        yield Content(
            barcode=item.barcode,
            number=item.accession_number,
            title=item.title.title,
            call_number=call_number,
            spine=tuple(spine_lines(call_number, scheme=scheme, copy=copies.get(item.id, 1))),
            library=known.library,
            band=_band(item, design.band, known),
        )


def _copy_numbers(session: Session, items: Sequence[Item]) -> dict[int, int]:
    """Which copy of its title an item is: 1 for the first that the library registered."""
    place = func.row_number().over(partition_by=Item.title_id, order_by=(Item.accession_order, Item.id))
    of_titles = Item.title_id.in_({item.title_id for item in items})
    return dict(session.execute(select(Item.id, place).where(of_titles)).all())


def _call_number(item: Item) -> tuple[str, str]:
    """The item's own with its scheme, else that of its title."""
    if item.call_number:
        return item.call_number, item.scheme or item.title.scheme
    return item.title.call_number, item.title.scheme


def _band(item: Item, by: BandBy, known: _Known) -> Band | None:
    if by is BandBy.CATEGORY:
        category = known.categories.get(item.category_id or 0)
        named = category is not None and is_colour(category.colour)
        return Band(category.colour, category.shown(known.language)) if category is not None and named else None
    call_number, scheme = _call_number(item)
    hundred = hundred_of(call_number, scheme=scheme) if by is BandBy.CLASS else None
    return None if hundred is None else Band(known.colours[hundred], f"{hundred}00")
