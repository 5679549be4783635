"""A device with real hardware of a kernel: our udev rules by udev itself, and what `samut-edge check` reads back."""

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-20")]


def test_udev_takes_the_rules_of_firmware_configs(bench: Bench) -> None:
    said = bench("device_check")
    assert said["link of the scanner"]
    assert said["scanner to udev"] == ["1", "1", "0c2e"]
    assert said["reader to udev"] == ["1", "1a86"]
    assert said["scanner's power"] == "on"
    assert said["chip's mode"] == "0o660"


def test_a_device_whose_hardware_is_all_there_is_told_so(bench: Bench) -> None:
    _, found = bench("device_check")["check with everything"]
    assert {verdict for verdict, _ in found.values()} == {"OK"}
    assert "Voyager" in found["scanner"][1]
    assert "RDM_reader" in found["near"][1]
    assert "relay 17" in found["gate_io"][1]


def test_a_reader_that_was_pulled_out_is_named(bench: Bench) -> None:
    status, found = bench("device_check")["check without the reader"]
    assert status == 1
    assert [name for name, (verdict, _) in found.items() if verdict != "OK"] == ["near"]
    assert "cannot be opened" in found["near"][1]
