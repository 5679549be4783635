"""Why a decision came out as it did: a closed set of codes, each with its sentence in Thai and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Code(StrEnum):
    MEMBER_UNKNOWN = "member_unknown"
    MEMBER_EXPIRED = "member_expired"
    MEMBER_BLOCKED = "member_blocked"
    ITEM_UNKNOWN = "item_unknown"
    ITEM_NOT_FOR_LOAN = "item_not_for_loan"
    ITEM_RESERVED = "item_reserved"
    ITEM_ON_LOAN = "item_on_loan"
    ITEM_ALREADY_YOURS = "item_already_yours"
    NO_RULE = "no_rule"
    LIMIT_REACHED = "limit_reached"
    HAS_OVERDUE = "has_overdue"
    OWES_TOO_MUCH = "owes_too_much"
    NEVER_OPEN = "never_open"
    NOT_ON_LOAN = "not_on_loan"
    RENEWALS_USED = "renewals_used"
    OVERDUE_LOAN = "overdue_loan"
    TOO_SOON = "too_soon"
    OTHERS_WAIT = "others_wait"
    SET_ASIDE = "set_aside"
    TITLE_ALREADY_YOURS = "title_already_yours"
    ALREADY_RESERVED = "already_reserved"
    HOLD_LIMIT_REACHED = "hold_limit_reached"
    NOTHING_TO_LEND = "nothing_to_lend"
    COPY_ON_SHELF = "copy_on_shelf"
    REPEATED_TAP = "repeated_tap"
    OFFLINE_LIMIT = "offline_limit"
    OFFLINE_NO_LOANS = "offline_no_loans"
    OFFLINE_FULL = "offline_full"
    OFFLINE_NO_CLOCK = "offline_no_clock"
    CARD_LOST = "card_lost"
    SUSPENDED = "suspended"
    TOO_YOUNG = "too_young"
    LEVEL_TOO_LOW = "level_too_low"
    TOTAL_REACHED = "total_reached"
    ON_SITE_LIMIT = "on_site_limit"
    SAME_TITLE_LIMIT = "same_title_limit"
    SAME_TITLE_WAIT = "same_title_wait"
    RULE_WRONG = "rule_wrong"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    NOT_YOURS = "not_yours"
    ITEM_NOT_RENEWABLE = "item_not_renewable"
    NOT_AUTOMATIC = "not_automatic"
    RENEW_TOO_EARLY = "renew_too_early"
    UNSEEN_RENEWALS_USED = "unseen_renewals_used"
    NO_LONGER = "no_longer"
    RECALLED = "recalled"
    BOOKED = "booked"
    NO_HOLDS = "no_holds"
    BOOKING_BACKWARDS = "booking_backwards"
    BOOKING_PAST = "booking_past"
    BOOKING_CLOSED = "booking_closed"
    BOOKING_TOO_LONG = "booking_too_long"
    BOOKING_TAKEN = "booking_taken"
    BOOKING_HOURS_TAKEN = "booking_hours_taken"
    BOOKING_ONE_DAY = "booking_one_day"
    BOOKING_SHUT = "booking_shut"
    BOOKING_TOO_MANY_HOURS = "booking_too_many_hours"
    BOOKING_LIMIT_REACHED = "booking_limit_reached"
    NO_BOOKINGS = "no_bookings"
    KIT_TO_CHECK = "kit_to_check"
    CLAIMS_USED = "claims_used"
    RETURNED_BEFORE_LENT = "returned_before_lent"
    LIBRARY_CLOSED = "library_closed"
    ALREADY_INSIDE = "already_inside"
    LIBRARY_FULL = "library_full"
    ENTRY_CLOSED = "entry_closed"
    EMERGENCY = "emergency"
    PASS_ENDED = "pass_ended"  # noqa: S105 — of a guest, no password
    PASS_USED_UP = "pass_used_up"  # noqa: S105


SENTENCES: Mapping[Code, tuple[str, str]] = {
    Code.MEMBER_UNKNOWN: (
        "ไม่พบสมาชิกนี้ กรุณาติดต่อบรรณารักษ์",
        "We do not know this card. Please ask the librarian.",
    ),
    Code.MEMBER_EXPIRED: (
        "บัตรสมาชิกหมดอายุแล้ว กรุณาต่ออายุที่เคาน์เตอร์",
        "The membership has ended. Please renew it at the desk.",
    ),
    Code.MEMBER_BLOCKED: (
        "สมาชิกถูกระงับสิทธิ์: {note} กรุณาติดต่อเคาน์เตอร์",
        "This membership is blocked: {note}. Please go to the desk.",
    ),
    Code.ITEM_UNKNOWN: (
        "ไม่พบรายการบาร์โค้ด {barcode} กรุณานำไปที่เคาน์เตอร์",
        "Barcode {barcode} is not known. Please take it to the desk.",
    ),
    Code.ITEM_NOT_FOR_LOAN: (
        "รายการนี้ยืมไม่ได้ในขณะนี้ กรุณาวางไว้ที่เคาน์เตอร์",
        "This item cannot be borrowed now. Please leave it at the desk.",
    ),
    Code.ITEM_RESERVED: (
        "รายการนี้มีผู้จองไว้ กรุณาวางไว้ที่เคาน์เตอร์",
        "This item is reserved for somebody else. Please leave it at the desk.",
    ),
    Code.ITEM_ON_LOAN: (
        "รายการนี้ยังอยู่ในชื่อผู้ยืมคนอื่น กรุณานำไปที่เคาน์เตอร์",
        "This item is still on loan to somebody else. Please take it to the desk.",
    ),
    Code.ITEM_ALREADY_YOURS: ("คุณยืมรายการนี้อยู่แล้ว", "You have this item on loan already."),
    Code.NO_RULE: (
        "ยังไม่มีกฎการยืมสำหรับสมาชิกและทรัพยากรประเภทนี้ กรุณาติดต่อเคาน์เตอร์",
        "No lending rule covers this kind of member and material. Please go to the desk.",
    ),
    Code.LIMIT_REACHED: (
        "ยืมครบ {limit} รายการแล้ว คืนบางรายการก่อนจึงยืมเพิ่มได้",
        "You have the most you may borrow: {limit}. Return something first.",
    ),
    Code.HAS_OVERDUE: (
        "มีรายการเกินกำหนด {count} รายการ กรุณาคืนก่อน",
        "You have overdue items: {count}. Please return them first.",
    ),
    Code.OWES_TOO_MUCH: (
        "มียอดค้างชำระ {owed} บาท กรุณาชำระที่เคาน์เตอร์",
        "You owe {owed} baht. Please pay at the desk.",
    ),
    Code.NEVER_OPEN: (
        "ปฏิทินห้องสมุดไม่มีวันเปิดทำการ กรุณาแจ้งบรรณารักษ์",
        "The library's calendar has no open day. Please tell the librarian.",
    ),
    Code.NOT_ON_LOAN: ("รายการนี้ไม่ได้ถูกยืมอยู่", "This item is not on loan."),
    Code.RENEWALS_USED: ("ต่ออายุครบ {limit} ครั้งแล้ว", "It has been renewed as often as allowed: {limit}."),
    Code.OVERDUE_LOAN: (
        "เกินกำหนดส่งแล้ว ต่ออายุไม่ได้",
        "It is overdue and cannot be renewed.",
    ),
    Code.TOO_SOON: (
        "ต่ออายุตอนนี้ยังไม่ได้วันเพิ่ม ลองใหม่เมื่อใกล้กำหนดส่ง",
        "Renewing now would not give more time. Try again nearer to the due date.",
    ),
    Code.OTHERS_WAIT: (
        "มีผู้อื่นจองรายการนี้ต่อ จึงต่ออายุไม่ได้",
        "Somebody else waits for it, so it cannot be renewed.",
    ),
    Code.SET_ASIDE: (
        "มีผู้จองรายการนี้ กรุณานำไปวางที่เคาน์เตอร์",
        "Somebody has reserved this. Please take it to the desk.",
    ),
    Code.TITLE_ALREADY_YOURS: ("คุณยืมเรื่องนี้อยู่แล้ว", "You have a copy of this on loan already."),
    Code.ALREADY_RESERVED: ("คุณจองเรื่องนี้ไว้แล้ว", "You have reserved this already."),
    Code.HOLD_LIMIT_REACHED: (
        "จองครบ {limit} เรื่องแล้ว ยกเลิกบางเรื่องก่อนจึงจองเพิ่มได้",
        "You have reserved as much as you may: {limit}. Cancel something first.",
    ),
    Code.NOTHING_TO_LEND: (
        "ห้องสมุดนี้ไม่มีเล่มที่ให้ยืมได้ จึงจองไม่ได้",
        "The library has no copy that can be lent, so it cannot be reserved.",
    ),
    Code.COPY_ON_SHELF: (
        "มีเล่มว่างอยู่บนชั้น หยิบมายืมได้เลย",
        "A copy is on the shelf. Take it from there.",
    ),
    Code.REPEATED_TAP: ("แตะบัตรซ้ำ", "The card was tapped twice."),
    Code.OFFLINE_LIMIT: (
        "ระบบกลางขัดข้อง ขณะนี้ยืมได้ครั้งละ {limit} รายการ",
        "The library's main system is away; only {limit} items can be borrowed now.",
    ),
    Code.OFFLINE_NO_LOANS: (
        "ระบบกลางขัดข้อง ขณะนี้คืนได้อย่างเดียว",
        "The library's main system is away; items can only be returned now.",
    ),
    Code.OFFLINE_FULL: (
        "ระบบกลางขัดข้องนานเกินไป ขณะนี้คืนได้อย่างเดียว กรุณาแจ้งบรรณารักษ์",
        "The main system has been away for too long; items can only be returned now. Please tell the librarian.",
    ),
    Code.OFFLINE_NO_CLOCK: (
        "เครื่องนี้ยังไม่ทราบวันที่ จึงกำหนดวันส่งไม่ได้ กรุณายืมที่เคาน์เตอร์",
        "This device does not know today's date yet, so it cannot set a due date. Please borrow at the desk.",
    ),
    Code.CARD_LOST: (
        "บัตรนี้แจ้งหายไว้ กรุณานำไปที่เคาน์เตอร์",
        "This card was reported lost. Please take it to the desk.",
    ),
    Code.SUSPENDED: (
        "ถูกพักสิทธิ์การยืมถึง {until}",
        "Borrowing is suspended until {until}.",
    ),
    Code.TOO_YOUNG: (
        "รายการนี้สำหรับสมาชิกอายุ {age} ปีขึ้นไป กรุณาติดต่อเคาน์เตอร์",
        "This is for members of {age} years and older. Please go to the desk.",
    ),
    Code.LEVEL_TOO_LOW: (
        "รายการนี้สำหรับระดับการศึกษาที่สูงกว่า กรุณาติดต่อเคาน์เตอร์",
        "This is for members of a higher level of education. Please go to the desk.",
    ),
    Code.TOTAL_REACHED: (
        "ยืมรวมทุกประเภทครบ {limit} รายการแล้ว คืนบางรายการก่อนจึงยืมเพิ่มได้",
        "You have the most you may borrow of all kinds together: {limit}. Return something first.",
    ),
    Code.ON_SITE_LIMIT: (
        "ยืมอ่านในห้องสมุดครบ {limit} รายการแล้ว คืนบางรายการก่อน",
        "You have the most you may use in the library at once: {limit}. Return something first.",
    ),
    Code.SAME_TITLE_LIMIT: (
        "ยืมเรื่องนี้ติดต่อกันครบ {limit} ครั้งแล้ว (นับการต่ออายุด้วย) ให้ผู้อื่นได้ยืมบ้าง",
        "You have had this title {limit} times in a row, renewals included. Let others have it for a while.",
    ),
    Code.SAME_TITLE_WAIT: (
        "เพิ่งคืนเรื่องนี้ ยืมซ้ำได้ตั้งแต่ {from}",
        "You have just returned this title. You may borrow it again from {from}.",
    ),
    Code.RULE_WRONG: (
        "กฎการยืมมีค่าที่ใช้ไม่ได้ ({value}) กรุณาแจ้งบรรณารักษ์",
        "A lending rule has a value that cannot be ({value}). Please tell the librarian.",
    ),
    Code.DATE_OUT_OF_RANGE: (
        "คำนวณวันกำหนดส่งไม่ได้ วันที่อยู่นอกปฏิทิน กรุณาแจ้งบรรณารักษ์",
        "The due date cannot be counted: it is beyond the calendar. Please tell the librarian.",
    ),
    Code.NOT_YOURS: ("รายการนี้อยู่ในชื่อผู้ยืมคนอื่น", "This item is on loan to somebody else."),
    Code.ITEM_NOT_RENEWABLE: (
        "รายการนี้ต่ออายุไม่ได้ กรุณาติดต่อเคาน์เตอร์",
        "This item cannot be renewed. Please go to the desk.",
    ),
    Code.NOT_AUTOMATIC: ("รายการนี้ไม่ต่ออายุอัตโนมัติ", "This item is not renewed automatically."),
    Code.RENEW_TOO_EARLY: ("ต่ออายุได้ตั้งแต่ {from}", "It can be renewed from {from}."),
    Code.UNSEEN_RENEWALS_USED: (
        "ต่ออายุโดยไม่นำมาแสดงครบ {limit} ครั้งแล้ว กรุณานำมาที่เคาน์เตอร์",
        "It has been renewed unseen as often as allowed: {limit}. Please bring it to the desk.",
    ),
    Code.NO_LONGER: ("ยืมได้ถึง {until} เท่านั้น", "It cannot be kept longer than until {until}."),
    Code.RECALLED: (
        "ห้องสมุดเรียกคืนรายการนี้ จึงต่ออายุไม่ได้",
        "The library has recalled it, so it cannot be renewed.",
    ),
    Code.BOOKED: ("มีผู้จองใช้รายการนี้ตั้งแต่ {from}", "It is booked for somebody else from {from}."),
    Code.NO_HOLDS: ("รายการประเภทนี้จองไม่ได้", "This kind of item cannot be reserved."),
    Code.BOOKING_BACKWARDS: (
        "วันคืนต้องไม่มาก่อนวันรับ",
        "The day of return must not be before the day of collection.",
    ),
    Code.BOOKING_PAST: ("วันที่เลือกผ่านไปแล้ว", "That day has passed."),
    Code.BOOKING_CLOSED: (
        "ห้องสมุดปิดวันที่ {day} เลือกวันอื่นเพื่อรับหรือคืน",
        "The library is closed on {day}. Choose another day to collect or return.",
    ),
    Code.BOOKING_TOO_LONG: ("จองใช้ได้ไม่เกิน {limit} วัน", "It can be booked for {limit} days at most."),
    Code.BOOKING_TAKEN: (
        "มีผู้จองใช้แล้วในช่วงวันที่เลือก ว่างตั้งแต่ {from}",
        "It is booked on these days. It is free from {from}.",
    ),
    Code.BOOKING_HOURS_TAKEN: (
        "มีผู้จองใช้แล้วในเวลานี้ กรุณาดูปฏิทินและเลือกเวลาอื่น",
        "It is booked at this time. Look at the calendar and choose another.",
    ),
    Code.BOOKING_ONE_DAY: (
        "การจองเป็นชั่วโมงต้องเริ่มและคืนในวันเดียวกัน",
        "Hours are booked within one day.",
    ),
    Code.BOOKING_SHUT: (
        "ห้องสมุดไม่เปิดในเวลานี้ เลือกเวลาที่ห้องสมุดเปิดเพื่อรับและคืน",
        "The library is not open then. Choose times at which it is, to collect and to return.",
    ),
    Code.BOOKING_TOO_MANY_HOURS: (
        "จองใช้ได้ไม่เกิน {limit} ชั่วโมง",
        "It can be booked for {limit} hours at most.",
    ),
    Code.BOOKING_LIMIT_REACHED: (
        "จองใช้ครบ {limit} รายการแล้ว ยกเลิกบางรายการก่อนจึงจองเพิ่มได้",
        "You have booked as much as you may: {limit}. Cancel something first.",
    ),
    Code.NO_BOOKINGS: (
        "รายการประเภทนี้จองใช้ล่วงหน้าไม่ได้",
        "This kind of item cannot be booked.",
    ),
    Code.KIT_TO_CHECK: (
        "กรุณานำชุดนี้ไปวางที่เคาน์เตอร์ เจ้าหน้าที่จะตรวจชิ้นส่วนให้ครบ",
        "Please take this kit to the desk. Its parts are checked there.",
    ),
    Code.RETURNED_BEFORE_LENT: (
        "รายการนี้ถูกยืมไปเมื่อ {day} หลังวันที่ระบุว่าคืน กรุณาตรวจวันที่",
        "It was lent on {day}, after the day on which it is said to have come back. Check the day.",
    ),
    Code.LIBRARY_CLOSED: (
        "ขณะนี้ห้องสมุดปิด กรุณามาในเวลาเปิดทำการ",
        "The library is closed now. Please come during opening hours.",
    ),
    Code.ALREADY_INSIDE: (
        "บัตรนี้แตะเข้าแล้วแต่ยังไม่ได้แตะออก กรุณาติดต่อบรรณารักษ์",
        "This card came in and has not gone out. Please ask the librarian.",
    ),
    Code.LIBRARY_FULL: (
        "ผู้ใช้เต็ม {capacity} คนแล้ว กรุณารอจนกว่าจะมีผู้ออก",
        "The library is full ({capacity} people). Please wait until somebody leaves.",
    ),
    Code.ENTRY_CLOSED: (
        "ขณะนี้งดเข้าห้องสมุด กรุณาติดต่อบรรณารักษ์",
        "Nobody is let in now. Please ask the librarian.",
    ),
    Code.EMERGENCY: (
        "เหตุฉุกเฉิน กรุณาออกจากอาคาร",
        "Emergency. Please leave the building.",
    ),
    Code.PASS_ENDED: (
        "บัตรผ่านนี้ใช้ไม่ได้ในเวลานี้ กรุณาติดต่อเคาน์เตอร์",
        "This pass is not valid now. Please go to the desk.",
    ),
    Code.PASS_USED_UP: (
        "บัตรผ่านนี้ใช้ครบจำนวนครั้งแล้ว กรุณาติดต่อเคาน์เตอร์",
        "This pass has been used up. Please go to the desk.",
    ),
    Code.CLAIMS_USED: (
        "แจ้งว่าคืนแล้วครบ {limit} ครั้ง กรุณาติดต่อบรรณารักษ์",
        "It was said {limit} times that something had been returned. Please ask the librarian.",
    ),
}


_BY_TEXT: Mapping[str, Code] = {str(code): code for code in Code}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `values` fill the gaps of its sentence."""

    code: Code
    values: Mapping[str, str | int] = field(default_factory=dict)


def sentence(code: str, values: Mapping[str, str | int], language: str) -> str:
    """The reason said to a person, in Thai (`th`) or else in English. A code of a newer version is said as it is."""
    known = _BY_TEXT.get(code)
    if known is None:
        return code
    thai, english = SENTENCES[known]
    shown = {name: _as_day(value, language) if name in _DAYS else value for name, value in values.items()}
    return (thai if language == "th" else english).format_map(_Gaps(shown))


def _as_day(value: str | int, language: str) -> str | int:
    """“1 ธ.ค. 2569” or “1 Dec 2026” for 2026-12-01; what is no date is said as it is."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return value
    if language == "th":
        return f"{day.day} {_THAI_MONTHS[day.month - 1]} {day.year + 543}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_DAYS = ("from", "until", "day")
"""Gaps that hold a date."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THAI_MONTHS = (
    *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย."),
    *("ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
)


class _Gaps(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "–"
