"""Days, moments and money on pages, in the person's language and the library's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g

from samut_hub.spoken import BUDDHIST_ERA, say_baht, say_day, say_moment
from samut_hub.web.language import language

__all__ = ["BUDDHIST_ERA", "say_baht", "say_day", "say_moment", "use_dates"]

DEFAULT_ZONE = "Asia/Bangkok"


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
