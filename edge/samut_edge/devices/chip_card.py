"""What is read from a card in a PC/SC reader: the chip number of an NFC card, or the number of a Thai ID card.

Only the 13 digits are read from a Thai ID card here; `devices.thai_identity` reads more where it was asked to.
Nothing that was read is ever logged.
"""

from collections.abc import Callable

from samut_edge.events import CardKind

Send = Callable[[bytes], bytes]
"""Sends one command APDU and returns the answer with its two status bytes at the end."""

READ_UID = bytes.fromhex("FFCA000000")  # PC/SC part 3, 3.2.2.1.3
SELECT_THAI_ID = bytes.fromhex("00A4040008A000000054480001")
READ_CITIZEN_NUMBER = bytes.fromhex("80B0000402000D")  # offset 4, 13 bytes, in the card's own form
GET_RESPONSE = (bytes.fromhex("00C00000"), bytes.fromhex("00C00001"))  # some issues want the second
DONE = b"\x90\x00"
CITIZEN_DIGITS = 13


class UnreadableCardError(Exception):
    """The card answered, but with nothing that names its holder."""


def read_card(send: Send) -> tuple[CardKind, str]:
    """Raises UnreadableCardError for a card of another kind."""
    answer = send(READ_UID)
    if answer.endswith(DONE) and len(answer) > len(DONE):
        return CardKind.UID, answer[:-2].hex().upper()
    return CardKind.NATIONAL_ID, citizen_number(send)


def citizen_number(send: Send) -> str:
    """The 13 digits; afterwards the card's applet is selected. Raises UnreadableCardError for any other card."""
    ask(send, SELECT_THAI_ID)
    digits = ask(send, READ_CITIZEN_NUMBER).decode("ascii", "replace").strip()
    if len(digits) != CITIZEN_DIGITS or not digits.isdecimal():
        raise UnreadableCardError("the card gives no citizen number")
    return digits


def ask(send: Send, command: bytes) -> bytes:
    """The answer's data; T=0 cards keep it until they are asked for it (ISO 7816-4, 61 xx)."""
    answer = send(command)
    if answer[-2:-1] == b"\x61":
        answer = _fetch(send, command, answer[-1:])
    if not answer.endswith(DONE):
        raise UnreadableCardError("the card is of a kind that is not known here")
    return answer[:-2]


def _fetch(send: Send, command: bytes, length: bytes) -> bytes:
    """A card may drop what waits when it is asked in a form that it does not know: then the command is sent again."""
    first, second = GET_RESPONSE
    answer = send(first + length)
    if answer.endswith(DONE):
        return answer
    again = send(command)
    return send(second + again[-1:]) if again[-2:-1] == b"\x61" else again
