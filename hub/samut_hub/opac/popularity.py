"""What is read most, and what is borrowed by the same people: worked out by the schedule, only looked up by pages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, groupby

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.service import titles_in_order
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.opac.models import PopularTitle, TitleCompany

LATELY = timedelta(days=365)
MOST_POPULAR = 100
FEWEST_MEMBERS = 3
"""Who borrowed a title must not be guessed from what else its borrowers read."""
BOOKS_OF_MEMBER = 20
"""The latest of each member: pairs grow with their square."""
COMPANY = 6

Pairs = Counter[tuple[int, int]]


def refresh(database: Database, now: datetime) -> None:
    """Work out anew what every library reads; reads and writes are transactions of their own, one library each."""
    with database.session(None, writes=False) as session:
        library_ids = session.scalars(select(Library.id)).all()
    for library_id in library_ids:
        with database.session(library_id, writes=False) as session:
            popular, company = _popular(session, now), _company(_pairs(session, now))
        with database.session(library_id) as session:
            _replace(session, popular, company)


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


def _pairs(session: Session, now: datetime) -> Pairs:
    """How many members borrowed both; titles that too few borrowed at all are left out before pairs are made."""
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
    pairs: Pairs = Counter()
    rows = session.execute(wanted.execution_options(yield_per=1000))
    for _, of_member in groupby(rows, key=lambda row: row[0]):
        latest = list(dict.fromkeys(title_id for _, title_id in of_member))[:BOOKS_OF_MEMBER]
        pairs.update(combinations(sorted(latest), 2))
    return pairs


def _company(pairs: Pairs) -> list[dict[str, int]]:
    """The best few for each title, both ways."""
    both = [(title, other, members) for (title, other), members in _enough(pairs)]
    both += [(other, title, members) for title, other, members in both]
    both.sort(key=lambda row: (row[0], -row[2], row[1]))
    return [
        {"title_id": title, "other_id": other, "members": members}
        for _, rows in groupby(both, key=lambda row: row[0])
        for title, other, members in list(rows)[:COMPANY]
    ]


def _enough(pairs: Pairs) -> Iterator[tuple[tuple[int, int], int]]:
    return ((pair, members) for pair, members in pairs.items() if members >= FEWEST_MEMBERS)


def _replace(session: Session, popular: Sequence[dict[str, int]], company: Sequence[dict[str, int]]) -> None:
    library_id = session.info["library_id"]
    for table, rows in ((PopularTitle, popular), (TitleCompany, company)):
        session.execute(delete(table))
        if rows:
            session.execute(insert(table), list(_of(library_id, rows)))


def _of(library_id: int, rows: Iterable[dict[str, int]]) -> Iterator[dict[str, int]]:
    return ({**row, "library_id": library_id} for row in rows)
