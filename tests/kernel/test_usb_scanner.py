"""A scanner as a USB keyboard."""

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-10")]


@pytest.mark.parametrize("when", ["first", "again"])
def test_it_is_found_by_its_numbers_read_with_upper_case_and_missed_when_pulled_out(bench: Bench, when: str) -> None:
    said = bench("usb_scanner")
    state, detail = said[f"plugged in {when}"]
    assert state == "ready"
    assert "Bar Code Scanner" in detail
    assert said[f"codes {when}"] == ["TH-0012345/b"]
    assert said[f"pulled out {when}"][0] == "offline"
    assert said["end"]
