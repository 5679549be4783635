"""Items as they come: Thai titles with marks above and below, long ones, call numbers of every kind."""

from samut_hub.catalogue.labels.colours import Band
from samut_hub.catalogue.labels.layout import Content
from samut_hub.catalogue.labels.spine import spine_lines

TITLES = (
    "บ้านริมคลองของยายพริ้ง",
    "น้ำตกที่ผู้ใหญ่ปู่ญุชื่นชอบ กับการเดินทางอันแสนยาวนานไปยังภูเขาไฟที่ไม่มีผู้ใดรู้จัก",
    "Harry Potter and the Philosopher's Stone",
    "คู่มือ #set page(width: 1mm) *ดิวอี้* $x$ <b>",
    "กฎหมายและวัฒนธรรมเศรษฐกิจ",
)
CALL_NUMBERS = (
    "895.913 ส123ก 2566 ล.1 ฉ.2",
    "อ 039.95911 ร451ส 2554",
    "813.54 R884h",
    "น ธ433บ",
    "QA76.73.P98 L88 2020",
)


def contents(count: int) -> list[Content]:
    """So many labels with bar codes B00000, B00001 …"""
    return [_content(number) for number in range(count)]


def _content(number: int) -> Content:
    kind = number % len(TITLES)
    call_number = CALL_NUMBERS[kind]
    return Content(
        barcode=f"B{number:05d}",
        number=f"B{number:05d}",
        title=TITLES[kind],
        call_number=call_number,
        spine=tuple(spine_lines(call_number, scheme="lc" if kind == len(TITLES) - 1 else "ddc")),
        library="ห้องสมุดโรงเรียนบ้านริมน้ำ",
        band=Band("#8e24aa", "800"),
    )
