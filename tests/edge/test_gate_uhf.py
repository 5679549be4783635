"""Tags that are never cleared go by an exit: only an own item that is not lent is worth a word."""

from pathlib import Path

import pytest

from samut_edge.events import TagPassed
from samut_wire import messages as m
from tests.edge.drivers.heard import story, until
from tests.edge.standing_gate import standing

SHIRT, LENT, ON_THE_SHELF = "3034257BF7194E4000001A85", "B00009", "B00001"


def passes(barcode: str) -> TagPassed:
    return TagPassed("exit", barcode, f"tag of {barcode}", secured=True, seen_ns=0, clears=False)


@pytest.mark.requirement("H-04")
@story
async def test_clothes_and_lent_books_leave_without_an_alarm_and_without_a_trace(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        at.gate.happen(passes(SHIRT))
        at.gate.happen(passes(LENT))
        at.gate.happen(passes(ON_THE_SHELF))
        await until(lambda: at.kept(m.GateAlarmed))
        (alarm,) = at.kept(m.GateAlarmed)
        assert (alarm.barcode, alarm.quiet) == (ON_THE_SHELF, False)
        assert set(at.gate.state.tags) == {f"tag of {ON_THE_SHELF}"}
