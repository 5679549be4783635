"""Every ready sheet in every design, all labels read back: minutes, so `make soak` and not `make test`."""

import pytest

from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.drawing import Shortfall
from samut_hub.catalogue.labels.layout import Design, Kind, draw
from samut_hub.catalogue.labels.presets import PRESETS, Preset
from samut_hub.catalogue.labels.typesetting import pdf_of
from tests.hub.catalogue.labels.reading import LASER, THERMAL, codes_read, sheets_of
from tests.hub.catalogue.labels.shelf import contents

DESIGNS = [
    Design(kind=kind, symbology=symbology, turned=turned)
    for kind in (Kind.CODE, Kind.BOTH)
    for symbology in Symbology
    for turned in (False, True)
]
OF_A_ROLL = 6

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("design", DESIGNS, ids=lambda one: f"{one.kind}-{one.symbology}-{'turned' * one.turned}")
@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_every_label_of_every_sheet_is_read(preset: Preset, design: Design) -> None:
    sheet = preset.sheet
    wanted = contents(OF_A_ROLL if sheet.is_roll else sheet.labels)
    labels = [draw(content, design, sheet) for content in wanted]
    missed = set().union(*(label.shortfalls for label in labels))
    if Shortfall.NO_CODE in missed:
        pytest.skip("The page tells that no code fits this half of the label.")
    pages = sheets_of(pdf_of(sheet, labels), THERMAL if sheet.is_roll else LASER)
    assert codes_read(pages, sheet) == [content.barcode for content in wanted]
