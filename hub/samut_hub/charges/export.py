"""The books as a table for the school's accounts: one row for each line, amounts in baht, none below zero."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from samut_hub.charges.accounts import Line
from samut_hub.charges.policy import BUDDHIST_ERA, EntryKind
from samut_hub.spreadsheet import Cell
from samut_hub.tables import csv_line

WIDTHS = (12, 8, 14, 14, 24, 30, 14, 28, 12, 18, 12, 12, 12, 26, 20)
"""Of the columns, in characters."""
_BACK = (EntryKind.VOID, EntryKind.REFUND)


class Words:
    """What the rows say in the reader's language, gathered before they are written."""

    def __init__(
        self,
        *,
        language: str,
        zone: str,
        kind_of: Callable[[Line], str],
        names: Mapping[str, str],
        tills: Mapping[str, str],
    ) -> None:
        """`names` are those of kinds of lines and of methods."""
        self.language, self.zone, self.kind_of = language, ZoneInfo(zone), kind_of
        self.names, self.tills = names, tills

    def day(self, on: date) -> str:
        """Day, month and year, of the Buddhist Era in Thai."""
        year = on.year + (BUDDHIST_ERA if self.language == "th" else 0)
        return f"{on.day:02d}/{on.month:02d}/{year}"


def rows(lines: Iterable[Line], words: Words) -> Iterator[list[Cell]]:
    """For a spreadsheet: day, time, receipt, what it is, kind of charge, note, member, by what, money in, back and
    waived, why, by whom."""
    for line in lines:
        yield _row(line, words)


def csv_rows(lines: Iterable[Line], words: Words) -> Iterator[bytes]:
    """The same as CSV in which no cell is a formula."""
    for row in rows(lines, words):
        yield csv_line([_text(cell, words) for cell in row])


def _row(line: Line, words: Words) -> list[Cell]:
    payment, member = line.payment, line.member
    there = payment.paid_at.astimezone(words.zone)
    amount = abs(payment.amount) / 100
    entry = EntryKind(payment.kind)
    return [
        there.date(),
        f"{there:%H:%M}",
        payment.receipt.shown_number if payment.receipt else "",
        words.names[entry],
        words.kind_of(line),
        line.charge.note,
        member.number,
        member.name(words.language),
        words.names.get(payment.method, ""),
        payment.receipt.shown_reference if payment.receipt and entry is EntryKind.PAYMENT else "",
        amount if entry is EntryKind.PAYMENT else None,
        amount if entry in _BACK else None,
        amount if entry is EntryKind.WAIVER else None,
        payment.reason,
        words.tills.get(payment.till, payment.till),
    ]


def _text(cell: Cell, words: Words) -> str:
    if isinstance(cell, datetime | date):
        return words.day(cell)
    return f"{cell:.2f}" if isinstance(cell, float) else "" if cell is None else str(cell)
