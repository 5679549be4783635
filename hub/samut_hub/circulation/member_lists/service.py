"""Members and what they have out, class by class: for class teachers, and for the library's own register."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.birth import birth_typed
from samut_hub.members.models import Group, Member
from samut_hub.spoken import say_day
from samut_hub.spreadsheet import Cell, write_workbook
from samut_hub.typesetting import Page, Table, joined_pdf
from samut_rules.calendar import Calendar

TEMPLATE = Path(__file__).parent / "typst" / "sections.typ"
MOST = 20_000
"""Members on one list."""
SECTIONS_AT_ONCE = 20
LATE = "! "
"""Before what is printed bold."""


class Kind(StrEnum):
    """Basic data of members, or what they have out."""

    MEMBERS = "members"
    LOANS = "loans"


COLUMNS: dict[Kind, tuple[tuple[str, float, int], ...]] = {
    Kind.MEMBERS: (
        ("place", 0.5, 6),
        ("number", 1.3, 14),
        ("name", 3.2, 32),
        ("type", 1.4, 16),
        ("born", 1.2, 14),
        ("phone", 1.5, 16),
        ("guardian", 2.8, 32),
        ("expires_on", 1.4, 14),
        ("open_loans", 0.7, 8),
    ),
    Kind.LOANS: (
        ("number", 1.2, 14),
        ("name", 2.6, 32),
        ("title", 3.5, 50),
        ("accession_number", 1.3, 16),
        ("lent_on", 1.6, 14),
        ("due_on", 1.6, 14),
        ("late", 1.6, 14),
    ),
}
"""Each with its share of the sheet's width, and its width in characters."""
RIGHT = ("place", "open_loans")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which list, of whom: all that fit. `with_all`: also who has nothing out."""

    kind: Kind
    group_id: int | None = None
    type_id: int | None = None
    with_all: bool = False
    language: str = "th"


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the list says beside its rows, in the language of who asked. `late` takes the number of days."""

    library: str
    heading: str
    about: str
    page: str
    labels: dict[str, str]
    without_class: str
    late: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Section:
    """A class, or those who are in none."""

    name: str
    rows: list[list[str]]
    members: int


def count(session: Session, wish: Wish) -> int:
    """How many members stand on the list."""
    return session.scalar(select(func.count()).select_from(Member).where(*_chosen(wish))) or 0


def sections(session: Session, wish: Wish, words: Words, now: datetime) -> list[Section]:
    """In the order of classes; within a class by name. Two queries, however many members."""
    members = session.scalars(
        select(Member).where(*_chosen(wish)).options(joinedload(Member.group)).order_by(Member.sort_name).limit(MOST)
    ).all()
    ordered = sorted(members, key=lambda one: _class_order(one.group))
    loans = _loans(session, wish) if wish.kind is Kind.LOANS else {}
    said = _Saying(calendar_of(session, library_of(session, session.info["library_id"])), wish, words, now)
    return [
        Section(group.name if group else words.without_class, said.rows(some, loans), len(some))
        for group, people in groupby(ordered, key=lambda one: one.group)
        if (some := list(people))
    ]


def write_pdf(out: BinaryIO, found: Sequence[Section], wish: Wish, words: Words) -> None:
    """A class on each sheet. Raises ConfinedError."""
    page = Page(library=words.library, heading=words.heading, about=words.about, page=words.page)
    columns = COLUMNS[wish.kind]
    table = Table(
        labels=[words.labels[name] for name, _, _ in columns],
        widths=[share for _, share, _ in columns],
        right=[name in RIGHT for name, _, _ in columns],
    )
    rows = [
        {"heading": f"{words.heading} · {one.name}", "about": words.about, "rows": one.rows} for one in found
    ] or [{"heading": words.heading, "about": words.nothing, "rows": []}]
    joined_pdf(out, TEMPLATE, {"page": page, "table": table}, rows, tell=_quiet, at_once=SECTIONS_AT_ONCE)


def write_xlsx(out: BinaryIO, found: Sequence[Section], wish: Wish, words: Words) -> None:
    """All in one sheet, with the class in its own column."""
    head = [(words.labels["group"], 16), *((words.labels[name], width) for name, _, width in COLUMNS[wish.kind])]
    rows: Iterator[list[Cell]] = (
        [one.name, *(cell.removeprefix(LATE) for cell in row)] for one in found for row in one.rows
    )
    write_workbook(out, words.heading, head, rows, language=wish.language)


@dataclass(frozen=True)
class _Saying:
    """Rows in somebody's language, of one day."""

    calendar: Calendar
    wish: Wish
    words: Words
    now: datetime

    def rows(self, members: Sequence[Member], loans: dict[int, list[Loan]]) -> list[list[str]]:
        if self.wish.kind is Kind.MEMBERS:
            return [self._member(place, one) for place, one in enumerate(members, start=1)]
        return [row for one in members for row in self._loans(one, loans.get(one.id, []))]

    def _member(self, place: int, one: Member) -> list[str]:
        language = self.wish.language
        guardian = " ".join(filter(None, (one.guardian_name, one.guardian_phone)))
        return [
            str(place), one.number, one.name(language), one.type.name(language),
            birth_typed(one.born, in_buddhist_era=language == "th"), one.phone, guardian,
            say_day(one.expires_on, language) if one.expires_on else "–", str(one.open_loans),
        ]  # fmt: skip

    def _loans(self, member: Member, loans: Sequence[Loan]) -> list[list[str]]:
        """The name stands once, beside the first of them."""
        who = [member.number, member.name(self.wish.language)]
        if not loans:
            return [[*who, self.words.nothing, "", "", "", ""]] if self.wish.with_all else []
        return [[*(who if place == 0 else ("", "")), *self._loan(one)] for place, one in enumerate(loans)]

    def _loan(self, loan: Loan) -> list[str]:
        language, due = self.wish.language, self.calendar.local_day(loan.due_at)
        days = (self.calendar.local_day(self.now) - due).days
        late = f"{LATE}{self.words.late.replace('#', str(max(days, 0)))}" if loan.due_at < self.now else ""
        lent = self.calendar.local_day(loan.lent_at)
        number = loan.item.accession_number
        return [loan.item.title.title, number, say_day(lent, language), say_day(due, language), late]


def _chosen(wish: Wish) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wish.group_id is not None:
        chosen.append(Member.group_id == wish.group_id)
    if wish.type_id is not None:
        chosen.append(Member.type_id == wish.type_id)
    if wish.kind is Kind.LOANS and not wish.with_all:
        chosen.append(Member.open_loans > 0)
    return chosen


def _loans(session: Session, wish: Wish) -> dict[int, list[Loan]]:
    """What is out, by member, the soonest due first."""
    wanted = select(Loan).join(Loan.member).where(Loan.returned_at.is_(None), *_chosen(wish))
    found: dict[int, list[Loan]] = {}
    with_titles = wanted.options(contains_eager(Loan.member), joinedload(Loan.item).joinedload(Item.title)).order_by(
        Loan.due_at, Loan.id
    )
    for loan in session.scalars(with_titles.order_by(Loan.due_at, Loan.id)):
        found.setdefault(loan.borrower.id, []).append(loan)
    return found


def _class_order(group: Group | None) -> tuple[bool, list[Any], int]:
    """`ป.2` before `ป.10`; those in no class at the end."""
    if group is None:
        return True, [], 0
    runs = ["".join(letters) for _, letters in groupby(group.name, key=str.isdecimal)]
    return False, [(run.isdecimal(), int(run) if run.isdecimal() else 0, run) for run in runs], group.id


def _quiet(done: int) -> None:
    """Nobody waits for the parts."""
