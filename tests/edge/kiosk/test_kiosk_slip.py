"""What stands on a slip."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from samut_edge.flows.kiosk_states import Language, Lent, LoanReceipt, Returned, ReturnReceipt
from samut_edge.kiosk_slip import LONGEST_QR, Library, day, moment, qr_text, return_note, slip_for
from samut_edge.slip import Slip, SlipKind

BANGKOK = ZoneInfo("Asia/Bangkok")
LIBRARY = Library("ห้องสมุดโรงเรียนบ้านหนองน้ำใส", "Ban Nong Nam Sai School Library")
NOW = datetime(2026, 11, 21, 3, 5, tzinfo=UTC)
DUE = datetime(2026, 12, 12, 16, 59, 59, tzinfo=UTC)
LATER = datetime(2026, 12, 19, 16, 59, 59, tzinfo=UTC)


def loan(*books: Lent) -> LoanReceipt:
    return LoanReceipt("สมชาย ใจดี", books or (lent("30000012"),))


def lent(barcode: str, *, due: datetime | None = DUE, from_hub: bool = True) -> Lent:
    return Lent(barcode, "เจ้าชายน้อย", due, from_hub)


def back(*, was_on_loan: bool = True, days_late: int = 0, fine: int = 0, from_hub: bool = True) -> Returned:
    return Returned("30000012", "เจ้าชายน้อย", was_on_loan, days_late, fine, (), from_hub)


def written(receipt: LoanReceipt | ReturnReceipt, language: Language = Language.THAI) -> Slip:
    return slip_for(receipt, language, library=LIBRARY, now=NOW)


def test_a_loan_slip_in_thai() -> None:
    slip = written(loan())
    assert (slip.kind, slip.heading, slip.library) == (SlipKind.LOAN, "ใบยืม", "ห้องสมุดโรงเรียนบ้านหนองน้ำใส")
    assert slip.printed_at == "21 พ.ย. 2569 10:05 น."
    assert slip.member == "สมชาย ใจดี"
    assert [(line.title, line.barcode, line.note) for line in slip.lines] == [
        ("เจ้าชายน้อย", "30000012", "กำหนดส่ง 12 ธ.ค. 2569")
    ]
    assert slip.notice == ""


def test_a_loan_slip_in_english() -> None:
    slip = written(loan(), Language.ENGLISH)
    assert (slip.heading, slip.library) == ("Loan slip", "Ban Nong Nam Sai School Library")
    assert slip.printed_at == "21 Nov 2026 10:05"
    assert slip.lines[0].note == "Due 12 Dec 2026"


def test_a_return_slip_names_nobody() -> None:
    slip = written(ReturnReceipt((back(),)))
    assert (slip.kind, slip.heading, slip.member) == (SlipKind.RETURN, "ใบรับคืน", "")


@pytest.mark.parametrize(
    ("book", "thai", "english"),
    [
        (back(), "คืนแล้ว", "Returned"),
        (back(days_late=3), "คืนแล้ว เกินกำหนด 3 วัน", "Returned, days late: 3"),
        (
            back(days_late=5, fine=1050),
            "คืนแล้ว เกินกำหนด 5 วัน ค่าปรับ 10.50 บาท",
            "Returned, days late: 5, fine: 10.50 baht",
        ),
        (back(was_on_loan=False), "รับไว้แล้ว รายการนี้ไม่ได้อยู่ระหว่างการยืม", "Taken in; it was not on loan"),
    ],
)
def test_what_became_of_a_returned_book(book: Returned, thai: str, english: str) -> None:
    assert return_note(book, Language.THAI) == thai
    assert return_note(book, Language.ENGLISH) == english


@pytest.mark.parametrize(
    ("language", "hub_was_away"),
    [(Language.THAI, "ติดต่อระบบกลางไม่ได้"), (Language.ENGLISH, "The main system was away")],
)
def test_one_line_decided_without_the_hub_marks_the_slip(language: Language, hub_was_away: str) -> None:
    assert hub_was_away in written(loan(lent("1"), lent("2", from_hub=False)), language).notice
    assert hub_was_away in written(ReturnReceipt((back(), back(from_hub=False))), language).notice
    assert not written(loan(lent("1"), lent("2")), language).notice
    assert not written(ReturnReceipt((back(),)), language).notice


def test_a_loan_without_a_due_date_says_where_to_ask() -> None:
    assert written(loan(lent("1", due=None))).lines[0].note == "กรุณาถามกำหนดส่งที่เคาน์เตอร์"


def test_the_last_second_of_the_day_is_still_that_day_at_the_library() -> None:
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert day(new_year, BANGKOK, Language.THAI) == "1 ม.ค. 2570"
    assert day(DUE, BANGKOK, Language.ENGLISH) == "12 Dec 2026"
    assert moment(new_year, BANGKOK, Language.ENGLISH) == "1 Jan 2027 00:00"


def test_the_code_holds_bar_codes_by_due_date() -> None:
    receipt = loan(lent("b3", due=LATER), lent("B1"), lent("B2"))
    assert qr_text(receipt, BANGKOK) == "SAMUT1 L 20261212 B1 B2 20261219 B3"
    assert qr_text(ReturnReceipt((back(),)), BANGKOK) == "SAMUT1 R 30000012"


def test_the_code_names_nobody() -> None:
    slip = written(loan())
    assert slip.qr
    assert "สมชาย" not in slip.qr
    assert slip.qr.isascii()


def test_a_code_too_long_for_the_paper_is_left_out() -> None:
    many = [lent(f"{number:014}") for number in range(20)]
    assert qr_text(loan(*many), BANGKOK) == ""
    assert 0 < len(qr_text(loan(*many[:10]), BANGKOK)) <= LONGEST_QR
