"""Libraries and their calendars."""

from datetime import date

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samut_hub.db import Base, OfLibrary


class OfRules:
    """A row that calendar or lending rules are made of: its change counts up `Library.rules_version`.

    What is worked out from such rows is kept between requests; see `samut_hub.libraries.keeping`.
    """


class Library(Base):
    """One library. `weekly_closed` holds weekdays (Monday is 0). `debt_limit` is satang: above it nothing is lent.

    `weekly_hours` are the opening hours by weekday, as `hours` writes them; of a weekday that is left out none are
    stated.
    `scheme` is how its call numbers are built, where neither item nor title say; see `catalogue.classification.keys`.
    `replica_version` counts what edge devices must learn of, from 1; see `samut_hub.fleet`.
    `rules_version` counts changes of the calendar and of lending rules, in the transaction of each.
    `names_sorted` is the order by which its members' names were sorted last; see `samut_hub.members.sorting`.
    """

    __tablename__ = "libraries"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_th: Mapped[str]
    name_en: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Asia/Bangkok")
    weekly_closed: Mapped[list[int]] = mapped_column(JSON, default=list)
    weekly_hours: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    debt_limit: Mapped[int] = mapped_column(default=10_000)
    offline_loans: Mapped[bool] = mapped_column(default=True)
    scheme: Mapped[str] = mapped_column(default="ddc", server_default="ddc")
    replica_version: Mapped[int] = mapped_column(default=1)
    rules_version: Mapped[int] = mapped_column(default=1, server_default="1")
    names_sorted: Mapped[str] = mapped_column(default="", server_default="")

    def name(self, language: str) -> str:
        return self.name_th if language == "th" else self.name_en


class Closure(OfLibrary, OfRules, Base):
    """A dated exception of the week: closed, or (`open`) open on a day that is closed every week.

    `hours`, as `hours` writes them, are those of an open day that has others than the week says; empty is not stated.
    """

    __tablename__ = "closures"
    __table_args__ = (UniqueConstraint("library_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    open: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[str] = mapped_column(default="", server_default="")
    name: Mapped[str] = mapped_column(default="")


class YearlyClosure(OfLibrary, OfRules, Base):
    """A day of every year on which the library is closed, unless that year says otherwise."""

    __tablename__ = "yearly_closures"
    __table_args__ = (UniqueConstraint("library_id", "month", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]
    day: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
