"""How a USB device is named in the settings: vendor and product, as lsusb shows them."""

from typing import Annotated

import msgspec

UsbNumber = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{4}:[0-9a-fA-F]{4})?$")]


def number_of(usb: str) -> tuple[int, int]:
    """“04b8:0e21” as vendor and product."""
    vendor, _, product = usb.partition(":")
    return int(vendor, 16), int(product, 16)
