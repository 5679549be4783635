"""Files that are copied to a device: udev rules, config.txt."""

import re
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware_configs"
RULES = sorted([*FIRMWARE.glob("*.rules"), *FIRMWARE.glob("*/*.rules")])
TERM = re.compile(r'(?P<key>[A-Z_]+)(?:\{(?P<attribute>[\w/.]+)\})?(?P<sign>==|!=|\+=|:=|=)"(?P<value>[^"]*)"')
COMPARED = {
    "ACTION",
    "SUBSYSTEM",
    "SUBSYSTEMS",
    "KERNEL",
    "KERNELS",
    "ATTRS",
    "ATTR",
    "ENV",
    "TEST",
    "DRIVERS",
    "TAG",
}
SET = {"MODE", "GROUP", "OWNER", "SYMLINK", "TAG", "ENV", "ATTR", "RUN"}
CONFIG_LINE = re.compile(
    r"#?(gpio=[\d,]+=(op|ip)(,(dh|dl|pu|pd|pn))*|dtoverlay=[\w,-]+|dtparam=\w+=\w+|\w+=\d+)|\[\w+\]"
)

pytestmark = pytest.mark.requirement("H-20")


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_udev_rules_are_terms_that_compare_and_set(path: Path) -> None:
    """As udev.rules(5) has them; udev itself reads them in `make test-kernel`."""
    for line in lines(path):
        terms = [TERM.fullmatch(term.strip()) for term in re.split(r",\s+(?=[A-Z])", line)]
        assert all(terms), line
        for term in filter(None, terms):
            allowed = COMPARED if term["sign"] in ("==", "!=") else SET
            assert term["key"] in allowed, line
        assert any(term["sign"] not in ("==", "!=") for term in filter(None, terms)), f"it does nothing: {line}"


def test_config_txt_has_only_lines_of_its_kind_and_ends_for_all_models() -> None:
    said = lines(FIRMWARE / "raspberry-pi" / "config.txt")
    assert [line for line in said if not CONFIG_LINE.fullmatch(line)] == []
    assert said[0] == said[-1] == "[all]"


def test_every_setting_of_config_txt_is_explained() -> None:
    page = (FIRMWARE / "raspberry-pi" / "README.md").read_text("utf-8")
    path = FIRMWARE / "raspberry-pi" / "config.txt"
    settings = [line.lstrip("#") for line in path.read_text("utf-8").splitlines() if re.match(r"#?\w+=", line)]
    assert [setting for setting in settings if f"`{setting}`" not in page] == []


def test_outputs_on_the_relay_board_s_pins_are_off_before_the_agent_starts() -> None:
    board = (FIRMWARE / "relay-board" / "settings.toml").read_text("utf-8")
    pins = set(re.findall(r"^(?:relay|green|red|buzzer) = (\d+)", board, re.MULTILINE))
    early = next(line for line in lines(FIRMWARE / "raspberry-pi" / "config.txt") if line.endswith("=op,dh"))
    assert pins == set(early.split("=")[1].split(","))
