"""A virtual FEIG reader on a serial line, with tags in its field: the other end of the ISO host protocol."""

import asyncio
import os
from binascii import crc_hqx
from collections.abc import Callable
from pathlib import Path

from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.serial_plug import SerialPlug
from samut_edge.virtual.tag_field import BLOCK, BLOCKS, TagField, VirtualTag

OK, NO_TAG, WRITE_ERROR, ADDRESS_ERROR, UNKNOWN, REFUSED, MORE_DATA = 0x00, 0x01, 0x03, 0x04, 0x80, 0x82, 0x94
PER_ANSWER = 6
MIRROR = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
Answer = tuple[int, bytes]


class FeigPad(TagField):
    """`turned`: blocks are handed over last byte first, as FEIG's readers do. Faults: `silent` does not answer,
    `late_seconds` answers late, `garbles` spoils as many answers, `pieces` sends each in two, `refuses` obeys not.
    """

    def __init__(self, part: str, path: Path, owner: str, changed: Callable[[], None]) -> None:
        super().__init__(owner, changed)
        self.plug = _Line(part, path, changed, self._received)
        self.turned, self.silent, self.pieces = True, False, False
        self.late_seconds, self.garbles, self.blocks = 0.0, 0, BLOCKS
        self.refuses = False
        self.asked = 0
        self._waiting: list[VirtualTag] = []
        self._quiet: set[str] = set()
        self._heard = b""

    def _received(self, octets: bytes) -> None:
        self._heard += octets
        while self._heard and len(self._heard) >= self._heard[0]:
            frame, self._heard = self._heard[: self._heard[0]], self._heard[max(self._heard[0], 1) :]
            if len(frame) >= 5 and check_sum(frame[:-2]) == frame[-2:] and not self.silent:
                self._answer(frame)

    def _answer(self, frame: bytes) -> None:
        self.asked += 1
        status, rest = self._obey(frame[2], frame[3:-2])
        body = bytes([6 + len(rest), 0x00, frame[2], status]) + rest
        whole = bytearray(body + check_sum(body))
        if self.garbles:
            self.garbles -= 1
            whole[-1] ^= 0xFF
        asyncio.get_running_loop().call_later(self.late_seconds, self._send, bytes(whole))

    def _send(self, answer: bytes) -> None:
        half = len(answer) // 2 if self.pieces else len(answer)
        self.plug.send_if_plugged(answer[:half])
        if answer[half:]:
            asyncio.get_running_loop().call_later(0.01, self.plug.send_if_plugged, answer[half:])

    def _obey(self, control: int, rest: bytes) -> Answer:
        if control == 0x69:
            self._quiet.clear()
            return OK, b""
        if self.refuses:
            return REFUSED, b""
        return self._do(rest[0], rest[1], rest[2:]) if control == 0xB0 else (UNKNOWN, b"")

    def _do(self, command: int, mode: int, rest: bytes) -> Answer:
        if command == 0x01:
            return self._inventory(more=bool(mode & 0x80))
        if mode != 0x01:
            return UNKNOWN, b""
        chip, rest = rest[:8].hex().upper(), rest[8:]
        tag = self.lying.get(chip)
        if tag is None:
            return NO_TAG, b""
        return self._do_with(tag, command, rest)

    def _do_with(self, tag: VirtualTag, command: int, rest: bytes) -> Answer:
        match command:
            case 0x2B:
                about = bytes([tag.dsfid]) + bytes.fromhex(tag.chip) + bytes([tag.afi, BLOCK - 1, self.blocks - 1, 1])
                return OK, about
            case 0x23:
                return self._blocks(tag, first=rest[0], count=rest[1])
            case 0x24:
                return self._written(tag, lambda each: self._write_blocks(each, rest[0], rest[2], rest[3:]))
            case 0x27:
                return self._written(tag, lambda each: setattr(each, "afi", rest[0]))
            case 0x29:
                return self._written(tag, lambda each: setattr(each, "dsfid", rest[0]))
            case _:
                return UNKNOWN, b""

    def _inventory(self, *, more: bool) -> Answer:
        """Only of new tags, as delivered; of all after a reset of the field."""
        waiting = self._waiting if more else [tag for tag in self.round() if tag.chip not in self._quiet]
        self._quiet.update(tag.chip for tag in waiting)
        now, self._waiting = waiting[:PER_ANSWER], waiting[PER_ANSWER:]
        if not now:
            return NO_TAG, b""
        sets = b"".join(bytes([0x03, tag.dsfid]) + bytes.fromhex(tag.chip) for tag in now)
        return (MORE_DATA if self._waiting else OK), bytes([len(now)]) + sets

    def _blocks(self, tag: VirtualTag, first: int, count: int) -> Answer:
        if first + count > self.blocks:
            return ADDRESS_ERROR, b""
        blocks = [bytes(tag.memory[at * BLOCK : (at + 1) * BLOCK]) for at in range(first, first + count)]
        return OK, bytes([count, BLOCK]) + b"".join(b"\0" + self._turn(block) for block in blocks)

    def _write_blocks(self, tag: VirtualTag, first: int, size: int, octets: bytes) -> None:
        for number, at in enumerate(range(0, len(octets), size)):
            tag.write_block(first + number, self._turn(octets[at : at + size]))

    def _turn(self, block: bytes) -> bytes:
        return block[::-1] if self.turned else block

    def _written(self, tag: VirtualTag, do: Callable[[VirtualTag], None]) -> Answer:
        return (OK, b"") if self.write(tag.chip, do) else (WRITE_ERROR, b"\0")


class _Line(SerialPlug):
    """A plug that listens."""

    def __init__(self, part: str, path: Path, changed: Callable[[], None], heard: Callable[[bytes], None]) -> None:
        super().__init__(part, path, changed)
        self._told = heard

    def plug_in(self) -> None:
        super().plug_in()
        if self._ends is not None:
            asyncio.get_running_loop().add_reader(self._ends[0], self._readable, self._ends[0])

    def unplug(self) -> None:
        if self._ends is not None:
            asyncio.get_running_loop().remove_reader(self._ends[0])
        super().unplug()

    def send_if_plugged(self, octets: bytes) -> None:
        try:
            self.send(octets)
        except BenchError:  # nobody hears an unplugged reader
            return

    def _readable(self, end: int) -> None:
        self._told(os.read(end, 4096))


def check_sum(octets: bytes) -> bytes:
    """CRC-16/MCRF4XX by way of the mirrored CRC of the standard library, low byte first."""
    mirrored = crc_hqx(octets.translate(MIRROR), 0xFFFF)
    return int(f"{mirrored:016b}"[::-1], 2).to_bytes(2, "little")
