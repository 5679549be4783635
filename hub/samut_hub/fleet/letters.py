"""Events that the hub could not enter, read again from what was kept of them."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.circulation.models import Conflict
from samut_hub.fleet.models import StrangeLetter
from samut_wire.codec import Letter, decode
from samut_wire.errors import WireError
from samut_wire.messages import Message
from samut_wire.topics import TOPICS, Kind

LOOKED_THROUGH = 500

T = TypeVar("T", bound=Message)


def kept_letter(session: Session, conflict: Conflict, wanted: type[T]) -> tuple[Letter, T] | None:
    """The letter of which the conflict tells: of this device, about this item, of the nearest moment."""
    of_device = StrangeLetter.device == conflict.device
    rows = select(StrangeLetter).where(of_device).order_by(StrangeLetter.id.desc()).limit(LOOKED_THROUGH)
    found = [letter for row in session.scalars(rows) if (letter := _read(row, wanted)) is not None]
    of_item = [(letter, body) for letter, body in found if getattr(body, "barcode", "") == conflict.barcode]
    return min(of_item, key=lambda pair: abs(pair[0].at - conflict.happened_at), default=None)


def _read(row: StrangeLetter, wanted: type[T]) -> tuple[Letter, T] | None:
    try:
        letter = decode(TOPICS[Kind(row.kind)], row.letter)
    except (WireError, ValueError):
        return None
    return (letter, letter.body) if isinstance(letter.body, wanted) else None
