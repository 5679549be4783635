"""From occasions to notices: over which channels each member is told, and each occasion only once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session

from samut_hub.libraries.models import Library
from samut_hub.members.models import Member, MemberIdentity, Provider
from samut_hub.notices.models import MemberNotices, Notice, NoticeOccasion, NoticeSettings
from samut_hub.notices.policy import (
    ASKED_FOR,
    OF_LOANS,
    OVERDUE,
    PRINTABLE,
    Channel,
    Kind,
    State,
    after_quiet,
    most_urgent,
    ways,
)

About = dict[str, dict[str, str]]
"""By kind, what is told of: the id of a loan, hold, receipt or member, and the mark of the occasion."""


class Occasion(NamedTuple):
    """One thing to tell one member; see `NoticeOccasion`."""

    member_id: int
    kind: Kind
    ref_id: int
    mark: str


class Reach(NamedTuple):
    """Where a member can be reached, and what the member chose."""

    member_id: int
    email: str
    line: str | None
    choices: Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Making:
    """What all notices of a run are made with. `ready` are the channels over which can be sent now."""

    session: Session
    library: Library
    settings: NoticeSettings
    ready: Sequence[Channel]
    now: datetime


def make(making: Making, occasions: Iterable[Occasion], said: Mapping[str, str] | None = None) -> int:
    """Write the notices of what was not told yet; how many. Members who cannot be reached stay as they are.

    `said` is what news say: they are no rows to be looked up when the notice goes out.
    """
    fresh = _not_told(making, [one for one in occasions if one.kind in making.settings.kinds])
    reach = reach_of(making.session, {one.member_id for one in fresh})
    by_message: dict[tuple[int, Channel, str], About] = defaultdict(lambda: defaultdict(dict))
    told = []
    for one in fresh:
        channels = channels_for(making, reach[one.member_id], one.kind)
        for channel in channels:
            thread = "loans" if one.kind in OF_LOANS else one.kind.value
            by_message[one.member_id, channel, thread][one.kind.value][str(one.ref_id)] = one.mark
        if channels:
            told.append(one)
    notices = [
        values_of(making, member_id, channel, about if said is None else dict.fromkeys(about, said))
        for (member_id, channel, _), about in by_message.items()
    ]
    if notices:
        making.session.execute(insert(NoticeOccasion), [_told(making, one) for one in told])
        making.session.execute(insert(Notice), notices)
    return len(notices)


def reach_of(session: Session, member_ids: Iterable[int]) -> dict[int, Reach]:
    """One query, however many members."""
    of_line = and_(MemberIdentity.member_id == Member.id, MemberIdentity.provider == Provider.LINE)
    wanted = select(Member.id, Member.email, MemberIdentity.subject, MemberNotices.choices)
    joined = wanted.outerjoin(MemberIdentity, of_line).outerjoin(MemberNotices, MemberNotices.member_id == Member.id)
    found = session.execute(joined.where(Member.id.in_(set(member_ids))))
    return {row.id: Reach(row.id, row.email, row.subject, row.choices or {}) for row in found}


def reachable(ready: Sequence[Channel], reach: Reach) -> list[Channel]:
    """The channels that are ready and for which the member has an address."""
    has = {Channel.LINE: bool(reach.line), Channel.EMAIL: "@" in reach.email}
    return [channel for channel in ready if has[channel]]


def channels_for(making: Making, reach: Reach, kind: Kind) -> list[Channel]:
    """A letter is made where nothing else reaches the member, and from a certain reminder on besides."""
    could = reachable(making.ready, reach)
    found = ways(kind, could, reach.choices)
    first_letter = making.settings.letters_from
    is_late_enough = kind in OVERDUE and OVERDUE.index(kind) + 1 >= first_letter
    if first_letter and kind in PRINTABLE and (is_late_enough or not could):
        found.append(Channel.PRINT)
    return found


def values_of(
    making: Making,
    member_id: int,
    channel: Channel,
    about: Mapping[str, Any],
    *,
    staff_id: int | None = None,
) -> dict[str, Any]:
    """The columns of a new notice."""
    kinds = [Kind(kind) for kind in about]
    kind = most_urgent(kinds) if kinds[0] in OF_LOANS else kinds[0]
    own, now = making.settings, making.now
    at = now if kind in ASKED_FOR else after_quiet(now, making.library.zone, own.quiet_from, own.quiet_until)
    return {
        "library_id": making.library.id,
        "member_id": member_id,
        "kind": kind.value,
        "channel": channel.value,
        "state": (State.TO_PRINT if channel is Channel.PRINT else State.WAITING).value,
        "about": {kind: dict(refs) for kind, refs in about.items()},
        "key": str(uuid4()),
        "made_at": now,
        "next_at": at,
        "staff_id": staff_id,
    }


def _not_told(making: Making, occasions: Sequence[Occasion]) -> list[Occasion]:
    kinds, refs = {one.kind.value for one in occasions}, {one.ref_id for one in occasions}
    columns = (NoticeOccasion.kind, NoticeOccasion.ref_id, NoticeOccasion.mark)
    before = select(*columns).where(NoticeOccasion.kind.in_(kinds), NoticeOccasion.ref_id.in_(refs))
    told = {tuple(row) for row in making.session.execute(before)} if occasions else set()
    return [one for one in dict.fromkeys(occasions) if (one.kind.value, one.ref_id, one.mark) not in told]


def _told(making: Making, one: Occasion) -> dict[str, Any]:
    row = {"library_id": making.library.id, "kind": one.kind.value, "ref_id": one.ref_id, "mark": one.mark}
    return {**row, "at": making.now}
