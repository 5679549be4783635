"""Why a decision came out as it did: a closed set of codes, each with its sentence in Thai and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        "เกินกำหนดคืนแล้ว ต่ออายุไม่ได้",
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
    return (thai if language == "th" else english).format_map(_Gaps(values))


class _Gaps(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "–"
