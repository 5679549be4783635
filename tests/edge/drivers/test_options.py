"""Options are checked at the start, and what is wrong is named."""

from typing import Any

import pytest

from samut_edge.drivers import create_part, driver_names
from samut_edge.errors import SettingsError
from samut_edge.virtual.gate_board import chip
from tests.edge.drivers.heard import Heard

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("pcsc", {"redaer": "in"}, "redaer"),
    ("pcsc", {"reader": 1}, "reader"),
    ("thai_id", {"redaer": "in"}, "redaer"),
    ("serial_line", {}, "path"),
    ("serial_line", {"path": ""}, "path"),
    ("serial_line", {"path": "/dev/ttyUSB0", "baud": "fast"}, "baud"),
    ("serial_line", {"path": "/dev/ttyUSB0", "pattern": "("}, "pattern"),
    ("serial_rdm6300", {"path": "/dev/ttyUSB0", "pattern": "x"}, "pattern"),
    ("http_pad", {}, "url"),
    ("http_pad", {"url": "127.0.0.1:1667"}, "url"),
    ("http_pad", {"url": "http://127.0.0.1:1667", "gone_seconds": 0}, "gone_seconds"),
    ("evdev_scanner", {}, "device"),
    ("evdev_scanner", {"device": "honeywell"}, "device"),
    ("evdev_scanner", {"device": "0c2e:0200", "path": "/dev/input/event5"}, "path"),
    ("evdev_scanner", {"device": "0c2e:0200", "silence_ms": 0}, "silence_ms"),
    ("camera", {}, "source"),
    ("camera", {"source": "0", "engine": "eyes"}, "engine"),
    ("camera", {"source": "0", "formats": ["runes"]}, "formats"),
    ("camera", {"source": "0", "region": [0.5, 0, 0.6, 1]}, "region"),
    ("pn532", {}, "path"),
    ("chafon_uhf", {}, "path"),
    ("chafon_uhf", {"path": "/dev/ttyUSB0", "pattern": "("}, "pattern"),
    ("chafon_uhf", {"path": "/dev/ttyUSB0", "epc": "runes"}, "epc"),
    ("chafon_uhf", {"path": "/dev/ttyUSB0", "epc": "hex"}, "pattern.*clothes"),
    ("chafon_uhf", {"path": "/dev/ttyUSB0", "power": 40}, "power"),
    ("http_pad", {"url": "http://127.0.0.1:1667", "afi_secured": 0xC2}, "afi_cleared"),
    ("serial_pad", {}, "path"),
    ("serial_pad", {"path": "/dev/ttyUSB0", "parity": "mark"}, "parity"),
    ("serial_pad", {"path": "/dev/ttyUSB0", "model": "danish"}, "model"),
    ("serial_pad", {"path": "/dev/ttyUSB0", "afi_cleared": 256}, "afi_cleared"),
    ("serial_pad", {"path": "/dev/ttyUSB0", "afi_cleared": 0x07}, "afi_cleared"),
    ("evdev_card_reader", {"device": "ffff:0035", "card": {"number": "roman"}}, "number"),
    ("serial_card_line", {"path": "/dev/ttyUSB0", "card": {"octets": 2}}, "octets"),
    ("serial_rdm6300", {"path": "/dev/ttyUSB0", "octets": 6}, "octets"),
    ("escpos_printer", {}, "host"),
    ("escpos_printer", {"host": "p", "port": 0}, "port"),
    ("escpos_printer", {"host": "p", "profile": "HAL-9000"}, "profile"),
    ("escpos_printer", {"host": "p", "width": 513}, "width"),
    ("escpos_printer", {"host": "p", "width": 576, "profile": "TM-T88V"}, "width"),
    ("escpos_printer", {"host": "p", "profile": "OCD-100"}, "profile"),
    ("escpos_printer", {"host": "p", "text": "codepage"}, "code_page.*TM-T88V lists no Thai"),
    ("escpos_printer", {"host": "p", "code_page": 256}, "code_page"),
    ("escpos_printer", {"host": "p", "passes": 2}, "passes"),
    ("escpos_printer", {"host": "p", "qr": "native", "profile": "NT-5890K", "width": 384}, "qr"),
    ("escpos_printer", {"host": "p", "logo": "/nowhere/logo.png"}, "logo"),
    ("escpos_printer", {"host": "p", "logo": __file__}, "logo.*is no picture"),
    ("escpos_printer", {"host": "p", "drawer": 3}, "drawer"),
    ("escpos_serial", {}, "path"),
    ("escpos_serial", {"path": "/dev/ttyUSB0", "baud": 9601}, "baud"),
    ("escpos_serial", {"path": "/dev/ttyUSB0", "flow": "magic"}, "flow"),
    ("escpos_usblp", {}, "usb"),
    ("escpos_usblp", {"usb": "04b8:0e21", "path": "/dev/usb/lp0"}, "path"),
    ("escpos_usblp", {"usb": "epson"}, "usb"),
    ("escpos_usb", {}, "usb"),
    ("escpos_usb", {"usb": "04b8"}, "usb"),
    ("rpi_gpio", {}, "relay"),
    ("rpi_gpio", {"relay": 40}, "relay"),
    ("rpi_gpio", {"relay": 17, "green": 17}, "different pins"),
    ("rpi_gpio", {"relay": 17, "active_low": ["window"]}, "active_low"),
]


@pytest.mark.parametrize(("driver", "options", "key"), WRONG)
def test_a_wrong_option_names_the_part_and_the_key(driver: str, options: dict[str, Any], key: str) -> None:
    chip()
    with pytest.raises(SettingsError, match=key) as refused:
        create_part("front desk", driver, options, Heard())
    assert "front desk" in str(refused.value)


def test_an_unknown_driver_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(SettingsError, match="pcsc"):
        create_part("desk", "telepathy", {}, Heard())


def test_every_driver_is_tried_here() -> None:
    assert {driver for driver, _, _ in WRONG} == set(driver_names())
