"""A tag as a pad service of Deichman's shape reports it in JSON; one field more than Deichman's is understood."""

import msgspec

from samut_edge.devices.danish_model import TRUNCATED, WHOLE, basic_block
from samut_edge.devices.library_tag import BadTagError, ItemTag

PADDING = "\0 "
USAGES = range(16)


class ServiceContent(msgspec.Struct, frozen=True, rename="pascal"):
    """Fields of the Danish model; `crc` is as on the tag, low byte first, empty when it was not reported."""

    barcode: str
    seq_num: int = 1
    num_items: int = 1
    crc: bytes = b""
    country: str = ""
    library: str = ""


class ServiceTag(msgspec.Struct, frozen=True, rename="pascal"):
    """`mac` is the chip number, empty of a tag that the service could not read. Deichman's tells no `afi`."""

    mac: str
    content: ServiceContent
    afi: int | None = None


def item_of(content: ServiceContent) -> ItemTag | None:
    """None when the check sum fits no usage: the service does not report the usage itself, and checks nothing."""
    if not content.crc:
        return _tag(content)
    usages = (_tag(content, usage) for usage in USAGES)
    return next((tag for tag in usages if content.crc in _sums(tag)), None)


def _tag(content: ServiceContent, usage: int = 1) -> ItemTag:
    barcode, country, library = (text.strip(PADDING) for text in (content.barcode, content.country, content.library))
    return ItemTag(barcode, country, library, usage, content.num_items, content.seq_num)


def _sums(tag: ItemTag) -> list[bytes]:
    try:
        return [basic_block(tag, size)[19:21] for size in (TRUNCATED, WHOLE)]
    except BadTagError:
        return []
