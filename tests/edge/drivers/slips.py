"""A slip as a kiosk would print it."""

from samut_edge.slip import Slip, SlipKind, SlipLine

LIBRARY = "ห้องสมุดประชาชนจังหวัดขอนแก่น"
QR = "https://library.example.ac.th/me/loans"


def loan_slip(*titles: str, notice: str = "") -> Slip:
    lines = [SlipLine(title, f"TH00{number:05}", "กำหนดส่ง 12 ธ.ค. 2569") for number, title in enumerate(titles, 1)]
    return Slip(
        kind=SlipKind.LOAN,
        heading="ใบรายการยืม",
        library=LIBRARY,
        printed_at="21 พ.ย. 2569 เวลา 17:05 น.",
        member="สมาชิก 4500123",
        lines=tuple(lines),
        footer="ขอบคุณที่ใช้บริการ",
        qr=QR,
        notice=notice,
    )


def long_slip() -> Slip:
    """Eight books: a slip that takes its time."""
    return loan_slip(*("แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์", "ปู่กุ้งน้ำที่ญี่ปุ่น") * 4)
