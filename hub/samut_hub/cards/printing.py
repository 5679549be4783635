"""From members to cards: runs that are made, printed and confirmed, and what each card says. No use case commits."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.cards.design import Design
from samut_hub.cards.designs import design_for
from samut_hub.cards.models import CardRun, CardSettings, PrintedCard
from samut_hub.cards.sheets import TO_CUT, Shift
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member

DIRECT = 30
"""Cards that a page waits for; more are made by a task."""
PAGE = 50


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How the cards are to be printed; `start` is the place on the sheet of the first one, from 1."""

    design: str = ""
    sheet: str = TO_CUT.key
    start: int = 1
    both_sides: bool = True
    shift: Shift = Shift()
    issued_on: date | None = None


def last_wish(session: Session) -> Wish:
    """How this library printed last, on a new sheet and without a day of issue."""
    settings = session.scalar(select(CardSettings))
    return Wish() if settings is None else msgspec.convert(settings.last_wish, Wish)


def make_run(
    session: Session, member_ids: Sequence[int], wish: Wish, *, today: date, staff_id: int | None, now: datetime
) -> CardRun:
    """Keep what is printed for whom, so that it can be printed again and confirmed."""
    _keep_wish(session, wish)
    choice, issued_on = design_for(session, wish.design), wish.issued_on or today
    run = CardRun(
        made_at=now,
        staff_id=staff_id,
        design_name=choice.name,
        drawn=msgspec.to_builtins(choice.design),
        wish=msgspec.to_builtins(wish),
        cards=len(member_ids),
    )
    session.add(run)
    session.flush()
    session.add_all(_cards(session, run, member_ids, issued_on))
    session.flush()
    return run


def run_by_id(session: Session, run_id: int) -> CardRun:
    """Raises NotFoundError."""
    found = session.get(CardRun, run_id)
    if found is None:
        raise NotFoundError(f"There is no making of cards {run_id} in this library.")
    return found


def latest_runs(session: Session) -> Sequence[CardRun]:
    return session.scalars(select(CardRun).order_by(CardRun.made_at.desc(), CardRun.id.desc()).limit(10)).all()


def cards_of(session: Session, run: CardRun, page: int) -> Sequence[PrintedCard]:
    """A page of what was printed for whom."""
    own = select(PrintedCard).where(PrintedCard.run_id == run.id).options(joinedload(PrintedCard.member))
    return session.scalars(own.order_by(PrintedCard.id).limit(PAGE).offset((page - 1) * PAGE)).all()


def cards_of_member(session: Session, member: Member) -> Sequence[PrintedCard]:
    """The last ones first."""
    run = joinedload(PrintedCard.run).load_only(CardRun.confirmed_at)
    own = select(PrintedCard).where(PrintedCard.member_id == member.id).options(run)
    return session.scalars(own.order_by(PrintedCard.id.desc()).limit(PAGE)).all()


def wish_of(run: CardRun) -> Wish:
    return msgspec.convert(run.wish, Wish)


def design_of(run: CardRun) -> Design:
    return msgspec.convert(run.drawn, Design)


def confirm(run: CardRun, *, now: datetime) -> None:
    """The cards came out right: these members have one. It is said once."""
    run.confirmed_at = run.confirmed_at or now


def _keep_wish(session: Session, wish: Wish) -> None:
    lasting = msgspec.structs.replace(wish, start=1, issued_on=None)
    settings = session.scalar(select(CardSettings)) or CardSettings(library_id=session.info["library_id"])
    settings.last_wish = msgspec.to_builtins(lasting)
    session.add(settings)


def _cards(session: Session, run: CardRun, member_ids: Sequence[int], issued_on: date) -> Iterator[PrintedCard]:
    asked = select(Member.id, Member.number, Member.expires_on).where(Member.id.in_(member_ids))
    known = {row.id: row for row in session.execute(asked)}
    for member_id in member_ids:
        if (row := known.get(member_id)) is not None:
            yield PrintedCard(
                run_id=run.id,
                member_id=row.id,
                number=row.number,
                issued_on=issued_on,
                expires_on=row.expires_on,
            )
