"""Card readers and “Wiegand to serial” converters that send a card's number as one line over a serial line."""

from collections.abc import Mapping
from typing import Any

from samut_edge.devices.card_number import CardFormat, card_value
from samut_edge.devices.one_tap import OneTap
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.drivers.serial_line import LineOptions, LineScanner
from samut_edge.events import CardKind, CardTapped

KIND = PartKind.CARD_READER


class CardLineOptions(LineOptions, frozen=True):
    """`card`: how the number is written, so that it agrees with other readers."""

    card: CardFormat = CardFormat()


class CardLineReader(LineScanner):
    def __init__(self, name: str, options: CardLineOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._format = options.card
        self._tap = OneTap()

    def _told(self, text: str, seen_ns: int) -> None:
        card = card_value(text, self._format)
        if card and self._tap.is_new(card, seen_ns):
            self._emit(CardTapped(self.name, CardKind.UID, card, seen_ns))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> CardLineReader:
    return CardLineReader(name, read_options(name, options, CardLineOptions), emit)
