"""Holdings of serials and the issues received, of one library. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue import items
from samut_hub.catalogue.items import ItemFields
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.serials.models import Holding, Issue
from samut_hub.catalogue.serials.policy import Frequency, Numbering, by_volume, issue_order, next_issue
from samut_hub.errors import NotFoundError


class IssueThereError(Exception):
    """The issue is in the list already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingFields:
    """What staff fill in about a holding."""

    frequency: str
    statement: str = ""
    place_id: int | None = None
    is_current: bool = True
    retention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFields:
    """What staff fill in about an issue; without `received_on` it is missing. `year` is of the Common Era."""

    year: int
    number: str
    volume: str = ""
    published_on: date | None = None
    label: str = ""
    received_on: date | None = None
    supplement: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A holding as the title's page shows it: the volumes that are there with their runs of numbers, and gaps."""

    holding: Holding
    volumes: Sequence[tuple[str, str]]
    missing: int
    last: Issue | None


def holding_by_id(session: Session, holding_id: int) -> Holding:
    """The library's holding; raises NotFoundError."""
    found = session.get(Holding, holding_id)
    if found is None:
        raise NotFoundError(f"There is no holding {holding_id} in this library.")
    return found


def issue_by_id(session: Session, issue_id: int) -> Issue:
    """The library's issue; raises NotFoundError."""
    found = session.get(Issue, issue_id)
    if found is None:
        raise NotFoundError(f"There is no issue {issue_id} in this library.")
    return found


def add_holding(session: Session, title: Title, fields: HoldingFields, *, now: datetime) -> Holding:
    holding = Holding(title_id=title.id, changed_at=now, **asdict(fields))
    session.add(holding)
    session.flush()
    return holding


def edit_holding(session: Session, holding: Holding, fields: HoldingFields, *, now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(holding, name, value)
    holding.changed_at = now


def held(session: Session, title_id: int) -> list[Held]:
    """The library's holdings of the title."""
    wanted = select(Holding).where(Holding.title_id == title_id).order_by(Holding.id)
    holdings = session.scalars(wanted).all()
    ids = [holding.id for holding in holdings]
    issues: dict[int, list[Issue]] = {holding_id: [] for holding_id in ids}
    if ids:
        in_order = select(Issue).where(Issue.holding_id.in_(ids)).order_by(Issue.year, Issue.issue_order, Issue.id)
        for issue in session.scalars(in_order):
            issues[issue.holding_id].append(issue)
    return [_held(holding, issues[holding.id]) for holding in holdings]


def years_of(session: Session, holding: Holding) -> list[tuple[int, int, int]]:
    """Each year with issues, the latest first: how many came and how many are listed."""
    counted = select(Issue.year, func.count(Issue.received_on), func.count()).where(Issue.holding_id == holding.id)
    rows = session.execute(counted.group_by(Issue.year).order_by(Issue.year.desc()))
    return [(year, came, listed) for year, came, listed in rows]


def issues_of(session: Session, holding: Holding, year: int) -> Sequence[Issue]:
    """Issues of one year in the order of volume and number."""
    wanted = select(Issue).where(Issue.holding_id == holding.id, Issue.year == year)
    return session.scalars(wanted.order_by(Issue.issue_order, Issue.id)).all()


def last_issue(session: Session, holding: Holding) -> Issue | None:
    wanted = select(Issue).where(Issue.holding_id == holding.id)
    return session.scalar(wanted.order_by(Issue.year.desc(), Issue.issue_order.desc(), Issue.id.desc()).limit(1))


def expected(session: Session, holding: Holding, *, today: date) -> IssueFields:
    """The issue that probably comes next, as if it came today."""
    last = last_issue(session, holding)
    if last is None:
        return IssueFields(year=today.year, number="", received_on=today)
    numbering = Numbering(last.volume, last.number, last.published_on)
    coming = next_issue(numbering, Frequency(holding.frequency))
    year = coming.published_on.year if coming.published_on else last.year + (coming.volume != last.volume)
    return IssueFields(
        year=year,
        volume=coming.volume,
        number=coming.number,
        published_on=coming.published_on,
        received_on=today,
    )


def check_in(
    session: Session, holding: Holding, fields: IssueFields, *, item: ItemFields | None = None, now: datetime
) -> Issue:
    """Note an issue that came, or is missing; one that was missing has come. Raises IssueThereError.

    With `item` the issue becomes a copy that can be lent: raises what `items.add_items` raises.
    """
    issue = _same(session, holding, fields)
    if issue is not None and (issue.received_on is not None or fields.received_on is None):
        raise IssueThereError
    if issue is None:
        issue = Issue(holding_id=holding.id, added_at=now)
        session.add(issue)
    _fill(issue, fields)
    if item is not None:
        title = session.get_one(Title, holding.title_id)
        issue.item_id = items.add_items(session, title, item, now=now)[0].id
    session.flush()
    return issue


def edit_issue(session: Session, issue: Issue, fields: IssueFields) -> None:
    """Raises IssueThereError when another issue has this number."""
    same = _same(session, session.get_one(Holding, issue.holding_id), fields)
    if same is not None and same.id != issue.id:
        raise IssueThereError
    _fill(issue, fields)


def mark_missing(session: Session, issue: Issue) -> None:
    """It did not come, or is gone."""
    issue.received_on = None


def remove_issue(session: Session, issue: Issue) -> None:
    """Take it out of the list; a copy made for it stays."""
    session.delete(issue)


def _fill(issue: Issue, fields: IssueFields) -> None:
    for name, value in asdict(fields).items():
        setattr(issue, name, value)
    issue.issue_order = issue_order(fields.volume, fields.number)


def _same(session: Session, holding: Holding, fields: IssueFields) -> Issue | None:
    numbered = (Issue.year == fields.year, Issue.volume == fields.volume, Issue.number == fields.number)
    wanted = select(Issue).where(Issue.holding_id == holding.id, *numbered, Issue.supplement == fields.supplement)
    return session.scalar(wanted.limit(1))


def _held(holding: Holding, issues: Sequence[Issue]) -> Held:
    there = [(issue.volume, issue.number) for issue in issues if issue.received_on is not None]
    return Held(holding, by_volume(there), len(issues) - len(there), issues[-1] if issues else None)
