"""What staff see of a kiosk at the kiosk itself: its parts, what happened last (of nobody by name), a slip to try."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from samut_edge.devices.pad import Security
from samut_edge.devices.part import PartStatus
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows.kiosk_states import Language
from samut_edge.kiosk_slip import Library, day
from samut_edge.slip import Slip, SlipKind, SlipLine

REMEMBERED = 10


class What(StrEnum):
    """What can be remembered without saying of whom, or of which book."""

    MEMBER = "member"
    UNKNOWN_CARD = "unknown_card"
    LENT = "lent"
    NOT_LENT = "not_lent"
    RENEWED = "renewed"
    RETURNED = "returned"
    NOT_RETURNED = "not_returned"
    TAG_FAILED = "tag_failed"
    SLIP = "slip"
    SLIP_FAILED = "slip_failed"


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    what: What


@dataclass(frozen=True, slots=True)
class Machine:
    """The parts by name, and what happened last, the newest first."""

    parts: Mapping[str, PartStatus]
    happened: tuple[Happened, ...]


NO_MACHINE = Machine({}, ())


class Memory:
    """The last happenings, kept in memory only."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._happened: deque[Happened] = deque(maxlen=REMEMBERED)

    def note(self, event: ev.Event) -> None:
        what = _what(event)
        if what is not None:
            self._happened.appendleft(Happened(self._clock(), what))

    def last(self) -> tuple[Happened, ...]:
        return tuple(self._happened)


def _what(event: ev.Event) -> What | None:
    match event:
        case ev.MemberAnswered(answer=answer):
            return What.MEMBER if answer.body.known else What.UNKNOWN_CARD
        case ev.LoanAnswered(answer=lent):
            return What.LENT if lent.body.decision.allowed else What.NOT_LENT
        case ev.RenewalAnswered(answer=renewed) if renewed.body.decision.allowed:
            return What.RENEWED
        case ev.ReturnAnswered(answer=returned):
            return What.RETURNED if returned.body.returned else What.NOT_RETURNED
        case ev.SecurityAnswered(outcome=Security.PENDING):
            return What.TAG_FAILED
        case ev.PrinterDone(printed=printed):
            return What.SLIP if printed else What.SLIP_FAILED
        case _:
            return None


def slip_to_try(language: Language, *, library: Library, now: datetime) -> Slip:
    """Shows whether Thai with its marks above and below comes out whole, and the code can be read."""
    here = now.astimezone(ZoneInfo(library.zone))
    is_thai = language is Language.THAI
    return Slip(
        kind=SlipKind.LOAN,
        heading="สลิปทดสอบ" if is_thai else "Test slip",
        library=library.name(language),
        printed_at=f"{day(now, ZoneInfo(library.zone), language)} {here:%H:%M}",
        member="",
        lines=(SlipLine("ทดสอบ: ปู่ ญู่ ฎีกา กรุ๊ป น้ำ เก๋ไก๋ ๐๑๒๓๔๕๖๗๘๙", "0123456789", "ABC xyz 1,234.50"),),
        footer="อ่านได้ครบทุกบรรทัด เครื่องพิมพ์พร้อมใช้" if is_thai else "If every line can be read, the printer is fine.",
        qr="SAMUT TEST",
    )
