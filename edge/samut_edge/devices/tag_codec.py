"""A chip's memory, and what it says: both data models, and both orders in which readers hand over a block's bytes."""

from enum import StrEnum

from samut_edge.devices.danish_model import TRUNCATED, WHOLE, decode_danish, encode_danish
from samut_edge.devices.element_tag import DSFID, decode_elements, encode_elements
from samut_edge.devices.library_tag import BadTagError, ItemTag

BLOCK = 4


class Model(StrEnum):
    """How a library writes its tags; both are read."""

    FIXED = "fixed"  # ISO 28560-3, the Danish model
    ELEMENTS = "elements"  # ISO 28560-2


def turned(memory: bytes, block: int = BLOCK) -> bytes:
    """Each block's bytes in the other order."""
    return b"".join(memory[at : at + block][::-1] for at in range(0, len(memory), block))


def read_memory(memory: bytes, dsfid: int = 0, block: int = BLOCK) -> ItemTag:
    """As it stands, else with each block turned. Raises BadTagError, with the first reason, when neither is whole."""
    decode = decode_elements if dsfid == DSFID else decode_danish
    try:
        return _legible(decode(memory))
    except BadTagError as error:
        first = error
    try:
        return _legible(decode(turned(memory, block)))
    except BadTagError:
        raise first from None


def write_memory(tag: ItemTag, model: Model, capacity: int) -> bytes:
    """Whole blocks that say `tag` on a chip of `capacity` bytes. Raises BadTagError when they do not fit."""
    if model is Model.FIXED:
        if capacity < TRUNCATED:
            raise BadTagError(f"The tag has {capacity} bytes; {TRUNCATED} are needed.")
        return encode_danish(tag, WHOLE + 2 if capacity >= WHOLE + 2 else TRUNCATED)
    content = encode_elements(tag, capacity)
    used = len(content.rstrip(b"\0")) + 1
    return content[: min(capacity, used + -used % BLOCK)]


def _legible(tag: ItemTag) -> ItemTag:
    if not (tag.barcode and f"{tag.barcode}{tag.isil}".isprintable()):
        raise BadTagError("The tag has no legible item number.")
    return tag


def dsfid_of(model: Model) -> int:
    return DSFID if model is Model.ELEMENTS else 0
