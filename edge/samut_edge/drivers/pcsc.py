"""Card readers by PC/SC: NFC readers and chip card readers, watched on a thread that outlives daemon and readers.

pyscard's CardMonitor falls silent for good when pcscd restarts, so the states are asked here.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from smartcard import scard

from samut_edge.devices.chip_card import Send, UnreadableCardError, read_card
from samut_edge.devices.options import Options, read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.events import CardTapped

KIND = PartKind.CARD_READER

READER_CHANGES = "\\\\?PnP?\\Notification"
WAIT_MS = 1000
LOOK_ANEW = (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED, scard.SCARD_E_UNKNOWN_READER)
"""The last: a reader was pulled out after the readers were listed."""

TRIES = 3
SETTLE_SECONDS = 0.2
"""Some readers report a card before it can be talked to."""

EITHER_PROTOCOL = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1


class PcscOptions(Options, frozen=True):
    """`reader`: a part of the reader's name; without it every reader of the computer belongs to this part."""

    reader: str = ""


class CardLostError(Exception):
    """The card went away, or was not ready yet."""


class PcscReader(RunningPart):
    def __init__(self, name: str, options: PcscOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._wanted = options.reader
        self._names = ""
        self._watch: _Watch | None = None

    def look_again(self) -> None:
        """Read the card that lies there already once more."""
        if self._watch is not None:
            self._watch.look_again()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        watch = self._watch = _Watch(
            self._wanted, lambda call, *values: loop.call_soon_threadsafe(call, *values), self
        )
        with ThreadPoolExecutor(1, thread_name_prefix=self.name) as thread:
            work = loop.run_in_executor(thread, watch.run)
            try:
                await asyncio.shield(work)
            finally:
                watch.stop()
                await asyncio.gather(work, return_exceptions=True)

    def readers_are(self, names: list[str]) -> None:
        self._names = ", ".join(names)
        if names:
            self._became(PartState.READY, self._names)
        else:
            self._became(PartState.OFFLINE, f"no reader whose name has “{self._wanted}” is plugged in")

    def read(self, send: Send) -> Any:
        """What is wanted of a card that was put down; called on the thread. What it returns goes to `was_read`."""
        return read_card(send)

    def was_read(self, found: Any, seen_ns: int) -> None:
        self._became(PartState.READY, self._names)
        kind, value = found
        self._emit(CardTapped(self.name, kind, value, seen_ns))

    def card_was_unreadable(self, reader: str, why: str) -> None:
        self._became(PartState.READY, f"{reader}: {why}")


class _Watch:
    """One stay with the PC/SC daemon, on a thread; `tell` carries its findings to the event loop."""

    def __init__(self, wanted: str, tell: Callable[..., object], part: PcscReader) -> None:
        self._wanted, self._tell, self._part = wanted, tell, part
        self._stopping = threading.Event()
        self._context: int | None = None
        self._states: dict[str, int] | None = None
        self._again = threading.Event()

    def look_again(self) -> None:
        self._again.set()
        self._wake()

    def run(self) -> None:
        """Raises AwayError when the daemon is lost; returns only after `stop`."""
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check(result, "the PC/SC daemon does not answer")
        self._context = context
        try:
            while not self._stopping.is_set():
                self._look(context)
        finally:
            self._context = None
            scard.SCardReleaseContext(context)

    def stop(self) -> None:
        self._stopping.set()
        self._wake()

    def _wake(self) -> None:
        context = self._context
        if context is not None:
            scard.SCardCancel(context)

    def _look(self, context: int) -> None:
        """Wait for the next change of any reader, and read the cards that were put down."""
        plugged_in = _readers(context)
        states = self._known_states([name for name in plugged_in if self._wanted in name])
        asked = [*states.items(), (READER_CHANGES, len(plugged_in) << 16)]
        result, found = scard.SCardGetStatusChange(context, WAIT_MS, asked)
        seen_ns = time.perf_counter_ns()
        if result in LOOK_ANEW:
            return
        _check(result, "the PC/SC daemon was lost")
        for reader, state, _ in found:
            if reader in states and _newly_present(states[reader], state):
                self._read(context, reader, seen_ns)
            if reader in states:
                states[reader] = state & ~scard.SCARD_STATE_CHANGED

    def _known_states(self, names: list[str]) -> dict[str, int]:
        known = self._states if self._states is not None else {}
        if self._again.is_set():
            self._again.clear()
            known = dict.fromkeys(known, scard.SCARD_STATE_UNAWARE)
        if self._states is None or set(names) != set(known):
            self._tell(self._part.readers_are, names)
        self._states = {name: known.get(name, scard.SCARD_STATE_UNAWARE) for name in names}
        return self._states

    def _read(self, context: int, reader: str, seen_ns: int) -> None:
        try:
            found = _read_with_patience(context, reader, self._part.read)
        except (CardLostError, UnreadableCardError) as error:
            self._tell(self._part.card_was_unreadable, reader, str(error))
        else:
            self._tell(self._part.was_read, found, seen_ns)


def _check(result: int, trouble: str) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise AwayError(f"{trouble}: {scard.SCardGetErrorMessage(result)}")


def _readers(context: int) -> list[str]:
    result, names = scard.SCardListReaders(context, [])
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return []
    _check(result, "the PC/SC daemon was lost")
    return list(names)


def _newly_present(before: int, after: int) -> bool:
    """The high half of a state counts the insertions: a quick swap of two cards shows only there."""
    was, now = before & scard.SCARD_STATE_PRESENT, after & scard.SCARD_STATE_PRESENT
    return bool(now and (not was or before >> 16 != after >> 16))


def _read_with_patience(context: int, reader: str, read: Callable[[Send], Any]) -> Any:
    for _ in range(TRIES - 1):
        try:
            return _read_once(context, reader, read)
        except CardLostError:
            time.sleep(SETTLE_SECONDS)
    return _read_once(context, reader, read)


def _read_once(context: int, reader: str, read: Callable[[Send], Any]) -> Any:
    result, card, protocol = scard.SCardConnect(context, reader, scard.SCARD_SHARE_SHARED, EITHER_PROTOCOL)
    _check_card(result)
    header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def send(command: bytes) -> bytes:
        result, answer = scard.SCardTransmit(card, header, list(command))
        _check_card(result)
        return bytes(answer)

    try:
        return read(send)
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def _check_card(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise CardLostError(f"the card cannot be talked to: {scard.SCardGetErrorMessage(result)}")


def create(name: str, options: Mapping[str, Any], emit: Emit) -> PcscReader:
    return PcscReader(name, read_options(name, options, PcscOptions), emit)
