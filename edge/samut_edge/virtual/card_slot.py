"""A virtual reader's slot: holding a card to it, as vpcd wants it (a TCP connection is a card in the field).

vpcd's protocol: two bytes of length, big end first, then 00 off, 01 on, 02 reset, 04 give the ATR, or a command.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from samut_edge.virtual.chip_cards import ChipCard
from samut_edge.virtual.faults import BenchError

POWER = (b"\x00", b"\x01", b"\x02")
GIVE_ATR = b"\x04"
READ_SECONDS = 5.0
BETWEEN_CARDS = 0.6
"""vpcd looks every 400 ms whether a card is there; a hand is slower than that, too."""


class CardSlot:
    def __init__(self, port: Callable[[], int]) -> None:
        self._port = port
        self._hand = asyncio.Lock()

    async def tap(self, card: ChipCard) -> None:
        """Hold the card there until it was read. Raises BenchError when nobody reads it."""
        async with self._hand:
            held = await self._insert(card)
            try:
                async with asyncio.timeout(READ_SECONDS):
                    await held.was_read
            except (TimeoutError, ConnectionError) as error:
                raise BenchError("ไม่มีโปรแกรมอ่านบัตรที่เครื่องอ่านนี้", "Nobody read the card at this reader.") from error
            finally:
                held.remove()
                await asyncio.sleep(BETWEEN_CARDS)

    async def _insert(self, card: ChipCard) -> "_HeldCard":
        try:
            _, held = await asyncio.get_running_loop().create_connection(
                lambda: _HeldCard(card), "127.0.0.1", self._port()
            )
        except OSError as error:
            raise BenchError("เครื่องอ่านบัตรถูกถอดอยู่", "The card reader is unplugged.") from error
        return held


class _HeldCard(asyncio.Protocol):
    def __init__(self, card: ChipCard) -> None:
        self._card = card
        self._received = b""
        self._line = asyncio.Transport()
        self.was_read: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._goes: asyncio.TimerHandle | None = None

    def remove(self) -> None:
        self._line.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = cast("asyncio.Transport", transport)
        self._acknowledge_at_once()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.was_read.done():
            self.was_read.set_exception(ConnectionError("the reader was unplugged"))
            self.was_read.exception()  # nobody may be waiting for it

    def data_received(self, data: bytes) -> None:
        self._acknowledge_at_once()
        self._received += data
        while len(self._received) >= 2:
            end = 2 + int.from_bytes(self._received[:2], "big")
            if len(self._received) < end:
                return
            message, self._received = self._received[2:end], self._received[end:]
            self._obey(message)

    def _obey(self, message: bytes) -> None:
        if message in POWER:
            self._card.reset()
            return
        answer = self._card.atr if message == GIVE_ATR else self._card.answer(message)
        self._line.write(len(answer).to_bytes(2, "big") + answer)
        if self._card.told:
            if self._goes is not None:
                self._goes.cancel()
            self._goes = asyncio.get_running_loop().call_later(self._card.stays, self._go)

    def _go(self) -> None:
        if not self.was_read.done():
            self.was_read.set_result(None)

    def _acknowledge_at_once(self) -> None:
        """vpcd sends length and data apart and waits for the first to be acknowledged: 45 ms without this."""
        line = self._line.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
