"""Days, moments and money as people read them: Buddhist Era in Thai, Common Era in English, the library's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g

from samut_hub.web.language import language

BUDDHIST_ERA = 543
DEFAULT_ZONE = "Asia/Bangkok"

_THAI = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say_day(on: date, language: str) -> str:
    """“21 พ.ย. 2569” or “21 Nov 2026”."""
    if language == "th":
        return f"{on.day} {_THAI[on.month - 1]} {on.year + BUDDHIST_ERA}"
    return f"{on.day} {_ENGLISH[on.month - 1]} {on.year}"


def say_moment(at: datetime, zone: str, language: str) -> str:
    """“21 พ.ย. 2569 14:05 น.” or “21 Nov 2026 14:05”, on the clocks of `zone`."""
    there = at.astimezone(ZoneInfo(zone))
    hour = f"{there:%H:%M} น." if language == "th" else f"{there:%H:%M}"
    return f"{say_day(there.date(), language)} {hour}"


def say_baht(satang: int, language: str) -> str:
    """“1,250 บาท”, “12.50 baht”: satang only where there are some."""
    amount = f"{satang // 100:,}" if satang % 100 == 0 else f"{satang / 100:,.2f}"
    return f"{amount} บาท" if language == "th" else f"{amount} baht"


def zone_here() -> str:
    """The zone of the library whose page this is."""
    own = g.get("library")
    return DEFAULT_ZONE if own is None else str(own.zone)


def day(on: date | datetime | None) -> str:
    """Filter: a date, or the day of a moment in the library's zone; nothing for None."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(ZoneInfo(zone_here())).date()
    return say_day(on, language())


def moment(at: datetime | None) -> str:
    """Filter: a moment in the library's zone; nothing for None."""
    return "" if at is None else say_moment(at, zone_here(), language())


def clock(at: datetime) -> str:
    """Filter: the time of day in the library's zone, “14:05”."""
    return f"{at.astimezone(ZoneInfo(zone_here())):%H:%M}"


def baht(satang: int | None) -> str:
    """Filter: an amount of satang in baht; nothing for None."""
    return "" if satang is None else say_baht(satang, language())


def use_dates(app: Flask) -> None:
    """Give templates the filters `day`, `moment`, `clock` and `baht`."""
    app.jinja_env.filters.update(day=day, moment=moment, clock=clock, baht=baht)
