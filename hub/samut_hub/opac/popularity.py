"""What is read most, and what is borrowed by the same people: worked out once a day, only looked up by pages."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby

from sqlalchemy import Delete, delete, func, insert, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.service import titles_in_order
from samut_hub.circulation.models import Loan
from samut_hub.db import Database, OfLibrary
from samut_hub.libraries.models import Library
from samut_hub.opac.models import PopularTitle, TitleCompany

LATELY = timedelta(days=365)
MOST_POPULAR = 100
FEWEST_MEMBERS = 3
"""Who borrowed a title must not be guessed from what else its borrowers read."""
BOOKS_OF_MEMBER = 20
"""The latest of each member: pairs grow with their square."""
COMPANY = 6

PART = 500
"""Titles whose company is written in one transaction: the desk waits for no longer one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was borrowed lately: the latest titles of each member, and the members of each title."""

    of_member: dict[int, tuple[int, ...]]
    of_title: dict[int, list[int]]


def refresh(database: Database, now: datetime) -> None:
    """Work out anew what every library reads; reads and writes are transactions of their own, in parts."""
    with database.session(None, writes=False) as session:
        library_ids = session.scalars(select(Library.id)).all()
    for library_id in library_ids:
        with database.session(library_id, writes=False) as session:
            popular, reading = _popular(session, now), _reading(session, now)
        with database.session(library_id) as session:
            _replace(session, PopularTitle, popular, delete(PopularTitle))
        _write_company(database, library_id, reading)


def popular_titles(session: Session, *, limit: int) -> list[Title]:
    """Lent most lately in the session's libraries together."""
    loans = func.sum(PopularTitle.loans)
    wanted = select(PopularTitle.title_id).group_by(PopularTitle.title_id)
    ids = session.scalars(wanted.order_by(loans.desc(), PopularTitle.title_id).limit(limit)).all()
    return titles_in_order(session, ids)


def _popular(session: Session, now: datetime) -> list[dict[str, int]]:
    loans = func.count(Loan.id)
    wanted = (
        select(Item.title_id, loans)
        .join(Loan, Loan.item_id == Item.id)
        .where(Loan.lent_at > now - LATELY)
        .group_by(Item.title_id)
        .having(func.count(Loan.member_id.distinct()) >= FEWEST_MEMBERS)
        .order_by(loans.desc(), Item.title_id)
        .limit(MOST_POPULAR)
    )
    return [{"title_id": title_id, "loans": count} for title_id, count in session.execute(wanted)]


def _reading(session: Session, now: datetime) -> Reading:
    """Titles that too few borrowed at all are left out."""
    lately = Loan.lent_at > now - LATELY
    often = (
        select(Item.title_id)
        .join(Loan, Loan.item_id == Item.id)
        .where(lately)
        .group_by(Item.title_id)
        .having(func.count(Loan.member_id.distinct()) >= FEWEST_MEMBERS)
    )
    wanted = (
        select(Loan.member_id, Item.title_id)
        .join(Item, Loan.item_id == Item.id)
        .where(lately, Item.title_id.in_(often))
        .order_by(Loan.member_id, Loan.lent_at.desc())
    )
    reading = Reading({}, defaultdict(list))
    rows = session.execute(wanted.execution_options(yield_per=1000))
    for member_id, of_member in groupby(rows, key=lambda row: row[0]):
        latest = tuple(dict.fromkeys(title_id for _, title_id in of_member))[:BOOKS_OF_MEMBER]
        reading.of_member[member_id] = latest
        for title_id in latest:
            reading.of_title[title_id].append(member_id)
    return reading


def _company(reading: Reading, title_id: int) -> list[dict[str, int]]:
    """The best few for a title: only its own pairs are counted at a time, as all together fill the memory."""
    met = Counter(chain.from_iterable(reading.of_member[member] for member in reading.of_title[title_id]))
    best = sorted(
        (-members, other) for other, members in met.items() if members >= FEWEST_MEMBERS and other != title_id
    )
    return [{"title_id": title_id, "other_id": other, "members": -members} for members, other in best[:COMPANY]]


def _write_company(database: Database, library_id: int, reading: Reading) -> None:
    """A part also takes away what was known of the titles between its own; the last, of all that follow."""
    title_ids, start = sorted(reading.of_title), 0
    for place in range(0, max(len(title_ids), 1), PART):
        part = title_ids[place : place + PART]
        rows = [row for title_id in part for row in _company(reading, title_id)]
        old = delete(TitleCompany).where(TitleCompany.title_id > start)
        if place + PART < len(title_ids):
            old, start = old.where(TitleCompany.title_id <= part[-1]), part[-1]
        with database.session(library_id) as session:
            _replace(session, TitleCompany, rows, old)


def _replace(session: Session, table: type[OfLibrary], rows: Sequence[dict[str, int]], old: Delete) -> None:
    """Titles may have been removed since the loans were read."""
    session.execute(old)
    named = {row[name] for row in rows for name in ("title_id", "other_id") if name in row}
    there = set(session.scalars(select(Title.id).where(Title.id.in_(named))))
    kept = [row for row in rows if row["title_id"] in there and row.get("other_id", row["title_id"]) in there]
    if kept:
        library_id = session.info["library_id"]
        session.execute(insert(table), [{**row, "library_id": library_id} for row in kept])
