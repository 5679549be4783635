"""What the door says on the screens of clients, beside the reasons of the lending rules; in Thai and in English."""

from collections.abc import Mapping
from enum import StrEnum

from samut_rules.reasons import Reason, sentence

ENGLISH = {"001", "024"}
"""English and “United Kingdom” in the specification's table, which has no Thai."""


class Say(StrEnum):
    NO_PIN = "no_pin"
    WRONG_PIN = "wrong_pin"
    PIN_TOO_OFTEN = "pin_too_often"
    PIN_IS_TEMPORARY = "pin_is_temporary"
    NOT_ON_LOAN = "not_on_loan"
    LATE = "late"
    COSTS = "costs"
    NO_RENEWALS = "no_renewals"
    MORE_LOANS = "more_loans"
    NO_PAYMENTS = "no_payments"
    NO_AMOUNT = "no_amount"
    OTHER_CURRENCY = "other_currency"
    OWES_LESS = "owes_less"
    PAID = "paid"
    NO_BLOCKS = "no_blocks"
    NO_PROPERTIES = "no_properties"
    HOLD_PLACED = "hold_placed"
    HOLD_CANCELLED = "hold_cancelled"
    NO_HOLD = "no_hold"
    HOLD_CANNOT_CHANGE = "hold_cannot_change"
    CARD_KEPT = "card_kept"
    PARTS = "parts"
    NOTED = "noted"
    NOT_NOW = "not_now"


_SENTENCES: Mapping[Say, tuple[str, str]] = {
    Say.NO_PIN: ("กรุณาใส่รหัสผ่าน", "Please enter your password."),
    Say.WRONG_PIN: ("รหัสผ่านไม่ถูกต้อง", "The password is wrong."),
    Say.PIN_TOO_OFTEN: (
        "ใส่รหัสผ่านผิดหลายครั้งเกินไป กรุณารอสักครู่แล้วลองใหม่",
        "Too many wrong passwords. Please wait a few minutes and try again.",
    ),
    Say.PIN_IS_TEMPORARY: (
        "รหัสผ่านนี้เป็นรหัสชั่วคราว กรุณาตั้งรหัสใหม่บนเว็บไซต์ห้องสมุดก่อน",
        "This password is a temporary one. Please choose your own on the library's website first.",
    ),
    Say.NOT_ON_LOAN: ("รายการนี้ไม่ได้ถูกยืมอยู่ รับคืนแล้ว", "This item was not on loan. It is here now."),
    Say.LATE: ("คืนช้า {days} วัน ค่าปรับ {amount} บาท", "{days} days late, fine {amount} baht."),
    Say.COSTS: ("ค่าบริการยืม {amount} บาท กรุณายืนยันก่อนยืม", "Borrowing it costs {amount} baht. Please confirm."),
    Say.NO_RENEWALS: ("เครื่องนี้ไม่รับต่ออายุ กรุณาติดต่อเคาน์เตอร์", "Nothing is renewed here. Please go to the desk."),
    Say.MORE_LOANS: (
        "ต่ออายุได้ครั้งละ {most} รายการ ที่เหลือกรุณาต่ออายุที่เคาน์เตอร์",
        "Only the first {most} were looked at. Please have the others renewed at the desk.",
    ),
    Say.NO_PAYMENTS: ("เครื่องนี้ไม่รับชำระเงิน กรุณาชำระที่เคาน์เตอร์", "No payments are taken here. Please pay at the desk."),
    Say.NO_AMOUNT: (
        "“{text}” ไม่ใช่จำนวนเงินที่ชำระได้ ยังไม่ได้บันทึกการชำระ",
        "“{text}” is no amount that can be paid. Nothing was recorded.",
    ),
    Say.OTHER_CURRENCY: (
        "ชำระเป็น {code} ไม่ได้ ห้องสมุดรับเฉพาะ {own} ยังไม่ได้บันทึกการชำระ",
        "{code} cannot be paid, only {own}. Nothing was recorded.",
    ),
    Say.OWES_LESS: (
        "ยอดค้างชำระมีเพียง {left} บาท ยังไม่ได้บันทึกการชำระ กรุณาติดต่อเคาน์เตอร์",
        "Only {left} baht are owed. Nothing was recorded. Please go to the desk.",
    ),
    Say.PAID: (
        "รับชำระ {amount} บาท ใบเสร็จเลขที่ {number}",
        "{amount} baht paid, receipt {number}.",
    ),
    Say.NO_BLOCKS: (
        "เครื่องนี้ระงับบัตรไม่ได้ กรุณาส่งบัตรที่เคาน์เตอร์",
        "This machine blocks no cards. Please hand the card in at the desk.",
    ),
    Say.NO_PROPERTIES: ("ห้องสมุดไม่ได้เก็บข้อมูลนี้", "The library keeps no such properties."),
    Say.HOLD_PLACED: ("จองแล้ว", "It is reserved for you."),
    Say.HOLD_CANCELLED: ("ยกเลิกการจองแล้ว", "The reservation is cancelled."),
    Say.NO_HOLD: ("คุณไม่ได้จองเรื่องนี้ไว้", "You have not reserved this."),
    Say.HOLD_CANNOT_CHANGE: (
        "แก้ไขการจองไม่ได้ ยกเลิกแล้วจองใหม่ได้",
        "A reservation cannot be changed. Cancel it and reserve again.",
    ),
    Say.CARD_KEPT: ("เครื่องเก็บบัตรไว้", "The card was kept by the machine"),
    Say.PARTS: ("ตรวจสอบให้ครบ: {parts}", "Please check that all is there: {parts}"),
    Say.NOTED: ("บันทึกแล้ว", "Noted."),
    Say.NOT_NOW: ("ระบบขัดข้องชั่วคราว กรุณาลองใหม่", "The library's system is busy. Please try again."),
}


def said(say: Say, language: str, **values: str | int) -> str:
    """The sentence in Thai (`th`) or else in English."""
    thai, english = _SENTENCES[say]
    return (thai if language == "th" else english).format(**values)


def reason(why: Reason, language: str) -> str:
    return sentence(why.code, why.values, language)


def language_of(code: str, own: str) -> str:
    """What to speak after the three digits of a request; `own` is the account's."""
    return "en" if code in ENGLISH else own
