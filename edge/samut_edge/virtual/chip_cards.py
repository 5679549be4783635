"""Virtual chip cards: what they answer to the commands of a reader (ISO 7816-4 APDUs)."""

from dataclasses import dataclass
from typing import Protocol

DONE = b"\x90\x00"
NOT_FOUND = b"\x6a\x82"
UNKNOWN_COMMAND = b"\x6d\x00"


class ChipCard(Protocol):
    atr: bytes
    stays: float
    """Seconds that it is left in the reader after the last command, once it has told who it is."""
    told: bool
    """True once it has told who it is."""

    def reset(self) -> None: ...

    def answer(self, command: bytes) -> bytes: ...


class NfcCard:
    """A MIFARE Classic 1K as a PC/SC reader shows it."""

    atr = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
    stays = 0.0

    def __init__(self, uid: str) -> None:
        self._uid = bytes.fromhex(uid)
        self.told = False

    def reset(self) -> None:
        """It has no state."""

    def answer(self, command: bytes) -> bytes:
        if command != b"\xff\xca\x00\x00\x00":
            return b"\x6a\x81"
        self.told = True
        return self._uid + DONE


@dataclass(frozen=True, slots=True)
class Holder:
    """What the chip says beside the number, as the card writes it: parts between “#”, dates of the Buddhist Era."""

    name_th: str = "นาย#สมชาย##ใจดี"
    name_en: str = "Mr.#Somchai##Jaidee"
    born: str = "25300115"
    sex: str = "1"
    address: str = "99/9#หมู่ที่ 4####ตำบลเหนือ#อำเภอเมือง#จังหวัดตัวอย่าง"
    issued: str = "25650501"
    expires: str = "25740114"
    photo: bytes = b""


class ThaiIdCard:
    """A Thai national ID card, T=0, so data wait for GET RESPONSE.

    `fetch_p2`: some issues of the card want 01 there, and drop what waits when they are asked otherwise.
    """

    atr = bytes.fromhex("3B791800005448204E4944203131")
    applet = bytes.fromhex("A000000054480001")
    stays = 0.4

    def __init__(self, citizen_number: str, fetch_p2: int = 0, holder: Holder | None = None) -> None:
        self._memory = _memory(citizen_number, holder or Holder())
        self._fetch_p2 = fetch_p2
        self.asked_for: list[int] = []
        self.told = False
        self.reset()

    def reset(self) -> None:
        self._selected, self._waiting = False, b""

    def answer(self, command: bytes) -> bytes:
        match command[:2]:
            case b"\x00\xa4":
                return self._select(command[5:])
            case b"\x80\xb0":
                return self._read(int.from_bytes(command[2:4], "big"), command[-1])
            case b"\x00\xc0":
                return self._fetch(command[3])
        return UNKNOWN_COMMAND

    def _select(self, applet: bytes) -> bytes:
        self._selected = applet == self.applet
        self._waiting = bytes(10)
        return b"\x61\x0a" if self._selected else NOT_FOUND

    def _read(self, offset: int, length: int) -> bytes:
        if not self._selected:
            return b"\x69\x85"
        self.asked_for.append(offset)
        self._waiting = self._memory[offset : offset + length]
        return bytes([0x61, length])

    def _fetch(self, p2: int) -> bytes:
        if p2 != self._fetch_p2:
            self._waiting = b""
            return b"\x6a\x86"
        data, self._waiting = self._waiting, b""
        self.told = self.told or len(data) == 13
        return data + DONE


def _memory(number: str, holder: Holder) -> bytes:
    memory = bytearray(b" " * 0x1700)
    texts = {0x04: number, 0x11: holder.name_th, 0x75: holder.name_en, 0xD9: holder.born, 0xE1: holder.sex}
    texts |= {0x167: holder.issued, 0x16F: holder.expires, 0x1579: holder.address}
    for at, text in texts.items():
        written = text.encode("tis-620")
        memory[at : at + len(written)] = written
    memory[0x17B : 0x17B + len(holder.photo)] = holder.photo
    return bytes(memory)
