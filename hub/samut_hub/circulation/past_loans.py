"""A member's loans, open ones and those long ago, searched by words and by the days on which they were made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import match_key
from samut_hub.circulation.models import Loan
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member

PAGE = 50
MOST_PRINTED = 5_000
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """`words` are of title or author, or one is the beginning of an accession number. Days are the library's."""

    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FoundLoans:
    """One page of loans with items and titles, the latest first, and how many there are on all pages."""

    loans: Sequence[Loan]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def loans_to_print(session: Session, member: Member, wanted: Wanted) -> Sequence[Loan]:
    """All of them, the latest first, at most MOST_PRINTED."""
    in_order = _wanted(session, member, wanted).order_by(Loan.lent_at.desc(), Loan.id.desc()).limit(MOST_PRINTED)
    return session.scalars(in_order.options(contains_eager(Loan.item).contains_eager(Item.title))).all()


def find_loans(session: Session, member: Member, wanted: Wanted, page: int = 1) -> FoundLoans:
    """Of this member only: the index leads to those, and no other loan is looked at."""
    whole = _wanted(session, member, wanted)
    total = session.scalar(whole.with_only_columns(func.count(Loan.id))) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    in_order = whole.order_by(Loan.lent_at.desc(), Loan.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    with_titles = in_order.options(contains_eager(Loan.item).contains_eager(Item.title))
    return FoundLoans(session.scalars(with_titles).all(), total, page)


def _wanted(session: Session, member: Member, wanted: Wanted) -> Select[Loan]:
    conditions = [Loan.member_id == member.id, *_days(session, member, wanted), *_words(wanted.words)]
    return select(Loan).join(Loan.item).join(Item.title).where(*conditions)


def _days(session: Session, member: Member, wanted: Wanted) -> list[ColumnElement[bool]]:
    calendar = calendar_of(session, library_of(session, member.library_id))
    days = []
    if wanted.since is not None:
        days.append(Loan.lent_at > calendar.end_of(wanted.since - timedelta(days=1)))
    if wanted.until is not None:
        days.append(Loan.lent_at <= calendar.end_of(wanted.until))
    return days


def _words(text: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Title.title.icontains(word, autoescape=True),
            Title.author.icontains(word, autoescape=True),
            Item.accession_key.startswith(match_key(word), autoescape=True),
            Item.barcode_key.startswith(match_key(word), autoescape=True),
        )
        for word in text.split()[:MOST_WORDS]
    ]
