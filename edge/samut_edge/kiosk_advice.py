"""What a visitor can do about a refusal, where its sentence does not say so itself."""

from collections.abc import Mapping
from enum import Enum

from samut_edge.flows.kiosk_states import Language
from samut_rules.reasons import Code


class Advice(Enum):
    """In Thai and in English. `SAID`: the reason's own sentence says what to do."""

    SAID = ("", "")
    NOTHING = ("ไม่ต้องทำอะไรเพิ่ม", "There is nothing more to do.")
    BY_ITS_DATE = ("นำมาคืนภายในวันกำหนดส่ง", "Please bring it back by its due date.")
    RETURN_NOW = ("คืนเล่มนี้ แล้วค่อยยืมใหม่", "Return it now; you can borrow it again afterwards.")
    ASK_DESK = ("สอบถามที่เคาน์เตอร์ได้เลย", "Please ask at the desk.")
    LEAVE_AT_DESK = ("วางเล่มนี้ไว้ที่เคาน์เตอร์ แล้วเลือกเล่มอื่น", "Leave it at the desk and choose another.")
    CHOOSE_OTHER = ("เลือกเล่มอื่นได้เลย", "Please choose another.")
    LATER = ("ยืมเพิ่มได้ที่เคาน์เตอร์ หรือลองใหม่ภายหลัง", "Borrow more at the desk, or try again later.")

    def said(self, language: Language) -> str:
        thai, english = self.value
        return thai if language is Language.THAI else english


ADVICE: Mapping[Code, Advice] = {
    Code.ITEM_ALREADY_YOURS: Advice.NOTHING,
    Code.NOT_ON_LOAN: Advice.ASK_DESK,
    Code.RENEWALS_USED: Advice.BY_ITS_DATE,
    Code.OVERDUE_LOAN: Advice.RETURN_NOW,
    Code.OTHERS_WAIT: Advice.BY_ITS_DATE,
    Code.TITLE_ALREADY_YOURS: Advice.CHOOSE_OTHER,
    Code.ALREADY_RESERVED: Advice.NOTHING,
    Code.NOTHING_TO_LEND: Advice.ASK_DESK,
    Code.REPEATED_TAP: Advice.NOTHING,
    Code.OFFLINE_LIMIT: Advice.LATER,
    Code.OFFLINE_NO_LOANS: Advice.LATER,
    Code.SUSPENDED: Advice.ASK_DESK,
    Code.SAME_TITLE_LIMIT: Advice.CHOOSE_OTHER,
    Code.SAME_TITLE_WAIT: Advice.CHOOSE_OTHER,
    Code.NOT_YOURS: Advice.LEAVE_AT_DESK,
    Code.NOT_AUTOMATIC: Advice.ASK_DESK,
    Code.RENEW_TOO_EARLY: Advice.BY_ITS_DATE,
    Code.NO_LONGER: Advice.ASK_DESK,
    Code.RECALLED: Advice.BY_ITS_DATE,
    Code.BOOKED: Advice.LEAVE_AT_DESK,
    Code.NO_HOLDS: Advice.ASK_DESK,
    Code.BOOKING_BACKWARDS: Advice.ASK_DESK,
    Code.BOOKING_PAST: Advice.ASK_DESK,
    Code.BOOKING_TOO_LONG: Advice.ASK_DESK,
    Code.BOOKING_TAKEN: Advice.ASK_DESK,
    Code.BOOKING_ONE_DAY: Advice.ASK_DESK,
    Code.BOOKING_TOO_MANY_HOURS: Advice.ASK_DESK,
    Code.NO_BOOKINGS: Advice.ASK_DESK,
}
"""Whatever is not here says itself what to do, which a test looks at."""

_BY_TEXT: Mapping[str, Advice] = {str(code): advice for code, advice in ADVICE.items()}
_KNOWN = frozenset(map(str, Code))


def advice_on(code: str) -> Advice:
    """A reason of a newer hub is one for the desk."""
    return _BY_TEXT.get(code, Advice.SAID if code in _KNOWN else Advice.ASK_DESK)
