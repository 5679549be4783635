"""What the kiosk writes on a slip, in Thai or English: pure text, the printer makes dots of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from samut_edge.flows.kiosk_states import Language, Lent, LoanReceipt, Receipt, Renewed, Returned, ReturnReceipt
from samut_edge.slip import Slip, SlipKind, SlipLine
from samut_rules.loan import baht

BUDDHIST_ERA = 543
THAI_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

LONGEST_QR = 240
"""Signs that still fit across 58 mm paper in upper-case letters and digits (ISO/IEC 18004: version 9, level M)."""


@dataclass(frozen=True, slots=True)
class Library:
    """The library the kiosk stands in, as it is called in both languages, and its time zone."""

    thai: str
    english: str
    zone: str = "Asia/Bangkok"

    def name(self, language: Language) -> str:
        return self.thai if language is Language.THAI else self.english


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words of a slip; `{}` is filled in."""

    loan: str
    returned: str
    due: str
    renewed: str
    due_unknown: str
    on_time: str
    late: str
    late_with_fine: str
    was_in: str
    loan_footer: str
    return_footer: str
    away: str


WORDS = {
    Language.THAI: Words(
        loan="ใบยืม",
        returned="ใบรับคืน",
        due="กำหนดส่ง {}",
        renewed="ต่ออายุแล้ว กำหนดส่งใหม่ {}",
        due_unknown="กรุณาถามกำหนดส่งที่เคาน์เตอร์",
        on_time="คืนแล้ว",
        late="คืนแล้ว เกินกำหนด {} วัน",
        late_with_fine="คืนแล้ว เกินกำหนด {} วัน ค่าปรับ {} บาท",
        was_in="รับไว้แล้ว รายการนี้ไม่ได้อยู่ระหว่างการยืม",
        loan_footer="อ่านให้สนุก แล้วนำมาคืนตามกำหนด",
        return_footer="ขอบคุณที่นำหนังสือมาคืน",
        away="ติดต่อระบบกลางไม่ได้ชั่วคราว ตู้นี้บันทึกไว้แล้ว และจะส่งเข้าระบบให้เอง",
    ),
    Language.ENGLISH: Words(
        loan="Loan slip",
        returned="Return slip",
        due="Due {}",
        renewed="Renewed, now due {}",
        due_unknown="Please ask for the due date at the desk",
        on_time="Returned",
        late="Returned, days late: {}",
        late_with_fine="Returned, days late: {}, fine: {} baht",
        was_in="Taken in; it was not on loan",
        loan_footer="Enjoy! Please bring it back on time.",
        return_footer="Thank you for bringing your books back.",
        away="The main system was away for a moment. This kiosk has kept a record and will send it on by itself.",
    ),
}


def slip_for(receipt: Receipt, language: Language, *, library: Library, now: datetime) -> Slip:
    """The slip of one visit. It is marked when the local rules decided any line of it."""
    words, zone = WORDS[language], ZoneInfo(library.zone)
    loan = isinstance(receipt, LoanReceipt)
    return Slip(
        kind=SlipKind.LOAN if loan else SlipKind.RETURN,
        heading=words.loan if loan else words.returned,
        library=library.name(language),
        printed_at=moment(now, zone, language),
        member=receipt.member if isinstance(receipt, LoanReceipt) else "",
        lines=_lines(receipt, zone, language),
        footer=words.loan_footer if loan else words.return_footer,
        qr=qr_text(receipt, zone),
        notice="" if all(book.from_hub for book in receipt.books) else words.away,
    )


def day(due: datetime, zone: tzinfo, language: Language) -> str:
    """A date as people write it: 12 ธ.ค. 2569 in the Buddhist Era, or 12 Dec 2026."""
    local = due.astimezone(zone)
    if language is Language.THAI:
        return f"{local.day} {THAI_MONTHS[local.month - 1]} {local.year + BUDDHIST_ERA}"
    return f"{local.day} {ENGLISH_MONTHS[local.month - 1]} {local.year}"


def moment(now: datetime, zone: tzinfo, language: Language) -> str:
    """Date and time at the library."""
    clock = now.astimezone(zone).strftime("%H:%M")
    return f"{day(now, zone, language)} {clock}" + (" น." if language is Language.THAI else "")


def return_note(book: Returned, language: Language) -> str:
    """What became of a returned book, in a line."""
    words = WORDS[language]
    if not book.was_on_loan:
        return words.was_in
    if not book.days_late:
        return words.on_time
    if not book.fine:
        return words.late.format(book.days_late)
    return words.late_with_fine.format(book.days_late, baht(book.fine))


def qr_text(receipt: Receipt, zone: tzinfo) -> str:
    """Bar codes by due date, for a scanner at the desk. Names nobody; empty when it would not fit on the paper.

    “SAMUT1 L 20261212 B1 B2 20261219 B3” for a loan, “SAMUT1 R B1 B2” for a return.
    """
    if isinstance(receipt, ReturnReceipt):
        text = " ".join(("SAMUT1 R", *(book.barcode for book in receipt.books)))
    else:
        text = " ".join(("SAMUT1 L", *_by_due_date(receipt.books, zone)))
    return text.upper() if len(text) <= LONGEST_QR else ""


def _by_due_date(books: Sequence[Lent | Renewed], zone: tzinfo) -> list[str]:
    codes: dict[str, list[str]] = {}
    for book in books:
        date = "" if book.due is None else book.due.astimezone(zone).strftime("%Y%m%d")
        codes.setdefault(date, []).append(book.barcode)
    return [word for date in sorted(codes) for word in (date, *codes[date]) if word]


def _lines(receipt: Receipt, zone: tzinfo, language: Language) -> tuple[SlipLine, ...]:
    if isinstance(receipt, ReturnReceipt):
        return tuple(SlipLine(book.title, book.barcode, return_note(book, language)) for book in receipt.books)
    return tuple(SlipLine(book.title, book.barcode, _due_note(book, zone, language)) for book in receipt.books)


def _due_note(book: Lent | Renewed, zone: tzinfo, language: Language) -> str:
    words = WORDS[language]
    if book.due is None:
        return words.due_unknown
    note = words.renewed if isinstance(book, Renewed) else words.due
    return note.format(day(book.due, zone, language))
