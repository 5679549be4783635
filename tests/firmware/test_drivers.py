"""No driver without a page about the hardware it drives."""

from pathlib import Path

import pytest

from samut_edge.drivers import driver_names

FIRMWARE = Path(__file__).parents[2] / "firmware_configs"


@pytest.mark.requirement("H-20")
@pytest.mark.parametrize("driver", driver_names())
def test_a_folder_tells_how_its_hardware_is_set(driver: str) -> None:
    assert any(f"`{driver}`" in page.read_text("utf-8") for page in FIRMWARE.glob("*/README.md"))
