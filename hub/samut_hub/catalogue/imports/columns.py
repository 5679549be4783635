"""The columns a table of books may have, and how their headers are understood in Thai and English."""

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum


class Column(StrEnum):
    """What a column holds. All but TITLE may be missing; those from ACCESSION_NUMBER on are about the copy."""

    LEFT_OUT = ""
    TITLE = "title"
    AUTHOR = "author"
    ISBN = "isbn"
    CALL_NUMBER = "call_number"
    PUBLISHER = "publisher"
    PUBLICATION_PLACE = "publication_place"
    YEAR = "year"
    EDITION = "edition"
    EXTENT = "extent"
    SERIES = "series"
    SUBJECTS = "subjects"
    SUMMARY = "summary"
    LANGUAGE = "language"
    MATERIAL = "material"
    ISSN = "issn"
    GENERAL_NOTE = "general_note"
    ACCESSION_NUMBER = "accession_number"
    BARCODE = "barcode"
    COPIES = "copies"
    PLACE = "place"
    CATEGORY = "category"
    PRICE = "price"
    SOURCE = "source"
    RECEIVED_ON = "received_on"
    STATUS = "status"
    NOTE = "note"


OF_COPIES = tuple(Column)[tuple(Column).index(Column.ACCESSION_NUMBER) :]

HEADERS = {
    Column.TITLE: ("ชื่อเรื่อง", "Title", "ชื่อหนังสือ", "ชื่อ", "ชื่อสื่อ", "book title", "name", "245"),
    Column.AUTHOR: ("ผู้แต่ง", "Author", "ชื่อผู้แต่ง", "ผู้เขียน", "ผู้แต่ง/ผู้แปล", "authors", "writer", "100"),
    Column.ISBN: ("ISBN", "ISBN", "เลขมาตรฐานสากล", "เลขมาตรฐาน", "isbn13", "isbn 13", "020"),
    Column.CALL_NUMBER: ("เลขเรียกหนังสือ", "Call number", "เลขเรียก", "เลขหมู่", "หมวดหมู่", "callno", "ddc", "dewey"),
    Column.PUBLISHER: ("สำนักพิมพ์", "Publisher", "ผู้จัดพิมพ์", "โรงพิมพ์"),
    Column.PUBLICATION_PLACE: ("สถานที่พิมพ์", "Place of publication", "เมืองที่พิมพ์", "สถานที่จัดพิมพ์"),
    Column.YEAR: ("ปีที่พิมพ์", "Year", "ปีพิมพ์", "ปี", "พ.ศ.", "ปี พ.ศ.", "publication year", "year of publication"),
    Column.EDITION: ("ครั้งที่พิมพ์", "Edition", "พิมพ์ครั้งที่", "ฉบับพิมพ์"),
    Column.EXTENT: ("จำนวนหน้า", "Pages", "รูปเล่ม", "ลักษณะรูปเล่ม", "หน้า", "extent", "physical description"),
    Column.SERIES: ("ชื่อชุด", "Series", "ชุด"),
    Column.SUBJECTS: ("หัวเรื่อง", "Subjects", "subject", "คำสำคัญ", "keywords", "650"),
    Column.SUMMARY: ("สาระสังเขป", "Summary", "เรื่องย่อ", "บทคัดย่อ", "เนื้อเรื่องย่อ", "abstract", "description"),
    Column.LANGUAGE: ("ภาษา", "Language", "lang"),
    Column.MATERIAL: ("ประเภทวัสดุ", "Material", "ประเภทสื่อ", "ชนิดสื่อ", "ประเภททรัพยากร", "material type", "type"),
    Column.ISSN: ("ISSN", "ISSN", "022"),
    Column.GENERAL_NOTE: ("หมายเหตุทั่วไป", "General note", "500"),
    Column.ACCESSION_NUMBER: ("เลขทะเบียน", "Accession number", "ทะเบียน", "เลขทะเบียนหนังสือ", "accession no", "accno"),
    Column.BARCODE: ("บาร์โค้ด", "Bar code", "รหัสบาร์โค้ด", "barcode"),
    Column.COPIES: ("จำนวนเล่ม", "Copies", "จำนวน", "จำนวนฉบับ", "number of copies", "qty", "quantity"),
    Column.PLACE: ("สถานที่จัดเก็บ", "Place", "ที่เก็บ", "ชั้น", "ชั้นวาง", "ตู้", "location", "shelf"),
    Column.CATEGORY: ("หมวด", "Category", "กลุ่ม", "ประเภทหนังสือ", "หมวดหนังสือ", "collection"),
    Column.PRICE: ("ราคา", "Price", "ราคา (บาท)", "ราคาบาท", "price in baht", "cost"),
    Column.SOURCE: ("แหล่งที่มา", "Source", "ที่มา", "ได้มาจาก", "วิธีได้มา", "vendor", "ร้านค้า"),
    Column.RECEIVED_ON: ("วันที่รับ", "Date received", "วันที่ลงทะเบียน", "วันที่ได้รับ", "received", "date acquired"),
    Column.STATUS: ("สถานะ", "Status", "สภาพ"),
    Column.NOTE: ("หมายเหตุ", "Note", "notes", "remark"),
}  # fmt: skip
"""What a column is called: in Thai and English as the template has it, then as others call it."""

_PLAIN = re.compile(r"[\s_./():-]+")


def guess(header: Sequence[str]) -> list[str]:
    """What each column probably means, each meaning once."""
    known = {plain(name): column.value for column, names in reversed(HEADERS.items()) for name in names}
    known |= {plain(column.value): column.value for column in Column if column}
    found: list[str] = []
    for cell in header:
        column = known.get(plain(cell), "")
        found.append("" if column in found else column)
    return found


def header_key(header: Sequence[str]) -> str:
    """The same for tables with the same header."""
    return hashlib.sha256("\x1f".join(map(plain, header)).encode()).hexdigest()[:32]


def plain(text: str) -> str:
    return _PLAIN.sub("", text).casefold() or text.strip()


def template_header(language: str) -> list[str]:
    return [names[0 if language == "th" else 1] for names in HEADERS.values()]
