"""What stands on a slip, before it becomes dots: the same for every printer."""

from dataclasses import dataclass
from enum import StrEnum

COPY = "สำเนา / COPY"
WHY_COPY = "พิมพ์ซ้ำ เพราะใบก่อนอาจพิมพ์ออกมาไม่ครบ / Printed again: the one before may be incomplete"


class SlipKind(StrEnum):
    LOAN = "loan"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One item. `note` is the line below the title: due date, fine or the reason of a refusal."""

    title: str
    barcode: str
    note: str


@dataclass(frozen=True, slots=True)
class Slip:
    """All text is already in the reader's language; dates already in Buddhist Era for Thai.

    `qr` is the text of the QR code. `notice` is set when the slip was decided while the hub was away. `copy`: an
    earlier try was cut short, and nobody knows how much of it came out.
    """

    kind: SlipKind
    heading: str
    library: str
    printed_at: str
    member: str
    lines: tuple[SlipLine, ...]
    footer: str
    qr: str
    notice: str = ""
    copy: bool = False
