"""The log of notices, what staff do with them, and slips that are sent when asked for. No use case commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.auditing import Action, Deed, note
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member
from samut_hub.notices.facts import HELD, LENT, RETURNED
from samut_hub.notices.making import Making, reach_of, reachable, values_of
from samut_hub.notices.models import LineCode, Notice, NoticeOccasion
from samut_hub.notices.policy import ENDED, Channel, Fault, Kind, State
from samut_wire.numbers import member_number

PAGE = 50
KEPT_FOR = timedelta(days=180)
"""How long the log tells what a member was told: it names books."""
OCCASIONS_KEPT = timedelta(days=800)
"""Longer than anybody is reminded of a loan, or of a membership."""


_UNDECIDED = (Notice.state == State.FAILED, Notice.fault == Fault.UNSURE)
"""Notices of which nobody knows whether they arrived, and of which nobody has decided yet."""


class NotReachableError(Exception):
    """The member has no address for this channel, or the channel is not ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the log shows. `words` are the beginning of a member number, or parts of a name.

    `state` is a State, or Fault.UNSURE for what may have arrived.
    """

    words: str = ""
    state: str = ""
    channel: str = ""
    kind: str = ""
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of notices, and how many there are on all pages."""

    notices: Sequence[Notice]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _pages(self.total)


def find_notices(session: Session, wanted: Wanted, page: int = 1) -> Found:
    """The latest first; behind the last page comes the last page again."""
    whole = select(Notice).where(*_conditions(wanted))
    if wanted.words:
        whole = whole.join(Notice.member)
    total = session.scalar(whole.with_only_columns(func.count(Notice.id))) or 0
    page = min(max(1, page), _pages(total))
    in_order = whole.order_by(Notice.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return Found(session.scalars(in_order.options(joinedload(Notice.member))).unique().all(), total, page)


def counts(session: Session, since: datetime) -> Mapping[str, int]:
    """How many notices made since then are in which state, and how many letters or decisions wait at all."""
    by_state = select(Notice.state, func.count()).where(Notice.made_at >= since, Notice.fault != Fault.UNSURE)
    found: dict[str, int] = dict(session.execute(by_state.group_by(Notice.state)).all())
    of = {State.TO_PRINT.value: (Notice.state == State.TO_PRINT,), Fault.UNSURE.value: _UNDECIDED}
    waiting = {name: select(func.count()).select_from(Notice).where(*which) for name, which in of.items()}
    return {**found, **{name: session.scalar(counted) or 0 for name, counted in waiting.items()}}


def notice_by_id(session: Session, notice_id: int) -> Notice:
    """The library's notice; raises NotFoundError."""
    found = session.get(Notice, notice_id)
    if found is None:
        raise NotFoundError(f"There is no notice {notice_id} in this library.")
    return found


def send_again(session: Session, notice: Notice, *, staff_id: int, now: datetime) -> Notice:
    """One that has ended is made anew, and both stand in the log; one that waits for its next try goes at once.

    With it is decided on one that may have arrived.
    """
    if notice.state == State.WAITING:
        notice.next_at = now
        return notice
    if notice.state not in ENDED:
        return notice
    state = State.TO_PRINT if notice.channel == Channel.PRINT else State.WAITING
    again = Notice(
        member_id=notice.member_id,
        kind=notice.kind,
        channel=notice.channel,
        state=state.value,
        about=notice.about,
        key=str(uuid4()),
        made_at=now,
        next_at=now,
        staff_id=staff_id,
    )
    session.add(again)
    if may_have_arrived(notice):
        notice.state = State.CANCELLED.value
    session.flush()
    return again


def may_have_arrived(notice: Notice) -> bool:
    """Whether somebody is to decide on it."""
    return notice.state == State.FAILED and notice.fault == Fault.UNSURE


def note_arrived(session: Session, notice: Notice, now: datetime) -> None:
    """Staff asked, and it did arrive. Of any other notice nothing is changed."""
    if may_have_arrived(notice):
        notice.state, notice.fault = State.SENT.value, ""
        deed = Deed(
            library_id=notice.library_id,
            action=Action.CHANGED,
            kind="notice",
            thing=str(notice.id),
            name=notice.member.number,
            changes={"state": [Fault.UNSURE, State.SENT]},
        )
        note(session, deed, now=now)
        session.flush()


def cancel(session: Session, notice: Notice, now: datetime) -> None:
    """Nothing happens to one that has gone, or is just going."""
    if notice.state in (State.WAITING, State.TO_PRINT):
        notice.state, notice.ended_at, notice.fault = State.CANCELLED.value, now, Fault.BY_HAND.value
        session.flush()


def ways_of(making: Making, member: Member) -> list[Channel]:
    """Over which electronic ways this member can be told something now."""
    return reachable(making.ready, reach_of(making.session, [member.id])[member.id])


def send_slip(
    making: Making, member: Member, channel: Channel, loans: Mapping[str, Iterable[int]], *, staff_id: int | None
) -> Notice:
    """What the member has borrowed and brought back, by `LENT`, `RETURNED` and `HELD`. Raises NotReachableError."""
    if channel not in ways_of(making, member):
        raise NotReachableError(channel)
    refs = {str(loan_id): what for what in (LENT, RETURNED, HELD) for loan_id in loans.get(what, ())}
    values = values_of(making, member.id, channel, {Kind.SLIP.value: refs}, staff_id=staff_id)
    notice = Notice(**values)
    making.session.add(notice)
    making.session.flush()
    return notice


def tell_of_link(making: Making, member: Member, said: Mapping[str, str]) -> None:
    """By e-mail, whatever the member chose: somebody else may have linked that LINE account."""
    if Channel.EMAIL in ways_of(making, member):
        making.session.add(Notice(**values_of(making, member.id, Channel.EMAIL, {Kind.NEWS.value: said})))
        making.session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """What was told long ago, and codes that nobody sent."""
    session.execute(delete(Notice).where(Notice.made_at < now - KEPT_FOR, Notice.state.in_(ENDED)))
    session.execute(delete(NoticeOccasion).where(NoticeOccasion.at < now - OCCASIONS_KEPT))
    session.execute(delete(LineCode).where(LineCode.expires_at < now - timedelta(days=1)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen = {Notice.channel: wanted.channel, Notice.kind: wanted.kind}
    conditions = [*_in_state(wanted.state), *(column == value for column, value in chosen.items() if value)]
    if wanted.member_id is not None:
        conditions.append(Notice.member_id == wanted.member_id)
    number = member_number(wanted.words)
    if any(character.isdigit() for character in number):
        return [*conditions, Member.number.startswith(number, autoescape=True)]
    return [
        *conditions,
        *(Member.name_th.icontains(word) | Member.name_en.icontains(word) for word in wanted.words.split()),
    ]


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state == Fault.UNSURE:
        return list(_UNDECIDED)
    if state == State.FAILED:
        return [Notice.state == state, Notice.fault != Fault.UNSURE]
    return [Notice.state == state] if state else []


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))
