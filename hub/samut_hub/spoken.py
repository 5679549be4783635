"""Days, moments and money in words: Buddhist Era in Thai, Common Era in English."""

from calendar import month_name
from datetime import date, datetime
from zoneinfo import ZoneInfo

BUDDHIST_ERA = 543

_THAI = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
_THAI_IN_FULL = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say_day(on: date, language: str) -> str:
    """“21 พ.ย. 2569” or “21 Nov 2026”."""
    if language == "th":
        return f"{on.day} {_THAI[on.month - 1]} {on.year + BUDDHIST_ERA}"
    return f"{on.day} {_ENGLISH[on.month - 1]} {on.year}"


def say_day_in_full(on: date, language: str) -> str:
    """As on letters: “21 พฤศจิกายน 2569” or “21 November 2026”."""
    if language == "th":
        return f"{on.day} {_THAI_IN_FULL[on.month - 1]} {on.year + BUDDHIST_ERA}"
    return f"{on.day} {month_name[on.month]} {on.year}"


def say_moment(at: datetime, zone: str, language: str) -> str:
    """“21 พ.ย. 2569 14:05 น.” or “21 Nov 2026 14:05”, on the clocks of `zone`."""
    there = at.astimezone(ZoneInfo(zone))
    hour = f"{there:%H:%M} น." if language == "th" else f"{there:%H:%M}"
    return f"{say_day(there.date(), language)} {hour}"


def say_baht(satang: int, language: str) -> str:
    """“1,250 บาท”, “12.50 baht”: satang only where there are some."""
    amount = f"{satang // 100:,}" if satang % 100 == 0 else f"{satang / 100:,.2f}"
    return f"{amount} บาท" if language == "th" else f"{amount} baht"
