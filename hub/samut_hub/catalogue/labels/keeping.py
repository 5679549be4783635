"""The label sheets and colours that a library keeps. No use case commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.labels.colours import PALETTES, Palette
from samut_hub.catalogue.labels.layout import Design
from samut_hub.catalogue.labels.models import LabelSettings, LabelSheet
from samut_hub.catalogue.labels.presets import BY_KEY, PRESETS, Preset
from samut_hub.catalogue.labels.sheets import Sheet
from samut_hub.errors import NotFoundError

FIRST_SHEET = PRESETS[0].key


class NameTakenError(Exception):
    """The library has a sheet of this name already."""


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """A sheet that can be printed on. `key` is the id of an own sheet, or that of a preset."""

    key: str
    name: str
    sheet: Sheet
    is_measured: bool
    is_own: bool


def sheet_by_id(session: Session, sheet_id: int) -> LabelSheet:
    """The library's own sheet; raises NotFoundError."""
    found = session.get(LabelSheet, sheet_id)
    if found is None:
        raise NotFoundError(f"There is no label sheet {sheet_id} in this library.")
    return found


def own_sheets(session: Session) -> Sequence[LabelSheet]:
    return session.scalars(select(LabelSheet).order_by(LabelSheet.name)).all()


def presets_left(own: Sequence[LabelSheet]) -> list[Preset]:
    """Those that the library did not make its own."""
    taken = {sheet.preset for sheet in own}
    return [preset for preset in PRESETS if preset.key not in taken]


def sheet_choices(session: Session) -> list[SheetChoice]:
    """The library's own sheets first, then presets."""
    own = own_sheets(session)
    kept = [SheetChoice(str(row.id), row.name, measures_of(row), row.is_measured, is_own=True) for row in own]
    return kept + [
        SheetChoice(one.key, one.name, one.sheet, one.is_measured, is_own=False) for one in presets_left(own)
    ]


def sheet_by_key(session: Session, key: str) -> Sheet:
    """An own sheet or a preset; raises NotFoundError."""
    if key in BY_KEY:
        return BY_KEY[key].sheet
    return measures_of(sheet_by_id(session, int(key) if key.isdecimal() else 0))


def measures_of(row: LabelSheet) -> Sheet:
    return msgspec.convert(row.measures, Sheet)


def keep_sheet(session: Session, row: LabelSheet, name: str, sheet: Sheet, *, now: datetime) -> LabelSheet:
    """A sheet added or changed: its measures were given by somebody. Raises NameTakenError."""
    other = session.scalar(select(LabelSheet.id).where(LabelSheet.name == name, LabelSheet.id != (row.id or 0)))
    if other is not None:
        raise NameTakenError(name)
    row.name, row.measures, row.changed_at = name, msgspec.to_builtins(sheet), now
    session.add(row)
    session.flush()
    return row


def take_preset(session: Session, preset: Preset, *, now: datetime) -> LabelSheet:
    """The library's own copy of a preset, the one it has already if it took it before."""
    there = session.scalar(select(LabelSheet).where(LabelSheet.preset == preset.key))
    row = LabelSheet(preset=preset.key, is_measured=preset.is_measured)
    return there or keep_sheet(session, row, preset.name, preset.sheet, now=now)


def remove_sheet(session: Session, sheet_id: int) -> None:
    session.delete(sheet_by_id(session, sheet_id))


def settings_of(session: Session) -> LabelSettings:
    """The library's row; a fresh one that is not kept yet where there is none."""
    found = session.scalar(select(LabelSettings))
    return found or LabelSettings(class_colours=list(PALETTES[Palette.SPECTRUM]), last_sheet="", last_design={})


def keep_colours(session: Session, colours: Sequence[str]) -> None:
    """The ten colours of the Dewey classes, as #rrggbb."""
    settings = settings_of(session)
    settings.class_colours = list(colours)
    session.add(settings)


def keep_choice(session: Session, sheet: str, design: Design) -> None:
    """Remember what was printed, as what the page offers next time."""
    settings = settings_of(session)
    settings.last_sheet, settings.last_design = sheet, msgspec.to_builtins(design)
    session.add(settings)


def last_design(settings: LabelSettings) -> Design:
    return msgspec.convert(settings.last_design, Design)
