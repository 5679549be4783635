"""News of a library: written by its staff, read by everybody. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from samut_hub.community.models import News
from samut_hub.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFields:
    """What staff fill in. Without a last day the news stays until somebody gives it one."""

    title: str
    text: str
    shown_from: date
    shown_until: date | None = None


def news_by_id(session: Session, news_id: int) -> News:
    """Of the session's libraries; raises NotFoundError."""
    found = session.get(News, news_id)
    if found is None:
        raise NotFoundError(f"There is no news {news_id} in this library.")
    return found


def published(session: Session, news_id: int, today: date) -> News:
    """News that everybody may read today; raises NotFoundError for any other."""
    found = session.scalar(select(News).where(News.id == news_id, *_shown(today)))
    if found is None:
        raise NotFoundError(f"There is no news {news_id} today.")
    return found


def current_news(session: Session, today: date, *, limit: int) -> Sequence[News]:
    """What is told today, the latest first."""
    wanted = select(News).where(*_shown(today)).order_by(News.shown_from.desc(), News.id.desc())
    return session.scalars(wanted.limit(limit)).all()


def all_news(session: Session, *, page: int, per_page: int) -> tuple[Sequence[News], bool]:
    """A page of what the library ever told and will tell, the latest first, and whether more follows."""
    wanted = select(News).order_by(News.shown_from.desc(), News.id.desc())
    found = session.scalars(wanted.offset((page - 1) * per_page).limit(per_page + 1)).all()
    return found[:per_page], len(found) > per_page


def write_news(session: Session, fields: NewsFields, *, staff_id: int, now: datetime) -> News:
    news = News(**asdict(fields), written_by=staff_id, changed_at=now)
    session.add(news)
    session.flush()
    return news


def change_news(session: Session, news: News, fields: NewsFields, *, now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(news, name, value)
    news.changed_at = now
    session.flush()


def remove_news(session: Session, news: News) -> None:
    session.delete(news)
    session.flush()


def _shown(today: date) -> tuple[ColumnElement[bool], ...]:
    return News.shown_from <= today, or_(News.shown_until.is_(None), News.shown_until >= today)
