"""Thai national ID cards in a PC/SC chip card reader: their number at each insertion; all they tell when asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samut_edge.devices.chip_card import Send, citizen_number
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.thai_identity import ThaiIdentity, read_identity
from samut_edge.drivers.pcsc import PcscOptions, PcscReader
from samut_edge.events import CardKind

KIND = PartKind.CARD_READER


@dataclass(frozen=True, slots=True)
class _Wish:
    """Somebody waits for what the next card tells."""

    photo: bool
    answer: "asyncio.Future[ThaiIdentity]"


class ThaiIdReader(PcscReader):
    """Without a wish nothing but the number is read, which the agent makes a keyed hash of at once."""

    def __init__(self, name: str, options: PcscOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._wish: _Wish | None = None

    async def read_identity(self, *, photo: bool) -> ThaiIdentity:
        """Of the card that is in the reader, or of the next one; a new wish takes the place of one before."""
        wish = _Wish(photo, asyncio.get_running_loop().create_future())
        if self._wish is not None:
            self._wish.answer.cancel()
        self._wish = wish
        self.look_again()
        try:
            return await wish.answer
        finally:
            if self._wish is wish:
                self._wish = None

    def read(self, send: Send) -> Any:
        wish = self._wish
        if wish is None:
            return CardKind.NATIONAL_ID, citizen_number(send)
        return read_identity(send, photo=wish.photo)

    def was_read(self, found: Any, seen_ns: int) -> None:
        if not isinstance(found, ThaiIdentity):
            super().was_read(found, seen_ns)
        elif self._wish is not None and not self._wish.answer.done():
            self._wish.answer.set_result(found)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> ThaiIdReader:
    return ThaiIdReader(name, read_options(name, options, PcscOptions), emit)
